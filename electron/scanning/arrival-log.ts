/**
 * Where scans arrive: one file of blocks that are really there, so that any number of scans at once are on disk after one
 * fdatasync and no change of the file system's own records. A little later each gets a file of its own, and what lay here is
 * overwritten. What a crash leaves here is found again at the next start.
 */
import { randomBytes } from 'node:crypto';
import { open, rename, rm, statfs, type FileHandle } from 'node:fs/promises';
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
  /** Whether what was found at a start is what was put: a record that was cut was never acknowledged. */
  isSound(arrival: Arrival): boolean;
  /** Size of the file. */
  bytes?: number;
  /** A pause in which a dossier is accepted is not the time to write. */
  restMs?: number;
};

const FILE = 'arrivals.log';
const MAGIC = Buffer.from('QMCSCAN1', 'latin1');
const FILLING_BYTES = 8;
/** magic ‖ filling (8) ‖ SHA-256 ‖ length (4, LE). Each filling of the file has a random name, so that no record of an earlier one follows those of a later. */
const DIGEST_AT = MAGIC.length + FILLING_BYTES;
const HEADER_BYTES = DIGEST_AT + 32 + 4;
/** The file is not made on a disk that has less than this many times its size. */
const ROOM_FACTOR = 4;
const ZERO_BYTES = 1024 * 1024;
const AGAIN_MS = 30_000;

type Waiting = Arrival & { settle(isHere: boolean): void; failed(error: unknown): void };

export async function openArrivalLog({ folder, store, isSound, bytes = 16 * 1024 * 1024, restMs = 1000 }: Options): Promise<ArrivalLog> {
  const path = join(folder, FILE);
  /** On disk here, without a file of its own; the bytes are kept, so that reading never depends on this file's place. */
  const here = new Map<string, Buffer>();
  /** The file is there, of its size and with nothing in it that is wanted but `here`. */
  let isUsable = false;
  let filling = randomBytes(FILLING_BYTES);
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
      const records = batch.map((one) => encode(one, filling));
      const total = records.reduce((sum, record) => sum + record.length, 0);
      if (!isUsable || end + total > bytes) {
        for (const one of batch) one.settle(false);
        continue;
      }
      try {
        await overwriteAt(path, end, records);
        end += total;
        for (const one of batch) {
          here.set(one.sha256, one.sealed);
          one.settle(true);
        }
      } catch (error) {
        // After a failed flush nothing is known of this file any more: what comes next goes elsewhere until a start reads it.
        isUsable = false;
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

  /** A scan that has left this device must not stay behind here. The first header goes last: while it is there, so may the rest be. */
  async function empty(): Promise<void> {
    const used = end;
    if (!isUsable || used === 0) return;
    isUsable = false; // arrivals of this moment go elsewhere
    await clear(path, used);
    filling = randomBytes(FILLING_BYTES);
    end = 0;
    isUsable = true;
  }

  async function prepare(): Promise<void> {
    const { size, isDirty } = await stateOf(path);
    if (size === bytes && isDirty) await clear(path, bytes);
    if (size !== bytes) {
      const { bavail, bsize } = await statfs(folder);
      if (bavail * bsize < bytes * ROOM_FACTOR) return;
      await make(folder, path, bytes);
    }
    isUsable = true;
  }

  const left = (await readLeft(path)).filter(isSound);
  try {
    if (left.length > 0) await store(left);
    // In the background: until then each scan gets its own file at once.
    void prepare().catch(() => undefined);
  } catch (error) {
    // A full disk must not keep the counter from starting; they stay here, and are read from here.
    if (!isDiskFull(error)) throw error;
    for (const { sha256, sealed } of left) here.set(sha256, sealed);
    settleLater(AGAIN_MS);
  }

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

function encode({ sha256, sealed }: Arrival, filling: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(sealed.length);
  return Buffer.concat([MAGIC, filling, Buffer.from(sha256, 'hex'), length, sealed]);
}

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
    let filling: Buffer | undefined;
    for (let at = 0; at + HEADER_BYTES <= size;) {
      await file.read(header, 0, HEADER_BYTES, at);
      const length = header.readUInt32LE(HEADER_BYTES - 4);
      filling ??= Buffer.from(header.subarray(MAGIC.length, DIGEST_AT));
      const isOurs = header.subarray(0, MAGIC.length).equals(MAGIC) && header.subarray(MAGIC.length, DIGEST_AT).equals(filling);
      if (!isOurs || at + HEADER_BYTES + length > size) break;
      const sealed = Buffer.alloc(length);
      await file.read(sealed, 0, length, at + HEADER_BYTES);
      left.push({ sha256: header.toString('hex', DIGEST_AT, DIGEST_AT + 32), sealed });
      at += HEADER_BYTES + length;
    }
    return left;
  } finally {
    await file.close();
  }
}

async function stateOf(path: string): Promise<{ size: number; isDirty: boolean }> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return { size: 0, isDirty: false };
  try {
    const { buffer } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return { size: (await file.stat()).size, isDirty: buffer.some((byte) => byte !== 0) };
  } finally {
    await file.close();
  }
}

async function make(folder: string, path: string, bytes: number): Promise<void> {
  const temporary = join(folder, `.tmp-${FILE}`);
  try {
    await (await open(temporary, 'w', 0o600)).close();
    await overwriteAt(temporary, 0, zeros(bytes));
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function clear(path: string, bytes: number): Promise<void> {
  await overwriteAt(path, HEADER_BYTES, zeros(bytes - HEADER_BYTES));
  await overwriteAt(path, 0, zeros(HEADER_BYTES));
}

function zeros(bytes: number): Buffer[] {
  const block = Buffer.alloc(Math.min(ZERO_BYTES, bytes));
  return Array.from({ length: Math.ceil(bytes / ZERO_BYTES) }, (_, nth) => block.subarray(0, Math.min(ZERO_BYTES, bytes - nth * ZERO_BYTES)));
}

/** One flush for all of it. */
async function overwriteAt(path: string, offset: number, buffers: Buffer[]): Promise<void> {
  const file = await open(path, 'r+');
  try {
    let at = offset;
    for (const buffer of buffers) {
      const { bytesWritten } = await file.write(buffer, 0, buffer.length, at);
      if (bytesWritten < buffer.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
      at += buffer.length;
    }
    await file.datasync();
  } finally {
    await file.close();
  }
}
