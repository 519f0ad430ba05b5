/** The due date in words, and the rule that gave it: enough for the officer to explain it to the citizen. */
import { useTranslation } from 'react-i18next';
import type { DueRule } from '../../shared/dossiers/dossier.ts';
import { DAY_MS, dateAt, formatDate, formatDateTime } from '../../shared/lib/time.ts';

/** `16:30 · Thứ Hai, 23/11/2026`, with today and tomorrow by name. */
export function useDueDay(): (dueAtMs: number, nowMs: number) => { time: string; day: string } {
  const { t } = useTranslation('intake');
  return (dueAtMs, nowMs) => {
    const date = dateAt(dueAtMs);
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    const near = date === dateAt(nowMs) ? t('due.today') : date === dateAt(nowMs + DAY_MS) ? t('due.tomorrow') : t(`weekday.${weekday}`);
    return { time: formatDateTime(dueAtMs).slice(11), day: `${near}, ${formatDate(date)}` };
  };
}

export function useRuleWords(): (rule: DueRule) => string[] {
  const { t } = useTranslation('intake');
  const duration = (amount: number, unit: string): string => (amount === 0 ? t('limit.same-day') : t(`limit.${unit}`, { count: amount }));
  return (rule) =>
    [
      duration(rule.limit.amount, rule.limit.unit),
      rule.extraDaysByArea > 0 ? t('due.extra', { extra: duration(rule.extraDaysByArea, rule.extraUnit ?? rule.limit.unit) }) : undefined,
      rule.cutoff === undefined ? undefined : t('due.cutoff', { time: rule.cutoff }),
      ...(rule.excluded ?? []).map(({ name, amount, unit }) => t('due.excluded', { name, duration: duration(amount, unit) })),
      rule.skippedHolidays.length === 0
        ? undefined
        : t('due.holidays', { dates: rule.skippedHolidays.map(({ date }) => formatDate(date).slice(0, 5)).join(', ') }),
      rule.workedWeekends === undefined ? undefined : t('due.worked', { dates: rule.workedWeekends.map((date) => formatDate(date).slice(0, 5)).join(', ') }),
    ].filter((words) => words !== undefined);
}
