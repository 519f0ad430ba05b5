/** Arithmetic on the counter's calendar dates; the functional half of Temporal keeps the bundle small. */
import * as Iso from 'temporal-polyfill/fns/PlainDate';
import { DAY_MS, type PlainDate } from '../lib/time.ts';

const record = (date: PlainDate) => Iso.create(Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10)));

export const addDays = (date: PlainDate, days: number): PlainDate => Iso.toString(Iso.addDays(record(date), days));

/** The same day of a later month, or that month's last day where it has no such day (Bộ luật Dân sự 2015 art. 148.3). */
export const addMonths = (date: PlainDate, months: number): PlainDate => Iso.toString(Iso.addMonths(record(date), months));

/** Days from one date to another, negative when `to` is the earlier. */
export const daysBetween = (from: PlainDate, to: PlainDate): number => (Date.parse(to) - Date.parse(from)) / DAY_MS;

export const isWeekend = (date: PlainDate): boolean => Iso.dayOfWeek(record(date)) >= 6;

/** Whether year, month and day name a day that exists, e.g. not 29/2/2025. */
export function dateOf(year: number, month: number, day: number): PlainDate | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  const exists = year >= 1000 && year <= 9999 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.toISOString().slice(0, 10) : null;
}
