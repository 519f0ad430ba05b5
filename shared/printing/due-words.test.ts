import { describe, expect, it } from 'vitest';
import type { DueRule } from '../dossiers/dossier.ts';
import { dueRuleWords } from './due-words.ts';
import { paperWords } from './paper-words.ts';

const rule = (change: Partial<DueRule>): DueRule => ({
  limit: { amount: 5, unit: 'working-days' },
  extraDaysByArea: 0,
  skippedHolidays: [],
  calendarVersion: 'v',
  ...change,
});
const vi = (change: Partial<DueRule>): string => dueRuleWords(rule(change), paperWords('vi'));

describe('dueRuleWords', () => {
  it('says the limit in its unit', () => {
    expect(vi({})).toBe('05 ngày làm việc');
    expect(vi({ limit: { amount: 0, unit: 'working-days' } })).toBe('Trong ngày làm việc');
    expect(vi({ limit: { amount: 0.5, unit: 'months' } })).toBe('0,5 tháng');
    expect(vi({ limit: { amount: 12, unit: 'working-hours' } })).toBe('12 giờ làm việc');
  });
  it('says all that moved the date', () => {
    expect(vi({ cutoff: '15:00', extraDaysByArea: 10, extraUnit: 'days', excluded: [{ name: 'thời gian niêm yết', amount: 30, unit: 'days' }] })).toBe(
      '05 ngày làm việc; cộng 10 ngày theo địa bàn; không tính thời gian niêm yết (30 ngày); hồ sơ đến sau 15:00 tính từ ngày làm việc kế tiếp',
    );
  });
  it('joins holidays that follow each other', () => {
    const skippedHolidays = ['2026-02-18', '2026-02-16', '2026-02-17', '2026-04-30'].map((date) => ({ date, holiday: 'x' }));
    expect(vi({ skippedHolidays })).toBe('05 ngày làm việc; không tính ngày nghỉ 16/02/2026–18/02/2026, 30/04/2026');
  });
  it('has every word in both languages', () => {
    for (const unit of ['working-hours', 'working-days', 'days', 'months'] as const) {
      for (const language of ['vi', 'en'] as const)
        expect(dueRuleWords(rule({ limit: { amount: 2, unit }, cutoff: '15:00' }), paperWords(language))).not.toContain('due.');
    }
  });
});
