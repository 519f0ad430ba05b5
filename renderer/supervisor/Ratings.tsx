/** Ý kiến của người dân: how many gave which face at which office and day, and the reasons they chose; nobody is named anywhere. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateAt, formatDate } from '../../shared/lib/time.ts';
import { scores } from '../../shared/lobby/rating.ts';
import type { AskedPeriod, RatedDay, RatingsAnswer } from '../../shared/supervisor/contract.ts';
import { Notice } from '../ui/Notice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { useApiWords } from './api-words.ts';
import { PeriodFields } from './PeriodFields.tsx';
import type { ApiFailure, ProvinceApi } from './province-api.ts';
import styles from './supervisor.module.css';

const DAY_MS = 86_400_000;
const SHOWN_DAYS = 7;

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

export function Ratings({ api, nowMs, onSignedOut }: { api: ProvinceApi; nowMs: number; onSignedOut: () => void }) {
  const { t } = useTranslation(['supervisor', 'lobby']);
  const words = useApiWords();
  const [period, setPeriod] = useState<AskedPeriod>(() => ({ from: dateAt(nowMs - (SHOWN_DAYS - 1) * DAY_MS), to: dateAt(nowMs) }));
  const [seen, setSeen] = useState<RatingsAnswer | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  useEffect(() => {
    let isAsked = true;
    void api.ratings(period).then((answer) => {
      if (!isAsked) return;
      if (answer.ok) setSeen(answer.value);
      else if (answer.failure.kind === 'not-signed-in') onSignedOut();
      setFailure(answer.ok ? null : answer.failure);
    });
    return () => {
      isAsked = false;
    };
  }, [api, period, onSignedOut]);

  return (
    <Panel title={t('rating.title')} aside={<PeriodFields what={t('rating.title')} period={period} onPeriod={setPeriod} />}>
      {failure !== null && <Notice tone="danger" title={words(failure)} />}
      {seen?.days.length === 0 && <p className={styles.muted}>{t('rating.none')}</p>}
      {seen !== null && seen.days.length > 0 && (
        <>
          <Days days={seen.days} />
          {seen.reasons.length > 0 && (
            <p>{t('rating.reasons', { reasons: seen.reasons.map(({ reason, count }) => `${t(`lobby:rate.reason.${reason}`)} ${count}`).join(' · ') })}</p>
          )}
        </>
      )}
      <p className={styles.muted}>{t('rating.words')}</p>
    </Panel>
  );
}

function Days({ days }: { days: readonly RatedDay[] }) {
  const { t } = useTranslation(['supervisor', 'lobby']);
  const total = scores.map((_, index) => sum(days.map(({ byScore }) => byScore[index] ?? 0)));
  const cells = (byScore: readonly number[]) =>
    [...byScore, sum(byScore)].map((count, index) => (
      <td key={index} className={styles.number}>
        {count}
      </td>
    ));
  return (
    <div className={styles.tableScroller} tabIndex={0} role="region" aria-label={t('rating.title')}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('rating.office')}</th>
            <th scope="col">{t('day.date')}</th>
            {scores.map((score) => (
              <th key={score} scope="col" className={styles.number}>
                {t(`lobby:rate.score.${score}`)}
              </th>
            ))}
            <th scope="col" className={styles.number}>
              {t('monitoring.total')}
            </th>
          </tr>
        </thead>
        <tbody>
          {days.map(({ date, officeId, byScore }) => (
            <tr key={`${date} ${officeId}`}>
              <th scope="row">{officeId}</th>
              <td>{formatDate(date)}</td>
              {cells(byScore)}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {t('monitoring.total')}
            </th>
            {cells(total)}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
