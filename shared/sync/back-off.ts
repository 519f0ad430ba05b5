/** Waiting times between tries: exponential with full jitter, so that five hundred counters do not return as one. */

const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;

/** A time in [0, min(5 min, 1 s × 2^failures)); `random` in [0, 1). */
export const fullJitterMs = (failures: number, random: () => number): number =>
  Math.floor(random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 20)));
