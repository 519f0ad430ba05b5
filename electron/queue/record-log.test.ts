import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, open, readdir, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createVault } from '../keys/vault.ts';
import { openRecordLog, type RecordLog } from './record-log.ts';

const vault = createVault(randomBytes(32));
let folder: string;
const opened: RecordLog[] = [];
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'qmc-record-log-'))));
afterEach(async () => {
  vi.restoreAllMocks();
  for (const log of opened.splice(0)) await log.close();
  await rm(folder, { recursive: true, force: true });
});

async function openHere(options: Partial<Parameters<typeof openRecordLog>[0]> = {}): Promise<RecordLog> {
  const log = await openRecordLog({ folder, vault, ...options });
  opened.push(log);
  return log;
}
/** A log begun with `base` and holding these after it, closed. Where each frame ends in its file. */
async function written(records: readonly unknown[]): Promise<number[]> {
  const log = await openHere();
  await log.begin(() => 'base');
  const ends = [log.bytes()];
  for (const record of records) {
    expect(await log.append([record])).toEqual({ ok: true, value: null });
    ends.push(log.bytes());
  }
  await log.close();
  return ends;
}
const found = async (): Promise<{ records: readonly unknown[]; isTorn: boolean }> => (await openHere()).found;
const files = async (): Promise<string[]> => (await readdir(folder)).sort();
const newest = async (): Promise<string> => join(folder, (await files()).at(-1) ?? '');
const full = (): Error => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });

async function fileHandles(): Promise<FileHandle> {
  const probe = await open(folder, 'r');
  await probe.close();
  return Object.getPrototypeOf(probe) as FileHandle;
}
/** Every datasync waits until it is let go; `begun` counts them. */
async function holdDatasync(): Promise<{ begun(): number; letGo(error?: Error): void }> {
  const prototype = await fileHandles();
  const real = prototype.datasync;
  const waiting: Array<(error?: Error) => void> = [];
  let begun = 0;
  vi.spyOn(prototype, 'datasync').mockImplementation(async function (this: FileHandle) {
    begun += 1;
    const error = await new Promise<Error | undefined>((resolve) => waiting.push(resolve));
    if (error !== undefined) throw error;
    return real.call(this);
  });
  return { begun: () => begun, letGo: (error) => waiting.shift()?.(error) };
}

describe('a record log', () => {
  it('gives back what was appended, in order, and nothing of it in the clear', async () => {
    expect(await found()).toEqual({ records: [], isTorn: false });
    await written([{ ticket: 'A001' }, { ticket: 'A002' }]);
    expect(await found()).toEqual({ records: ['base', { ticket: 'A001' }, { ticket: 'A002' }], isTorn: false });
    expect((await readFile(await newest())).includes('A001')).toBe(false);
  });

  it('reads what versions wrote that sealed each record by itself, and goes on behind it', async () => {
    const sealed = ['base', { ticket: 'A001' }].map((record, nth) => vault.seal(Buffer.from(JSON.stringify(record)), `queue/1/${nth}`));
    const length = (bytes: Buffer): Buffer => Buffer.from([0, 0, bytes.length >> 8, bytes.length & 0xff]);
    await writeFile(join(folder, 'queue-00000001.log'), Buffer.concat(sealed.flatMap((bytes) => [length(bytes), bytes])));
    const log = await openHere();
    expect(log.found).toEqual({ records: ['base', { ticket: 'A001' }], isTorn: false });
    await log.append([{ ticket: 'A002' }, { ticket: 'A003' }]);
    await log.close();
    expect((await found()).records).toEqual(['base', { ticket: 'A001' }, { ticket: 'A002' }, { ticket: 'A003' }]);
  });

  it('takes nothing before it was begun', async () => {
    expect(await (await openHere()).append(['early'])).toMatchObject({ failure: { kind: 'queue-failed' } });
  });

  it('lets all that wait share one fdatasync, answers in order, and none before it', async () => {
    const log = await openHere();
    await log.begin(() => 'base');
    const disk = await holdDatasync();
    const answered: number[] = [];
    const append = (nth: number): Promise<unknown> => log.append([nth]).then((result) => result.ok && answered.push(nth));
    const first = [0, 1, 2].map(append);
    await vi.waitFor(() => expect(disk.begun()).toBe(1));
    // These come while the disk is busy with the first three.
    const later = Array.from({ length: 50 }, (_, nth) => append(3 + nth));
    await new Promise((resolve) => setImmediate(resolve));
    expect([disk.begun(), answered.length]).toEqual([1, 0]);
    disk.letGo();
    await Promise.all(first);
    expect(answered).toEqual([0, 1, 2]);
    await vi.waitFor(() => expect(disk.begun()).toBe(2));
    disk.letGo();
    await Promise.all(later);
    expect(disk.begun()).toBe(2);
    expect(answered).toEqual(Array.from({ length: 53 }, (_, nth) => nth));
    await log.close();
    expect((await found()).records).toEqual(['base', ...answered]);
  });

  it('begins the next file with what is so when all before it is written, and keeps only that', async () => {
    let meanwhile: Promise<unknown> | undefined;
    let writes = 0;
    const withReserve = async <T>(work: () => Promise<T>): Promise<T> => {
      writes += 1;
      if (writes === 3) meanwhile = log.append(['two']);
      return work();
    };
    const log = await openHere({ withReserve });
    await log.begin(() => 'base');
    let said = 0;
    const appended = log.append(['one']).then(() => (said += 1));
    await log.begin(() => `base after ${said}`);
    expect(await Promise.all([appended, meanwhile])).toEqual([1, { ok: true, value: null }]);
    await log.close();
    expect((await found()).records).toEqual(['base after 1', 'two']);
    expect(await files()).toEqual(['queue-00000002.log']);
  });
});

describe('a record log after a power cut', () => {
  it('ends at the last whole record, wherever it was torn, and goes on only when it was begun anew', async () => {
    const ends = await written(['one', 'two', { three: 'x'.repeat(40) }]);
    const whole = await readFile(await newest());
    const from = ends.at(-2) ?? 0;
    for (let length = from; length < whole.length; length += 7) {
      await writeFile(await newest(), whole.subarray(0, length));
      const log = await openHere();
      expect(log.found, `cut at ${length}`).toEqual({ records: ['base', 'one', 'two'], isTorn: length > from });
      if (length > from) expect(await log.append(['four'])).toMatchObject({ failure: { kind: 'queue-failed' } });
      await log.close();
    }
    const log = await openHere();
    await log.begin(() => 'anew');
    await log.append(['four']);
    await log.close();
    expect(await found()).toEqual({ records: ['anew', 'four'], isTorn: false });
  });

  it('believes nothing from a flipped bit on', async () => {
    const ends = await written(['one', 'two', 'three']);
    const whole = await readFile(await newest());
    for (let at = 0; at < whole.length; at += 5) {
      const flipped = Buffer.from(whole);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
      await writeFile(await newest(), flipped);
      const kept = ends.filter((end) => end <= at).length;
      expect(await found(), `flipped at ${at}`).toEqual({ records: ['base', 'one', 'two', 'three'].slice(0, kept), isTorn: true });
    }
  });

  it('knows a record that was left out, moved, doubled or taken from another file', async () => {
    const ends = await written(['one', 'two', 'three']);
    const path = await newest();
    const whole = await readFile(path);
    const frames = ['base', 'one', 'two', 'three'].map((_, nth) => whole.subarray(ends[nth - 1] ?? 0, ends[nth]));
    const [base, one, two, three] = frames as [Buffer, Buffer, Buffer, Buffer];
    const made = async (...parts: Buffer[]): Promise<readonly unknown[]> => {
      await writeFile(path, Buffer.concat(parts));
      return (await found()).records;
    };
    expect(await made(base, two, three)).toEqual(['base']);
    expect(await made(base, one, three, two)).toEqual(['base', 'one']);
    expect(await made(base, one, one, two)).toEqual(['base', 'one']);
    expect(await made(one, two, three)).toEqual([]);
    await writeFile(path, whole);
    await rename(path, join(folder, 'queue-00000007.log'));
    expect((await found()).records).toEqual([]);
  });

  it('goes back to the file before a next one that never came to be', async () => {
    await written(['one']);
    await writeFile(join(folder, 'queue-00000002.log'), randomBytes(80));
    const log = await openHere();
    expect(log.found).toEqual({ records: ['base', 'one'], isTorn: true });
    // A name once used is not used again: the same key, place and name must not seal two things.
    await log.begin(() => 'anew');
    await log.close();
    expect(await files()).toEqual(['queue-00000003.log']);
  });

  it('takes the newer of two whole files, of which the older was to be removed', async () => {
    await written(['one']);
    await copyFile(await newest(), join(folder, 'kept'));
    const log = await openHere();
    await log.begin(() => 'anew');
    await log.close();
    await rename(join(folder, 'kept'), join(folder, 'queue-00000001.log'));
    expect((await found()).records).toEqual(['anew']);
  });

  it('opens with another key as an empty one, and does not throw', async () => {
    await written(['one']);
    expect((await openHere({ vault: createVault(randomBytes(32)) })).found).toEqual({ records: [], isTorn: true });
  });
});

describe('a record log on a disk that fails', () => {
  it('acknowledges nothing more after a failed fsync, until it is begun anew', async () => {
    const log = await openHere();
    await log.begin(() => 'base');
    await log.append(['one']);
    const disk = await holdDatasync();
    const doubtful = log.append(['two']);
    await vi.waitFor(() => expect(disk.begun()).toBe(1));
    const behind = log.append(['three']);
    disk.letGo(new Error('EIO'));
    expect(await doubtful).toMatchObject({ failure: { kind: 'queue-failed' } });
    expect(await behind).toMatchObject({ failure: { kind: 'queue-failed' } });
    vi.restoreAllMocks();
    // The kernel may have dropped the pages and say nothing of it the next time.
    expect(await log.append(['four'])).toMatchObject({ failure: { kind: 'queue-failed' } });
    expect(await log.begin(() => 'anew')).toEqual({ ok: true, value: null });
    expect(await log.append(['five'])).toEqual({ ok: true, value: null });
    await log.close();
    expect(await found()).toEqual({ records: ['anew', 'five'], isTorn: false });
  });

  it('leaves nothing behind of what a full disk refused, also of a part of it', async () => {
    const log = await openHere();
    await log.begin(() => 'base');
    await log.append(['one']);
    const prototype = await fileHandles();
    const write = prototype.write as (this: unknown, ...args: unknown[]) => Promise<{ bytesWritten: number }>;
    for (const partial of [undefined, 11]) {
      vi.spyOn(prototype, 'write').mockImplementation(async function (this: unknown, ...args: unknown[]) {
        const [bytes, offset, , position] = args;
        if (partial === undefined) throw full();
        return write.call(this, bytes, offset, partial, position);
      } as never);
      expect(await log.append(['two'])).toMatchObject({ failure: { kind: 'disk-full' } });
      vi.restoreAllMocks();
    }
    expect(await log.append(['three'])).toEqual({ ok: true, value: null });
    await log.close();
    expect(await found()).toEqual({ records: ['base', 'one', 'three'], isTorn: false });
  });

  it('may use the reserve, and keeps the older file when the next cannot be begun', async () => {
    let tries = 0;
    const withReserve = async <T>(work: () => Promise<T>): Promise<T> => {
      tries += 1;
      return work();
    };
    const log = await openHere({ withReserve });
    await log.begin(() => 'base');
    await log.append(['one']);
    expect(tries).toBe(2);
    const prototype = await fileHandles();
    vi.spyOn(prototype, 'datasync').mockRejectedValue(full());
    expect(await log.begin(() => 'anew')).toMatchObject({ failure: { kind: 'disk-full' } });
    vi.restoreAllMocks();
    expect(await log.append(['two'])).toEqual({ ok: true, value: null });
    await log.close();
    expect((await found()).records).toEqual(['base', 'one', 'two']);
  });
});
