/** A file of really allocated bytes beside the journal, given up when the disk is full so that what is not intake can still be written. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isDiskFull, syncFolder } from '../files.ts';
import type { DiskSpace } from './disk-space.ts';

const RESERVE_FILE = 'reserve.bin';
const BLOCK_BYTES = 1024 * 1024;
/** The reserve is made again only when this many times its size is free, or it would fill the disk itself. */
const ROOM_FACTOR = 4;

export type Reserve = {
  /** True when it was there and its bytes are free now. */
  release(): Promise<boolean>;
  /** Makes the file when it is missing and there is room. Never throws for a full disk. */
  restore(): Promise<void>;
};

export function createReserve(folder: string, bytes: number, freeBytes: DiskSpace): Reserve {
  const path = join(folder, RESERVE_FILE);
  const temporary = join(folder, `.tmp-${RESERVE_FILE}`);
  const size = (): Promise<number> =>
    stat(path).then(
      (file) => file.size,
      () => 0,
    );

  async function fill(): Promise<void> {
    const file = await open(temporary, 'w', 0o600);
    try {
      // Random bytes: a file system that compresses or keeps holes would allocate nothing for zeros.
      for (let written = 0; written < bytes; written += BLOCK_BYTES) {
        await file.write(await promisify(randomBytes)(Math.min(BLOCK_BYTES, bytes - written)));
      }
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
  }

  return {
    async release() {
      if ((await size()) === 0) return false;
      await rm(path, { force: true });
      // Blocks may be given out again only once their release is on disk.
      await syncFolder(folder);
      return true;
    },
    async restore() {
      if (bytes === 0 || (await size()) >= bytes) return;
      if ((await freeBytes().catch(() => 0)) < bytes * ROOM_FACTOR) return;
      try {
        await fill();
      } catch (error) {
        await rm(temporary, { force: true });
        if (!isDiskFull(error)) throw error;
      }
    },
  };
}
