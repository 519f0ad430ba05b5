import { describe, expect, it } from 'vitest';
import { firstGap } from './number-gap.ts';

describe('the next range of numbers', () => {
  it('starts at one', () => expect(firstGap([], 100)).toBe(1));
  it('follows what is taken', () => expect(firstGap([{ first: 1, last: 100 }], 100)).toBe(101));
  it('fills a gap that is wide enough', () =>
    expect(
      firstGap(
        [
          { first: 1, last: 100 },
          { first: 201, last: 300 },
        ],
        100,
      ),
    ).toBe(101));
  it('passes over a gap that is one too narrow', () =>
    expect(
      firstGap(
        [
          { first: 1, last: 100 },
          { first: 200, last: 300 },
        ],
        100,
      ),
    ).toBe(301));
  it('reaches the last number and not beyond', () => {
    expect(firstGap([{ first: 1, last: 9899 }], 100)).toBe(9900);
    expect(firstGap([{ first: 1, last: 9900 }], 100)).toBeUndefined();
  });
});
