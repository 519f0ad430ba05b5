/** What is costly and the same for every test of a run is made by the first worker that needs it; the others wait for it. */
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A folder of this run; the config makes it, the workers inherit its name, global teardown removes it. */
export const runFolder = (process.env['QMC_FAULTS_RUN'] ??= mkdtempSync(join(tmpdir(), 'qmc-faults-run-')));

const WAIT_MS = 110_000;

/** Throws when another worker could not make it. */
export async function once(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(runFolder, name);
  try {
    mkdirSync(`${folder}.making`);
  } catch {
    for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline && !existsSync(`${folder}.failed`); await wait(100))
      if (existsSync(`${folder}.made`)) return folder;
    throw new Error(`${name} was not made`);
  }
  mkdirSync(folder);
  await make(folder).catch((error: unknown) => {
    writeFileSync(`${folder}.failed`, '');
    throw error;
  });
  writeFileSync(`${folder}.made`, '');
  return folder;
}
