import 'fake-indexeddb/auto';
import { liveQuery } from 'dexie';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aDossier } from '../../tests/fixtures/dossiers.ts';
import { seeded } from '../../tests/fixtures/journals.ts';
import { uuid } from '../../tests/fixtures/shell.ts';
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import { instantOf } from '../../shared/lib/time.ts';
import { bucketOf, SEGMENT_ROWS } from '../../shared/search/segments.ts';
import { answers, queryWords, wordsOf } from '../../shared/search/words.ts';
import { defineDatabase, rankOf, type CounterDatabase, type MetaRow } from './database.ts';
import { createDossierRepository, type Accepted, type DossierRepository } from './dossier-repository.ts';
import { slicesOf } from './in-slices.ts';
import { createKeys } from './sealer.ts';
import { createSealing } from './sealing.ts';

const START = instantOf('2026-01-05', '08:00');
const HOUR = 3_600_000;
const names = ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Hoàng', 'Đặng', 'Nông', 'Bế'];
const given = ['Hường', 'Thuý', 'Đức', 'Nghiêng', 'An', 'Ánh', 'Khánh', 'Quyên'];

/** Dossiers of a year; the same for the same seed. */
function dossiers(count: number, random = seeded(5)): Accepted[] {
  const pick = (list: string[]): string => list[random(list.length)] as string;
  const paper = (state: 'received' | 'owed') => ({
    requirementId: 'p',
    name: 'p',
    required: true,
    originals: 1,
    certifiedCopies: 0,
    photocopies: 0,
    state,
    pages: [],
  });
  return Array.from({ length: count }, (_, at) => ({
    // Other operations of the journal lie between.
    seq: at * 3 + 1,
    dossier: aDossier({
      dossierId: uuid(at),
      code: `H36.12-26${String(100 + Math.floor(at / 9000))}-${String(at % 9000).padStart(4, '0')}`,
      acceptedAtMs: START + at * HOUR,
      applicant: {
        kind: 'person',
        fullName: `${pick(names)} Thị ${pick(given)}`,
        idNumber: `004190${String(random(900_000)).padStart(6, '0')}`,
        phone: `09${String(random(90_000_000)).padStart(8, '0')}`,
      },
      papers: [paper(random(20) === 0 ? 'owed' : 'received')],
      fees: [{ feeId: 'f', kind: 'phi', name: 'f', quantity: 1, amountVnd: 1000 }],
    }),
  }));
}

let db: CounterDatabase;
let repository: DossierRepository;
let journal: Map<string, Dossier>;
const open = async (): Promise<DossierRepository> =>
  createDossierRepository(db, createSealing(await createKeys(new Uint8Array(32).fill(7))), (dossierId) => Promise.resolve(journal.get(dossierId)));
beforeEach(async () => {
  db = defineDatabase(`dossiers-${Math.random()}`);
  journal = new Map();
  repository = await open();
});
afterEach(() => db.delete());

const insertAll = async (all: Accepted[], atOnce = 500): Promise<void> => {
  for (const { dossier } of all) journal.set(dossier.dossierId, dossier);
  for (let at = 0; at < all.length; at += atOnce) await repository.insert(all.slice(at, at + atOnce));
};
const expected = (all: Accepted[], text: string, fits: (dossier: Dossier) => boolean = () => true): number[] =>
  all
    .filter(({ dossier }) => fits(dossier) && answers(wordsOf(dossier), queryWords(text)))
    .map(({ seq }) => seq)
    .sort((a, b) => b - a);
const isOwing = (dossier: Dossier): boolean => dossier.papers.some(({ state }) => state === 'owed');
const seqsOf = async (found: Promise<Array<{ seq: number }>>): Promise<number[]> => (await found).map(({ seq }) => seq);

describe('looking dossiers up', () => {
  it('finds what a scan of everything would find, newest first, across tail, segments and a new start', async () => {
    const all = dossiers(5000);
    await insertAll(all);
    const texts = [
      '',
      'n',
      'nguyen',
      'nguyen huong',
      'nghieng',
      'nghien be',
      'duc',
      all[77]?.dossier.code ?? '',
      '0042',
      '004190',
      (all[4321]?.dossier.applicant as { idNumber: string }).idNumber,
      'khong co ai',
      'h36.12-26',
    ];
    for (const restarted of [false, true]) {
      if (restarted) repository = await open();
      for (const text of texts) {
        expect([text, await seqsOf(repository.find({ text, limit: 60 }))]).toEqual([text, expected(all, text).slice(0, 60)]);
        expect([text, await seqsOf(repository.find({ text, limit: 20, offset: 30 }))]).toEqual([text, expected(all, text).slice(30, 50)]);
      }
    }
    const page = expected(all, 'tran').slice(0, 10);
    expect(await seqsOf(repository.find({ text: 'tran', limit: 10, afterSeq: page.at(-1) }))).toEqual(expected(all, 'tran').slice(10, 20));
    const fromMs = START + 1000 * HOUR;
    const toMs = START + 1200 * HOUR;
    for (const text of ['', 'le']) {
      expect(await seqsOf(repository.find({ text, fromMs, toMs, limit: 500 }))).toEqual(
        expected(all, text, (one) => one.acceptedAtMs >= fromMs && one.acceptedAtMs < toMs),
      );
      expect(await seqsOf(repository.find({ text, status: 'owing', limit: 500 }))).toEqual(expected(all, text, isOwing));
      expect(await seqsOf(repository.find({ text, status: 'owing', fromMs, toMs, limit: 500 }))).toEqual(
        expected(all, text, (one) => isOwing(one) && one.acceptedAtMs >= fromMs && one.acceptedAtMs < toMs),
      );
    }
    expect((await repository.lastOfPerson((all[3000]?.dossier.applicant as { idNumber: string }).idNumber))?.dossierId).toBe(all[3000]?.dossier.dossierId);
    expect(await seqsOf(repository.owing(5))).toEqual(expected(all, '', isOwing).reverse().slice(0, 5));
  });

  it('finds a row that came late, after those behind it were indexed, also after a new start', async () => {
    const all = dossiers(2200);
    const late = all.splice(1000, 1) as [Accepted];
    await insertAll(all);
    await expect.poll(() => db.meta.get('rows')).toMatchObject({ segments: [{ rows: expect.any(Number) as number }] });
    await insertAll(late);
    for (const restarted of [false, true]) {
      if (restarted) repository = await open();
      expect(await seqsOf(repository.find({ text: late[0].dossier.code, limit: 5 }))).toContain(late[0].seq);
    }
  });

  it('finds a corrected dossier by its new words only, after its old ones were indexed, also after a new start', async () => {
    const all = dossiers(2200);
    await insertAll(all);
    await expect.poll(() => db.meta.get('rows')).toMatchObject({ segments: [{ rows: expect.any(Number) as number }] });
    const { dossier, seq } = all[1000] as Accepted;
    await insertAll([{ seq, dossier: { ...dossier, code: 'H36.12-261201-9999', applicant: { kind: 'person', fullName: 'Quàng Văn Xuân' } } }]);
    for (const restarted of [false, true]) {
      if (restarted) repository = await open();
      for (const text of ['xuân quàng', 'H36.12-261201-9999']) expect(await seqsOf(repository.find({ text, limit: 5 }))).toEqual([seq]);
      expect(await seqsOf(repository.find({ text: dossier.code, limit: 5 }))).toEqual([]);
    }
    expect(await repository.acceptedSince(START)).toBe(2200);
  });

  it('finds all of what was merged into a segment whose buckets lie in parts, also when that is merged again', async () => {
    const keys = await createKeys(new Uint8Array(32).fill(7));
    const sealing = createSealing(keys);
    const old = dossiers(400);
    const all = dossiers(2600);
    await insertAll(old);
    // As if each of these fifty dossiers were thousands.
    const segments = await Promise.all(
      [...slicesOf([...old].reverse(), 50)].map(async (slice) => {
        const rows = slice.map(({ dossier, seq }) => ({ rank: rankOf(seq), words: wordsOf(dossier) }));
        const [newest, oldest] = [rows[0]?.rank ?? 0, rows.at(-1)?.rank ?? 0];
        await db.postings.bulkPut(await sealing.sealSegment(newest, rows));
        return { newest, oldest, rows: 8 * SEGMENT_ROWS };
      }),
    );
    const meta = (await db.meta.get('rows')) as Extract<MetaRow, { key: 'rows' }>;
    await db.meta.put({ ...meta, segments });
    repository = await open();
    await insertAll(all.slice(400));
    const merged = { newest: segments[0]?.newest, oldest: segments.at(-1)?.oldest, rows: 64 * SEGMENT_ROWS, parts: 8 };
    await expect.poll(async () => ((await db.meta.get('rows')) as typeof meta).segments, { timeout: 20_000 }).toContainEqual(merged);
    for (const restarted of [false, true]) {
      if (restarted) repository = await open();
      for (const text of ['n', 'tran', 'tran huong', 'tran thi huong', old[123]?.dossier.code ?? '']) {
        expect([text, await seqsOf(repository.find({ text, limit: 3000 }))]).toEqual([text, expected(all, text)]);
      }
    }

    const token = keys.token('tran');
    const inParts = await db.postings
      .where('[bucket+segment]')
      .between([token.bucket, 0], [token.bucket + 1, 0])
      .toArray();
    const again = await sealing.mergeBuckets(
      1,
      inParts.filter(({ segment }) => segment === merged.newest),
      64,
    );
    const bucket = again?.filter((one) => one.bucket === bucketOf(token, 64)) ?? [];
    const [ranks] = (await sealing.ranksWith([token], [{ buckets: bucket, low: 0 }], Infinity, 1000)) ?? [];
    expect([...(ranks ?? [])]).toEqual(expected(old, 'tran').map(rankOf));
  });

  it('looks up in two transactions, after each of which Chromium looks at every file of the database', async () => {
    await insertAll(dossiers(2200));
    await expect.poll(() => db.meta.get('rows')).toMatchObject({ segments: [{ rows: expect.any(Number) as number }] });
    await repository.find({ text: 'tran', limit: 5 });
    const transactions = vi.spyOn(db.core, 'transaction');
    expect(await repository.find({ text: 'tran huong', fromMs: START, toMs: START + 2000 * HOUR, limit: 5 })).toHaveLength(5);
    expect(transactions).toHaveBeenCalledTimes(2);
    transactions.mockClear();
    expect(await repository.find({ status: 'owing', limit: 5 })).toHaveLength(5);
    expect(transactions).toHaveBeenCalledTimes(1);
    transactions.mockRestore();
  });

  it('counts days once, however often a page is applied, and parts of a day', async () => {
    const all = dossiers(100);
    await insertAll(all);
    await insertAll(all);
    expect(await repository.acceptedSince(START)).toBe(100);
    expect(await repository.acceptedSince(START + 50 * HOUR)).toBe(50);
    expect(await repository.acceptedSince(instantOf('2026-01-06', '00:00'))).toBe(84);
    expect(await repository.feesSince(START + 90 * HOUR)).toEqual({ phiVnd: 10_000, lePhiVnd: 0 });
    await repository.remove([uuid(3), uuid(4)]);
    expect(((await db.meta.get('rows')) as { count: number }).count).toBe(98);
    expect(await seqsOf(repository.find({ text: all[3]?.dossier.code, limit: 5 }))).toEqual([]);
    expect((await repository.get(uuid(3)))?.code).toBe(all[3]?.dossier.code);
  });

  it('keeps every dossier whole while packs are put together, replaced and left', async () => {
    const all = dossiers(400);
    // One by one, as a counter takes them in; then in pages, as a start reads them again.
    for (const one of all.slice(0, 150)) await insertAll([one]);
    expect(await db.packs.count()).toBeLessThan(100);
    await insertAll(all.slice(100));
    const mended = { ...(all[7] as Accepted).dossier, procedureName: 'khác' };
    await repository.put(mended, (all[7] as Accepted).seq);
    const gone = all.filter((_, at) => at % 3 === 0);
    await repository.remove(gone.map(({ dossier }) => dossier.dossierId));
    journal.clear();
    for (const [at, { dossier }] of all.entries()) {
      const wanted = at % 3 === 0 ? undefined : at === 7 ? mended : dossier;
      expect([at, await repository.get(dossier.dossierId)]).toEqual([at, wanted]);
    }
    // Nothing of what left is in any pack, and no pack is without a row.
    const sealing = createSealing(await createKeys(new Uint8Array(32).fill(7)));
    for (const pack of await db.packs.toArray()) {
      const held = (await sealing.repack([pack], [])).flatMap(({ ranks }) => ranks);
      expect((await db.rows.bulkGet(held)).map((row) => row?.pack)).toEqual(held.map(() => pack.pack));
    }
  });

  it('tells a live query of every new dossier', async () => {
    const seen: number[][] = [];
    const subscription = liveQuery(() => repository.find({ text: 'thi', limit: 10 })).subscribe((rows) => seen.push(rows.map(({ seq }) => seq)));
    await expect.poll(() => seen.length).toBe(1);
    const [first, second] = dossiers(2) as [Accepted, Accepted];
    await repository.put(first.dossier, first.seq);
    await expect.poll(() => seen.at(-1)).toEqual([first.seq]);
    await repository.put(second.dossier, second.seq);
    await expect.poll(() => seen.at(-1)).toEqual([second.seq, first.seq]);
    subscription.unsubscribe();
  });
});

describe('damage', () => {
  const flip = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte));

  it('of a row or a body is mended from the journal, and shown when nothing can mend it', async () => {
    const all = dossiers(20);
    await insertAll(all);
    const rank = rankOf(all[7]?.seq ?? 0);
    const damage = async (): Promise<void> => {
      await db.rows
        .where('rank')
        .equals(rank)
        .modify((row) => void (row.sealed = flip(row.sealed)));
      const pack = (await db.rows.get(rank))?.pack ?? 0;
      await db.packs
        .where('pack')
        .equals(pack)
        .modify((content) => void (content.sealed = flip(content.sealed)));
    };
    await damage();
    expect((await repository.find({ limit: 20 })).map(({ code }) => code)).toEqual(all.map(({ dossier }) => dossier.code).reverse());
    expect((await repository.get(uuid(7)))?.code).toBe(all[7]?.dossier.code);
    const kept = journal;
    journal = new Map();
    await expect.poll(async () => (await repository.get(uuid(7)))?.code).toBe(all[7]?.dossier.code);
    await damage();
    expect((await repository.find({ limit: 20 })).filter(({ isDamaged }) => isDamaged).map(({ dossierId }) => dossierId)).toEqual([uuid(7)]);
    expect(await repository.get(uuid(7))).toBeUndefined();
    journal = kept;
  });

  it('of the index costs time, not rows, and is mended', async () => {
    const all = dossiers(3000);
    await insertAll(all);
    const wanted = expected(all, 'nguyen').slice(0, 50);
    await db.postings.toCollection().modify((part) => void (part.sealed = flip(part.sealed)));
    expect(await seqsOf(repository.find({ text: 'nguyen', limit: 2000 }))).toEqual(expected(all, 'nguyen'));
    await expect.poll(async () => ((await db.meta.get('rows')) as { segments: unknown[] }).segments.length).toBe(1);
    repository = await open();
    expect(await seqsOf(repository.find({ text: 'nguyen', limit: 50 }))).toEqual(wanted);
  });
});
