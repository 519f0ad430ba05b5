/**
 * Finds rows by words without a word on the disk.
 *
 * Every beginning of a dossier's words (shared/search/words.ts) becomes a token, its HMAC under a key of this device. Its
 * first bits choose one of 512 buckets, the rest stands in the bucket with the ranks of the rows that have it. A bucket is
 * sealed as a whole, so the disk shows neither which dossiers share a name nor how often one occurs, only the sizes of
 * buckets in which many tokens are mixed. Rows are indexed in segments that are written once and merged as they grow in
 * number (shared/search/segments.ts); the newest rows wait in memory until they fill one. A look-up reads one range a
 * word, about twenty records in a million dossiers, and opens the newest first until a page is full.
 */
import { encodePostings, intersect, mergePostings, ranksOf, type Postings } from '../../shared/search/postings.ts';
import { SEGMENT_ROWS, toMerge, type Segment } from '../../shared/search/segments.ts';
import { answers, filedUnder, lookUpAs } from '../../shared/search/words.ts';
import type { CounterDatabase, MetaRow, StoredPostings } from './database.ts';
import { inSlices } from './in-slices.ts';
import { BUCKETS, type Sealer } from './sealer.ts';

export type Ranks = { low: number; high: number };
export type IndexedRow = { rank: number; words: readonly string[] };

export type SearchIndex = {
  /** Rows about to be stored: from now on they are found, as soon as they are there. */
  expect(rows: readonly IndexedRow[]): Promise<void>;
  /** Within the transaction that stores rows for the first time: which of them no tail would find after a restart. */
  late(ranks: readonly number[], segments: readonly Segment[]): number[];
  /** After that transaction: writes and merges segments when it is time. Not from within a `liveQuery`. */
  settle(): Promise<void>;
  /**
   * Ranks of rows between two (inclusive) that may answer the query, in batches, the newest first; the caller checks the words (a query longer than
   * what is indexed finds too many, never too few). Usable inside `liveQuery`. Rejects with `IndexDamaged`.
   */
  lookUp(query: readonly string[], between: Ranks): AsyncGenerator<number[]>;
  /** Throws the index away and makes it from the rows. */
  rebuild(): Promise<void>;
};

export type ReadWords = {
  /** Rows with lower ranks than `rank`, the highest rank first. */
  below(rank: number, limit: number): Promise<IndexedRow[]>;
  at(ranks: readonly number[]): Promise<IndexedRow[]>;
};

/** Some bucket does not open: what is found may lack rows. */
export class IndexDamaged extends Error {}

const AT_ONCE = 64;
const nameOf = (bucket: number, segment: number): string => `postings/${bucket}/${segment}`;

export const rowsMeta = async (db: CounterDatabase): Promise<Extract<MetaRow, { key: 'rows' }>> => {
  const row = await db.meta.get('rows');
  return row?.key === 'rows' ? row : { key: 'rows', count: 0, segments: [], late: [] };
};

export function createSearchIndex(db: CounterDatabase, sealer: Sealer, readWords: ReadWords): SearchIndex {
  let waiting: Promise<Map<number, readonly string[]>> | undefined;
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

  async function bucketsOf(rows: readonly IndexedRow[]): Promise<Map<number, Postings>> {
    const filed = new Map<string, number[]>();
    for (const { rank, words } of rows) {
      for (const term of filedUnder(words)) {
        const ranks = filed.get(term);
        if (ranks === undefined) filed.set(term, [rank]);
        else ranks.push(rank);
      }
    }
    const terms = [...filed];
    const tokens = await inSlices(terms, 512, ([term]) => sealer.token(term));
    const buckets = new Map<number, Postings>();
    for (const [at, { bucket, id }] of tokens.entries()) {
      const ranks = terms[at]?.[1] ?? [];
      const postings = buckets.get(bucket) ?? new Map<number, number[]>();
      buckets.set(bucket, postings);
      const same = postings.get(id);
      postings.set(id, same === undefined ? ranks : [...new Set([...same, ...ranks])].sort((a, b) => a - b));
    }
    return buckets;
  }

  async function openBucket({ bucket, segment, sealed }: StoredPostings): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return await sealer.open(nameOf(bucket, segment), sealed);
    } catch (cause) {
      throw new IndexDamaged(nameOf(bucket, segment), { cause });
    }
  }

  const sealBucket = async (bucket: number, segment: number, postings: Postings): Promise<StoredPostings> => ({
    bucket,
    segment,
    sealed: await sealer.seal(nameOf(bucket, segment), encodePostings(postings)),
  });

  async function writeSegment(rows: IndexedRow[]): Promise<void> {
    rows.sort((a, b) => a.rank - b.rank);
    const newest = rows[0]?.rank ?? 0;
    const buckets = await bucketsOf(rows);
    const records = await inSlices([...buckets], AT_ONCE, ([bucket, postings]) => sealBucket(bucket, newest, postings));
    await db.transaction('rw', db.postings, db.meta, async () => {
      await db.postings.bulkPut(records);
      const meta = await rowsMeta(db);
      const written = new Set(rows.map(({ rank }) => rank));
      await db.meta.put({
        ...meta,
        segments: [...meta.segments, { newest, oldest: rows.at(-1)?.rank ?? newest, rows: rows.length }],
        late: meta.late.filter((rank) => !written.has(rank)),
      });
    });
  }

  async function merge(segments: readonly Segment[]): Promise<void> {
    const newest = segments[0]?.newest ?? 0;
    const records: StoredPostings[] = [];
    for (let first = 0; first < BUCKETS; first += AT_ONCE) {
      const numbers = Array.from({ length: AT_ONCE }, (_, at) => first + at);
      const parts = await db.postings.bulkGet(numbers.flatMap((bucket) => segments.map((segment): [number, number] => [bucket, segment.newest])));
      for (const [at, bucket] of numbers.entries()) {
        const sealed = parts.slice(at * segments.length, (at + 1) * segments.length).filter((part) => part !== undefined);
        const opened = await Promise.all(sealed.map(openBucket));
        if (opened.length > 0) records.push(await sealBucket(bucket, newest, mergePostings(opened)));
      }
    }
    const gone = new Set(segments.map((segment) => segment.newest));
    await db.transaction('rw', db.postings, db.meta, async () => {
      const meta = await rowsMeta(db);
      const old = [...gone].flatMap((segment) => Array.from({ length: BUCKETS }, (_, bucket): [number, number] => [bucket, segment]));
      await db.postings.bulkDelete(old);
      await db.postings.bulkPut(records);
      const merged = { newest, oldest: Math.max(...segments.map(({ oldest }) => oldest)), rows: segments.reduce((sum, { rows }) => sum + rows, 0) };
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
    const full = [...unindexed].map(([rank, words]) => ({ rank, words }));
    await writeSegment(full);
    for (const { rank } of full) unindexed.delete(rank);
    await compact();
  }

  async function* lookUp(query: readonly string[], { low, high }: Ranks): AsyncGenerator<number[]> {
    const tokens = await Promise.all(query.map((word) => sealer.token(lookUpAs(word))));
    // The tail before the segments: a row that is indexed meanwhile is found twice rather than not at all.
    const isWithin = (rank: number): boolean => rank >= low && rank <= high;
    const unindexed = [...(await tail())];
    const { segments, perWord } = await db.transaction('r', db.postings, db.meta, async () => ({
      segments: (await rowsMeta(db)).segments.filter(({ newest, oldest }) => newest <= high && oldest >= low),
      perWord: await Promise.all(
        tokens.map(({ bucket }) => db.postings.where('[bucket+segment]').between([bucket, -Infinity], [bucket, high], true, true).toArray()),
      ),
    }));
    const seen = new Set<number>();
    let found = unindexed.filter(([rank, words]) => isWithin(rank) && answers(words, query)).map(([rank]) => rank);
    for (const rank of found) seen.add(rank);

    for (const { newest } of segments.sort((a, b) => a.newest - b.newest)) {
      const parts = perWord.map((records) => records.find((record) => record.segment === newest));
      // Ranges of segments overlap where rows came late: what a segment still to be read may be newer than waits for it.
      const ready = found.filter((rank) => rank < newest);
      if (ready.length > 0) yield ready.sort((a, b) => a - b);
      found = found.filter((rank) => rank >= newest);
      // A bucket that is not there holds nothing: no row of this segment has that word.
      if (parts.some((part) => part === undefined)) continue;
      const lists = await Promise.all(parts.map(async (part, at) => (part === undefined ? [] : ranksOf(await openBucket(part), tokens[at]?.id ?? 0))));
      const more = intersect(lists).filter((rank) => isWithin(rank) && !seen.has(rank));
      for (const rank of more) {
        seen.add(rank);
        found.push(rank);
      }
    }
    if (found.length > 0) yield found.sort((a, b) => a - b);
  }

  async function rebuild(): Promise<void> {
    waiting = undefined;
    await db.transaction('rw', db.postings, db.meta, async () => {
      await db.postings.clear();
      await db.meta.put({ ...(await rowsMeta(db)), segments: [], late: [] });
    });
    // The oldest first: whatever ends this early, the next tail is all that is newer than what was indexed.
    let rows = await readWords.below(Infinity, SEGMENT_ROWS);
    for (; rows.length === SEGMENT_ROWS; rows = await readWords.below(rows[0]?.rank ?? 0, SEGMENT_ROWS)) {
      await writeSegment(rows);
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
