/** Reads and writes accepted dossiers; what the lists, the reading pane and autofill ask for. */
import type { Dossier, DossierId } from '../../shared/dossiers/dossier.ts';
import { answers, OWING_WORD, queryWords } from '../../shared/search/words.ts';
import { dateAt, instantOf } from '../../shared/lib/time.ts';
import { createTurns } from '../../shared/lib/turns.ts';
import {
  LAST_OWN_RANK,
  rankOf,
  readTogether,
  rowsMeta,
  seqOf,
  type CounterDatabase,
  type DayRow,
  type DossierRow,
  type DossierStatus,
  type MetaRow,
  type StoredRow,
} from './database.ts';
import { createContents, smallPacksAfter, type Packing } from './contents.ts';
import { slicesOf } from './in-slices.ts';
import { createSearchIndex, IndexDamaged, type Between } from './search-index.ts';
import { packsOfRanks, type SealedPack } from './sealed-content.ts';
import { damagedRow, rowOf, type Accepted, type OpenRow, type SealedDossiers, type SealedRow } from './sealed-dossier.ts';
import type { IndexedRow, Ranks } from './sealed-postings.ts';
import type { Sealing } from './sealing.ts';

/** What a list asks for first: a little more than the largest screen shows. */
export const FIRST_PAGE = 25;

export type DossierQuery = {
  /** Matches code, order number, name without diacritics, ID number or phone by the beginnings of words. */
  text?: string;
  /** Accepted at or after. */
  fromMs?: number;
  /** Accepted before. */
  toMs?: number;
  status?: DossierStatus;
  /** Only what comes after this row in the list, to go on where a page ended. */
  afterSeq?: number;
  limit: number;
  offset?: number;
};

export type { Accepted } from './sealed-dossier.ts';

export type DossierRepository = {
  /** Newest first. Usable inside `liveQuery`. */
  find(query: DossierQuery): Promise<DossierRow[]>;
  get(dossierId: DossierId): Promise<Dossier | undefined>;
  /** The newest dossier on this device of the person with this ID number, for autofill. */
  lastOfPerson(idNumber: string): Promise<Dossier | undefined>;
  acceptedSince(atMs: number): Promise<number>;
  /** Due at or after `fromMs` and before `toMs`, the earliest first. */
  dueBetween(fromMs: number, toMs: number, limit: number): Promise<DossierRow[]>;
  /** Accepted with papers still owed (nợ), the longest owing first. */
  owing(limit: number): Promise<DossierRow[]>;
  /** What was collected since, phí and lệ phí apart as the law keeps them. */
  feesSince(atMs: number): Promise<{ phiVnd: number; lePhiVnd: number }>;
  put(dossier: Dossier, seq: number): Promise<void>;
  /**
   * Stores all of them, and the mark with them, or nothing. What is there already is replaced. `after`: an earlier insert, whose
   * failure is this one's too; meanwhile these are sealed.
   */
  insert(accepted: readonly Accepted[], mark?: MetaRow, after?: Promise<unknown>): Promise<void>;
  /** What has left the device by the rules of retention; days keep what they counted. */
  remove(dossierIds: readonly string[]): Promise<void>;
  /** Of what came from a replaced device, all accepted before. */
  removeRestored(beforeMs: number): Promise<void>;
};

/** Looks a dossier up in the journal, or at the province that has it; undefined when it cannot be had now. */
export type Reread = (dossierId: string) => Promise<Dossier | undefined>;

type Sums = Pick<DayRow, 'accepted' | 'phiVnd' | 'lePhiVnd'>;
type Collect<T> = (batches: AsyncGenerator<StoredRow[]>) => Promise<T>;

type Incoming = {
  rows: readonly SealedRow[];
  /** Rows of the same dossiers that give way. */
  doubles: readonly StoredRow[];
  /** Ranks of which there is a row already. */
  replaced: ReadonlySet<number>;
  packs: readonly SealedPack[];
  /** The packs that what gives way was in, without it. */
  left: Packing;
};

/** What is counted of what is there. */
type Known = { days: readonly DayRow[]; meta: Extract<MetaRow, { key: 'rows' }> };
/** `fresh`: those of the rows there was none of before; `doubles`: how many gave way. */
type Put = { rows: readonly SealedRow[]; fresh: readonly SealedRow[]; packs: readonly SealedPack[]; doubles: number };

/** Rows asked for at once while looking for those that fit, when the first few did not do. */
const BATCH = 256;
const more = (atOnce: number): number => Math.max(atOnce, Math.min(atOnce * 4, BATCH));
const everywhere: Between = () => Promise.resolve({ low: 0, high: Infinity });
/** Ranks of which one in so many is wanted are read as a range. */
const DENSE = 8;
/** Rows handed to the keys, or to the database, before the page may draw again. */
const SLICE = 128;

export function createDossierRepository(db: CounterDatabase, sealing: Sealing, reread: Reread): DossierRepository {
  const index = createSearchIndex(
    db,
    sealing,
    {
      below: (rank, limit) =>
        readWords(limit === Infinity ? db.rows.where('rank').below(rank).toArray() : db.rows.where('rank').below(rank).reverse().limit(limit).toArray()),
      at: (ranks) => readWords(db.rows.where('rank').anyOf(ranks).toArray()),
    },
    rebuildIndex,
  );
  const contents = createContents(db, sealing);
  const tables = [db.rows, db.packs, db.days, db.meta];
  /** Writes one after the other: sealing lies between reading and writing, where no transaction can reach. */
  const inTurn = createTurns();
  let isRebuilding = false;
  const mending = new Set<number>();

  async function readWords(stored: PromiseLike<StoredRow[]>): Promise<IndexedRow[]> {
    const indexed: IndexedRow[] = [];
    for (const slice of slicesOf(await stored, BATCH)) for (const { row, words } of await open(slice)) indexed.push({ rank: rankOf(row.seq), words });
    return indexed;
  }

  /** From a timer, because a `liveQuery` that comes upon damage may not write. */
  function later(work: () => Promise<void>): void {
    setTimeout(() => void work().catch(() => undefined), 0);
  }

  async function open(stored: readonly StoredRow[]): Promise<OpenRow[]> {
    const opened = stored.length === 0 ? [] : await sealing.openRows(stored);
    return Promise.all(stored.map(async (row, at) => opened[at] ?? mend(row)));
  }

  async function mend(stored: StoredRow): Promise<OpenRow> {
    const dossier = await reread(stored.dossierId);
    if (dossier === undefined) return { row: damagedRow(stored), words: [] };
    const accepted = { dossier, seq: seqOf(stored.rank) };
    storeAgain(accepted);
    return rowOf(accepted);
  }

  /** Once, however often the damage is come upon meanwhile. */
  function storeAgain(accepted: Accepted): void {
    if (mending.has(accepted.seq)) return;
    mending.add(accepted.seq);
    later(() => insert([accepted]).finally(() => mending.delete(accepted.seq)));
  }

  async function insert(accepted: readonly Accepted[], mark?: MetaRow, after?: Promise<unknown>): Promise<void> {
    const sealed: SealedDossiers = { rows: [], packs: [] };
    for (const slice of slicesOf(accepted, SLICE)) {
      const { rows, packs } = await sealing.sealDossiers(slice);
      sealed.rows.push(...rows);
      sealed.packs.push(...packs);
    }
    await after;
    await inTurn(async () => {
      const smallPacks = (await insertNew(sealed, mark)) ?? (await insertAmong(sealed, mark));
      await index.settle();
      await contents.gather(smallPacks);
    });
  }

  /** Dossiers that nothing here gives way to: one transaction, in which everything is asked for at once. Null when they are not. */
  async function insertNew({ rows, packs }: SealedDossiers, mark: MetaRow | undefined): Promise<number[] | null> {
    const ranks = rows.map(({ row }) => row.rank);
    if (ranks.some((rank) => rank > LAST_OWN_RANK)) return null;
    await expectRows(rows);
    return db.transaction('rw', tables, async () => {
      const [restored, there, known] = await Promise.all([db.meta.get('restored'), keysBetween(ranks).limit(1).primaryKeys(), knownOf(rows)]);
      return restored !== undefined || there.length > 0 ? null : put({ rows, fresh: rows, packs, doubles: 0 }, known, mark);
    });
  }

  async function insertAmong(sealed: SealedDossiers, mark: MetaRow | undefined): Promise<number[]> {
    const incoming = await arrange(sealed);
    await expectRows(incoming.rows);
    return db.transaction('rw', tables, () => store(incoming, mark));
  }

  const expectRows = (rows: readonly SealedRow[]): Promise<void> => index.expect(rows.map(({ row, words }) => ({ rank: row.rank, words })));

  const keysBetween = (ranks: readonly number[]) => db.rows.where('rank').between(Math.min(...ranks), Math.max(...ranks), true, true);

  const knownOf = async (rows: readonly SealedRow[]): Promise<Known> => {
    const dates = [...new Set(rows.map(({ row }) => dateAt(row.acceptedAtMs)))];
    const [days, meta] = await Promise.all([db.days.bulkGet(dates), rowsMeta(db)]);
    return { days: days.filter((day) => day !== undefined), meta };
  };

  /** What comes in, and what it puts out of its place. Looked up before the transaction, since packs are opened and sealed between. */
  async function arrange(given: SealedDossiers): Promise<Incoming> {
    const isAlone = (await db.meta.get('restored')) === undefined && given.rows.every(({ row }) => row.rank <= LAST_OWN_RANK);
    const { rows, doubles } = isAlone ? { rows: given.rows, doubles: [] } : await doublesAmong(given.rows);
    const ranks = rows.map(({ row }) => row.rank);
    const keys = await keysBetween(ranks).primaryKeys();
    const wanted = new Set(ranks);
    const replaced = (await db.rows.bulkGet(keys.filter((rank) => wanted.has(rank)))).filter((row) => row !== undefined);
    const placed = rows.length === given.rows.length ? { rows, packs: given.packs } : await packedAnew(rows, given);
    return { ...placed, doubles, replaced: new Set(replaced.map(({ rank }) => rank)), left: await contents.without([...replaced, ...doubles]) };
  }

  /** Without what gives way to a row that is here already. */
  async function packedAnew(rows: readonly SealedRow[], given: SealedDossiers): Promise<SealedDossiers> {
    const staying = new Set(rows.map(({ row }) => row.rank));
    const leaving = given.rows.map(({ row }) => row.rank).filter((rank) => !staying.has(rank));
    const packs = await sealing.repack(
      given.packs.map(({ stored }) => stored),
      leaving,
    );
    const packOf = packsOfRanks(packs);
    return { rows: rows.map(({ row, words }) => ({ row: { ...row, pack: packOf.get(row.rank) ?? row.pack }, words })), packs };
  }

  async function store({ rows, doubles, replaced, packs, left }: Incoming, mark: MetaRow | undefined): Promise<number[]> {
    if (doubles.length > 0) await db.rows.bulkDelete(doubles.map(({ rank }) => rank));
    if (left.gone.length > 0) await contents.write(left);
    const fresh = rows.filter(({ row }) => !replaced.has(row.rank));
    return put({ rows, fresh, packs, doubles: doubles.length }, await knownOf(fresh), mark);
  }

  /** The small packs there are afterwards. */
  async function put({ rows, fresh, packs, doubles }: Put, { days, meta }: Known, mark: MetaRow | undefined): Promise<number[]> {
    const slices = [...slicesOf(rows, SLICE)].map((slice) => slice.map(({ row }) => row));
    const last = slices.pop() ?? [];
    for (const slice of slices) await db.rows.bulkPut(slice);
    // One that is replaced may be found by other words now, and the segment it is in has the old ones.
    const late = index.late(
      rows.map(({ row }) => row.rank),
      meta.segments,
    );
    const smallPacks = smallPacksAfter(meta.smallPacks, { packs, gone: [] });
    const told: MetaRow = { ...meta, count: meta.count + fresh.length - doubles, late: [...new Set([...meta.late, ...late])], smallPacks };
    await Promise.all([
      db.rows.bulkPut(last),
      db.packs.bulkPut(packs.map((pack) => pack.stored)),
      db.days.bulkPut(
        daysWith(
          days,
          fresh.map(({ row }) => row),
        ),
      ),
      db.meta.bulkPut(mark === undefined ? [told] : [told, mark]),
    ]);
    return smallPacks;
  }

  /** A dossier the journal has is listed once, as the journal's, whichever of the two came first: its other rows give way. */
  async function doublesAmong(given: readonly SealedRow[]): Promise<{ rows: SealedRow[]; doubles: StoredRow[] }> {
    const incoming = new Map(given.map(({ row }) => [row.dossierId, row.rank]));
    const known = await db.rows
      .where('dossierId')
      .anyOf([...incoming.keys()])
      .toArray();
    const elsewhere = known.filter(({ dossierId, rank }) => incoming.get(dossierId) !== rank);
    const own = new Set(elsewhere.filter(({ rank }) => rank <= LAST_OWN_RANK).map(({ dossierId }) => dossierId));
    return {
      rows: given.filter(({ row }) => row.rank <= LAST_OWN_RANK || !own.has(row.dossierId)),
      doubles: elsewhere.filter(({ rank }) => rank > LAST_OWN_RANK),
    };
  }

  /** For good, also from the packs they are in. */
  async function removeRows(rows: readonly StoredRow[]): Promise<void> {
    if (rows.length === 0) return;
    const left = await contents.without(rows);
    await db.transaction('rw', db.rows, db.packs, db.meta, async () => {
      await db.rows.bulkDelete(rows.map(({ rank }) => rank));
      await contents.write(left);
      const meta = await rowsMeta(db);
      await db.meta.put({ ...meta, count: meta.count - rows.length });
    });
  }

  /** Between which ranks everything accepted in that time lies; null when nothing was. Right even for a clock that went back. */
  async function ranksBetween(fromMs: number, toMs: number): Promise<Ranks | null> {
    if (fromMs === -Infinity && toMs === Infinity) return { low: 0, high: Infinity };
    const first = fromMs === -Infinity ? '' : dateAt(fromMs);
    const last = toMs === Infinity ? '\uffff' : dateAt(toMs);
    const days = await db.days.where('date').between(first, last, true, true).toArray();
    if (days.length === 0) return null;
    return days.reduce<Ranks>(({ low, high }, day) => ({ low: Math.min(low, day.lowestRank), high: Math.max(high, day.highestRank) }), {
      low: Infinity,
      high: 0,
    });
  }

  async function* rowsInOrder(between: Between, status: DossierStatus | undefined, atOnce: number): AsyncGenerator<StoredRow[]> {
    const readFrom = (low: number, high: number, limit: number): PromiseLike<StoredRow[]> =>
      (status === undefined
        ? db.rows.where('rank').between(low, high, true, true)
        : db.rows.where('[status+rank]').between([status, low], [status, high], true, true)
      )
        .limit(limit)
        .toArray();
    const first = await readTogether(db, [db.meta, db.days, db.rows], async () => {
      const bounds = await between();
      return bounds === null ? null : { high: bounds.high, rows: await readFrom(bounds.low, bounds.high, atOnce) };
    });
    if (first === null) return;
    let { rows } = first;
    for (let limit = atOnce; ;) {
      if (rows.length > 0) yield rows;
      const last = rows.at(-1)?.rank ?? first.high;
      if (rows.length < limit || last >= first.high) return;
      limit = more(limit);
      rows = await readFrom(last + 1, first.high, limit);
    }
  }

  /** `ranks` ascending. Rows that lie close together are read with those between them: one request costs as much as ten rows. */
  async function rowsAt(ranks: readonly number[]): Promise<StoredRow[]> {
    const [first, last] = [ranks[0] ?? 0, ranks.at(-1) ?? 0];
    if (last - first >= ranks.length * DENSE) return (await db.rows.bulkGet([...ranks])).filter((row) => row !== undefined);
    const wanted = new Set(ranks);
    return (await db.rows.where('rank').between(first, last, true, true).toArray()).filter(({ rank }) => wanted.has(rank));
  }

  async function* rowsAnswering(query: readonly string[], between: Between, atOnce: number): AsyncGenerator<StoredRow[]> {
    for await (const ranks of index.lookUp(query, between)) {
      for (let at = 0, batch = atOnce; at < ranks.length; at += batch, batch = more(batch)) {
        yield await rowsAt(ranks.slice(at, at + batch));
      }
    }
  }

  async function find({ text = '', fromMs = -Infinity, toMs = Infinity, status, afterSeq, limit, offset = 0 }: DossierQuery): Promise<DossierRow[]> {
    const words = queryWords(text);
    const query = words.length > 0 && status === 'owing' ? [...words, OWING_WORD] : words;
    const between: Between = async () => {
      // Written with every row, so that a `liveQuery` runs again whatever it loses sight of behind the decryption.
      await db.meta.get('rows');
      const bounds = await ranksBetween(fromMs, toMs);
      return bounds === null || afterSeq === undefined ? bounds : { low: Math.max(bounds.low, rankOf(afterSeq) + 1), high: bounds.high };
    };
    const fits = (row: StoredRow): boolean => row.acceptedAtMs >= fromMs && row.acceptedAtMs < toMs && (status === undefined || row.status === status);

    const collect: Collect<DossierRow[]> = async (batches: AsyncGenerator<StoredRow[]>): Promise<DossierRow[]> => {
      const found: DossierRow[] = [];
      let toSkip = offset;
      for await (const batch of batches) {
        let rows = batch.filter(fits);
        if (query.length === 0) {
          const skipped = Math.min(toSkip, rows.length);
          toSkip -= skipped;
          rows = rows.slice(skipped);
        }
        // Nearly every row that the index names answers the query: few more are opened than are wanted.
        while (rows.length > 0) {
          for (const { row, words } of await open(rows.splice(0, toSkip + limit - found.length))) {
            if (!answers(words, query)) continue;
            if (toSkip > 0) toSkip -= 1;
            else found.push(row);
          }
          if (found.length === limit) return found;
        }
      }
      return found;
    };
    return query.length === 0 ? collect(rowsInOrder(between, status, limit)) : withIndex(query, between, limit, collect);
  }

  async function withIndex<T>(query: readonly string[], between: Between, atOnce: number, collect: Collect<T>): Promise<T> {
    try {
      return await collect(rowsAnswering(query, between, atOnce));
    } catch (error) {
      if (!(error instanceof IndexDamaged)) throw error;
      rebuildIndex();
      // Slower, and right all the same.
      return collect(rowsInOrder(between, undefined, BATCH));
    }
  }

  function rebuildIndex(): void {
    if (isRebuilding) return;
    isRebuilding = true;
    later(() => inTurn(index.rebuild).finally(() => (isRebuilding = false)));
  }

  async function contentOf(stored: StoredRow): Promise<Dossier | undefined> {
    const pack = await db.packs.get(stored.pack);
    const opened = pack === undefined ? null : await sealing.openContent(pack, stored.rank);
    if (opened !== null) return opened;
    const seq = seqOf(stored.rank);
    const dossier = await reread(stored.dossierId);
    if (dossier !== undefined) storeAgain({ dossier, seq });
    return dossier;
  }

  async function sumsSince(atMs: number): Promise<Sums> {
    const first = dateAt(atMs);
    const [today, whole] = await Promise.all([db.days.get(first), db.days.where('date').above(first).toArray()]);
    if (today === undefined) return add(whole);
    if (instantOf(first, '00:00') === atMs) return add([...whole, today]);
    const rows = await db.rows.where('rank').between(today.lowestRank, Math.min(today.highestRank, LAST_OWN_RANK), true, true).toArray();
    const part = rows
      .filter((row) => row.acceptedAtMs >= atMs && dateAt(row.acceptedAtMs) === first)
      .map(({ phiVnd, lePhiVnd }) => ({ accepted: 1, phiVnd, lePhiVnd }));
    return add([...whole, ...part]);
  }

  return {
    find,
    async get(dossierId) {
      const stored = await db.rows.where('dossierId').equals(dossierId).first();
      // What left by the rules of retention is fetched again when someone wants to read it.
      return stored === undefined ? reread(dossierId) : contentOf(stored);
    },
    async lastOfPerson(idNumber) {
      return withIndex([idNumber], everywhere, 1, async (batches) => {
        for await (const batch of batches) {
          const opened = await open(batch);
          const at = opened.findIndex(({ row }) => row.idNumber === idNumber);
          const stored = batch[at];
          if (stored !== undefined) return contentOf(stored);
        }
        return undefined;
      });
    },
    acceptedSince: async (atMs) => (await sumsSince(atMs)).accepted,
    async dueBetween(fromMs, toMs, limit) {
      const rows = await db.rows.where('dueAtMs').between(fromMs, toMs).limit(limit).toArray();
      return (await open(rows)).map(({ row }) => row);
    },
    async owing(limit) {
      const rows = await db.rows.where('[status+rank]').between(['owing', 0], ['owing', Infinity]).reverse().limit(limit).toArray();
      return (await open(rows)).map(({ row }) => row);
    },
    async feesSince(atMs) {
      const { phiVnd, lePhiVnd } = await sumsSince(atMs);
      return { phiVnd, lePhiVnd };
    },
    put: (dossier, seq) => insert([{ dossier, seq }]),
    insert,
    remove: (dossierIds) => inTurn(async () => removeRows(await db.rows.where('dossierId').anyOf(dossierIds).toArray())),
    removeRestored: (beforeMs) =>
      inTurn(async () => {
        const restored = await db.rows.where('rank').above(LAST_OWN_RANK).toArray();
        for (const slice of slicesOf(
          restored.filter(({ acceptedAtMs }) => acceptedAtMs < beforeMs),
          BATCH,
        ))
          await removeRows(slice);
      }),
  };
}

const add = (sums: readonly Sums[]): Sums =>
  sums.reduce<Sums>((total, one) => ({ accepted: total.accepted + one.accepted, phiVnd: total.phiVnd + one.phiVnd, lePhiVnd: total.lePhiVnd + one.lePhiVnd }), {
    accepted: 0,
    phiVnd: 0,
    lePhiVnd: 0,
  });

/**
 * Days sum up what this device took in, as its journal and its cash box do; what a replaced device took in was counted
 * there, and counting it twice would make the day disagree with the province. Its rows are only found by their days.
 */
function daysWith(known: readonly DayRow[], fresh: readonly StoredRow[]): DayRow[] {
  const days = new Map(known.map((day) => [day.date, day]));
  for (const row of fresh) {
    const date = dateAt(row.acceptedAtMs);
    const day = days.get(date) ?? { date, accepted: 0, phiVnd: 0, lePhiVnd: 0, lowestRank: row.rank, highestRank: row.rank };
    const isOwn = row.rank <= LAST_OWN_RANK;
    days.set(date, {
      date,
      accepted: day.accepted + (isOwn ? 1 : 0),
      phiVnd: day.phiVnd + (isOwn ? row.phiVnd : 0),
      lePhiVnd: day.lePhiVnd + (isOwn ? row.lePhiVnd : 0),
      lowestRank: Math.min(day.lowestRank, row.rank),
      highestRank: Math.max(day.highestRank, row.rank),
    });
  }
  return [...days.values()];
}
