/** Owns the end of a device: without its keys nothing in its data folder can be opened again, by nobody. */
import { randomBytes } from 'node:crypto';
import { access, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeDurably } from '../files.ts';

/** Says at the next start why the keys are gone. */
const NOTICE = 'destroyed.json';

/**
 * Overwrites and removes every file of the key folder: the wrapped keys, those a passphrase would recover, and who the device
 * was. The notice comes first, so that a cut half-way is finished by the next start. A disk that moves its blocks may keep
 * older copies; those are wrapped by the operating system's store.
 */
export async function destroyKeys(folder: string): Promise<void> {
  await writeDurably(join(folder, NOTICE), Buffer.from(JSON.stringify({ by: 'province' })));
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile() || entry.name === NOTICE) continue;
    const path = join(folder, entry.name);
    const file = await open(path, 'r+');
    try {
      const { size } = await file.stat();
      await file.write(randomBytes(size), 0, size, 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await rm(path);
  }
  await syncFolder(folder);
}

export const areKeysDestroyed = (folder: string): Promise<boolean> =>
  access(join(folder, NOTICE)).then(
    () => true,
    () => false,
  );
