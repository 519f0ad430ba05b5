import 'fake-indexeddb/auto';
import { Dexie } from 'dexie';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { aDossier } from '../../tests/fixtures/dossiers.ts';
import { testShell, uuid, type TestShell } from '../../tests/fixtures/shell.ts';
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import { DAY_MS, instantOf } from '../../shared/lib/time.ts';
import type { SyncState } from '../../shared/sync/state.ts';
import { passStartGate, type Store } from './start-gate.ts';

const OLD = '0192f3a0-0000-7000-8000-00000000dead';

let name: string;
let shell: TestShell;
let store: Store;
let stop: () => void = () => undefined;
const sync = createStore<{ value: SyncState | null }>(() => ({ value: null }));
const connection = (status: 'online' | 'connecting'): SyncState['connection'] => (status === 'online' ? { status, sinceMs: 1 } : { status });
const goes = (status: 'online' | 'connecting', replaces: string | undefined = OLD): void =>
  sync.setState({
    value: { connection: connection(status), waitingEntries: 0, waitingScans: 0, needsFix: [], needsNewerApp: false, numbers: null, ranges: null, replaces },
  });

/** What the province holds of the old device, the oldest first. */
const taken = (count: number): Dossier[] =>
  Array.from({ length: count }, (_, at) =>
    aDossier({
      dossierId: uuid(900_000 + at),
      code: `H36.12-260105-${String(at).padStart(4, '0')}`,
      acceptedAtMs: instantOf('2026-01-05', '08:00') + at * 60_000,
      applicant: { kind: 'person', fullName: at % 100 === 0 ? 'Lường Văn Khang' : 'Đỗ Thị Yến', idNumber: String(100_000_000_000 + at) },
    }),
  );

async function start(): Promise<void> {
  stop();
  store?.close();
  store = await passStartGate(shell.bridge, () => undefined, name);
  stop = store.followRestore(sync, (error) => {
    throw error;
  });
}
const codes = async (query: { text?: string; fromMs?: number; toMs?: number } = {}): Promise<string[]> =>
  (await store.dossiers.find({ ...query, limit: 100_000 })).map(({ code }) => code);
const newestFirst = (dossiers: Dossier[]): string[] => dossiers.map(({ code }) => code).reverse();

beforeEach(async () => {
  name = `restore-${Math.random()}`;
  shell = testShell();
  for (let at = 0; at < 3; at++) shell.accept();
  sync.setState({ value: null });
  await start();
});
afterEach(async () => {
  stop();
  store.close();
  await Dexie.delete(name);
});

it('lists behind its own what the old device took in, finds it, and counts it in no sum', async () => {
  const own = await codes();
  const since = await store.dossiers.acceptedSince(0);
  const progress: number[] = [];
  store.restoring.subscribe(({ progress: now }) => now !== null && progress.push(now.done / now.total));
  shell.archive = taken(230);
  expect(await codes()).toEqual(own);
  goes('online');
  await expect.poll(codes).toEqual([...own, ...newestFirst(shell.archive)]);
  expect(progress).toEqual([100 / 230, 200 / 230, 1]);
  expect(store.restoring.getState().progress).toBeNull();
  expect(await codes({ text: 'luong khang' })).toEqual(['H36.12-260105-0200', 'H36.12-260105-0100', 'H36.12-260105-0000']);
  const day = instantOf('2026-01-05', '00:00');
  expect(await codes({ fromMs: day, toMs: day + DAY_MS })).toHaveLength(230);
  expect(await store.dossiers.acceptedSince(0)).toBe(since);
  expect(await store.dossiers.acceptedSince(instantOf('2026-01-05', '08:30'))).toBe(since);
  expect(await store.dossiers.get((shell.archive[7] as Dossier).dossierId)).toEqual(shell.archive[7]);
  // Taking in goes on, and what is new comes first.
  const fresh = shell.accept();
  await store.catchUp();
  expect((await codes())[0]).toBe(fresh.code);
});

it('asks for nothing on a device that replaced none, nor while the province is away', async () => {
  shell.archive = taken(5);
  goes('connecting');
  sync.setState({ value: { ...(sync.getState().value as SyncState), connection: connection('online'), replaces: undefined } });
  await new Promise((done) => setTimeout(done, 20));
  expect(shell.calls).not.toContain('restore:page');
});

it('goes on where it was cut, over a restart, and never begins again', async () => {
  const own = await codes();
  shell.archive = taken(450);
  shell.archivePages = 2;
  goes('online');
  await expect.poll(async () => (await codes()).length).toBe(own.length + 200);
  await start();
  shell.archivePages = Infinity;
  goes('connecting');
  goes('online');
  await expect.poll(codes).toEqual([...own, ...newestFirst(shell.archive)]);
  // 2 pages, the refused third, then 3 more.
  expect(shell.calls.filter((call) => call === 'restore:page').length).toBeGreaterThanOrEqual(6);
  const asked = shell.calls.filter((call) => call === 'restore:page').length;
  await start();
  goes('connecting');
  goes('online');
  await new Promise((done) => setTimeout(done, 20));
  expect(shell.calls.filter((call) => call === 'restore:page').length).toBe(asked);
  expect(await codes()).toHaveLength(own.length + 450);
});

it('brings all back after the database had to be made anew', async () => {
  shell.archive = taken(120);
  goes('online');
  await expect.poll(async () => (await codes()).length).toBe(123);
  const before = await codes();
  store.close();
  const db = await new Dexie(name).open();
  await db.table('rows').toCollection().limit(9).delete();
  db.close();
  await start();
  expect(store.rebuilt).toBe('rows-missing');
  await expect.poll(codes).toEqual(before);
});

it('lists a dossier once that the journal has too, whichever came first', async () => {
  const both = aDossier({ dossierId: uuid(2), code: 'H36.12-261123-0002' });
  const later = aDossier({ dossierId: uuid(4), code: 'H36.12-261123-0004' });
  shell.archive = [both, later];
  goes('online');
  await expect.poll(async () => (await codes()).filter((code) => code === later.code)).toHaveLength(1);
  shell.accept();
  await store.catchUp();
  expect((await codes()).sort()).toEqual(['0001', '0002', '0003', '0004'].map((order) => `H36.12-261123-${order}`));
  expect((await store.dossiers.find({ limit: 9 })).every(({ seq }) => seq > 0)).toBe(true);
  await start();
  expect(store.rebuilt).toBeNull();
});

it('lets them go by the day they were accepted, and stays whole', async () => {
  const own = await codes();
  shell.archive = taken(30);
  goes('online');
  await expect.poll(async () => (await codes()).length).toBe(own.length + 30);
  await store.dossiers.removeRestored(instantOf('2026-01-05', '08:00') + 10 * 60_000);
  expect(await codes()).toEqual([...own, ...newestFirst(shell.archive.slice(10))]);
  await start();
  expect([store.rebuilt, await codes()]).toEqual([null, [...own, ...newestFirst(shell.archive.slice(10))]]);
});

it('keeps the newest first in a search over more rows than one segment of the index', async () => {
  shell.archive = taken(4_600);
  goes('online');
  for (let at = 0; at < 40; at++) {
    shell.accept();
    await store.catchUp();
  }
  const own = shell.entries.length;
  await expect.poll(async () => (await codes()).length, { timeout: 60_000 }).toBe(own + 4_600);
  const yen = newestFirst(shell.archive.filter(({ applicant }) => applicant.fullName.includes('Yến')));
  expect((await codes({ text: 'do yen' })).filter((code) => code.includes('260105'))).toEqual(yen);
  await start();
  expect((await codes({ text: 'do yen' })).filter((code) => code.includes('260105'))).toEqual(yen);
  const seqs = (await store.dossiers.find({ text: 'h36.12', limit: 100_000 })).map(({ seq }) => seq);
  expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
  expect(seqs).toHaveLength(own + 4_600);
}, 120_000);
