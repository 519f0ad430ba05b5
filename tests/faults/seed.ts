/** Randomness that can be had again: `QMC_SEED` replays a run whose seed was printed. */
import { seeded } from '../fixtures/journals.ts';

// Kept in the environment, which the test runner's processes inherit: one run has one seed.
export const SEED = Number((process.env['QMC_SEED'] ??= String(Math.floor(Math.random() * 2 ** 31))));

/** Its own stream for each suite, whatever else ran before it. */
export const randomOf = (suite: string): ((below: number) => number) =>
  seeded([...suite].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, SEED));

export const isLong = process.env['QMC_LONG'] !== undefined;

/** A handful of each kind, as part of `npm test`. */
export const isBrief = process.env['QMC_BRIEF'] !== undefined;

/** How many rounds: what the environment says by `name`, else by how long the run is asked to be. */
export const countOf = (name: string, { brief, short, long }: { brief: number; short: number; long: number }): number =>
  Number(process.env[name] ?? (isLong ? long : isBrief ? brief : short));
