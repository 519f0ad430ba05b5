/** Owns the files of verified scans: content-addressed, durable before they are said to be there. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mediaTypeOf, SIGNATURE_BYTES } from '../../shared/scanning/media-type.ts';
import type { ScanMediaType } from '../../shared/scanning/scan.ts';

export type ScanFacts = { sha256: string; bytes: number; mediaType: ScanMediaType | undefined };

/** How far a file has been written. */
export type Arriving = { bytes: number };

/** Of a file that a request writes alone. */
export const WHOLE_SUFFIX = '.whole';
/** What is written at once. */
const WRITE_BYTES = 512 * 1024;

export type ScanFolder = {
  /** Where uploads grow until they are whole. */
  incomingDir: string;
  /** Reads a file through in bounded memory. */
  factsOf(path: string): Promise<ScanFacts>;
  /** Writes what comes to a new file, in bounded memory; resolves when all of it is on disk. What came before an error is in the file. */
  receive(source: AsyncIterable<Buffer>, path: string, arriving: Arriving): Promise<ScanFacts>;
  /** Moves a verified file to its place; resolves when file and folder entry are on disk. `isFlushed`: the file is. */
  keep(path: string, sha256: string, isFlushed: boolean): Promise<void>;
  /** Removes whole scans that were cut with their server, older than `beforeMs`. */
  sweep(beforeMs: number): Promise<void>;
  /** The place of a verified scan. */
  pathOf(sha256: string): string;
};

async function syncDir(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function openScanFolder(dir: string): Promise<ScanFolder> {
  const incomingDir = join(dir, 'incoming');
  const contentDir = join(dir, 'content');
  // Made and flushed once, so that a scan costs the flush of its own folder only.
  const shelves = Array.from({ length: 256 }, (_, byte) => join(contentDir, byte.toString(16).padStart(2, '0')));
  for (const path of [incomingDir, ...shelves]) await mkdir(path, { recursive: true, mode: 0o700 });
  await syncDir(contentDir);
  const pathOf = (sha256: string): string => join(contentDir, sha256.slice(0, 2), sha256);
  return {
    incomingDir,
    pathOf,
    async factsOf(path) {
      const hash = createHash('sha256');
      let bytes = 0;
      let head = Buffer.alloc(0);
      for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
        if (head.byteLength < SIGNATURE_BYTES) head = Buffer.concat([head, chunk.subarray(0, SIGNATURE_BYTES)]);
        bytes += chunk.byteLength;
        hash.update(chunk);
      }
      return { sha256: hash.digest('hex'), bytes, mediaType: mediaTypeOf(head) };
    },
    async receive(source, path, arriving) {
      const hash = createHash('sha256');
      const handle = await open(path, 'wx', 0o600);
      let head = Buffer.alloc(0);
      let waiting: Buffer[] = [];
      let waitingBytes = 0;
      const write = async (): Promise<void> => {
        if (waitingBytes === 0) return;
        const { bytesWritten } = await handle.writev(waiting);
        if (bytesWritten < waitingBytes) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
        arriving.bytes += bytesWritten;
        waiting = [];
        waitingBytes = 0;
      };
      try {
        try {
          for await (const chunk of source) {
            if (head.byteLength < SIGNATURE_BYTES) head = Buffer.concat([head, chunk.subarray(0, SIGNATURE_BYTES)]);
            hash.update(chunk);
            waiting.push(chunk);
            waitingBytes += chunk.byteLength;
            if (waitingBytes >= WRITE_BYTES) await write();
          }
        } finally {
          await write();
        }
        await handle.sync();
      } finally {
        await handle.close();
      }
      return { sha256: hash.digest('hex'), bytes: arriving.bytes, mediaType: mediaTypeOf(head) };
    },
    async keep(path, sha256, isFlushed) {
      const place = pathOf(sha256);
      if (!isFlushed) {
        const handle = await open(path, 'r+');
        try {
          await handle.sync();
        } finally {
          await handle.close();
        }
      }
      await rename(path, place);
      await syncDir(dirname(place));
    },
    async sweep(beforeMs) {
      for (const name of await readdir(incomingDir)) {
        const path = join(incomingDir, name);
        if (name.endsWith(WHOLE_SUFFIX) && ((await stat(path).catch(() => undefined))?.mtimeMs ?? beforeMs) < beforeMs) await rm(path, { force: true });
      }
    },
  };
}
