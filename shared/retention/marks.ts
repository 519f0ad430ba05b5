/**
 * When the province had confirmed what: at most one mark a day instead of a line for every dossier. A mark says that at
 * its time the province had answered for every entry up to `seq` and had confirmed every dossier among them but `open`.
 */
import { z } from 'zod';
import { DAY_MS } from '../lib/time.ts';

const markSchema = z.object({
  /** The province's own time, from its signed hello: a counter's clock is never trusted for expiry. */
  atMs: z.int().nonnegative(),
  seq: z.int().nonnegative(),
  /** Dossiers up to `seq` that were not confirmed then, refused ones among them. */
  open: z.array(z.string()),
});
export type Mark = z.infer<typeof markSchema>;
/** In order of time, and so of seq. */
export const marksSchema = z.array(markSchema);

/** A confirmation counts from the next mark on, so it is taken for up to `atLeastMs` younger than it is, never older. */
export function noteMark(marks: readonly Mark[], mark: Mark, atLeastMs = DAY_MS): readonly Mark[] {
  const last = marks.at(-1);
  return last !== undefined && mark.atMs < last.atMs + atLeastMs ? marks : [...marks, mark];
}

/** What the province lost (it was restored from a backup) was never confirmed: the days are counted anew. */
export const forgetBehind = (marks: readonly Mark[], seq: number): readonly Mark[] =>
  marks.every((mark) => mark.seq <= seq) ? marks : marks.map((mark) => (mark.seq <= seq ? mark : { ...mark, seq }));

/** Of the marks older than `atMs` only the newest says anything the others do not. */
export function forgetOlder(marks: readonly Mark[], atMs: number): readonly Mark[] {
  const newest = marks.findLastIndex((mark) => mark.atMs <= atMs);
  return newest > 0 ? marks.slice(newest) : marks;
}

/** The newest mark at or before `atMs`: what had been confirmed by then. */
export const markBefore = (marks: readonly Mark[], atMs: number): Mark | undefined => marks.findLast((mark) => mark.atMs <= atMs);

/** The earliest time at which this dossier is known to have been confirmed; undefined while it is not. */
export const confirmedAt = (marks: readonly Mark[], { seq, dossierId }: { seq: number; dossierId: string }): number | undefined =>
  marks.find((mark) => mark.seq >= seq && !mark.open.includes(dossierId))?.atMs;
