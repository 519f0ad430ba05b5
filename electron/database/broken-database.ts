/** A page database that was taken away lies aside under a name of its own until its files are gone. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What its name begins with; the time it was taken away follows. */
export const BROKEN = 'IndexedDB.broken-';

/** What could not be removed at once; never throws. */
export async function removeBroken(userData: string): Promise<void> {
  const names = await readdir(userData).catch((): string[] => []);
  for (const name of names.filter((each) => each.startsWith(BROKEN))) await rm(join(userData, name), { recursive: true, force: true }).catch(() => undefined);
}
