import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, addMonths, dateOf, daysBetween, isWeekend } from './dates.ts';

describe('dates', () => {
  it.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2028-01-31', 1, '2028-02-29'],
    ['2026-12-15', 1, '2027-01-15'],
    ['2026-05-31', 13, '2027-06-30'],
  ])('%s plus %i months is %s', (date, months, expected) => expect(addMonths(date, months)).toBe(expected));

  it('adds days as the sun does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: -400, max: 400 }), (from, days) => {
        const date = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);
        expect(addDays(date(from + 500), days)).toBe(date(from + 500 + days));
        expect(daysBetween(date(from), date(from + days + 400))).toBe(days + 400);
        expect(isWeekend(date(from))).toBe([0, 6].includes(new Date(date(from)).getUTCDay()));
      }),
    );
  });

  it.each([
    [2024, 2, 29, '2024-02-29'],
    [2025, 2, 29, null],
    [1900, 2, 29, null],
    [2025, 13, 1, null],
    [2025, 0, 1, null],
    [2025, 4, 31, null],
    [2025, 4, 0, null],
    [26, 4, 1, null],
  ])('%i-%i-%i', (year, month, day, expected) => expect(dateOf(year, month, day)).toBe(expected));
});
