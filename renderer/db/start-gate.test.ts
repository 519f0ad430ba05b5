import 'fake-indexeddb/auto';
import { Dexie } from 'dexie';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { draftSchema } from '../../shared/dossiers/draft.ts';
import { testShell, uuid, type TestShell } from '../../tests/fixtures/shell.ts';
import { defineDatabase, rankOf } from './database.ts';
import { passStartGate, type Store } from './start-gate.ts';

let name: string;
let shell: TestShell;
const opened: Store[] = [];
const start = async (): Promise<Store> => {
  const store = await passStartGate(shell.bridge, () => undefined, name);
  opened.push(store);
  return store;
};
const restart = async (): Promise<Store> => {
  opened.splice(0).forEach((store) => store.close());
  return start();
};
const touch = async (work: (db: ReturnType<typeof defineDatabase>) => Promise<unknown>): Promise<void> => {
  opened.splice(0).forEach((store) => store.close());
  const db = defineDatabase(name);
  await work(db);
  db.close();
};
const codes = async (store: Store): Promise<string[]> => (await store.dossiers.find({ limit: 1000 })).map(({ code }) => code).reverse();
const accepted = (): string[] => shell.entries.flatMap(({ operation }) => (operation.type === 'dossier.accepted' ? [operation.dossier.code] : []));
/** Everything stored, as text in which any plain word would show. */
const everythingStored = async (): Promise<string> => {
  const db = await new Dexie(name).open();
  const tables = await Promise.all(db.tables.map((table) => table.toArray()));
  db.close();
  return JSON.stringify(tables, (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value));
};

beforeEach(() => {
  name = `gate-${Math.random()}`;
  shell = testShell();
  for (let at = 0; at < 12; at++) shell.accept();
});
afterEach(async () => {
  opened.splice(0).forEach((store) => store.close());
  await Dexie.delete(name);
});

describe('a correction', () => {
  it('takes the place of its dossier: found by the new words and the former code, also after a restart', async () => {
    const store = await start();
    const wrong = shell.accept({ code: 'H36.12-261123-0400', applicant: { kind: 'person', fullName: 'Lò Thị Mãnh' } });
    const correct = (change: object, seq: number): void => {
      const before = shell.entries.at(-1) as TestShell['entries'][number];
      const operation = { type: 'dossier.corrected' as const, dossier: { ...wrong, ...change }, correctedAtMs: 1 };
      shell.entries.push({ ...before, seq, operationId: uuid(seq), previousHash: before.hash, hash: `${seq}`.padStart(64, 'a'), operation });
    };
    await store.catchUp();
    correct({ code: 'H36.12-261124-0001', formerCodes: [wrong.code], applicant: { kind: 'person', fullName: 'Lò Thị Mai' } }, 14);
    await store.catchUp();
    shell.accept();
    // Acceptance and correction in one page, and a correction of an older page.
    const both = shell.accept({ note: 'cũ' });
    const entries = shell.entries.length;
    shell.entries.push({
      ...(shell.entries.at(-1) as TestShell['entries'][number]),
      seq: entries + 1,
      hash: 'b'.repeat(64),
      operation: { type: 'dossier.corrected', dossier: { ...both, note: 'mới' }, correctedAtMs: 1 },
    });
    await store.catchUp();
    for (const again of [() => Promise.resolve(store), restart]) {
      const one = await again();
      expect(await one.dossiers.get(wrong.dossierId)).toMatchObject({ code: 'H36.12-261124-0001', applicant: { fullName: 'Lò Thị Mai' } });
      expect((await one.dossiers.get(both.dossierId))?.note).toBe('mới');
      const found = async (text: string): Promise<number[]> => (await one.dossiers.find({ text, limit: 10 })).map(({ seq }) => seq);
      expect([await found('mai'), await found('mãnh'), await found('0400'), await found('H36.12-261124-0001')]).toEqual([[13], [], [13], [13]]);
      expect(await one.dossiers.find({ limit: 100 })).toHaveLength(15);
      expect(await one.dossiers.acceptedSince(0)).toBe(15);
    }
    await touch((db) => db.meta.clear().then(() => db.rows.clear()));
    expect(await codes(await restart())).toHaveLength(15);
  });
});

describe('the start gate', () => {
  it('fills an empty database, tells how far it is, and only catches up the next time', async () => {
    const progress: number[] = [];
    const store = await passStartGate(shell.bridge, ({ done, total }) => progress.push(done / total), name);
    opened.push(store);
    expect([await codes(store), store.rebuilt, progress]).toEqual([accepted(), null, [1]]);
    shell.accept();
    await store.catchUp();
    expect(await codes(store)).toEqual(accepted());
    shell.accept();
    const again = await restart();
    expect([await codes(again), again.rebuilt]).toEqual([accepted(), null]);
  });

  it('says why it makes a database anew: another journal, a rolled back one, another history, another key', async () => {
    await start();
    shell = testShell('journal-2');
    shell.accept({ code: 'H36.12-261124-0001' });
    let store = await restart();
    expect([store.rebuilt, await codes(store)]).toEqual(['other-journal', accepted()]);

    shell.accept();
    await restart();
    shell.entries.pop();
    store = await restart();
    expect([store.rebuilt, await codes(store)]).toEqual(['ahead-of-journal', accepted()]);

    shell.entries.pop();
    shell.accept({ code: 'H36.12-261124-0009' });
    store = await restart();
    expect([store.rebuilt, await codes(store)]).toEqual(['history-differs', accepted()]);

    shell.key = new Uint8Array(32).fill(9);
    store = await restart();
    expect([store.rebuilt, await codes(store)]).toEqual(['other-key', accepted()]);
    store = await restart();
    expect(store.rebuilt).toBeNull();
  });

  it('notices rows that are gone, and a database that was reset without a word', async () => {
    await start();
    await touch((db) => db.rows.delete(rankOf(5)));
    let store = await restart();
    expect([store.rebuilt, await codes(store)]).toEqual(['rows-missing', accepted()]);
    await touch((db) => db.meta.clear());
    store = await restart();
    expect([store.rebuilt, await codes(store)]).toEqual(['rows-missing', accepted()]);
    await touch((db) => db.delete());
    store = await restart();
    expect([store.rebuilt, await codes(store)]).toEqual([null, accepted()]);
  });

  it('makes a database anew that does not open, and refuses to start when that does not help', async () => {
    await start();
    opened.splice(0).forEach((store) => store.close());
    const { indexedDB } = globalThis;
    const refuse = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('Internal error opening backing store', 'UnknownError');
    });
    const remove = vi.spyOn(indexedDB, 'deleteDatabase');
    await expect(start()).rejects.toThrow();
    expect(remove).toHaveBeenCalled();
    remove.mockImplementation((database) => {
      remove.mockRestore();
      refuse.mockRestore();
      return indexedDB.deleteDatabase(database);
    });
    const store = await start();
    expect([store.rebuilt, await codes(store)]).toEqual(['not-openable', accepted()]);
  });

  it('keeps no word of a citizen in plain', async () => {
    const store = await start();
    const draft = draftSchema.parse({ draftId: uuid(1), updatedAtMs: 1, startedAtMs: 1, applicant: { fullName: 'Lò Thị Kín' } });
    await store.drafts.save(draft);
    await store.scans.add(new TextEncoder().encode('scan of Bí Mật'));
    await store.scans.copied();
    expect(await store.drafts.list()).toEqual([draft]);
    const stored = await everythingStored();
    expect(stored).toContain(uuid(3));
    for (const word of ['Nguyễn', 'nguyen', 'Hường', 'huong', '004190001234', '0912', 'Nà Luông', 'Lò Thị Kín', 'Bí Mật', 'H36.12-261123', 'Đăng ký khai sinh'])
      expect([word, stored.includes(word) || stored.includes(Buffer.from(word).toString('latin1'))]).toEqual([word, false]);
  });
});

describe('the ladder of versions', () => {
  it('1 plain → 2 sealed: nothing plain stays, and the journal fills the new tables', async () => {
    const old = defineDatabase(name, 1);
    await old
      .table('dossiers')
      .put({ dossierId: uuid(1), code: 'c', words: ['huong'], applicantName: 'Nguyễn Thị Hường', acceptedAtMs: 1, dueAtMs: 1, papersOwed: 0, seq: 1 });
    await old.table('bodies').put({ dossierId: uuid(1), dossier: { name: 'Hường' } });
    await old.table('drafts').put({ draftId: 'd', updatedAtMs: 1, name: 'Hường' });
    await old.table('scans').put({ sha256: 'x', bytes: new Uint8Array(3), mediaType: 'image/png', addedAtMs: 1 });
    await old.table('meta').put({ key: 'journal', journalId: shell.journalId, seq: 12, hash: shell.entries.at(-1)?.hash });
    old.close();
    const store = await start();
    expect([store.rebuilt, await codes(store)]).toEqual([null, accepted()]);
    expect(await everythingStored()).not.toMatch(/Hường|huong/u);
  });

  it('2 sealed → 3 packed: rows, index and days are made anew, drafts stay', async () => {
    const first = await start();
    first.close();
    await Dexie.delete(name);
    const old = defineDatabase(name, 2);
    await old.table('rows').put({ rank: 5, dossierId: uuid(900), acceptedAtMs: 1, dueAtMs: 1, status: 'owing', sealed: new Uint8Array(40) });
    await old.table('contents').put({ rank: 5, sealed: new Uint8Array(40) });
    await old.table('meta').put({ key: 'rows', count: 1, segments: [], late: [] });
    await old.table('meta').put({ key: 'journal', journalId: shell.journalId, seq: shell.entries.length, hash: shell.entries.at(-1)?.hash });
    await old.table('days').put({ date: '2026-01-05', accepted: 700, phiVnd: 1, lePhiVnd: 1, lowestRank: 5, highestRank: 5 });
    old.close();
    const store = await start();
    expect([store.rebuilt, await codes(store)]).toEqual([null, accepted()]);
    expect(await store.dossiers.acceptedSince(0)).toBe(accepted().length);
  });
});
