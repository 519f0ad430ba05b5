import { describe, expect, it } from 'vitest';
import { expectNoFailure } from './expect-no-failure.ts';
import { PINNED } from './seeds.ts';
import { simulate, SMALL, traceOf, type Scale } from './simulate.ts';

describe('seeds that failed once', () => {
  it.each([...PINNED])('%i: %s', (seed) => expectNoFailure([seed]));
});

describe('a province of hundreds of counters', () => {
  const PROVINCE: Scale = { devices: { from: 200, to: 200 }, troubleMs: 240_000, actEveryMs: 20_000, disasterEveryMs: 2_000 };
  it('keeps every promise in a long life', () => expectNoFailure([1], PROVINCE), 300_000);
});

describe('the simulation', () => {
  it('lives the same life from the same seed', async () => {
    const bug: Scale = { ...SMALL, deviceBug: 'forgets-used-numbers' };
    const [one] = await simulate([1], bug);
    const [other] = await simulate([3, 2, 1], bug);
    expect(one).toBeDefined();
    expect(await simulate([1], bug)).toEqual([one]);
    expect(other).toBeDefined();
    expect(await traceOf(1, bug)).toBe(await traceOf(1, bug));
  });
});
