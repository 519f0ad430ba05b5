/** Đối soát: for every device and day whether counter and province hold the same, and if not, which dossier differs. */
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateAt, formatDate, formatDateTime } from '../../shared/lib/time.ts';
import type { Difference } from '../../shared/reconciliation/compare.ts';
import { dayStatuses, MAX_PERIOD_DAYS, type AskedPeriod, type ReconciliationAnswer, type SupervisedDay } from '../../shared/supervisor/contract.ts';
import { Button } from '../ui/Button.tsx';
import { Chip, type ChipTone } from '../ui/Chip.tsx';
import type { IconName } from '../ui/Icon.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { useApiWords } from './api-words.ts';
import { PeriodFields } from './PeriodFields.tsx';
import type { ApiFailure, ProvinceApi } from './province-api.ts';
import styles from './supervisor.module.css';

const DAY_MS = 86_400_000;
/** A week back: what was not settled on Friday is still seen on Monday. */
const SHOWN_DAYS = 7;
const EVERY_MS = 60_000;
const SHOWN_ROWS = 500;

const looks: Record<SupervisedDay['status'], { tone: ChipTone; icon: IconName }> = {
  differs: { tone: 'danger', icon: 'warning' },
  waiting: { tone: 'neutral', icon: 'clock' },
  open: { tone: 'neutral', icon: 'clock' },
  agrees: { tone: 'ok', icon: 'check' },
};

const daysOf = ({ from, to }: AskedPeriod): number => (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;

export function Reconciliation({ api, nowMs, onSignedOut }: { api: ProvinceApi; nowMs: number; onSignedOut: () => void }) {
  const { t } = useTranslation('supervisor');
  const words = useApiWords();
  const [period, setPeriod] = useState<AskedPeriod>(() => ({ from: dateAt(nowMs - (SHOWN_DAYS - 1) * DAY_MS), to: dateAt(nowMs) }));
  const [seen, setSeen] = useState<ReconciliationAnswer | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [isComparing, setComparing] = useState(false);

  const look = useCallback(
    async (again: boolean) => {
      const answer = await api.reconciliation(period, again);
      if (answer.ok) setSeen(answer.value);
      else if (answer.failure.kind === 'not-signed-in') onSignedOut();
      setFailure(answer.ok ? null : answer.failure);
    },
    [api, period, onSignedOut],
  );
  useEffect(() => {
    void look(false);
    const timer = setInterval(() => !document.hidden && void look(false), EVERY_MS);
    return () => clearInterval(timer);
  }, [look]);

  const compareAnew = async () => {
    setComparing(true);
    await look(true);
    setComparing(false);
  };

  return (
    <Panel title={t('day.title')} aside={<PeriodFields what={t('day.title')} period={period} onPeriod={setPeriod} />}>
      {failure !== null && <Notice tone="danger" title={words(failure)} />}
      {seen !== null && (
        <>
          <div className={styles.summary}>
            {dayStatuses.map((status) => {
              const days = seen.days.filter((day) => day.status === status).length;
              return days === 0 ? null : (
                <Chip key={status} tone={looks[status].tone} icon={looks[status].icon}>
                  {t(`day.count.${status}`, { days })}
                </Chip>
              );
            })}
            <span className={styles.spacer} />
            <Button onPress={() => void compareAnew()} isPending={isComparing} isDisabled={daysOf(period) > MAX_PERIOD_DAYS.comparedAnew}>
              {t('day.again')}
            </Button>
          </div>
          {seen.days.length === 0 ? <p className={styles.muted}>{t('day.none')}</p> : <Days days={seen.days} />}
          <p className={styles.muted}>{t('day.words')}</p>
        </>
      )}
    </Panel>
  );
}

function Days({ days }: { days: readonly SupervisedDay[] }) {
  const { t } = useTranslation('supervisor');
  const left = days.length - SHOWN_ROWS;
  return (
    <div className={styles.tableScroller} tabIndex={0} role="region" aria-label={t('day.title')}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('day.date')}</th>
            <th scope="col">{t('device.office')}</th>
            <th scope="col">{t('day.result')}</th>
            <th scope="col" className={styles.number}>
              {t('day.dossiers')}
            </th>
            <th scope="col">{t('day.compared')}</th>
          </tr>
        </thead>
        {days.slice(0, SHOWN_ROWS).map((day) => (
          <Day key={`${day.date} ${day.deviceId}`} day={day} />
        ))}
      </table>
      {left > 0 && <p className={styles.muted}>{t('day.more', { left })}</p>}
    </div>
  );
}

function Day({ day }: { day: SupervisedDay }) {
  const { t } = useTranslation('supervisor');
  const { tone, icon } = looks[day.status];
  const left = day.differing - day.differences.length;
  return (
    <tbody>
      <tr>
        <td>{formatDate(day.date)}</td>
        <th scope="row">
          {day.officeId}
          <p className={styles.muted}>{day.deviceName}</p>
        </th>
        <td>
          <Chip tone={tone} icon={icon}>
            {t(`day.${day.status}`)}
          </Chip>
        </td>
        <td className={styles.number}>
          {day.dossiers}
          {day.sinceClosing > 0 && <p className={styles.muted}>{t('day.since-closing', { dossiers: day.sinceClosing })}</p>}
        </td>
        <td>{day.comparedAtMs === null ? '–' : formatDateTime(day.comparedAtMs)}</td>
      </tr>
      {day.differences.length > 0 && (
        <tr>
          <td colSpan={5}>
            <ul
              className={styles.differences}
              aria-label={t('day.differences-of', { date: formatDate(day.date), device: `${day.deviceName} ${day.officeId}` })}
            >
              {day.differences.map((difference) => (
                <DifferenceLine key={`${difference.kind} ${difference.dossierId ?? ''} ${difference.seq ?? ''}`} difference={difference} />
              ))}
            </ul>
            {left > 0 && <p className={styles.muted}>{t('day.more-differences', { left })}</p>}
          </td>
        </tr>
      )}
    </tbody>
  );
}

function DifferenceLine({ difference: { kind, code, dossierId, counter, province, seq } }: { difference: Difference }) {
  const { t } = useTranslation('supervisor');
  const place = code ?? dossierId ?? (seq === undefined ? undefined : t('alarm.at-entry', { seq }));
  return (
    <li>
      {place !== undefined && <strong>{place}</strong>} {t(`difference.${kind}`)}
      {counter !== undefined && province !== undefined && <span className={styles.muted}> {t('difference.both', { counter, province })}</span>}
    </li>
  );
}
