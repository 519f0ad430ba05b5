/**
 * Where scans arrive: two files of blocks that are really there, so that any number of scans at once are on disk after one
 * fdatasync and no change of the file system's own records. A little later each scan gets a file of its own, and what lay here
 * is overwritten; scans that come meanwhile go into the other one. What a crash leaves here is found again at the next start.
 */
import { randomBytes } from 'node:crypto';
import { open, rename, rm, statfs, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { isDiskFull, isMissing, syncFolder } from '../files.ts';

/** `sealed`: pieces that follow each other. */
export type Arrival = { sha256: string; sealed: readonly Buffer[] };

export type ArrivalLog = {
  /** True once it is on disk; false when there is no room for it here and it has to go elsewhere. Throws the file system's error. */
  append(arrival: Arrival): Promise<boolean>;
  /** Resolves as `arriving` does, with what is then appended at once: what is here by then waits for it, so that both share a flush. */
  expect<T>(arriving: Promise<T>): Promise<T>;
  /** Sealed bytes that have no file of their own yet. */
  find(sha256: string): readonly Buffer[] | undefined;
  /** Everything that waits has its own file now, or there is no room for one yet. Resolves when nothing more is under way. */
  settled(): Promise<void>;
};

type Options = {
  folder: string;
  /** Writes each as a file of its own; on disk when it resolves. */
  store(arrivals: readonly Arrival[]): Promise<void>;
  /** Whether what was found at a start is what was put: a record that was cut was never acknowledged. */
  isSound(arrival: Arrival): boolean;
  /** Size of each of the two files. */
  bytes?: number;
  /** A pause in which a dossier is accepted is not the time to write. */
  restMs?: number;
};

const FILES = ['arrivals.log', 'arrivals-2.log'] as const;
const MAGIC = Buffer.from('QMCSCAN1', 'latin1');
const FILLING_BYTES = 8;
/** magic ‖ filling (8) ‖ SHA-256 ‖ length (4, LE). Each filling of the file has a random name, so that no record of an earlier one follows those of a later. */
const DIGEST_AT = MAGIC.length + FILLING_BYTES;
const HEADER_BYTES = DIGEST_AT + 32 + 4;
/** A file is not made on a disk that has less than this many times its size. */
const ROOM_FACTOR = 4;
const ZERO_BYTES = 1024 * 1024;
const AGAIN_MS = 30_000;
/** Files given at once: more would be in the way of whoever saves now. */
const STORED_AT_ONCE = 2;
/** A dossier is accepted right after its scans arrived, and the file system has its journal's flush wait for that of new files. */
const PAUSE_MS = 150;
/** A half that is fuller than this share waits for nobody: what finds no room here is saved far slower. */
const PRESSING_SHARE = 0.6;
/** What is on disk sooner is worth more than one flush less. */
const LONGEST_WAIT_MS = 10;

type Waiting = Arrival & { settle(isHere: boolean): void; failed(error: unknown): void };

/** One of the two files. */
type Half = {
  path: string;
  /** The file is there, of its size and with nothing in it that is wanted but `held`. */
  isUsable: boolean;
  filling: Buffer;
  end: number;
  /** On disk here, without a file of its own; the bytes are kept, so that reading never depends on this file's place. */
  held: Map<string, Arrival['sealed']>;
  isWriting: boolean;
  file?: FileHandle;
};

export async function openArrivalLog({ folder, store, isSound, bytes = 8 * 1024 * 1024, restMs = 1000 }: Options): Promise<ArrivalLog> {
  const halfAt = (name: string): Half => ({
    path: join(folder, name),
    isUsable: false,
    filling: randomBytes(FILLING_BYTES),
    end: 0,
    held: new Map(),
    isWriting: false,
  });
  const halves: [Half, Half] = [halfAt(FILES[0]), halfAt(FILES[1])];
  let [current, other] = halves;
  let waiting: Waiting[] = [];
  const expected = new Set<Promise<unknown>>();
  let lastArrivalMs = Number.NEGATIVE_INFINITY;
  /** Aborted while somebody waits until everything has its file: then nothing rests. */
  let hurry = new AbortController();
  let flushing: Promise<void> | undefined;
  let settling: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function flush(): Promise<void> {
    await Promise.resolve(); // lets arrivals of the same turn share the first fdatasync
    while (waiting.length > 0) {
      await allHere();
      const batch = waiting;
      waiting = [];
      const half = halfFor(batch.reduce((sum, { sealed }) => sum + HEADER_BYTES + bytesIn(sealed), 0));
      if (half === undefined) {
        for (const one of batch) one.settle(false);
        void settle();
        continue;
      }
      try {
        await write(half, batch);
        for (const one of batch) one.settle(true);
      } catch (error) {
        // After a failed flush nothing is known of this file any more: what comes next goes elsewhere until a start reads it.
        half.isUsable = false;
        for (const one of batch) one.failed(error);
      }
    }
    flushing = undefined;
    lastArrivalMs = performance.now();
    settleLater(other.held.size > 0 ? Math.min(PAUSE_MS, restMs) : restMs);
  }

  async function allHere(): Promise<void> {
    if (expected.size === 0) return;
    let isLate = false;
    const late = rest(LONGEST_WAIT_MS).then(() => (isLate = true));
    while (expected.size > 0 && !isLate) await Promise.race([...expected, late]);
  }

  /** The half in use; when that is full the other one, if it is empty, and the full one gives files. */
  function halfFor(total: number): Half | undefined {
    const hasRoom = ({ isUsable, end }: Half): boolean => isUsable && end + total <= bytes;
    if (hasRoom(current)) return current;
    if (other.end > 0 || !hasRoom(other)) return undefined;
    [current, other] = [other, current];
    return current;
  }

  async function write(half: Half, batch: readonly Arrival[]): Promise<void> {
    half.isWriting = true;
    try {
      half.file ??= await open(half.path, 'r+');
      const written = await writeAll(
        half.file,
        half.end,
        batch.flatMap(({ sha256, sealed }) => [headerOf(sha256, bytesIn(sealed), half.filling), ...sealed]),
      );
      await half.file.datasync();
      half.end += written;
      for (const { sha256, sealed } of batch) half.held.set(sha256, sealed);
    } finally {
      half.isWriting = false;
    }
  }

  function settleLater(inMs: number): void {
    if (halves.every(({ held }) => held.size === 0)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void settle(), inMs);
    timer.unref();
  }

  function settle(): Promise<void> {
    clearTimeout(timer);
    settling ??= giveFiles()
      .catch(() => settleLater(AGAIN_MS))
      .finally(() => (settling = undefined));
    return settling;
  }

  async function giveFiles(): Promise<void> {
    for (const half of [other, current]) {
      const arrivals = Array.from(half.held, ([sha256, sealed]) => ({ sha256, sealed }));
      for (let at = 0; at < arrivals.length; at += STORED_AT_ONCE) {
        const some = arrivals.slice(at, at + STORED_AT_ONCE);
        await pause();
        await store(some);
        for (const { sha256, sealed } of some) if (half.held.get(sha256) === sealed) half.held.delete(sha256);
      }
      // Not while something is being written here: the place where it lies would be given up.
      const isBusy = half.isWriting || (half === current && (flushing !== undefined || waiting.length > 0));
      if (half.held.size > 0 || isBusy) settleLater(restMs);
      else await empty(half);
    }
  }

  /** Until nobody has saved for a moment. */
  async function pause(): Promise<void> {
    const { signal } = hurry;
    while (!signal.aborted && current.end < bytes * PRESSING_SHARE) {
      const leftMs = lastArrivalMs + PAUSE_MS - performance.now();
      if (leftMs <= 0 && flushing === undefined) return;
      // Holds no process that is at its end: what lies here is found again at the next start.
      await rest(Math.max(leftMs, 1), undefined, { ref: false, signal }).catch(() => undefined);
    }
  }

  /** A scan that has left this device must not stay behind here. The first header goes last: while it is there, so may the rest be. */
  async function empty(half: Half): Promise<void> {
    await half.file?.close();
    half.file = undefined;
    if (!half.isUsable || half.end === 0) return;
    half.isUsable = false; // arrivals of this moment go elsewhere
    await clear(half.path, half.end, pause);
    half.filling = randomBytes(FILLING_BYTES);
    half.end = 0;
    half.isUsable = true;
  }

  async function prepare(half: Half): Promise<void> {
    const { size, isDirty } = await stateOf(half.path);
    if (size === bytes && isDirty) await clear(half.path, bytes);
    if (size !== bytes) {
      const { bavail, bsize } = await statfs(folder);
      if (bavail * bsize < bytes * ROOM_FACTOR) return;
      await make(folder, half.path, bytes);
    }
    half.isUsable = true;
  }

  const left = await Promise.all(halves.map(async ({ path }) => (await readLeft(path)).filter(isSound)));
  try {
    for (const arrivals of left) if (arrivals.length > 0) await store(arrivals);
    // In the background: until then each scan gets its own file at once.
    for (const half of halves) void prepare(half).catch(() => undefined);
  } catch (error) {
    // A full disk must not keep the counter from starting; they stay here, and are read from here.
    if (!isDiskFull(error)) throw error;
    for (const [at, arrivals] of left.entries()) for (const { sha256, sealed } of arrivals) halves[at]?.held.set(sha256, sealed);
    settleLater(AGAIN_MS);
  }

  return {
    append: (arrival) =>
      new Promise((resolve, reject) => {
        waiting.push({ ...arrival, settle: resolve, failed: reject });
        flushing ??= flush();
      }),
    expect(arriving) {
      const here = arriving.then(
        () => undefined,
        () => undefined,
      );
      expected.add(here);
      void here.then(() => expected.delete(here));
      return arriving;
    },
    find: (sha256) => current.held.get(sha256) ?? other.held.get(sha256),
    async settled() {
      hurry.abort();
      await flushing;
      await settle();
      hurry = new AbortController();
    },
  };
}

export const bytesIn = (buffers: readonly Buffer[]): number => buffers.reduce((sum, { length }) => sum + length, 0);

function headerOf(sha256: string, length: number, filling: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(length);
  return Buffer.concat([MAGIC, filling, Buffer.from(sha256, 'hex'), size]);
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
      left.push({ sha256: header.toString('hex', DIGEST_AT, DIGEST_AT + 32), sealed: [sealed] });
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
  const temporary = join(folder, `.tmp-${basename(path)}`);
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

/** A piece at a time, each after a pause: the whole at once holds up every other flush of the disk. */
async function clear(path: string, bytes: number, pause: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  for (let at = HEADER_BYTES; at < bytes; at += ZERO_BYTES) {
    await pause();
    await overwriteAt(path, at, zeros(Math.min(ZERO_BYTES, bytes - at)));
  }
  await overwriteAt(path, 0, zeros(HEADER_BYTES));
}

function zeros(bytes: number): Buffer[] {
  const block = Buffer.alloc(Math.min(ZERO_BYTES, bytes));
  return Array.from({ length: Math.ceil(bytes / ZERO_BYTES) }, (_, nth) => block.subarray(0, Math.min(ZERO_BYTES, bytes - nth * ZERO_BYTES)));
}

/** One flush for all of it. */
async function overwriteAt(path: string, offset: number, buffers: readonly Buffer[]): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await writeAll(file, offset, buffers);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Bytes written; throws `ENOSPC` when they are not all of them. */
async function writeAll(file: FileHandle, offset: number, buffers: readonly Buffer[]): Promise<number> {
  const { bytesWritten } = await file.writev(buffers, offset);
  if (bytesWritten < bytesIn(buffers)) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
  return bytesWritten;
}
