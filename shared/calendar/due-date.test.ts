import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarSchema, timeLimitSchema, type Calendar, type Duration } from '../catalogue/catalogue.ts';
import { dueRuleSchema } from '../dossiers/dossier.ts';
import { instantOf } from '../lib/time.ts';
import { computeDueDate } from './due-date.ts';
import { vietnamCalendar } from './vietnam.ts';

type Limit = Parameters<typeof timeLimitSchema.parse>[0] & object;
const at = (text: string) => instantOf(text.slice(0, 10), text.slice(11, 16));
const local = (atMs: number) => new Date(atMs + 7 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
const duration = (text: string): Duration => ({ amount: Number.parseFloat(text), unit: text.replace(/^[\d.]+ /u, '') as Duration['unit'] });

function due(accepted: string, limit: string, over: Limit = {}, areaClass?: string, calendar: Calendar = vietnamCalendar) {
  const timeLimit = timeLimitSchema.parse({ limit: duration(limit), ...over });
  const answer = computeDueDate({ acceptedAtMs: at(accepted), timeLimit, areaClass, calendar });
  if (answer === null) throw new Error('no due date');
  dueRuleSchema.parse(answer.rule);
  return { ...answer, local: local(answer.dueAtMs) };
}

describe('computeDueDate', () => {
  it.each<[string, string, string, Limit, string]>([
    // accepted, limit, why
    ['within the working day', '2026-06-10 09:00', '0 working-days', {}, '2026-06-10 17:00'],
    ['five working days over a weekend', '2026-06-10 09:00', '5 working-days', {}, '2026-06-17 17:00'],
    ['over Tết', '2026-02-13 09:00', '3 working-days', {}, '2026-02-25 17:00'],
    ['over 30/4 and 1/5', '2026-04-29 09:00', '1 working-days', {}, '2026-05-04 17:00'],
    ['over the Monday in lieu of Hùng Kings', '2026-04-24 09:00', '1 working-days', {}, '2026-04-28 17:00'],
    ['a swapped Friday is off, its Saturday is worked', '2025-12-31 09:00', '2 working-days', {}, '2026-01-06 17:00'],
    ['a worked Saturday counts', '2026-01-08 09:00', '2 working-days', {}, '2026-01-10 17:00'],
    ['accepted on a worked Saturday', '2026-01-10 09:00', '1 working-days', {}, '2026-01-12 17:00'],
    ['over the swap of Quốc khánh', '2026-08-28 09:00', '1 working-days', {}, '2026-09-03 17:00'],
    ['over the new year of 2027', '2026-12-31 09:00', '1 working-days', {}, '2027-01-04 17:00'],

    ['at 15:00 sharp: still today', '2026-06-10 15:00', '0 working-days', { cutoff: '15:00' }, '2026-06-10 17:00'],
    ['at 15:01: next working day', '2026-06-10 15:01', '0 working-days', { cutoff: '15:00' }, '2026-06-11 17:00'],
    ['after 15:00 on a Friday', '2026-06-12 15:30', '0 working-days', { cutoff: '15:00' }, '2026-06-15 17:00'],
    ['after the cut-off the days count from the next', '2026-06-10 15:30', '2 working-days', { cutoff: '15:00' }, '2026-06-15 17:00'],
    ['after closing the day moves once, not twice', '2026-06-10 18:00', '0 working-days', { cutoff: '15:00' }, '2026-06-11 17:00'],

    ['before opening', '2026-06-10 06:00', '0 working-days', {}, '2026-06-10 17:00'],
    ['at closing time', '2026-06-10 17:00', '0 working-days', {}, '2026-06-10 17:00'],
    ['after closing', '2026-06-10 17:01', '0 working-days', {}, '2026-06-11 17:00'],
    ['on a Saturday', '2026-06-13 09:00', '1 working-days', {}, '2026-06-16 17:00'],
    ['on a holiday', '2026-02-17 09:00', '0 working-days', {}, '2026-02-23 17:00'],

    ['calendar days', '2026-06-10 09:00', '6 days', {}, '2026-06-16 17:00'],
    ['calendar days ending on a Saturday', '2026-06-10 09:00', '10 days', {}, '2026-06-22 17:00'],
    ['calendar days ending in Tết', '2026-02-10 09:00', '7 days', {}, '2026-02-23 17:00'],
    ['calendar days passing Tết', '2026-02-10 09:00', '14 days', {}, '2026-02-24 17:00'],
    ['calendar days ending on a worked Saturday', '2026-01-05 09:00', '5 days', {}, '2026-01-10 17:00'],
    ['zero days on a working day', '2026-06-10 09:00', '0 days', {}, '2026-06-10 17:00'],

    ['a month', '2026-06-10 09:00', '1 months', {}, '2026-07-10 17:00'],
    ['a month from the 31st', '2026-03-31 09:00', '1 months', {}, '2026-05-04 17:00'],
    ['a month ending on a Sunday', '2026-07-16 09:00', '1 months', {}, '2026-08-17 17:00'],
    ['to the end of a short month', '2027-08-31 09:00', '1 months', {}, '2027-09-30 17:00'],
    ['half a month', '2026-06-10 09:00', '0.5 months', {}, '2026-06-25 17:00'],

    ['working hours within a morning', '2026-06-10 08:00', '2 working-hours', {}, '2026-06-10 10:00'],
    ['working hours over lunch', '2026-06-10 10:30', '2 working-hours', {}, '2026-06-10 14:30'],
    ['accepted at lunch', '2026-06-10 12:00', '1 working-hours', {}, '2026-06-10 14:30'],
    ['before opening the hours run from opening', '2026-06-10 06:00', '1 working-hours', {}, '2026-06-10 08:30'],
    ['working hours overnight', '2026-06-10 16:00', '2 working-hours', {}, '2026-06-11 08:30'],
    ['working hours over a weekend', '2026-06-12 16:00', '2 working-hours', {}, '2026-06-15 08:30'],
    ['ending at closing time, not at opening', '2026-06-10 07:30', '7.5 working-hours', {}, '2026-06-10 17:00'],
    ['half an hour', '2026-06-10 08:00', '0.5 working-hours', {}, '2026-06-10 08:30'],
    ['hours after the cut-off', '2026-06-10 15:30', '2 working-hours', { cutoff: '15:00' }, '2026-06-11 09:30'],
    ['half a working day', '2026-06-10 07:30', '0.5 working-days', {}, '2026-06-10 11:15'],

    ['the longer end of a range', '2026-06-10 09:00', '5 working-days', { upTo: { amount: 10, unit: 'working-days' } }, '2026-06-24 17:00'],
    [
      '30 days of notice do not count',
      '2026-06-10 09:00',
      '8 working-days',
      { excludes: [{ id: 'notice', name: 'Niêm yết', duration: { amount: 30, unit: 'days' } }] },
      '2026-07-22 17:00',
    ],
    [
      'an extension is not promised',
      '2026-06-10 09:00',
      '0 working-days',
      { extension: { limit: { amount: 3, unit: 'days' }, ground: 'Lý do chính đáng' } },
      '2026-06-10 17:00',
    ],
  ])('%s', (_name, accepted, limit, over, expected) => {
    expect(due(accepted, limit, over).local).toBe(expected);
  });

  const byArea = {
    extraByArea: [
      { areaClass: 'remote', extra: { amount: 10, unit: 'days' } },
      { areaClass: 'island', extra: { amount: 2, unit: 'working-days' } },
    ],
  };
  it('adds days in the area only', () => {
    expect(due('2026-06-10 09:00', '20 days', byArea).local).toBe('2026-06-30 17:00');
    const remote = due('2026-06-10 09:00', '20 days', byArea, 'remote');
    expect(remote.local).toBe('2026-07-10 17:00');
    expect(remote.rule).toMatchObject({ limit: { amount: 20, unit: 'days' }, extraDaysByArea: 10 });
    expect(remote.rule.extraUnit).toBeUndefined();
    const island = due('2026-06-10 09:00', '20 days', byArea, 'island');
    expect(island.local).toBe('2026-07-02 17:00');
    expect(island.rule).toMatchObject({ extraDaysByArea: 2, extraUnit: 'working-days' });
  });

  it('has no date where an approved project sets the time', () => {
    const timeLimit = timeLimitSchema.parse({ limit: null, upTo: { amount: 3, unit: 'days' } });
    expect(computeDueDate({ acceptedAtMs: at('2026-06-10 09:00'), timeLimit, calendar: vietnamCalendar })).toBeNull();
  });

  it('names every weekday holiday passed over, and nothing else', () => {
    expect(due('2026-04-24 09:00', '5 working-days').rule.skippedHolidays).toEqual([
      { date: '2026-04-27', holiday: 'hung-kings' },
      { date: '2026-04-30', holiday: 'reunification' },
      { date: '2026-05-01', holiday: 'labour' },
    ]);
    expect(due('2026-02-10 09:00', '14 days').rule.skippedHolidays).toEqual([]);
    expect(due('2026-02-10 09:00', '9 days').rule.skippedHolidays.map(({ date }) => date)).toEqual(['2026-02-20']);
    expect(due('2026-02-17 09:00', '0 working-days').rule.skippedHolidays.map(({ date }) => date)).toEqual(['2026-02-18', '2026-02-19', '2026-02-20']);
  });

  it('says the cut-off only when it moved the count', () => {
    expect(due('2026-06-10 15:01', '0 working-days', { cutoff: '15:00' }).rule.cutoff).toBe('15:00');
    expect(due('2026-06-10 14:59', '0 working-days', { cutoff: '15:00' }).rule.cutoff).toBeUndefined();
    expect(due('2026-06-13 16:00', '0 working-days', { cutoff: '15:00' }).rule.cutoff).toBeUndefined();
  });

  it('reads the clock to the minute, as the receipt prints it', () => {
    const timeLimit = timeLimitSchema.parse({ limit: { amount: 0, unit: 'working-days' }, cutoff: '15:00' });
    const answer = computeDueDate({ acceptedAtMs: at('2026-06-10 15:00') + 59_999, timeLimit, calendar: vietnamCalendar });
    expect(local(answer?.dueAtMs ?? 0)).toBe('2026-06-10 17:00');
  });

  it('says what else the hand needs: worked weekends and periods left out', () => {
    const rule = due('2026-01-09 09:00', '1 working-days', { excludes: [{ id: 'wait', name: 'Chờ', duration: { amount: 0, unit: 'days' } }] }).rule;
    expect(rule.workedWeekends).toEqual(['2026-01-10']);
    expect(rule.excluded).toEqual([{ name: 'Chờ', amount: 0, unit: 'days' }]);
    expect(rule.calendarVersion).toBe(vietnamCalendar.version);
  });

  it('flags a count that leaves the years of the table', () => {
    expect(due('2027-12-30 09:00', '1 working-days').beyondCalendar).toBe(false);
    expect(due('2027-12-30 09:00', '5 working-days').beyondCalendar).toBe(true);
    expect(due('2024-12-31 09:00', '5 working-days').beyondCalendar).toBe(true);
    expect(due('2027-06-01 09:00', '24 months').beyondCalendar).toBe(true);
  });
});

const DAY = 86_400_000;
const isOff = (date: string, calendar: Calendar) =>
  calendar.holidays.some((holiday) => holiday.date === date) ||
  ([0, 6].includes(new Date(date).getUTCDay()) && !calendar.workedWeekends.some((weekend) => weekend.date === date));
const isoAfter = (date: string, days: number) => new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);
const accepted = fc.integer({ min: at('2025-02-01 00:00') / 60_000, max: at('2027-10-01 00:00') / 60_000 }).map((minutes) => minutes * 60_000);

describe('computeDueDate against a slow model', () => {
  /** Everything is written as one flag per minute, then minutes are counted off one by one. */
  const inHours = (minute: number) => (minute >= 450 && minute < 690) || (minute >= 810 && minute < 1020);

  it('working hours: minute by minute', () => {
    fc.assert(
      fc.property(accepted, fc.integer({ min: 1, max: 80 }), (acceptedAtMs, quarters) => {
        let left = quarters * 15;
        let now = acceptedAtMs;
        while (left > 0) {
          const [date, time] = local(now).split(' ') as [string, string];
          if (!isOff(date, vietnamCalendar) && inHours(Number(time.slice(0, 2)) * 60 + Number(time.slice(3)))) left--;
          now += 60_000;
        }
        const timeLimit = timeLimitSchema.parse({ limit: { amount: quarters / 4, unit: 'working-hours' } });
        expect(local(computeDueDate({ acceptedAtMs, timeLimit, calendar: vietnamCalendar })?.dueAtMs ?? 0)).toBe(local(now));
      }),
      { numRuns: 150 },
    );
  });

  it('working days and calendar days: day by day, with random holidays, swaps and cut-offs', () => {
    const dates = (max: number) =>
      fc.array(
        fc.integer({ min: 0, max: 60 }).map((days) => isoAfter('2026-05-30', days)),
        { maxLength: max },
      );
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 * 1440 }),
        fc.nat(20),
        fc.constantFrom('working-days', 'days'),
        dates(12),
        dates(5),
        fc.boolean(),
        (minutes, amount, unit, holidays, weekends, hasCutoff) => {
          const calendar: Calendar = {
            ...vietnamCalendar,
            holidays: holidays.map((date) => ({ date, id: 'h', name: 'h' })),
            workedWeekends: weekends.map((date) => ({ date, name: 'w' })),
          };
          const acceptedAtMs = at('2026-06-01 00:00') + minutes * 60_000;
          const [date, time] = local(acceptedAtMs).split(' ') as [string, string];
          let day = date;
          if (!isOff(day, calendar) && (time > '17:00' || (hasCutoff && time > '15:00'))) day = isoAfter(day, 1);
          while (isOff(day, calendar)) day = isoAfter(day, 1);
          if (unit === 'days') day = isoAfter(day, amount);
          else for (let left = amount; left > 0;) if (!isOff((day = isoAfter(day, 1)), calendar)) left--;
          while (isOff(day, calendar)) day = isoAfter(day, 1);

          const timeLimit = timeLimitSchema.parse({ limit: { amount, unit }, ...(hasCutoff ? { cutoff: '15:00' } : {}) });
          const answer = computeDueDate({ acceptedAtMs, timeLimit, calendar });
          expect(local(answer?.dueAtMs ?? 0)).toBe(`${day} 17:00`);
          if (unit === 'working-days') {
            const skipped = new Set<string>();
            for (let passed = date; passed < day; passed = isoAfter(passed, 1))
              if (passed > date && isOff(passed, calendar) && ![0, 6].includes(new Date(passed).getUTCDay())) skipped.add(passed);
            expect(answer?.rule.skippedHolidays.map((holiday) => holiday.date)).toEqual([...skipped]);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('more time is never due earlier', () => {
    fc.assert(
      fc.property(accepted, fc.nat(40), fc.constantFrom('working-hours', 'working-days', 'days', 'months'), (acceptedAtMs, amount, unit) => {
        const dueAt = (more: number) =>
          computeDueDate({ acceptedAtMs, timeLimit: timeLimitSchema.parse({ limit: { amount: amount + more, unit } }), calendar: vietnamCalendar })?.dueAtMs ??
          0;
        expect(dueAt(1)).toBeGreaterThanOrEqual(dueAt(0));
        expect(dueAt(0)).toBeGreaterThanOrEqual(unit === 'working-hours' ? acceptedAtMs : 0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the table shipped', () => {
  const on = (date: string) => vietnamCalendar.holidays.find((holiday) => holiday.date === date)?.id;
  const isWeekday = (date: string) => ![0, 6].includes(new Date(date).getUTCDay());

  it('is a calendar by the schema', () => expect(calendarSchema.parse(vietnamCalendar)).toEqual(vietnamCalendar));

  it('holds each date once, in order, and each holiday of the Labour Code in every year', () => {
    const dates = vietnamCalendar.holidays.map(({ date }) => date);
    expect(dates).toEqual([...new Set(dates)].sort());
    for (const year of vietnamCalendar.yearsCovered) {
      const of = (id: string) => vietnamCalendar.holidays.filter((holiday) => holiday.id === id && holiday.date.startsWith(String(year)));
      expect(on(`${year}-01-01`)).toBe('new-year');
      expect(of('tet').filter(({ date }) => isWeekday(date))).toHaveLength(5);
      expect(of('hung-kings').filter(({ date }) => isWeekday(date))).toHaveLength(1);
      expect(on(`${year}-04-30`)).toBe('reunification');
      expect(on(`${year}-05-01`)).toBe('labour');
      expect(on(`${year}-09-02`)).toBe('national-day');
      expect(of('national-day')).toHaveLength(2);
    }
    expect([on('2025-11-24'), on('2026-11-24'), on('2027-11-24')]).toEqual([undefined, 'culture-day', 'culture-day']);
  });

  it('swaps a weekday for a weekend one to one', () => {
    const swapped = vietnamCalendar.holidays.filter(({ id }) => id === 'swap');
    expect(swapped.every(({ date }) => isWeekday(date))).toBe(true);
    expect(vietnamCalendar.workedWeekends.some(({ date }) => isWeekday(date))).toBe(false);
    expect(swapped).toHaveLength(vietnamCalendar.workedWeekends.length);
  });
});
