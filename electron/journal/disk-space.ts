/** How much room is left on the disk that holds the data folder, and whether it is enough to take in more. */
import { statfs } from 'node:fs/promises';

/** Under this much free space nothing new is taken in; what is there stays readable and sendable. */
export const MIN_FREE_BYTES = 1024 ** 3;

/** Bytes this process may still write. Rejects when the file system does not say. */
export type DiskSpace = () => Promise<number>;

export const diskSpaceOf =
  (folder: string): DiskSpace =>
  async () => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  };

/** A file system that does not say how full it is refuses nothing here; a write that fails still does. */
export const hasRoomForIntake = async (freeBytes: DiskSpace, minFreeBytes = MIN_FREE_BYTES): Promise<boolean> => {
  try {
    return (await freeBytes()) >= minFreeBytes;
  } catch {
    return true;
  }
};
