import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { digestOf, testShell, type TestShell } from '../../tests/fixtures/shell.ts';
import { defineDatabase, type CounterDatabase } from './database.ts';
import { createScanRepository, type ScanRepository } from './scan-repository.ts';
import { createKeys, type Sealer } from './sealer.ts';
import { createSealing } from './sealing.ts';

const bytes = new Uint8Array(1000).map((_, at) => at % 251);
const sha256 = digestOf(bytes);
let db: CounterDatabase;
let shell: TestShell;
let sealer: Sealer;
let scans: ScanRepository;
beforeEach(async () => {
  db = defineDatabase(`scans-${Math.random()}`);
  shell = testShell();
  const keys = await createKeys(new Uint8Array(32).fill(1));
  sealer = keys;
  // As at the start gate: copies are put beside Dexie, which has the database open.
  await db.open();
  scans = createScanRepository(db, createSealing(keys), shell.bridge);
  await scans.add(bytes);
  await scans.copied();
  shell.calls.length = 0;
});
afterEach(() => db.delete());

const flipCopy = (): Promise<unknown> =>
  db.scanCopies
    .where('sha256')
    .equals(sha256)
    .modify((copy) => void (copy.sealed = copy.sealed.map((byte, at) => (at === 500 ? byte ^ 4 : byte))));

it('reads the copy without asking the shell', async () => {
  expect(await scans.read(sha256)).toEqual({ ok: true, value: { bytes, mediaType: 'image/png' } });
  expect(shell.calls).toEqual([]);
});

it('takes the shell’s scan in place of a damaged copy, and mends the copy', async () => {
  await flipCopy();
  expect((await scans.read(sha256)).ok).toBe(true);
  expect(shell.calls).toEqual(['scans:read']);
  await scans.copied();
  expect((await scans.read(sha256)).ok).toBe(true);
  expect(shell.calls).toEqual(['scans:read']);
});

it('flags a scan of which no sound copy is left', async () => {
  await flipCopy();
  shell.scans.clear();
  expect(await scans.read(sha256)).toEqual({ ok: false, failure: { kind: 'scan-damaged' } });
  shell.scans.set(sha256, bytes.slice(1));
  expect(await scans.read(sha256)).toEqual({ ok: false, failure: { kind: 'scan-damaged' } });
});

it('believes neither a copy under another scan’s name nor sealed bytes of another digest', async () => {
  const other = digestOf(new Uint8Array(3));
  const copy = await db.scanCopies.get(sha256);
  if (copy === undefined) throw new Error('no copy');
  await db.scanCopies.put({ ...copy, sha256: other });
  expect(await scans.read(other)).toEqual({ ok: false, failure: { kind: 'scan-damaged' } });
  await db.scanCopies.put({ ...copy, sealed: await sealer.seal(`scan/${sha256}/image/png`, bytes.slice(1)) });
  shell.scans.clear();
  expect(await scans.read(sha256)).toEqual({ ok: false, failure: { kind: 'scan-damaged' } });
});

it('neither keeps a database from being deleted nor makes one that is gone', async () => {
  const { name } = db;
  await db.delete();
  shell.scans.clear();
  await scans.add(new Uint8Array(10).fill(7));
  await scans.copied();
  expect((await indexedDB.databases()).some((one) => one.name === name)).toBe(false);
});
