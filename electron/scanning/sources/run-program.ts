/** Starts a scanner program: arguments as a list, never through a shell, and nothing on its standard input. */
import { spawn } from 'node:child_process';

export type Ended = { code: number | null; stdout: string; stderr: string };

/** What a driver prints is words for a log; a driver gone mad may print without end. */
const MAX_TEXT = 1_000_000;
/** For a scanner to send its carriage home before it is ended by force. */
const PATIENCE_MS = 5_000;

type Options = {
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  timeoutMs?: number;
  onLine?: (line: string) => void;
  /** What it says on standard error when all is done: one that then hangs on closing its device is ended by force. */
  lastWords?: RegExp;
};

/** Resolves however the program ends; rejects when it cannot be started (`ENOENT`: it is not installed). */
export function runProgram(command: string, args: readonly string[], { env, signal, timeoutMs, onLine, lastWords }: Options = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // A driver that asks for a password on its standard input would wait for ever.
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env, LC_ALL: 'C.UTF-8' }, windowsHide: true });
    let stdout = '';
    let stderr = '';
    let rest = '';
    let killing: ReturnType<typeof setTimeout> | undefined;
    const killLater = (): void => {
      killing ??= setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    };
    const stop = (): void => {
      child.kill('SIGINT');
      killLater();
    };
    const limit = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs);
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });

    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-MAX_TEXT);
      if (onLine === undefined) return;
      const lines = (rest + text).split(/\r?\n/u);
      rest = lines.pop() ?? '';
      lines.filter((line) => line !== '').forEach(onLine);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-MAX_TEXT);
      if (lastWords?.test(stderr) === true) killLater();
    });
    const settle = (): void => {
      clearTimeout(limit);
      clearTimeout(killing);
      signal?.removeEventListener('abort', stop);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('close', (code) => {
      settle();
      resolve({ code, stdout, stderr });
    });
  });
}
