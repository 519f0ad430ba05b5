import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allOf, encodePostings, intersect, mergePostings, ranksOf, type Postings } from './postings.ts';

const rank = fc.integer({ min: 0, max: 2 ** 45 });
const ascending = fc.uniqueArray(rank, { minLength: 1, maxLength: 40 }).map((ranks) => ranks.sort((a, b) => a - b));
/** Most of a stretch, as the rows of a frequent name. */
const dense = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 45 }), fc.uniqueArray(fc.integer({ min: 0, max: 160 }), { minLength: 60, maxLength: 160 }))
  .map(([from, offsets]) => offsets.sort((a, b) => a - b).map((offset) => from + offset));
const token = fc.integer({ min: 0, max: 2 ** 40 - 1 });
const postings: fc.Arbitrary<Postings> = fc
  .uniqueArray(fc.tuple(token, fc.oneof(ascending, dense)), { selector: ([id]) => id, maxLength: 20 })
  .map((lists) => new Map(lists));

describe('postings', () => {
  it('come back as they went in, whatever their size', () => {
    fc.assert(
      fc.property(postings, token, (lists, other) => {
        const bytes = encodePostings(lists);
        for (const [id, ranks] of lists) expect(allOf(ranksOf(bytes, id))).toEqual(ranks);
        if (!lists.has(other)) expect(allOf(ranksOf(bytes, other))).toEqual([]);
        expect(mergePostings([bytes])).toEqual(lists);
      }),
    );
  });

  it('merge to the union, ascending', () => {
    fc.assert(
      fc.property(fc.array(postings, { maxLength: 5 }), (parts) => {
        const merged = mergePostings(parts.map(encodePostings));
        for (const [id, ranks] of merged) expect([...ranks]).toEqual(parts.flatMap((part) => part.get(id) ?? []).sort((a, b) => a - b));
        expect(merged.size).toBe(new Set(parts.flatMap((part) => [...part.keys()])).size);
      }),
    );
  });

  it('intersect, within bounds and no further than wanted', () => {
    const lists = fc.array(fc.oneof(ascending, dense), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(lists, fc.oneof(ascending, dense), fc.nat(20), fc.nat(60), (some, common, skipped, atMost) => {
        const all = some.map((list) => [...new Set([...list, ...common])].sort((a, b) => a - b));
        const read = all.map((ranks) => ranksOf(encodePostings(new Map([[7, ranks]])), 7));
        const [low, high] = [common[skipped] ?? 0, common.at(-1) ?? 0];
        const inAll = (all[0] ?? []).filter((one) => one >= low && one <= high && all.every((list) => list.includes(one)));
        expect(intersect(read, { low, high, atMost })).toEqual(inAll.slice(0, atMost));
      }),
    );
  });

  it('that were cut short are no postings', () => {
    const bytes = encodePostings(new Map([[7, [1, 300]]]));
    expect(() => ranksOf(bytes.subarray(0, bytes.length - 1), 7)).toThrow(RangeError);
  });

  it('take a bit a row where many rows have a token', () => {
    const ranks = Array.from({ length: 10_000 }, (_, at) => 4_000_000_000 + at * 2);
    expect(encodePostings(new Map([[7, ranks]])).length).toBeLessThan(10_000 / 4 + 20);
  });
});
