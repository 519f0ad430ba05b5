import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance } from './edit-distance.ts';

/** The definition, recursively. */
function slowly(one: string, other: string): number {
  if (one === '' || other === '') return one.length + other.length;
  const same = one.at(-1) === other.at(-1) ? 0 : 1;
  const ways = [slowly(one.slice(0, -1), other) + 1, slowly(one, other.slice(0, -1)) + 1, slowly(one.slice(0, -1), other.slice(0, -1)) + same];
  if (one.length > 1 && other.length > 1 && one.at(-1) === other.at(-2) && one.at(-2) === other.at(-1))
    ways.push(slowly(one.slice(0, -2), other.slice(0, -2)) + 1);
  return Math.min(...ways);
}

describe('editDistance', () => {
  it.each([
    ['khai', 'khai', 0],
    ['khai', 'kahi', 1],
    ['khai', 'kha', 1],
    ['khai', 'khaii', 1],
    ['khai', 'khao', 1],
    ['sinh', 'tinh', 1],
    ['nghiep', 'ngheip', 1],
    ['nghiep', 'nhgeip', 2],
    ['', 'ab', 2],
    ['x'.repeat(65), 'x'.repeat(64), 3],
  ])('%s, %s: %i', (one, other, distance) => expect(editDistance(one, other, 2)).toBe(distance));

  it('agrees with the definition up to the limit', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(word, word, fc.nat(3), (one, other, limit) => editDistance(one, other, limit) === Math.min(slowly(one, other), limit + 1)),
      { numRuns: 1000 },
    );
  });
});
