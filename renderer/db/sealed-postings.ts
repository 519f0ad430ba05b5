/** The buckets of the search index (search-index.ts) where the keys are: what words become, how buckets are sealed, merged and read. */
import { encodePostings, intersect, mergePostings, ranksOf, type Postings } from '../../shared/search/postings.ts';
import { bucketOf } from '../../shared/search/segments.ts';
import { filedUnder } from '../../shared/search/words.ts';
import type { StoredPostings } from './database.ts';
import { inSlices, slicesOf } from './in-slices.ts';
import type { Keys, Sealer, Token } from './sealer.ts';

/** Inclusive. */
export type Ranks = { low: number; high: number };
export type IndexedRow = { rank: number; words: readonly string[] };

const AT_ONCE = 32;
const ROWS_AT_ONCE = 256;
const nameOf = (bucket: number, segment: number): string => `postings.2/${bucket}/${segment}`;

const openBucket = (sealer: Sealer, { bucket, segment, sealed }: StoredPostings): Promise<Uint8Array<ArrayBuffer>> =>
  sealer.open(nameOf(bucket, segment), sealed);

/**
 * Bytes of no more use. Left to the garbage collector, the buckets of some hundred look-ups make it stop the thread for longer
 * than a look-up takes.
 */
const release = (parts: readonly Uint8Array<ArrayBuffer>[]): void => void structuredClone(null, { transfer: parts.map(({ buffer }) => buffer) });

/** What `work` makes of the opened buckets; neither these nor `parts` can be read afterwards. */
async function withOpened<T>(sealer: Sealer, parts: readonly StoredPostings[], work: (opened: readonly Uint8Array[]) => T): Promise<T> {
  const opened = await Promise.all(parts.map((part) => openBucket(sealer, part)));
  const made = work(opened);
  release([...opened, ...parts.map(({ sealed }) => sealed)]);
  return made;
}

const sealBucket = async (sealer: Sealer, bucket: number, segment: number, postings: Postings): Promise<StoredPostings> => ({
  bucket,
  segment,
  sealed: await sealer.seal(nameOf(bucket, segment), encodePostings(postings)),
});

/** `rows` by ascending rank. Gives way between slices, so that a look-up need not wait for a whole segment. */
async function bucketsOf(keys: Keys, rows: readonly IndexedRow[]): Promise<Map<number, Postings>> {
  const buckets = new Map<number, Postings>();
  for (const slice of slicesOf(rows, ROWS_AT_ONCE)) {
    for (const { rank, words } of slice) {
      for (const term of filedUnder(words)) {
        const { bucket, id } = keys.token(term);
        let postings = buckets.get(bucket);
        if (postings === undefined) buckets.set(bucket, (postings = new Map()));
        const ranks = postings.get(id);
        if (ranks === undefined) postings.set(id, [rank]);
        // Two terms of a row may share a token.
        else if (ranks.at(-1) !== rank) ranks.push(rank);
      }
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
  return buckets;
}

/** All buckets of a new segment. `rows` by ascending rank. */
export async function sealSegment(keys: Keys, segment: number, rows: readonly IndexedRow[]): Promise<StoredPostings[]> {
  return inSlices([...(await bucketsOf(keys, rows))], AT_ONCE, ([bucket, postings]) => sealBucket(keys, bucket, segment, postings));
}

/** What several segments have in the same buckets, as buckets of one of so many parts; `stored` are used up. Rejects when one does not open. */
export async function mergeBuckets(sealer: Sealer, segment: number, stored: readonly StoredPostings[], parts: number): Promise<StoredPostings[]> {
  const byBucket = new Map<number, StoredPostings[]>();
  for (const part of stored) {
    const bucket = Math.floor(part.bucket);
    byBucket.set(bucket, [...(byBucket.get(bucket) ?? []), part]);
  }
  const merged = await inSlices([...byBucket], 1, async ([bucket, same]) => {
    const inParts = new Map<number, Postings>();
    for (const [id, ranks] of await withOpened(sealer, same, mergePostings)) {
      const at = bucketOf({ bucket, id }, parts);
      const postings = inParts.get(at) ?? new Map<number, number[]>();
      inParts.set(at, postings.set(id, ranks));
    }
    return Promise.all([...inParts].map(([at, postings]) => sealBucket(sealer, at, segment, postings)));
  });
  return merged.flat();
}

/** What a segment has for a query: its bucket for every token, and from which rank on it is asked. */
export type SegmentAsked = { buckets: readonly StoredPostings[]; low: number };

/** For each segment: the lowest ranks that have all tokens, ascending, at most so many; the buckets are used up. Rejects when one does not open. */
export function ranksWith(
  sealer: Sealer,
  tokens: readonly Token[],
  segments: readonly SegmentAsked[],
  high: number,
  atMost: number,
): Promise<Array<Float64Array<ArrayBuffer>>> {
  return Promise.all(
    segments.map(({ buckets, low }) =>
      withOpened(sealer, buckets, (opened) => {
        const lists = opened.map((bytes, at) => ranksOf(bytes, tokens[at]?.id ?? 0));
        return Float64Array.from(intersect(lists, { low, high, atMost }));
      }),
    ),
  );
}
