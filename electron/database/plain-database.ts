/**
 * Removes the files of a page database from before it was sealed. LevelDB keeps the bytes of deleted rows in its tables until
 * it compacts them, perhaps for ever on a quiet counter, so clearing the tables from within would leave names on the disk.
 */
import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeDurably } from '../files.ts';

/** There once everything Chromium has written since was sealed. */
const MARKER = 'indexeddb-is-sealed';

/** Before any page is loaded. The page makes its database anew from the journal. Resolves with whether there was one to remove. */
export async function removePlainDatabase(userData: string): Promise<boolean> {
  const has = (name: string): Promise<boolean> =>
    access(join(userData, name)).then(
      () => true,
      () => false,
    );
  if (await has(MARKER)) return false;
  const isThere = await has('IndexedDB');
  await rm(join(userData, 'IndexedDB'), { recursive: true, force: true, maxRetries: 3 });
  await syncFolder(userData);
  await writeDurably(join(userData, MARKER), Buffer.alloc(0));
  return isThere;
}
