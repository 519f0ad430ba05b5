import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openArrivalLog, type Arrival, type ArrivalLog } from './arrival-log.ts';

const BYTES = 64 * 1024;
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const arrival = (bytes = 3000): Arrival => {
  const sealed = randomBytes(bytes);
  return { sha256: digestOf(sealed), sealed };
};

let folder: string;
let stored: Map<string, Buffer>;
let failure: Error | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qmc-arrivals-'));
  stored = new Map();
  failure = undefined;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = (): string => join(folder, 'arrivals.log');
const start = (): Promise<ArrivalLog> =>
  openArrivalLog({
    folder,
    bytes: BYTES,
    restMs: 60_000,
    isSound: ({ sha256, sealed }) => digestOf(sealed) === sha256,
    store: (arrivals) => {
      if (failure !== undefined) return Promise.reject(failure);
      for (const { sha256, sealed } of arrivals) stored.set(sha256, sealed);
      return Promise.resolve();
    },
  });

const isEmpty = async (): Promise<boolean> => {
  const held = await readFile(file());
  return held.length === BYTES && held.every((byte) => byte === 0);
};

/** Its file is made behind the start. */
async function ready(): Promise<ArrivalLog> {
  const log = await start();
  await expect.poll(() => log.append(arrival(10)), { timeout: 5000 }).toBe(true);
  await log.settled();
  stored.clear();
  return log;
}

it('keeps what arrives until it has a file, and then nothing of it', async () => {
  const log = await ready();
  const all = [arrival(), arrival(), arrival()];
  expect(await Promise.all(all.map((one) => log.append(one)))).toEqual([true, true, true]);
  for (const { sha256, sealed } of all) expect(log.find(sha256)).toEqual(sealed);
  const held = await readFile(file());
  for (const { sealed } of all) expect(held.includes(sealed)).toBe(true);
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
  for (const { sha256, sealed } of all) expect(stored.get(sha256)).toEqual(sealed);
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
  const mixed = Buffer.concat([(await readFile(file())).subarray(0, held.indexOf(first.sealed) + 3000), held.subarray(held.indexOf(first.sealed) + 3000)]);
  stored.clear();
  await writeFile(file(), mixed);
  await start();
  expect([...stored.keys()]).toEqual([third.sha256]);
  await expect.poll(isEmpty).toBe(true);

  const spoiled = Buffer.from(held);
  const at = spoiled.indexOf(first.sealed) + 7;
  spoiled[at] = (spoiled[at] ?? 0) ^ 1;
  for (const bytes of [spoiled, held.subarray(0, held.indexOf(second.sealed) + 100)]) {
    stored.clear();
    await writeFile(file(), bytes);
    await start();
    expect([...stored.keys()]).toEqual([bytes === spoiled ? second.sha256 : first.sha256]);
    await expect.poll(isEmpty).toBe(true);
  }
});

it('has no room for more than its size, and says so', async () => {
  const log = await ready();
  expect(await log.append(arrival(BYTES))).toBe(false);
  expect(await log.append(arrival(BYTES / 2))).toBe(true);
  expect(await log.append(arrival(BYTES / 2))).toBe(false);
  await log.settled();
  expect(await log.append(arrival(BYTES / 2))).toBe(true);
});

it('reads from itself what a full disk has no file for, over starts', async () => {
  let log = await ready();
  const one = arrival();
  await log.append(one);
  failure = Object.assign(new Error('full'), { code: 'ENOSPC' });
  await log.settled();
  expect(log.find(one.sha256)).toEqual(one.sealed);
  log = await start();
  expect(log.find(one.sha256)).toEqual(one.sealed);
  expect(await log.append(arrival())).toBe(false);
  failure = undefined;
  await log.settled();
  expect(stored.get(one.sha256)).toEqual(one.sealed);
});

it('makes its file anew when it is not of its size', async () => {
  await ready();
  await truncate(file(), 100);
  await ready();
  expect((await readFile(file())).length).toBe(BYTES);
});
