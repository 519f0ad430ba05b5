import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReadAloud } from './read-aloud.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined } as never;
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qmc-speech-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Lists voices as espeak-ng does, writes what it is to say and how it ended. */
async function synthesiser(voice: string): Promise<string> {
  const command = join(folder, 'speak');
  await writeFile(
    command,
    `#!/bin/sh
case "$1" in --voices=*) echo 'Pty Language Age/Gender VoiceName File Other'; echo ' 5  ${voice}  --/M  x  x'; exit;; esac
echo "$*" >> ${folder}/arguments
trap 'echo hushed >> ${folder}/said; exit' TERM
cat >> ${folder}/said; echo >> ${folder}/said
sleep 5 & wait $!
`,
  );
  await chmod(command, 0o755);
  return command;
}
const said = () => readFile(join(folder, 'said'), 'utf8').catch(() => '');

describe('reading aloud', () => {
  it('is not offered without a synthesiser, or without a Vietnamese voice', async () => {
    expect(await createReadAloud({ log, command: join(folder, 'none') }).isAvailable()).toBe(false);
    expect(await createReadAloud({ log, command: await synthesiser('en') }).isAvailable()).toBe(false);
  });

  it('says the text by standard input, stops when told and when something else is to be said', async () => {
    const aloud = createReadAloud({ log, command: await synthesiser('vi') });
    expect(await aloud.isAvailable()).toBe(true);
    await aloud.say('Mời ông bà chọn', 'vi');
    await vi.waitFor(async () => expect(await said()).toContain('Mời ông bà chọn'));
    await aloud.say('Welcome', 'en');
    await vi.waitFor(async () => expect(await said()).toMatch(/hushed[\s\S]*Welcome|Welcome[\s\S]*hushed/u));
    aloud.hush();
    await vi.waitFor(async () => expect((await said()).match(/hushed/gu)?.length).toBe(2));
    expect(await readFile(join(folder, 'arguments'), 'utf8')).toBe('-v vi -s 140 --stdin\n-v en -s 140 --stdin\n');
  });
});
