/** Owns the month under which the content of an entry lies. */
import { dateAt, type PlainDate } from '../../shared/lib/time.ts';

/** The first day of a calendar month at the counter, `YYYY-MM-01`. */
export type Month = PlainDate;

/** A clock says anything; what lies outside is put at the edge, so that later is never an earlier month. */
const EARLIEST_MS = Date.UTC(1990, 0, 1);
const LATEST_MS = Date.UTC(2200, 0, 1);

export const monthAt = (atMs: number): Month => `${dateAt(Math.min(Math.max(atMs, EARLIEST_MS), LATEST_MS)).slice(0, 7)}-01`;

/**
 * Depends on what the entry says and on nothing else, so that it is the same whenever the entry is offered: when the dossier was
 * accepted that it says whole, when it was written otherwise.
 */
export const monthOf = ({ atMs }: { atMs: number }, toldAtMs: number | null): Month => monthAt(toldAtMs ?? atMs);

/** `by` months later; earlier, when negative. */
export function monthAfter(month: Month, by = 1): Month {
  const [year = 0, nth = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, nth - 1 + by, 1)).toISOString().slice(0, 10);
}

/** From `first` to `last`, both among them. */
export function monthsBetween(first: Month, last: Month): Month[] {
  const months: Month[] = [];
  for (let month = first; month <= last; month = monthAfter(month)) months.push(month);
  return months;
}

/** How many months follow `month` without a gap. */
export function monthsAhead(held: readonly Month[], month: Month): number {
  let ahead = 0;
  while (held.includes(monthAfter(month, ahead + 1))) ahead += 1;
  return ahead;
}
