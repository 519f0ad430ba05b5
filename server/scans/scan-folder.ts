/** Keeps scans in a folder: content-addressed, durable before they are said to be there. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FileStore } from '@tus/file-store';
import { ABANDONED_AFTER_MS, createFactFinder, type ScanFacts, type ScanFiles } from './scan-files.ts';

/** How far a file has been written. */
type Arriving = { bytes: number };

/** Of a file that a request writes alone. */
const WHOLE_SUFFIX = '.whole';
/** What is written at once. */
const WRITE_BYTES = 512 * 1024;

async function syncDir(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Reads a file through in bounded memory. */
export async function factsOf(path: string): Promise<ScanFacts> {
  const finder = createFactFinder();
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) finder.add(chunk);
  return finder.facts();
}

/** Writes what comes to a new file, in bounded memory; resolves when all of it is on disk. What came before an error is in the file. */
async function receive(source: AsyncIterable<Buffer>, path: string, arriving: Arriving): Promise<ScanFacts> {
  const finder = createFactFinder();
  const handle = await open(path, 'wx', 0o600);
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
        finder.add(chunk);
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
  return finder.facts();
}

/** The files of scans that were kept, by shelf: the first two digits of their digests. */
export const contentOf = (dir: string): string => join(dir, 'content');

export async function openScanFolder(dir: string): Promise<ScanFiles> {
  const incomingDir = join(dir, 'incoming');
  const contentDir = contentOf(dir);
  // Made and flushed once, so that a scan costs the flush of its own folder only.
  const shelves = Array.from({ length: 256 }, (_, byte) => join(contentDir, byte.toString(16).padStart(2, '0')));
  for (const path of [incomingDir, ...shelves]) await mkdir(path, { recursive: true, mode: 0o700 });
  await syncDir(contentDir);
  const pathOf = (sha256: string): string => join(contentDir, sha256.slice(0, 2), sha256);
  const uploads = new FileStore({ directory: incomingDir, expirationPeriodInMilliseconds: ABANDONED_AFTER_MS });

  /** Moves a flushed file to its place; resolves when the folder's entry is on disk. */
  async function moveInto(place: string, path: string): Promise<void> {
    await rename(path, place);
    await syncDir(dirname(place));
  }

  return {
    uploads,
    async keepUpload(upload, _sha256, judge) {
      const path = upload.storage?.path;
      if (path === undefined) throw new Error('a scan upload without a file');
      const facts = await factsOf(path);
      judge(facts);
      await syncFile(path);
      await moveInto(pathOf(facts.sha256), path);
      return facts;
    },
    async keepWhole(source, { upload, judge, wasCut }) {
      const path = join(incomingDir, `${randomBytes(16).toString('hex')}${WHOLE_SUFFIX}`);
      const arriving: Arriving = { bytes: 0 };
      try {
        const facts = await receive(source, path, arriving);
        judge(facts);
        await moveInto(pathOf(facts.sha256), path);
        return facts;
      } catch (error) {
        if (wasCut() && arriving.bytes > 0 && (await uploads.configstore.get(upload.id)) === undefined) {
          await rename(path, join(incomingDir, upload.id));
          await uploads.configstore.set(upload.id, upload);
        } else await rm(path, { force: true });
        throw error;
      }
    },
    forget: async (uploadId) => uploads.configstore.delete(uploadId),
    async find(sha256) {
      const path = pathOf(sha256);
      const size = await stat(path).then(
        (file) => file.size,
        () => undefined,
      );
      return size === undefined ? undefined : { bytes: size, open: async () => createReadStream(path) };
    },
    async sweep(beforeMs) {
      for (const name of await readdir(incomingDir)) {
        const path = join(incomingDir, name);
        if (name.endsWith(WHOLE_SUFFIX) && ((await stat(path).catch(() => undefined))?.mtimeMs ?? beforeMs) < beforeMs) await rm(path, { force: true });
      }
      return uploads.deleteExpired();
    },
  };
}
