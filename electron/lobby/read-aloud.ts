/** Reads the lobby's screen aloud with the machine's own speech synthesiser, where there is one. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Log } from '../log.ts';

export type ReadAloud = {
  /** False where the machine has no synthesiser with a Vietnamese voice: nothing is then offered. */
  isAvailable(): Promise<boolean>;
  /** Begins anew with this text; what was being read stops. */
  say(text: string, language: 'vi' | 'en'): Promise<void>;
  hush(): void;
};

const COMMAND = 'espeak-ng';
/** Words a minute: slow, for who hears it in a loud hall. */
const SPEED = '140';

export function createReadAloud({ log, command = COMMAND }: { log: Log; command?: string }): ReadAloud {
  let voices: Promise<boolean> | undefined;
  let speaking: ChildProcess | undefined;

  const hasVoice = (): Promise<boolean> =>
    new Promise((resolve) => {
      const listing = spawn(command, ['--voices=vi'], { stdio: ['ignore', 'pipe', 'ignore'] });
      let listed = '';
      listing.stdout.on('data', (chunk: Buffer) => (listed += chunk.toString()));
      listing.on('error', () => resolve(false));
      listing.on('close', () => resolve(/^\s*\d+\s+vi\b/mu.test(listed)));
    });
  const isAvailable = (): Promise<boolean> => (voices ??= hasVoice());
  const hush = (): void => {
    speaking?.kill();
    speaking = undefined;
  };

  return {
    isAvailable,
    hush,
    async say(text, language) {
      hush();
      if (!(await isAvailable())) return;
      // By standard input: on a command line others of the machine could read it.
      const child = spawn(command, ['-v', language, '-s', SPEED, '--stdin'], { stdio: ['pipe', 'ignore', 'ignore'] });
      speaking = child;
      child.on('error', (error) => log.warn(`not read aloud: ${error.message}`));
      child.stdin.on('error', () => undefined);
      child.stdin.end(text);
    },
  };
}
