/** Owns the files of verified scans: content-addressed, durable before they are said to be there. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mediaTypeOf, SIGNATURE_BYTES } from '../../shared/scanning/media-type.ts';
import type { ScanMediaType } from '../../shared/scanning/scan.ts';

export type ScanFacts = { sha256: string; bytes: number; mediaType: ScanMediaType | undefined };

export type ScanFolder = {
  /** Where uploads grow until they are whole. */
  incomingDir: string;
  /** Reads a file through in bounded memory. */
  factsOf(path: string): Promise<ScanFacts>;
  /** Moves a verified file to its place; resolves when file and folder entry are on disk. */
  keep(path: string, sha256: string): Promise<void>;
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
    async keep(path, sha256) {
      const place = pathOf(sha256);
      const handle = await open(path, 'r+');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(path, place);
      await syncDir(dirname(place));
    },
  };
}
