/**
 * Takes away a page database that cannot be opened, so that the page makes it anew. What it held is in the journal, the
 * drafts' files and the scans' files; nothing here touches those.
 */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { RebuildRefusal } from '../../shared/ipc/contract.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { isMissing, syncFolder } from '../files.ts';
import type { Journal } from '../journal/journal.ts';
import type { Log } from '../log.ts';
import { BROKEN, removeBroken } from './broken-database.ts';

export type RebuildDatabase = (isAsked: boolean) => Promise<Result<null, Failure<RebuildRefusal>>>;

type Options = {
  userData: string;
  journal: Pick<Journal, 'problems'>;
  /** Lets Chromium close what it holds open of the database, and delete what it can. */
  clear(): Promise<void>;
  freeBytes(): Promise<number>;
  log: Log;
};

/** Less than this, and a database made anew would not fit either. */
const ROOM_BYTES = 16 * 1024 * 1024;

export function createRebuildDatabase({ userData, journal, clear, freeBytes, log }: Options): RebuildDatabase {
  let hasTried = false;
  return async (isAsked) => {
    // Beside a damaged journal the page's database may hold the last copy of something: a person decides.
    const isSound = journal.problems.every(({ kind }) => kind === 'torn-tail');
    if (!isAsked && (hasTried || !isSound)) return fail('needs-word');
    if ((await freeBytes().catch(() => Infinity)) < ROOM_BYTES) return fail('disk-full');
    hasTried = true;
    await clear().catch(() => undefined);
    try {
      // Renamed first: files that may not be removed do not keep the next database from its place.
      await rename(join(userData, 'IndexedDB'), join(userData, `${BROKEN}${Date.now()}`));
      await syncFolder(userData);
    } catch (error) {
      if (!isMissing(error)) {
        log.error(`page database not taken away: ${error instanceof Error ? error.message : ''}`);
        return fail('storage-locked');
      }
    }
    log.warn(`page database taken away, ${isAsked ? 'as asked' : 'by itself'}`);
    await removeBroken(userData);
    return ok(null);
  };
}
