/**
 * Where scans arrive: one file of blocks that are really there, so that any number of scans at once are on disk after one
 * fdatasync and no change of the file system's own records. A little later each gets a file of its own, and what lay here is
 * overwritten. What a crash leaves here is found again at the next start.
 */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { isDiskFull, isMissing, syncFolder } from '../files.ts';

export type Arrival = { sha256: string; sealed: Buffer };

export type ArrivalLog = {
  /** True once it is on disk; false when there is no room for it here and it has to go elsewhere. Throws the file system's error. */
  append(arrival: Arrival): Promise<boolean>;
  /** Sealed bytes that have no file of their own yet. */
  find(sha256: string): Buffer | undefined;
  /** Everything that waits has its own file now, or there is no room for one yet. Resolves when nothing more is under way. */
  settled(): Promise<void>;
};

type Options = {
  folder: string;
  /** Writes each as a file of its own; on disk when it resolves. */
  store(arrivals: readonly Arrival[]): Promise<void>;
  /** Size of the file. */
  bytes?: number;
  /** A pause in which a dossier is accepted is not the time to write. */
  restMs?: number;
};

const FILE = 'arrivals.log';
const MAGIC = Buffer.from('QMCSCAN1', 'latin1');
/** magic ‖ SHA-256 ‖ length (4, LE) */
const HEADER_BYTES = MAGIC.length + 32 + 4;
const ZERO_BYTES = 1024 * 1024;
const AGAIN_MS = 30_000;

type Waiting = Arrival & { settle(isHere: boolean): void; failed(error: unknown): void };

export async function openArrivalLog({ folder, store, bytes = 16 * 1024 * 1024, restMs = 1000 }: Options): Promise<ArrivalLog> {
  const path = join(folder, FILE);
  /** On disk here, without a file of its own; the bytes are kept, so that reading never depends on this file's place. */
  const here = new Map<string, Buffer>();
  let file: FileHandle | undefined;
  let end = 0;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let settling: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function flush(): Promise<void> {
    await Promise.resolve(); // lets arrivals of the same turn share the first fdatasync
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const records = batch.map(encode);
      const total = records.reduce((sum, record) => sum + record.length, 0);
      if (file === undefined || end + total > bytes) {
        for (const one of batch) one.settle(false);
        continue;
      }
      try {
        await file.write(Buffer.concat(records), 0, total, end);
        await file.datasync();
        end += total;
        for (const one of batch) {
          here.set(one.sha256, one.sealed);
          one.settle(true);
        }
      } catch (error) {
        // After a failed flush nothing is known of this file any more: what comes next goes elsewhere until a start reads it.
        await file.close().catch(() => undefined);
        file = undefined;
        for (const one of batch) one.failed(error);
      }
    }
    flushing = undefined;
    settleLater(restMs);
  }

  function settleLater(inMs: number): void {
    if (here.size === 0) return;
    clearTimeout(timer);
    timer = setTimeout(() => void settle(), inMs);
    timer.unref();
  }

  /** Never while something is being written here: the place where it lies is given up at the end. */
  function settle(): Promise<void> {
    clearTimeout(timer);
    settling ??= giveFiles()
      .catch(() => settleLater(AGAIN_MS))
      .finally(() => (settling = undefined));
    return settling;
  }

  async function giveFiles(): Promise<void> {
    const arrivals = Array.from(here, ([sha256, sealed]) => ({ sha256, sealed }));
    await store(arrivals);
    for (const { sha256, sealed } of arrivals) if (here.get(sha256) === sealed) here.delete(sha256);
    if (here.size > 0 || flushing !== undefined || waiting.length > 0) return settleLater(restMs);
    await empty();
  }

  /** A scan that has left this device must not stay behind here. */
  async function empty(): Promise<void> {
    const used = end;
    end = bytes; // arrivals of this moment go elsewhere
    if (file !== undefined && used > 0) await overwrite(file, used);
    end = 0;
  }

  const left = await readLeft(path);
  if (left.length > 0) {
    try {
      await store(left);
    } catch (error) {
      // A full disk must not keep the counter from starting; they stay here, and are read from here.
      if (!isDiskFull(error)) throw error;
      for (const { sha256, sealed } of left) here.set(sha256, sealed);
    }
  }
  if (here.size === 0) file = await openEmpty(folder, path, bytes).catch(() => undefined);
  else settleLater(AGAIN_MS);

  return {
    append: (arrival) =>
      new Promise((resolve, reject) => {
        waiting.push({ ...arrival, settle: resolve, failed: reject });
        flushing ??= flush();
      }),
    find: (sha256) => here.get(sha256),
    async settled() {
      await flushing;
      await settle();
    },
  };
}

function encode({ sha256, sealed }: Arrival): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(sealed.length);
  return Buffer.concat([MAGIC, Buffer.from(sha256, 'hex'), length, sealed]);
}

/** What is whole is told by whoever opens the seal; a record that was cut by the end was never acknowledged. */
async function readLeft(path: string): Promise<Arrival[]> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  try {
    const { size } = await file.stat();
    const left: Arrival[] = [];
    const header = Buffer.alloc(HEADER_BYTES);
    for (let at = 0; at + HEADER_BYTES <= size;) {
      await file.read(header, 0, HEADER_BYTES, at);
      const length = header.readUInt32LE(HEADER_BYTES - 4);
      if (!header.subarray(0, MAGIC.length).equals(MAGIC) || at + HEADER_BYTES + length > size) break;
      const sealed = Buffer.alloc(length);
      await file.read(sealed, 0, length, at + HEADER_BYTES);
      left.push({ sha256: header.toString('hex', MAGIC.length, MAGIC.length + 32), sealed });
      at += HEADER_BYTES + length;
    }
    return left;
  } finally {
    await file.close();
  }
}

/** All of it overwritten and on disk, made anew when it is not of its size. */
async function openEmpty(folder: string, path: string, bytes: number): Promise<FileHandle> {
  const known = await open(path, 'r+').catch(() => undefined);
  if (known !== undefined) {
    if ((await known.stat()).size === bytes) {
      await overwrite(known, HEADER_BYTES);
      return known;
    }
    await known.close();
  }
  const temporary = join(folder, `.tmp-${FILE}`);
  const made = await open(temporary, 'w+', 0o600);
  try {
    await overwrite(made, bytes);
    await rename(temporary, path);
    await syncFolder(folder);
    return made;
  } catch (error) {
    await made.close();
    await rm(temporary, { force: true });
    throw error;
  }
}

async function overwrite(file: FileHandle, bytes: number): Promise<void> {
  const zeros = Buffer.alloc(Math.min(ZERO_BYTES, bytes));
  for (let at = 0; at < bytes; at += zeros.length) await file.write(zeros, 0, Math.min(zeros.length, bytes - at), at);
  await file.datasync();
}
