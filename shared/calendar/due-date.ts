/** The due date (ngày hẹn trả) of a dossier and the rule that gave it. */
import type { Calendar, Duration, TimeLimit } from '../catalogue/catalogue.ts';
import type { DueRule } from '../dossiers/dossier.ts';
import { DAY_MS, dateAt, instantOf, type PlainDate } from '../lib/time.ts';
import { addDays, addMonths } from './dates.ts';
import { minuteOf, workdaysOf, type Workdays } from './workdays.ts';

export type DueDateInput = {
  /** Instant of acceptance; only its minute counts, so that the receipt, printed to the minute, can be recomputed. */
  acceptedAtMs: number;
  timeLimit: TimeLimit;
  areaClass?: string | undefined;
  calendar: Calendar;
};

export type DueDate = {
  dueAtMs: number;
  rule: DueRule;
  /** The count left the years the holiday table is complete for: shown as provisional. */
  beyondCalendar: boolean;
};

/** A point of the count; `minute` is from midnight at the counter. */
type Moment = { date: PlainDate; minute: number };

const MINUTE_MS = 60_000;
const VIETNAM_OFFSET_MS = 7 * 60 * MINUTE_MS;

/**
 * Null when the law sets no limit that can be computed (set by an approved project).
 *
 * - The day of acceptance is not counted (Bộ luật Dân sự 2015 art. 147.2). What is accepted on a day off, after closing
 *   or after the cut-off hour counts as accepted at the opening of the next working day; before opening, as at opening.
 * - Working days skip weekends and holidays and include worked weekends; calendar days and months skip nothing, but an
 *   end on a day off moves to the next working day (art. 148.5); a month ends on the same day or the month's last (art. 148.3).
 * - A result is due when the office closes on the due day; a limit in working hours, or in a fraction of a working day,
 *   is due at the minute at which that much working time has passed.
 * - Of a published range the longer end is promised. Excluded periods pass first, then the limit, then days added by area.
 */
export function computeDueDate({ acceptedAtMs, timeLimit, areaClass, calendar }: DueDateInput): DueDate | null {
  if (timeLimit.limit === null) return null;
  const limit = timeLimit.upTo ?? timeLimit.limit;
  const extra = timeLimit.extraByArea.find((entry) => entry.areaClass === areaClass)?.extra;
  const sameUnit = extra === undefined || extra.unit === limit.unit;

  const workdays = workdaysOf(calendar);
  const passed = new Passed(workdays);
  const accepted = momentAt(acceptedAtMs);
  const start = startOfCount(accepted, timeLimit.cutoff, workdays, passed);

  let moment = start.moment;
  for (const { duration } of timeLimit.excludes) moment = advance(moment, duration, workdays, passed);
  moment = advance(moment, sameUnit ? { ...limit, amount: limit.amount + (extra?.amount ?? 0) } : limit, workdays, passed);
  if (extra !== undefined && !sameUnit) moment = advance(moment, extra, workdays, passed);
  if (!workdays.isWorkingDay(moment.date)) moment = { date: passed.nextWorkingDay(moment.date), minute: workdays.closesAt };

  const covered = new Set(calendar.yearsCovered);
  return {
    dueAtMs: instantOf(moment.date, '00:00') + moment.minute * MINUTE_MS,
    beyondCalendar: yearsBetween(accepted.date, moment.date).some((year) => !covered.has(year)),
    rule: {
      limit,
      extraDaysByArea: extra?.amount ?? 0,
      ...(sameUnit ? {} : { extraUnit: extra.unit }),
      ...(timeLimit.excludes.length === 0 ? {} : { excluded: timeLimit.excludes.map(({ name, duration }) => ({ name, ...duration })) }),
      ...(start.cutoff === undefined ? {} : { cutoff: start.cutoff }),
      skippedHolidays: passed.skippedHolidays,
      ...(passed.workedWeekends.length === 0 ? {} : { workedWeekends: passed.workedWeekends }),
      calendarVersion: calendar.version,
    },
  };
}

/** What a walk over working days must tell on the receipt. */
class Passed {
  readonly skippedHolidays: DueRule['skippedHolidays'] = [];
  readonly workedWeekends: PlainDate[] = [];

  readonly #workdays: Workdays;

  constructor(workdays: Workdays) {
    this.#workdays = workdays;
  }

  nextWorkingDay(from: PlainDate): PlainDate {
    const to = this.#workdays.next(from);
    for (let date = addDays(from, 1); date < to; date = addDays(date, 1)) {
      const holiday = this.#workdays.holidayOn(date);
      if (holiday !== undefined) this.skippedHolidays.push({ date, holiday });
    }
    if (this.#workdays.isWorkedWeekend(to)) this.workedWeekends.push(to);
    return to;
  }
}

const momentAt = (atMs: number): Moment => ({ date: dateAt(atMs), minute: Math.floor(((atMs + VIETNAM_OFFSET_MS) % DAY_MS) / MINUTE_MS) });

function startOfCount(accepted: Moment, cutoff: string | undefined, workdays: Workdays, passed: Passed): { moment: Moment; cutoff?: string } {
  if (workdays.isWorkingDay(accepted.date)) {
    const afterCutoff = cutoff !== undefined && accepted.minute > minuteOf(cutoff);
    if (!afterCutoff && accepted.minute <= workdays.closesAt) return { moment: { date: accepted.date, minute: Math.max(accepted.minute, workdays.opensAt) } };
    return { moment: { date: passed.nextWorkingDay(accepted.date), minute: workdays.opensAt }, ...(afterCutoff ? { cutoff } : {}) };
  }
  return { moment: { date: passed.nextWorkingDay(accepted.date), minute: workdays.opensAt } };
}

function advance(from: Moment, { amount, unit }: Duration, workdays: Workdays, passed: Passed): Moment {
  const closing = (date: PlainDate): Moment => ({ date, minute: workdays.closesAt });
  switch (unit) {
    case 'working-hours':
      return work(from, Math.round(amount * 60), workdays, passed);
    case 'working-days': {
      if (!Number.isInteger(amount)) return work(from, Math.round(amount * minutesADay(workdays)), workdays, passed);
      let date = from.date;
      for (let counted = 0; counted < amount; counted++) date = passed.nextWorkingDay(date);
      return closing(date);
    }
    case 'days':
      return closing(addDays(from.date, Math.ceil(amount)));
    case 'months': {
      const whole = Math.floor(amount);
      // Half a month is fifteen days (Bộ luật Dân sự 2015 art. 146.1.d); other fractions follow from a month of thirty.
      return closing(addDays(addMonths(from.date, whole), Math.ceil((amount - whole) * 30)));
    }
  }
}

const minutesADay = (workdays: Workdays): number => workdays.sessions.reduce((total, { from, to }) => total + to - from, 0);

/** Lets working minutes pass. */
function work(from: Moment, minutes: number, workdays: Workdays, passed: Passed): Moment {
  let { date, minute } = from;
  let left = minutes;
  if (!workdays.isWorkingDay(date)) minute = 24 * 60;
  for (;;) {
    for (const session of workdays.sessions) {
      const begin = Math.max(minute, session.from);
      if (begin + left <= session.to) return { date, minute: begin + left };
      if (begin < session.to) left -= session.to - begin;
    }
    date = passed.nextWorkingDay(date);
    minute = 0;
  }
}

function yearsBetween(from: PlainDate, to: PlainDate): number[] {
  const first = Number(from.slice(0, 4));
  return Array.from({ length: Number(to.slice(0, 4)) - first + 1 }, (_, offset) => first + offset);
}
