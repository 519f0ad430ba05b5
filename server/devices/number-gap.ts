/** Owns the choice of the next free range of order numbers. */

/** The code's pattern gives the order number of a day four digits. */
export const LAST_NUMBER = 9999;

/** The lowest number that opens `size` free ones, given the taken ranges (inclusive) in ascending order; undefined when none does. */
export function firstGap(taken: ReadonlyArray<{ first: number; last: number }>, size: number): number | undefined {
  let from = 1;
  for (const range of taken) {
    if (range.first - from >= size) break;
    from = Math.max(from, range.last + 1);
  }
  return from + size - 1 <= LAST_NUMBER ? from : undefined;
}
