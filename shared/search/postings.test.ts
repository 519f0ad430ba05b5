import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePostings, intersect, mergePostings, ranksOf, type Postings } from './postings.ts';

const rank = fc.integer({ min: 0, max: 2 ** 45 });
const ascending = fc.uniqueArray(rank, { minLength: 1, maxLength: 40 }).map((ranks) => ranks.sort((a, b) => a - b));
const token = fc.integer({ min: 0, max: 2 ** 40 - 1 });
const postings: fc.Arbitrary<Postings> = fc.uniqueArray(fc.tuple(token, ascending), { selector: ([id]) => id, maxLength: 20 }).map((lists) => new Map(lists));

describe('postings', () => {
  it('come back as they went in, whatever their size', () => {
    fc.assert(
      fc.property(postings, token, (lists, other) => {
        const bytes = encodePostings(lists);
        for (const [id, ranks] of lists) expect(ranksOf(bytes, id)).toEqual(ranks);
        if (!lists.has(other)) expect(ranksOf(bytes, other)).toEqual([]);
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

  it('intersect', () => {
    fc.assert(
      fc.property(fc.array(ascending, { minLength: 1, maxLength: 4 }), ascending, (lists, common) => {
        const all = lists.map((list) => [...new Set([...list, ...common])].sort((a, b) => a - b));
        expect(intersect(all)).toEqual((all[0] ?? []).filter((one) => all.every((list) => list.includes(one))));
      }),
    );
  });

  it('that were cut short are no postings', () => {
    const bytes = encodePostings(new Map([[7, [1, 300]]]));
    expect(() => ranksOf(bytes.subarray(0, bytes.length - 1), 7)).toThrow(RangeError);
  });
});
