/** How fast scans may leave at which hour, so that an office on a thin line can work: the rule, without a clock of its own. */
import { z } from 'zod';
import { timeOfDay, timeOfDayAt } from '../lib/hours.ts';
import { dateAt, DAY_MS, formatDateTime, instantOf } from '../lib/time.ts';

/** Slower than this even one chunk would outlive every time limit on its way (kbit/s). */
const SLOWEST_KBPS = 64;

const kbps = z.int().min(SLOWEST_KBPS).max(10_000_000);

/** By the office's own calendar days, Monday first (ISO 8601). */
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
type Weekday = (typeof weekdays)[number];
const isDistinct = (days: readonly Weekday[]): boolean => new Set(days).size === days.length;

export const scanHoursSchema = z.strictObject({
  /** All uploads of scans together, kbit/s (1,000 bit). Without it as fast as the line. */
  maxKbps: kbps.optional(),
  /**
   * Instead of `maxKbps` at these hours, over midnight too; of several at once the lowest. 0: none leaves then. `days`: those on
   * which the window begins, every day unless said.
   */
  windows: z
    .array(
      z
        .strictObject({
          from: timeOfDay,
          to: timeOfDay,
          maxKbps: kbps.or(z.literal(0)),
          days: z.array(z.enum(weekdays)).min(1).refine(isDistinct, { message: 'a day twice' }).optional(),
        })
        .refine(({ from, to }) => from !== to, { path: ['to'], message: 'must differ from the beginning' }),
    )
    .max(12)
    .default([]),
});
export type ScanHours = z.infer<typeof scanHoursSchema>;

/**
 * `kbps`: null as fast as the line, 0 not at all. `until`: when that changes, as `HH:mm` within a day and `DD/MM HH:mm` later on;
 * null when it never does.
 */
export type PaceNow = { kbps: number | null; until: string | null };

type Window = ScanHours['windows'][number];

/** 1970-01-01 was a Thursday. */
const weekdayOf = (ms: number): Weekday => weekdays[(Math.floor(instantOf(dateAt(ms), '12:00') / DAY_MS) + 3) % 7] as Weekday;

function isOpenAt({ from, to, days }: Window, ms: number): boolean {
  const time = timeOfDayAt(ms);
  const begins = (dayMs: number): boolean => days === undefined || days.includes(weekdayOf(dayMs));
  if (from < to) return from <= time && time < to && begins(ms);
  // Over midnight: the day on which it began counts.
  return (from <= time && begins(ms)) || (time < to && begins(ms - DAY_MS));
}

/** The rate alone, for whoever asks before every piece. */
export function kbpsAt({ maxKbps, windows }: ScanHours, ms: number): number | null {
  const open = windows.filter((window) => isOpenAt(window, ms)).map((window) => window.maxKbps);
  return open.length === 0 ? (maxKbps ?? null) : Math.min(...open);
}

/** A week and a day: whatever happens on some weekday happens within. */
const DAYS_AHEAD = 8;

export function paceAt(hours: ScanHours, nowMs: number): PaceNow {
  const now = kbpsAt(hours, nowMs);
  const times = [...new Set(hours.windows.flatMap(({ from, to }) => [from, to]))].sort();
  const days = times.length === 0 ? [] : Array.from({ length: DAYS_AHEAD }, (_, day) => dateAt(nowMs + day * DAY_MS));
  const turns = days.flatMap((date) => times.map((time) => instantOf(date, time))).filter((ms) => ms > nowMs);
  const until = turns.find((ms) => kbpsAt(hours, ms) !== now);
  return { kbps: now, until: until === undefined ? null : saidAt(until, nowMs) };
}

/** `DD/MM/YYYY HH:mm` without what a reader knows. */
function saidAt(ms: number, nowMs: number): string {
  const said = formatDateTime(ms);
  return ms - nowMs < DAY_MS ? said.slice(11) : `${said.slice(0, 5)} ${said.slice(11)}`;
}
