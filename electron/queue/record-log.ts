/**
 * A small durable log of sealed records: what `append` resolves for has been through fdatasync, and all that wait share one.
 * A file is a run of frames (length, then what shared one write, sealed); each is sealed to its place, so none can be left out,
 * moved or doubled. `begin` starts the next file with a record that makes the older ones unnecessary.
 */
import { open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { deferred } from '../../shared/lib/deferred.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { isDiskFull, preparePrivateFolder, syncFolder, writeDurably } from '../files.ts';
import type { Vault } from '../keys/vault.ts';

export type RecordLogFailure = Failure<'disk-full' | 'queue-failed'>;

export type RecordLog = {
  /** What the files held when they were opened; an end that was torn by a power cut is gone. */
  readonly found: { records: readonly unknown[]; isTorn: boolean };
  append(records: readonly unknown[]): Promise<Result<null, RecordLogFailure>>;
  /** `first` is asked for when all before it is written; durable under its name before the older file goes. After a failed fsync this is what makes the log usable again. */
  begin(first: () => unknown): Promise<Result<null, RecordLogFailure>>;
  bytes(): number;
  close(): Promise<void>;
};

type Options = { folder: string; vault: Vault; withReserve?<T>(work: () => Promise<T>): Promise<T> };
type Waiting = { records: readonly unknown[]; settle(result: Result<null, RecordLogFailure>): void };

const LENGTH_BYTES = 4;
const MOST_FRAME_BYTES = 64 * 1024 * 1024;
const nameOf = (generation: number): string => `queue-${String(generation).padStart(8, '0')}.log`;
const generationOf = (name: string): number => Number(/^queue-(\d{8})\.log$/u.exec(name)?.[1] ?? Number.NaN);
const contextOf = (generation: number, index: number): string => `queue/${generation}/${index}`;

export async function openRecordLog({ folder, vault, withReserve = (work) => work() }: Options): Promise<RecordLog> {
  await preparePrivateFolder(folder);
  const generations = (await readdir(folder))
    .map(generationOf)
    .filter(Number.isFinite)
    .sort((a, b) => b - a);
  let generation = generations[0] ?? 0;
  let size = 0;
  let count = 0;
  let file: FileHandle | undefined;
  let waiting: Waiting[] = [];
  let working: Promise<void> | undefined;
  const found = { records: [] as unknown[], isTorn: false };

  // A file whose first record does not open is one that never came to be, or is damaged: the one before it, if it is still there, is whole.
  for (const candidate of generations) {
    const read = readFrames(await readFile(join(folder, nameOf(candidate))), candidate, vault);
    found.isTorn ||= read.isTorn;
    if (read.records.length === 0) continue;
    found.records = read.records;
    [generation, size, count] = [candidate, read.bytes, read.frames];
    break;
  }
  // What lies behind a torn frame must not come back as soon as another record ends where it begins.
  let isBroken = count === 0 || found.isTorn;
  // Never a generation that was used: the same key, place and name must not seal two things.
  let newest = generations[0] ?? 0;

  /** Older versions wrote one record a frame, not in a list; a record itself is no list. */
  const frame = (records: readonly unknown[], of: number, index: number): Buffer => {
    const sealed = vault.seal(Buffer.from(JSON.stringify(records)), contextOf(of, index));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(sealed.length);
    return Buffer.concat([length, sealed]);
  };

  async function write(records: readonly unknown[]): Promise<Result<null, RecordLogFailure>> {
    if (isBroken) return fail('queue-failed');
    const bytes = frame(records, generation, count);
    try {
      await withReserve(async () => {
        file ??= await open(join(folder, nameOf(generation)), 'r+');
        try {
          const { bytesWritten } = await file.write(bytes, 0, bytes.length, size);
          if (bytesWritten < bytes.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
        } catch (error) {
          await file.truncate(size).catch(() => (isBroken = true));
          throw error;
        }
      });
    } catch (error) {
      return fail(isDiskFull(error) ? 'disk-full' : 'queue-failed');
    }
    try {
      await file?.datasync();
    } catch {
      // The kernel may have dropped the pages: nothing more is promised of this file.
      isBroken = true;
      return fail('queue-failed');
    }
    size += bytes.length;
    count += 1;
    return ok(null);
  }

  async function work(): Promise<void> {
    await Promise.resolve(); // lets callers of the same turn share the first fdatasync
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const written = await write(batch.flatMap(({ records }) => records));
      for (const { settle } of batch) settle(written);
    }
    working = undefined;
  }

  async function begin(first: () => unknown): Promise<Result<null, RecordLogFailure>> {
    while (working !== undefined) await working;
    newest += 1;
    const next = newest;
    const bytes = frame([first()], next, 0);
    const beginning = deferred();
    working = beginning.promise;
    try {
      await withReserve(() => writeDurably(join(folder, nameOf(next)), bytes));
      await file?.close().catch(() => undefined);
      file = undefined;
      const older = (await readdir(folder)).filter((name) => generationOf(name) < next);
      [generation, size, count, isBroken] = [next, bytes.length, 1, false];
      for (const name of older) await rm(join(folder, name), { force: true });
      await syncFolder(folder);
      return ok(null);
    } catch (error) {
      return fail(isDiskFull(error) ? 'disk-full' : 'queue-failed');
    } finally {
      working = undefined;
      beginning.resolve();
      if (waiting.length > 0) working = work();
    }
  }

  return {
    found,
    append: (records) =>
      new Promise((settle) => {
        waiting.push({ records, settle });
        working ??= work();
      }),
    begin,
    bytes: () => size,
    async close() {
      while (working !== undefined) await working;
      await file?.close();
      file = undefined;
    },
  };
}

function readFrames(bytes: Buffer, generation: number, vault: Vault): { records: unknown[]; frames: number; bytes: number; isTorn: boolean } {
  const records: unknown[] = [];
  let frames = 0;
  let at = 0;
  while (at + LENGTH_BYTES <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    const end = at + LENGTH_BYTES + length;
    if (length > MOST_FRAME_BYTES || end > bytes.length) break;
    try {
      const read: unknown = JSON.parse(vault.open(bytes.subarray(at + LENGTH_BYTES, end), contextOf(generation, frames)).toString('utf8'));
      if (Array.isArray(read)) records.push(...(read as unknown[]));
      else records.push(read);
    } catch {
      break;
    }
    frames += 1;
    at = end;
  }
  return { records, frames, bytes: at, isTorn: at < bytes.length };
}
