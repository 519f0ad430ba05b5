/** Owns the choice of the next free range of order numbers. */

/** The code's pattern gives the order number of a day four digits. */
export const LAST_NUMBER = 9999;

type Range = { first: number; last: number };

/**
 * The first number from `start` on that opens `size` free ones, then from 1 on; undefined when none does. `taken`: ranges
 * (inclusive) in ascending order.
 */
export const firstGap = (taken: readonly Range[], size: number, start = 1): number | undefined =>
  gapFrom(taken, size, start) ?? (start === 1 ? undefined : gapFrom(taken, size, 1));

function gapFrom(taken: readonly Range[], size: number, start: number): number | undefined {
  let from = start;
  for (const range of taken) {
    if (range.first - from >= size) break;
    from = Math.max(from, range.last + 1);
  }
  return from + size - 1 <= LAST_NUMBER ? from : undefined;
}

/**
 * How far apart the ranges of two lives of the province begin: a third of all numbers, so that what was given out between
 * backup and restore (33 leases of 100 in one agency) is passed over unseen, twice within the time leases last.
 */
export const SAFETY_GAP = 3_333;

/** Where ranges begin after a restore: a safety gap behind the range the forgotten life would have given out next. */
export function startAfterRestore(taken: readonly Range[], size: number, start: number): number {
  const next = firstGap(taken, size, start) ?? start;
  return ((next - 1 + SAFETY_GAP) % LAST_NUMBER) + 1;
}
