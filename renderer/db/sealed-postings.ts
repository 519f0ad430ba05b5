/** The buckets of the search index (search-index.ts) where the keys are: what words become, how buckets are sealed, merged and read. */
import { encodePostings, intersect, mergePostings, ranksOf, type Postings } from '../../shared/search/postings.ts';
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

/** What several segments have in the same buckets, as buckets of one. Rejects when a part does not open. */
export async function mergeBuckets(sealer: Sealer, segment: number, parts: readonly StoredPostings[]): Promise<StoredPostings[]> {
  const byBucket = new Map<number, StoredPostings[]>();
  for (const part of parts) byBucket.set(part.bucket, [...(byBucket.get(part.bucket) ?? []), part]);
  return inSlices([...byBucket], 1, async ([bucket, same]) =>
    sealBucket(sealer, bucket, segment, mergePostings(await Promise.all(same.map((part) => openBucket(sealer, part))))),
  );
}

/** What a segment has for a query: its bucket for every token, and from which rank on it is asked. */
export type SegmentAsked = { buckets: readonly StoredPostings[]; low: number };

/** For each segment: the lowest ranks that have all tokens, ascending, at most so many. Rejects when a bucket does not open. */
export function ranksWith(
  sealer: Sealer,
  tokens: readonly Token[],
  segments: readonly SegmentAsked[],
  high: number,
  atMost: number,
): Promise<Array<Float64Array<ArrayBuffer>>> {
  return Promise.all(
    segments.map(async ({ buckets, low }) => {
      const opened = await Promise.all(buckets.map((bucket) => openBucket(sealer, bucket)));
      const lists = opened.map((bytes, at) => ranksOf(bytes, tokens[at]?.id ?? 0));
      return Float64Array.from(intersect(lists, { low, high, atMost }));
    }),
  );
}
