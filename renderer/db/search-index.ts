/**
 * Finds rows by words without a word on the disk.
 *
 * Every beginning of a dossier's words (shared/search/words.ts) becomes a token, its HMAC under a key of this device. Its
 * first bits choose one of 512 buckets, the rest stands in the bucket with the ranks of the rows that have it. A bucket is
 * sealed as a whole, so the disk shows neither which dossiers share a name nor how often one occurs, only the sizes of
 * buckets in which many tokens are mixed. Rows are indexed in segments that are written once and merged as they grow in
 * number (shared/search/segments.ts), the buckets of large ones in parts; the newest rows wait in memory until they fill one.
 * A look-up reads one bucket a word and segment, the newest segments first, until a page is full.
 */
import { BUCKETS, bucketOf, partsFor, SEGMENT_ROWS, toMerge, type Segment } from '../../shared/search/segments.ts';
import { answers, lookUpAs } from '../../shared/search/words.ts';
import { readTogether, rowsMeta, type CounterDatabase, type StoredPostings } from './database.ts';
import { slicesOf } from './in-slices.ts';
import type { IndexedRow, Ranks } from './sealed-postings.ts';
import type { Token } from './sealer.ts';
import type { Sealing } from './sealing.ts';

export type SearchIndex = {
  /** Rows about to be stored: from now on they are found, as soon as they are there. */
  expect(rows: readonly IndexedRow[]): Promise<void>;
  /** Within the transaction that stores rows, for the first time or with other words: which of them no tail would find after a restart. */
  late(ranks: readonly number[], segments: readonly Segment[]): number[];
  /** After that transaction: has segments written and merged when it is time, and waits for it only when too much is waiting. Not from within a `liveQuery`. */
  settle(): Promise<void>;
  /**
   * Ranks of rows that may answer the query, in batches, the newest first; the caller checks the words (a query longer than what is
   * indexed finds too many, never too few). `between` is asked within the first transaction. Usable inside `liveQuery`. Rejects with
   * `IndexDamaged`.
   */
  lookUp(query: readonly string[], between: Between): AsyncGenerator<number[]>;
  /** Throws the index away and makes it from the rows. */
  rebuild(): Promise<void>;
};

export type ReadWords = {
  /** Rows with lower ranks than `rank`, the highest rank first. */
  below(rank: number, limit: number): Promise<IndexedRow[]>;
  at(ranks: readonly number[]): Promise<IndexedRow[]>;
};

/** Between which ranks to look, by what `days` and `meta` say; null when nothing can be there. */
export type Between = () => Promise<Ranks | null>;

const partsOf = ({ parts = 1 }: Segment): number => parts;
/** The keys of all that a segment has of some buckets. */
const keysIn = (segment: Segment, buckets: readonly number[]): Array<[number, number]> =>
  buckets.flatMap((bucket) => Array.from({ length: partsOf(segment) }, (_, part): [number, number] => [bucket + part / partsOf(segment), segment.newest]));
const extentOf = ({ newest, oldest, rows }: Segment): string => `${newest}/${oldest}/${rows}`;

/** Some bucket does not open: what is found may lack rows. */
export class IndexDamaged extends Error {}

/** Buckets merged at once. */
const AT_ONCE = 32;
/** Records written in one go; more would keep the page from drawing. */
const PUT_AT_ONCE = 128;
/** The index may fall this many rows behind; then rows wait for it. */
const MOST_UNINDEXED = 4 * SEGMENT_ROWS;
/** The newest segments, in which a first page mostly is, are read before all the others: a transaction costs more than a few buckets. */
const READ_FIRST = 8;
/** Ranks of a segment that are asked for first: more than a page, far less than a frequent name has. */
const RANKS_FIRST = 256;
/** No syllable is longer, and no order number within a day: what is may be an ID number, a phone number or a code, which few rows have. */
const LONGEST_COMMON = { syllable: 7, digits: 5 };

/** A first page of few rows is spread over all segments: nothing is gained by reading the newest first. */
const isRare = (query: readonly string[]): boolean => query.some((word) => word.length > (/^\d/u.test(word) ? LONGEST_COMMON.digits : LONGEST_COMMON.syllable));

export function createSearchIndex(db: CounterDatabase, sealing: Sealing, readWords: ReadWords, onDamage: (damage: IndexDamaged) => void): SearchIndex {
  let waiting: Promise<Map<number, readonly string[]>> | undefined;
  let settling: Promise<void> | undefined;
  const newestIndexed = (segments: readonly Segment[]): number => segments.reduce((lowest, { newest }) => Math.min(lowest, newest), Infinity);

  /** Rows that are in no segment yet. */
  function tail(): Promise<Map<number, readonly string[]>> {
    waiting ??= (async () => {
      const { segments, late } = await rowsMeta(db);
      const rows = [...(await readWords.below(newestIndexed(segments), Infinity)), ...(await readWords.at(late))];
      return new Map(rows.map(({ rank, words }) => [rank, words]));
    })();
    waiting.catch(() => (waiting = undefined));
    return waiting;
  }

  async function putAll(records: readonly StoredPostings[]): Promise<void> {
    for (const slice of slicesOf(records, PUT_AT_ONCE)) await db.postings.bulkPut(slice);
  }

  /** `unindexed`: rows that may be stored while this is written, and that no tail would find if they are older than what is in it. */
  async function writeSegment(rows: IndexedRow[], unindexed: ReadonlyMap<number, unknown>): Promise<void> {
    rows.sort((a, b) => a.rank - b.rank);
    const newest = rows[0]?.rank ?? 0;
    const records = await sealing.sealSegment(newest, rows);
    await db.transaction('rw', db.postings, db.meta, async () => {
      await putAll(records);
      const meta = await rowsMeta(db);
      const written = new Set(rows.map(({ rank }) => rank));
      await db.meta.put({
        ...meta,
        segments: [...meta.segments, { newest, oldest: rows.at(-1)?.rank ?? newest, rows: rows.length }],
        late: [...new Set([...meta.late, ...[...unindexed.keys()].filter((rank) => rank > newest)])].filter((rank) => !written.has(rank)),
      });
    });
  }

  async function merge(segments: readonly Segment[]): Promise<void> {
    const newest = segments[0]?.newest ?? 0;
    const rows = segments.reduce((sum, one) => sum + one.rows, 0);
    const parts = partsFor(rows);
    const records: StoredPostings[] = [];
    for (const buckets of slicesOf([...Array(BUCKETS).keys()], Math.max(1, AT_ONCE / Math.max(...segments.map(partsOf))))) {
      const stored = await db.postings.bulkGet(segments.flatMap((segment) => keysIn(segment, buckets)));
      const merged = await sealing.mergeBuckets(
        newest,
        stored.filter((part) => part !== undefined),
        parts,
      );
      if (merged === null) throw new IndexDamaged(`in one of the buckets ${buckets.join()}`);
      records.push(...merged);
    }
    const gone = new Set(segments.map((segment) => segment.newest));
    await db.transaction('rw', db.postings, db.meta, async () => {
      const meta = await rowsMeta(db);
      const old = segments.flatMap((segment) => keysIn(segment, [...Array(BUCKETS).keys()]));
      for (const slice of slicesOf(old, PUT_AT_ONCE)) await db.postings.bulkDelete(slice);
      await putAll(records);
      const merged = { newest, oldest: Math.max(...segments.map(({ oldest }) => oldest)), rows, parts };
      await db.meta.put({ ...meta, segments: [...meta.segments.filter((one) => !gone.has(one.newest)), merged] });
    });
  }

  async function compact(): Promise<void> {
    for (let segments = toMerge((await rowsMeta(db)).segments); segments !== null; segments = toMerge((await rowsMeta(db)).segments)) await merge(segments);
  }

  async function expect(rows: readonly IndexedRow[]): Promise<void> {
    const unindexed = await tail();
    for (const { rank, words } of rows) unindexed.set(rank, words);
  }

  async function settle(): Promise<void> {
    const unindexed = await tail();
    if (unindexed.size < SEGMENT_ROWS) return;
    settling ??= write(unindexed).finally(() => (settling = undefined));
    const settled = settling.catch((error: unknown) => {
      if (error instanceof IndexDamaged) return onDamage(error);
      // Tried again with the next rows; nothing is lost, since what is not indexed is found in the tail.
      if (unindexed.size >= MOST_UNINDEXED) throw error;
    });
    if (unindexed.size >= MOST_UNINDEXED) await settled;
  }

  async function write(unindexed: Map<number, readonly string[]>): Promise<void> {
    const full = [...unindexed].map(([rank, words]) => ({ rank, words }));
    await writeSegment(full, unindexed);
    // A row that was replaced meanwhile waits with its new words.
    for (const { rank, words } of full) if (unindexed.get(rank) === words) unindexed.delete(rank);
    await compact();
  }

  /** By segment. */
  async function bucketsOf(token: Token, segments: readonly Segment[]): Promise<Map<number, StoredPostings>> {
    // Buckets in one part lie beside one another: many are read as a range.
    const inRange = segments.filter((segment) => partsOf(segment) === 1);
    const names = inRange.map(({ newest }) => newest);
    const isMany = inRange.length > READ_FIRST;
    const [range, single] = await Promise.all([
      isMany
        ? db.postings
            .where('[bucket+segment]')
            .between([token.bucket, Math.min(...names)], [token.bucket, Math.max(...names)], true, true)
            .toArray()
        : [],
      db.postings.bulkGet(
        segments.filter((segment) => !(isMany && partsOf(segment) === 1)).map((one): [number, number] => [bucketOf(token, partsOf(one)), one.newest]),
      ),
    ]);
    const wanted = new Set(names);
    return new Map([...range.filter(({ segment }) => wanted.has(segment)), ...single.filter((part) => part !== undefined)].map((part) => [part.segment, part]));
  }

  async function* lookUp(query: readonly string[], between: Between): AsyncGenerator<number[]> {
    const tokens = await sealing.tokens(query.map(lookUpAs));
    // The tail before the segments: a row that is indexed meanwhile is found twice rather than not at all.
    const unindexed = [...(await tail())];
    const read = new Set<string>();
    /** From which rank on a segment that had more than was asked of it is asked again. */
    const readTo = new Map<string, number>();

    const readNext = async ({ low, high }: Ranks, atOnce: number) => {
      const startOf = (segment: Segment): number => readTo.get(extentOf(segment)) ?? Math.max(low, segment.newest);
      // Asked again each time: what was merged since has another extent and is read as a whole.
      const left = (await rowsMeta(db)).segments.filter((one) => one.newest <= high && one.oldest >= low && !read.has(extentOf(one)));
      const starting = left.map((segment) => ({ segment, start: startOf(segment) })).sort((a, b) => a.start - b.start);
      const next = starting.slice(0, atOnce);
      const perWord = await Promise.all(
        tokens.map((token) =>
          bucketsOf(
            token,
            next.map(({ segment }) => segment),
          ),
        ),
      );
      const asked = next.map(({ segment, start }) => ({
        segment,
        low: start,
        buckets: perWord.map((parts) => parts.get(segment.newest)).filter((part) => part !== undefined),
      }));
      return { asked, further: starting.slice(atOnce).map(({ start }) => start) };
    };

    const firstAtOnce = isRare(query) ? Infinity : READ_FIRST;
    const first = await readTogether(db, [db.postings, db.meta, db.days], async () => {
      const ranks = await between();
      return ranks === null ? null : { ranks, next: await readNext(ranks, firstAtOnce) };
    });
    if (first === null) return;
    const { ranks: bounds } = first;
    const { low, high } = bounds;
    let found = unindexed.filter(([rank, words]) => rank >= low && rank <= high && answers(words, query)).map(([rank]) => rank);
    const seen = new Set(found);

    let { asked, further } = first.next;
    for (let atMost = RANKS_FIRST; ; atMost *= 4) {
      // A bucket that is not there holds nothing: no row of this segment has that word.
      const whole = asked.filter(({ buckets }) => buckets.length === tokens.length);
      const lists =
        whole.length === 0
          ? []
          : await sealing.ranksWith(
              tokens,
              whole.map(({ buckets, low }) => ({ buckets, low })),
              high,
              atMost,
            );
      if (lists === null) throw new IndexDamaged('a bucket does not open');
      for (const { segment } of asked) read.add(extentOf(segment));
      const unfinished = [...further];
      for (const [at, ranks] of lists.entries()) {
        for (const rank of ranks) {
          if (seen.has(rank)) continue;
          seen.add(rank);
          found.push(rank);
        }
        const segment = whole[at]?.segment;
        if (segment === undefined || ranks.length < atMost) continue;
        const next = (ranks.at(-1) ?? 0) + 1;
        read.delete(extentOf(segment));
        readTo.set(extentOf(segment), next);
        unfinished.push(next);
      }
      // Ranges of segments overlap where rows came late: what is still to be read may be newer than what waits for it.
      const bound = Math.min(Infinity, ...unfinished);
      const ready = found.filter((rank) => rank < bound);
      found = found.filter((rank) => rank >= bound);
      if (ready.length > 0) yield ready.sort((a, b) => a - b);
      if (unfinished.length === 0) return;
      ({ asked, further } = await readTogether(db, [db.postings, db.meta], () => readNext(bounds, Infinity)));
    }
  }

  async function rebuild(): Promise<void> {
    await settling?.catch(() => undefined);
    waiting = undefined;
    await db.transaction('rw', db.postings, db.meta, async () => {
      await db.postings.clear();
      await db.meta.put({ ...(await rowsMeta(db)), segments: [], late: [] });
    });
    // The oldest first: whatever ends this early, the next tail is all that is newer than what was indexed.
    let rows = await readWords.below(Infinity, SEGMENT_ROWS);
    for (; rows.length === SEGMENT_ROWS; rows = await readWords.below(rows[0]?.rank ?? 0, SEGMENT_ROWS)) {
      await writeSegment(rows, new Map());
      await compact();
    }
  }

  return {
    expect,
    late: (ranks, segments) => ranks.filter((rank) => rank > newestIndexed(segments)),
    settle,
    lookUp,
    rebuild,
  };
}
