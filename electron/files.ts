/** Durable file writes: a name appears with all of its bytes or not at all, also after a power cut. */
import { randomUUID } from 'node:crypto';
import { access, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { deferred, type Deferred } from '../shared/lib/deferred.ts';

const TEMPORARY = '.tmp-';

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Write, fsync, rename, fsync the folder. Throws the file system's error (`ENOSPC` among them), leaving the old file as it was. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await putInPlace(path, bytes);
  await syncFolder(dirname(path));
}

/** What follows each other in a file: put together first, a large scan would take its size again. */
type Pieces = Uint8Array | readonly Uint8Array[];

/**
 * `writeDurably` for a folder in which many files are written at the same time: those share one fsync of the folder, which
 * begins when the last of them has its name. Whoever comes after the first has its name waits for the next one.
 */
export function createSharedWrites(folder: string, sync: typeof syncFolder = syncFolder): (name: string, bytes: Pieces) => Promise<void> {
  type Batch = { writing: number; synced: Deferred<void> };
  let joinable: Batch | undefined;

  function begin(): Batch {
    const synced = deferred();
    // Each writer of the batch hears of a failure; there may be none left when all of them failed before.
    synced.promise.catch(() => undefined);
    return { writing: 0, synced };
  }

  return async (name, bytes) => {
    const batch = (joinable ??= begin());
    batch.writing += 1;
    try {
      await putInPlace(join(folder, name), bytes);
    } finally {
      if (joinable === batch) joinable = undefined;
      batch.writing -= 1;
      if (batch.writing === 0) batch.synced.resolve(sync(folder));
    }
    await batch.synced.promise;
  };
}

/** All the bytes are on disk under the name; that the name stays is the folder's fsync. */
async function putInPlace(path: string, bytes: Pieces): Promise<void> {
  const temporary = join(dirname(path), `${TEMPORARY}${basename(path)}-${randomUUID()}`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await writeFile(file, bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder for fsync; NTFS journals its metadata itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the folder for private data and removes what an interrupted write left in it. */
export async function preparePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const leftovers = (await readdir(folder)).filter((name) => name.startsWith(TEMPORARY));
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { force: true })));
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';
export const isDiskFull = (error: unknown): boolean => codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT';
