import { describe, expect, it } from 'vitest';
import { instantOf } from '../../shared/lib/time.ts';
import { monthAfter, monthAt, monthOf, monthsAhead, monthsBetween } from './months.ts';

describe('the month of an entry', () => {
  it('turns at midnight at the counter, not in Greenwich', () => {
    const turn = instantOf('2026-12-01', '00:00');
    expect(monthAt(turn - 1)).toBe('2026-11-01');
    expect(monthAt(turn)).toBe('2026-12-01');
    expect(new Date(turn).toISOString()).toBe('2026-11-30T17:00:00.000Z');
  });
  it('is when the dossier was accepted, if it says one', () => {
    const entry = { atMs: instantOf('2026-12-01', '08:00') };
    expect(monthOf(entry, instantOf('2026-11-30', '16:59'))).toBe('2026-11-01');
    expect(monthOf(entry, null)).toBe('2026-12-01');
  });
  it('is a date PostgreSQL can hold whatever a clock says, and never an earlier one for a later moment', () => {
    const moments = [0, 1, 631_152_000_000, 1_795_000_000_000, 7_000_000_000_000, 7_258_118_400_000, 253_402_300_800_000, Number.MAX_SAFE_INTEGER];
    const months = moments.map(monthAt);
    expect(months).toEqual([...months].sort());
    for (const month of months) expect(month).toMatch(/^(19|20|21|22)\d\d-(0[1-9]|1[0-2])-01$/u);
  });
});

describe('months in a row', () => {
  it('go over the year’s end, either way', () => {
    expect(monthAfter('2026-12-01')).toBe('2027-01-01');
    expect(monthAfter('2026-01-01', -1)).toBe('2025-12-01');
    expect(monthsBetween('2026-11-01', '2027-01-01')).toEqual(['2026-11-01', '2026-12-01', '2027-01-01']);
    expect(monthsBetween('2027-01-01', '2026-11-01')).toEqual([]);
    expect(monthsAhead(['2026-12-01', '2027-01-01', '2027-03-01'], '2026-11-01')).toBe(2);
    expect(monthsAhead(['2026-11-01'], '2026-11-01')).toBe(0);
  });
});
