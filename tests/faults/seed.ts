/** Randomness that can be had again: `QMC_SEED` replays a run whose seed was printed. */
import { seeded } from '../fixtures/journals.ts';

// Kept in the environment, which the test runner's processes inherit: one run has one seed.
export const SEED = Number((process.env['QMC_SEED'] ??= String(Math.floor(Math.random() * 2 ** 31))));

/** Its own stream for each suite, whatever else ran before it. */
export const randomOf = (suite: string): ((below: number) => number) =>
  seeded([...suite].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, SEED));

export const isLong = process.env['QMC_LONG'] !== undefined;

/** `QMC_KILLS` and the like; the long run is asked for by `QMC_LONG`. */
export const countOf = (name: string, short: number, long: number): number => Number(process.env[name] ?? (isLong ? long : short));
