/** The rule of a due date in the words of the receipt, enough to recompute the date by hand. */
import type { DueRule } from '../dossiers/dossier.ts';
import { DAY_MS, formatDate, formatDateTime } from '../lib/time.ts';
import type { PaperWords } from './paper-words.ts';

type Unit = DueRule['limit']['unit'];

export function dueRuleWords(rule: DueRule, t: PaperWords): string {
  const { limit } = rule;
  const parts = [limit.amount === 0 ? t('due.withinDay') : duration(limit.amount, limit.unit, t)];
  if (rule.extraDaysByArea > 0) parts.push(t('due.area', { duration: duration(rule.extraDaysByArea, rule.extraUnit ?? limit.unit, t) }));
  for (const { name, amount, unit } of rule.excluded ?? []) parts.push(t('due.excluded', { name, duration: duration(amount, unit, t) }));
  if (rule.cutoff !== undefined) parts.push(t('due.cutoff', { time: rule.cutoff }));
  if (rule.skippedHolidays.length > 0) parts.push(t('due.holidays', { dates: dateList(rule.skippedHolidays.map(({ date }) => date)) }));
  if (rule.workedWeekends !== undefined && rule.workedWeekends.length > 0) parts.push(t('due.workedWeekends', { dates: dateList(rule.workedWeekends) }));
  return parts.join('; ');
}

/** Official papers write a count below ten with a leading zero, so that no digit can be put before it. */
export const counted = (amount: number): string => (Number.isInteger(amount) ? String(amount).padStart(2, '0') : String(amount).replace('.', ','));

const duration = (amount: number, unit: Unit, t: PaperWords): string => t(`due.${unit}`, { amount: counted(amount) });

/** Days that follow each other become one span: `16/02/2026–20/02/2026`. */
function dateList(dates: readonly string[]): string {
  const spans: { from: string; to: string }[] = [];
  for (const date of [...dates].sort()) {
    const last = spans.at(-1);
    if (last !== undefined && Date.parse(date) - Date.parse(last.to) <= DAY_MS) last.to = date;
    else spans.push({ from: date, to: date });
  }
  return spans.map(({ from, to }) => (from === to ? formatDate(from) : `${formatDate(from)}–${formatDate(to)}`)).join(', ');
}

/** Day, month, year, hour and minute at the counter, for the long form of a moment. */
export function momentParts(atMs: number): Record<'day' | 'month' | 'year' | 'hour' | 'minute', string> {
  const text = formatDateTime(atMs);
  return { day: text.slice(0, 2), month: text.slice(3, 5), year: text.slice(6, 10), hour: text.slice(11, 13), minute: text.slice(14, 16) };
}
