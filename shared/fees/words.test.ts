import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountInWords } from './words.ts';

describe('amountInWords', () => {
  it.each([
    [0, 'Không đồng'],
    [1, 'Một đồng'],
    [10, 'Mười đồng'],
    [11, 'Mười một đồng'],
    [15, 'Mười lăm đồng'],
    [20, 'Hai mươi đồng'],
    [21, 'Hai mươi mốt đồng'],
    [24, 'Hai mươi tư đồng'],
    [25, 'Hai mươi lăm đồng'],
    [101, 'Một trăm lẻ một đồng'],
    [105, 'Một trăm lẻ năm đồng'],
    [110, 'Một trăm mười đồng'],
    [111, 'Một trăm mười một đồng'],
    [555, 'Năm trăm năm mươi lăm đồng'],
    [1_000, 'Một nghìn đồng'],
    [1_001, 'Một nghìn không trăm lẻ một đồng'],
    [1_010, 'Một nghìn không trăm mười đồng'],
    [8_000, 'Tám nghìn đồng'],
    [10_500, 'Mười nghìn năm trăm đồng'],
    [313_500, 'Ba trăm mười ba nghìn năm trăm đồng'],
    [1_250_000, 'Một triệu hai trăm năm mươi nghìn đồng'],
    [1_000_005, 'Một triệu không trăm lẻ năm đồng'],
    [1_021_000, 'Một triệu không trăm hai mươi mốt nghìn đồng'],
    [1_000_000_000, 'Một tỷ đồng'],
    [1_500_000_000, 'Một tỷ năm trăm triệu đồng'],
    [2_000_000_000_000, 'Hai nghìn tỷ đồng'],
    [1_234_567_891_011, 'Một nghìn hai trăm ba mươi tư tỷ năm trăm sáu mươi bảy triệu tám trăm chín mươi mốt nghìn không trăm mười một đồng'],
  ])('%i', (amount, words) => expect(amountInWords(amount)).toBe(words));

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %s', (amount) => {
    expect(() => amountInWords(amount)).toThrow(RangeError);
  });

  it('reads back to the figure', () => {
    const digits: Record<string, number> = { không: 0, một: 1, mốt: 1, hai: 2, ba: 3, bốn: 4, tư: 4, năm: 5, lăm: 5, sáu: 6, bảy: 7, tám: 8, chín: 9 };
    const read = (words: string): number => {
      let total = 0;
      let group = 0;
      let digit = 0;
      for (const word of words
        .toLowerCase()
        .replace(/ đồng$/u, '')
        .split(' ')) {
        if (word in digits) digit = digits[word] ?? 0;
        else if (word === 'mười') [group, digit] = [group + 10, 0];
        else if (word === 'mươi') [group, digit] = [group + digit * 10, 0];
        else if (word === 'trăm') [group, digit] = [group + digit * 100, 0];
        else if (word === 'nghìn') [total, group, digit] = [total + (group + digit) * 1e3, 0, 0];
        else if (word === 'triệu') [total, group, digit] = [total + (group + digit) * 1e6, 0, 0];
        else if (word === 'tỷ') [total, group, digit] = [(total + group + digit) * 1e9, 0, 0];
        else if (word !== 'lẻ') throw new Error(`unknown word ${word}`);
      }
      return total + group + digit;
    };
    fc.assert(
      fc.property(fc.oneof(fc.nat(3000), fc.nat(2_000_000_000), fc.integer({ min: 0, max: 999_999_999_999_999 })), (amount) => {
        const words = amountInWords(amount);
        expect(read(words)).toBe(amount);
        expect(words).not.toMatch(/ {2}|mươi một|mươi năm|mười lẻ/u);
        expect(words.normalize('NFC')).toBe(words);
      }),
      { numRuns: 2000 },
    );
  });
});
