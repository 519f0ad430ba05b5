/**
 * When the index's segments are put together. New rows wait unindexed until there are enough for a segment; eight segments
 * of a size become one of the next. So a row is written to the index once a size, and a million rows are at most some
 * thirty segments, each of which a look-up reads once.
 */

/** `newest`: the lowest rank in it, which is also its name; `oldest`: the highest; `parts`: how many each of its buckets lies in (one when it says nothing). */
export type Segment = { newest: number; oldest: number; rows: number; parts?: number };

export const SEGMENT_ROWS = 2048;
/** 256 × 2: enough that a look-up reads little of the index, few enough that a segment is few records. */
export const BUCKETS = 512;
const FAN_IN = 8;

const sizeClass = ({ rows }: Pick<Segment, 'rows'>): number => Math.max(0, Math.floor(Math.log(rows / SEGMENT_ROWS) / Math.log(FAN_IN)));

/** A look-up reads and opens what it needs of a bucket: some few KiB, also where a bucket of a large segment holds ten times that. */
export const partsFor = (rows: number): number => FAN_IN ** Math.max(0, sizeClass({ rows }) - 1);

/** Where a segment of so many parts a bucket has what is filed under a token. The parts are a power of two: the sum is exact. */
export const bucketOf = ({ bucket, id }: { bucket: number; id: number }, parts: number): number => bucket + (id % parts) / parts;

/** The segments to merge next, the newest first; null when none need be. */
export function toMerge(segments: readonly Segment[]): Segment[] | null {
  const classes = new Map<number, Segment[]>();
  for (const segment of segments) classes.set(sizeClass(segment), [...(classes.get(sizeClass(segment)) ?? []), segment]);
  const full = [...classes].sort(([a], [b]) => a - b).find(([, members]) => members.length >= FAN_IN);
  return full === undefined ? null : full[1].sort((a, b) => a.newest - b.newest);
}
