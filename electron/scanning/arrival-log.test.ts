import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { deferred } from '../../shared/lib/deferred.ts';
import { openArrivalLog, type Arrival, type ArrivalLog } from './arrival-log.ts';

const BYTES = 64 * 1024;
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const arrival = (bytes = 3000): Arrival => {
  const sealed = [randomBytes(4), randomBytes(bytes - 4)];
  return { sha256: digestOf(Buffer.concat(sealed)), sealed };
};

const whole = ({ sealed }: Arrival): Buffer => Buffer.concat(sealed);
/** What is found where it arrived. */
const found = (log: ArrivalLog, { sha256 }: Arrival): Buffer => Buffer.concat(log.find(sha256) ?? []);

let folder: string;
let stored: Map<string, Buffer>;
let failure: Error | undefined;
let storing: Promise<void>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qmc-arrivals-'));
  stored = new Map();
  failure = undefined;
  storing = Promise.resolve();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = (name = 'arrivals.log'): string => join(folder, name);
const start = (): Promise<ArrivalLog> =>
  openArrivalLog({
    folder,
    bytes: BYTES,
    restMs: 60_000,
    isSound: ({ sha256, sealed }) => digestOf(Buffer.concat(sealed)) === sha256,
    store: async (arrivals) => {
      if (failure !== undefined) throw failure;
      await storing;
      for (const { sha256, sealed } of arrivals) stored.set(sha256, Buffer.concat(sealed));
    },
  });

const isEmpty = async (name?: string): Promise<boolean> => {
  const held = await readFile(file(name));
  return held.length === BYTES && held.every((byte) => byte === 0);
};

/** Its files are made behind the start. */
async function ready(): Promise<ArrivalLog> {
  const log = await start();
  for (const name of ['arrivals.log', 'arrivals-2.log'])
    await expect
      .poll(
        () =>
          stat(file(name)).then(
            ({ size }) => size,
            () => 0,
          ),
        { timeout: 5000 },
      )
      .toBe(BYTES);
  await expect.poll(() => log.append(arrival(10)), { timeout: 5000 }).toBe(true);
  await log.settled();
  stored.clear();
  return log;
}

it('keeps what arrives until it has a file, and then nothing of it', async () => {
  const log = await ready();
  const all = [arrival(), arrival(), arrival()];
  expect(await Promise.all(all.map((one) => log.append(one)))).toEqual([true, true, true]);
  for (const one of all) expect(found(log, one)).toEqual(whole(one));
  const held = await readFile(file());
  for (const one of all) expect(held.includes(whole(one))).toBe(true);
  await log.settled();
  expect([...stored.keys()].sort()).toEqual(all.map(({ sha256 }) => sha256).sort());
  for (const { sha256 } of all) expect(log.find(sha256)).toBeUndefined();
  expect(await isEmpty()).toBe(true);
});

it('gives what a crash left its files at the next start', async () => {
  const log = await ready();
  const all = [arrival(), arrival(9000)];
  for (const one of all) await log.append(one);
  await start();
  for (const one of all) expect(stored.get(one.sha256)).toEqual(whole(one));
  await expect.poll(isEmpty).toBe(true);
});

it('takes no record that was cut, spoiled or left by an earlier filling', async () => {
  const log = await ready();
  const [first, second] = [arrival(), arrival()];
  await log.append(first);
  await log.append(second);
  const held = await readFile(file());
  await log.settled();
  const [third] = [arrival()];
  await log.append(third);
  const mixed = Buffer.concat([(await readFile(file())).subarray(0, held.indexOf(whole(first)) + 3000), held.subarray(held.indexOf(whole(first)) + 3000)]);
  stored.clear();
  await writeFile(file(), mixed);
  await start();
  expect([...stored.keys()]).toEqual([third.sha256]);
  await expect.poll(isEmpty).toBe(true);

  const spoiled = Buffer.from(held);
  const at = spoiled.indexOf(whole(first)) + 7;
  spoiled[at] = (spoiled[at] ?? 0) ^ 1;
  for (const bytes of [spoiled, held.subarray(0, held.indexOf(whole(second)) + 100)]) {
    stored.clear();
    await writeFile(file(), bytes);
    await start();
    expect([...stored.keys()]).toEqual([bytes === spoiled ? second.sha256 : first.sha256]);
    await expect.poll(isEmpty).toBe(true);
  }
});

it('has what is here wait for what is about to come, so that both are flushed at once', async () => {
  const log = await ready();
  const [first, second] = [arrival(), arrival()];
  const sealed = deferred();
  const coming = log.expect(sealed.promise).then(() => log.append(second));
  const appended = log.append(first);
  await Promise.resolve();
  expect(log.find(first.sha256)).toBeUndefined();
  sealed.resolve();
  // Both in one write: whoever is told first finds the other there too.
  expect(await Promise.race([appended, coming])).toBe(true);
  expect(found(log, second)).toEqual(whole(second));
  expect(found(log, first)).toEqual(whole(first));
});

it('waits for nothing that fails to come, and not long for what comes late', async () => {
  const log = await ready();
  const failed = log.expect(Promise.reject(new Error('not sealed')));
  await expect(failed).rejects.toThrow('not sealed');
  const late = log.expect(new Promise<never>(() => undefined));
  void late;
  const one = arrival();
  expect(await log.append(one)).toBe(true);
  expect(found(log, one)).toEqual(whole(one));
});

it('has no room for more than its size, and says so', async () => {
  const log = await ready();
  expect(await log.append(arrival(BYTES))).toBe(false);
  await log.settled();
  expect(await log.append(arrival(BYTES / 2))).toBe(true);
});

it('goes on in its second file while what fills the first is given files', async () => {
  const log = await ready();
  let release = (): void => undefined;
  storing = new Promise((resolve) => (release = resolve));
  const all = Array.from({ length: 3 }, () => arrival(BYTES / 2));
  const [first, second, third] = all as [Arrival, Arrival, Arrival];
  for (const one of [first, second]) expect(await log.append(one)).toBe(true);
  for (const one of [first, second]) expect(found(log, one)).toEqual(whole(one));
  expect((await readFile(file('arrivals-2.log'))).includes(whole(second))).toBe(true);
  // Both are full as long as the first has not given its files.
  expect(await log.append(third)).toBe(false);
  release();
  await log.settled();
  expect([first, second].map(({ sha256 }) => stored.has(sha256))).toEqual([true, true]);
  expect([await isEmpty(), await isEmpty('arrivals-2.log')]).toEqual([true, true]);
  expect(await log.append(third)).toBe(true);
});

it('gives what a crash left in either file its files at the next start', async () => {
  const log = await ready();
  storing = new Promise(() => undefined);
  const all = [arrival(BYTES / 2), arrival(BYTES / 2)];
  for (const one of all) expect(await log.append(one)).toBe(true);
  storing = Promise.resolve();
  await start();
  for (const one of all) expect(stored.get(one.sha256)).toEqual(whole(one));
});

it('reads from itself what a full disk has no file for, over starts', async () => {
  let log = await ready();
  const one = arrival();
  await log.append(one);
  failure = Object.assign(new Error('full'), { code: 'ENOSPC' });
  await log.settled();
  expect(found(log, one)).toEqual(whole(one));
  log = await start();
  expect(found(log, one)).toEqual(whole(one));
  expect(await log.append(arrival())).toBe(false);
  failure = undefined;
  await log.settled();
  expect(stored.get(one.sha256)).toEqual(whole(one));
});

it('makes its file anew when it is not of its size', async () => {
  await ready();
  await truncate(file(), 100);
  await ready();
  expect((await readFile(file())).length).toBe(BYTES);
});
