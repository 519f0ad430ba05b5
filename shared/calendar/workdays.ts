/** Which days and which hours an office works, by its holiday table. */
import type { Calendar } from '../catalogue/catalogue.ts';
import type { PlainDate } from '../lib/time.ts';
import { addDays, isWeekend } from './dates.ts';

/** Minutes from midnight at the counter. */
export type Session = { from: number; to: number };

export type Workdays = {
  isWorkingDay(date: PlainDate): boolean;
  /** The first working day after a date. */
  next(date: PlainDate): PlainDate;
  /** Id of the public holiday or swap that makes a Monday to Friday a day off. */
  holidayOn(date: PlainDate): string | undefined;
  isWorkedWeekend(date: PlainDate): boolean;
  sessions: readonly Session[];
  opensAt: number;
  closesAt: number;
};

export const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** A date listed both as a holiday and as a worked weekend is off: a promise is better late than broken. */
export function workdaysOf(calendar: Calendar): Workdays {
  const holidays = new Map(calendar.holidays.map(({ date, id }) => [date, id]));
  const workedWeekends = new Set(calendar.workedWeekends.map(({ date }) => date));
  const sessions = calendar.workingHours.map(({ from, to }) => ({ from: minuteOf(from), to: minuteOf(to) }));

  const isWorkingDay = (date: PlainDate): boolean => !holidays.has(date) && (!isWeekend(date) || workedWeekends.has(date));
  const next = (date: PlainDate): PlainDate => {
    let day = addDays(date, 1);
    while (!isWorkingDay(day)) day = addDays(day, 1);
    return day;
  };
  return {
    isWorkingDay,
    next,
    holidayOn: (date) => (isWeekend(date) ? undefined : holidays.get(date)),
    isWorkedWeekend: (date) => isWeekend(date) && isWorkingDay(date),
    sessions,
    opensAt: sessions[0]?.from ?? 0,
    closesAt: sessions.at(-1)?.to ?? 24 * 60,
  };
}
