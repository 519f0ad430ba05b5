/** How much room is left on the disk that holds the data folder, and what may still be written into it. */
import { statfsSync } from 'node:fs';

/** Under this much free space no intake is begun; one that was begun is finished, and tickets go on: people are waiting. */
export const MIN_FREE_TO_BEGIN_BYTES = 1024 ** 3;
/** Under this much nothing more of an intake is taken: what is left is for the queue, for sending, and for opening again. */
export const MIN_FREE_TO_FINISH_BYTES = 64 * 1024 ** 2;

/** Bytes this process may still write. Rejects when the file system does not say. */
export type DiskSpace = () => Promise<number>;

/** Asked in this thread: the system answers from its memory, sooner than another thread could be woken. */
export const diskSpaceOf =
  (folder: string): DiskSpace =>
  () =>
    new Promise((resolve) => {
      const { bavail, bsize } = statfsSync(folder);
      resolve(bavail * bsize);
    });

export type IntakeRoom = 'to-begin' | 'to-finish' | 'none';

/** A file system that does not say how full it is refuses nothing here; a write that fails still does. */
export const roomForIntake = async (freeBytes: DiskSpace): Promise<IntakeRoom> => {
  const free = await freeBytes().catch(() => Infinity);
  return free >= MIN_FREE_TO_BEGIN_BYTES ? 'to-begin' : free >= MIN_FREE_TO_FINISH_BYTES ? 'to-finish' : 'none';
};
