/** Waiting times between tries: exponential with full jitter, so that five hundred counters do not return as one. */

const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;

/** Since when, and for how long, something is put off (ms). */
export type Rest = { sinceMs: number; forMs: number };

/** What is left of a rest. A clock that was set back to before it began ends it: nothing is put off for longer than was meant. */
export const restLeftMs = ({ sinceMs, forMs }: Rest, nowMs: number): number => (nowMs < sinceMs ? 0 : Math.max(0, sinceMs + forMs - nowMs));

/** A time in [0, min(5 min, 1 s × 2^failures)); `random` in [0, 1). */
export const fullJitterMs = (failures: number, random: () => number): number =>
  Math.floor(random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 20)));

/** Never sooner than asked for, and not all in the second that everyone was given (ms); `random` in [0, 1). */
export const askedWithJitterMs = (askedMs: number, random: () => number): number => askedMs + Math.floor(random() * Math.max(FIRST_MS, askedMs / 4));
