/**
 * Disk kept for the page's own database: on a full disk Chromium cannot even open it, and the officer must see what is here
 * all the same. Given up before the page opens, made again when there is room.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { diskSpaceOf } from './journal/disk-space.ts';
import { createReserve } from './journal/reserve.ts';

/** What Chromium writes to open its database and to come level with the journal, with room to spare. */
const RESERVE_BYTES = 32 * 1024 * 1024;
const KEEP_EVERY_MS = 5 * 60_000;

export type RoomForPage = {
  /** Before the page opens. Never throws: a page without room says so itself. */
  clear(): Promise<void>;
  /** Once the page is open; tried again every few minutes, since room may come later. */
  keep(): void;
};

export function keepRoomForPage(userData: string): RoomForPage {
  const folder = join(userData, 'room-for-page');
  const freeBytes = diskSpaceOf(userData);
  const reserve = createReserve(folder, RESERVE_BYTES, freeBytes);
  return {
    async clear() {
      if ((await freeBytes().catch(() => Infinity)) < RESERVE_BYTES) await reserve.release().catch(() => false);
    },
    keep() {
      const restore = async (): Promise<void> => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await reserve.restore();
      };
      const tryToRestore = (): void => void restore().catch(() => undefined);
      tryToRestore();
      setInterval(tryToRestore, KEEP_EVERY_MS).unref();
    },
  };
}
