/** Holds what a card says against what is typed, field by field. */
import { tidy } from '../lib/fold.ts';
import type { CccdCard, CccdField } from './cccd.ts';

export type CardLine = { field: CccdField; typed: string; card: string; isSame: boolean };

/** As they stand on the card's front. */
const ORDER: readonly CccdField[] = ['idNumber', 'oldIdNumber', 'fullName', 'dateOfBirth', 'sex', 'residence', 'idIssuedOn'];

const same = (a: string, b: string): boolean => tidy(a).toLocaleLowerCase('vi') === tidy(b).toLocaleLowerCase('vi');

/** The fields the card holds, in its own order; the case of letters and doubled spaces make no difference, a diacritic does. */
export const compareCard = (card: CccdCard, typed: Readonly<Record<string, string | undefined>>): CardLine[] =>
  ORDER.flatMap((field) => {
    const value = card[field];
    if (value === undefined) return [];
    const before = typed[field] ?? '';
    return [{ field, typed: before, card: value, isSame: same(before, value) }];
  });

/** Whether anything typed would be lost by taking the card as a whole. */
export const contradicts = (lines: readonly CardLine[]): boolean => lines.some(({ typed, isSame }) => typed.trim() !== '' && !isSame);
