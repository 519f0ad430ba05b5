/**
 * When the index's segments are put together. New rows wait unindexed until there are enough for a segment; eight segments
 * of a size become one of the next. So a row is written to the index once a size, and a million rows are at most some
 * thirty segments, each of which a look-up reads once.
 */

/** `newest`: the lowest rank in it, which is also its name; `oldest`: the highest. */
export type Segment = { newest: number; oldest: number; rows: number };

export const SEGMENT_ROWS = 2048;
/** 256 × 2: enough that a look-up reads little of the index, few enough that a segment is few records. */
export const BUCKETS = 512;
const FAN_IN = 8;

const sizeClass = ({ rows }: Segment): number => Math.max(0, Math.floor(Math.log(rows / SEGMENT_ROWS) / Math.log(FAN_IN)));

/** The segments to merge next, the newest first; null when none need be. */
export function toMerge(segments: readonly Segment[]): Segment[] | null {
  const classes = new Map<number, Segment[]>();
  for (const segment of segments) classes.set(sizeClass(segment), [...(classes.get(sizeClass(segment)) ?? []), segment]);
  const full = [...classes].sort(([a], [b]) => a - b).find(([, members]) => members.length >= FAN_IN);
  return full === undefined ? null : full[1].sort((a, b) => a.newest - b.newest);
}
