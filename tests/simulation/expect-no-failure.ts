/** Says of seeds that failed how many, why, and how the first one came to it. */
import { expect } from 'vitest';
import { type Scale, simulate, SMALL, traceOf } from './simulate.ts';

export async function expectNoFailure(seeds: readonly number[], scale: Scale = SMALL): Promise<void> {
  const failed = await simulate(seeds, scale);
  const [first] = failed;
  if (first === undefined) return;
  const list = failed.map(({ seed, message }) => `seed ${seed}: ${message}`).slice(0, 20);
  expect.fail(`${failed.length} of ${seeds.length} seeds broke a promise\n${list.join('\n')}\n\n${await traceOf(first.seed, scale)}`);
}
