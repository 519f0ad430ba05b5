/** How many dossier codes this device may still give without the province, range by range, for how many days, and where the next range stands. */
import { useTranslation } from 'react-i18next';
import { formatDate, formatDateTime } from '../../shared/lib/time.ts';
import { useShell, useSync } from '../app/shell-context.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Facts } from '../ui/Panel.tsx';
import { Enrolment } from './Enrolment.tsx';
import { emergencyWords, nextRangeWords, type Words } from './number-words.ts';
import styles from './sync.module.css';

export function NumbersPanel() {
  const { t } = useTranslation('sync');
  const { agencyCode, agencyName } = useShell().info.settings.office;
  const sync = useSync();
  if (sync === null) return null;
  const { numbers, ranges, connection } = sync;
  if (numbers === null || ranges === null)
    return (
      <>
        <Notice tone="warning" title={t('numbers.none')}>
          {t('numbers.noneWords')}
        </Notice>
        {connection.status === 'not-enrolled' && <Enrolment />}
      </>
    );
  const said = ({ key, values }: Words): string => t(`numbers.${key}`, { ...values, agency: agencyName });
  const next = said(nextRangeWords(ranges, connection));
  return (
    <>
      {numbers.emergency && (
        <Notice tone="warning" title={t('numbers.emergency')}>
          {t('numbers.emergencyWords')} {next}
        </Notice>
      )}
      <Facts
        facts={[
          { name: t('numbers.left'), value: numbers.left },
          { name: t('numbers.days'), value: numbers.daysLeft },
          { name: t('numbers.emergencyName'), value: said(emergencyWords(numbers, ranges)) },
          { name: t('numbers.next'), value: next },
        ]}
      />
      <section>
        <h3>{t('numbers.ranges', { code: agencyCode, agency: agencyName })}</h3>
        {ranges.ranges.length === 0 ? (
          <p className={styles.muted}>{t('numbers.noRanges')}</p>
        ) : (
          <ul className={styles.list} aria-label={t('numbers.ranges', { code: agencyCode, agency: agencyName })}>
            {ranges.ranges.map(({ from, to, left, validFrom, validTo, daysLeft, leasedAtMs }) => (
              <li key={`${from}/${validTo}`} className={styles.row}>
                <div className={styles.words}>
                  <span className={styles.code}>
                    {order(from)}–{order(to)}
                  </span>
                  <span className={styles.muted}>
                    {t('numbers.until', { date: formatDate(validTo), count: daysLeft })}
                    {leasedAtMs !== undefined && ` · ${t('numbers.leasedAt', { time: formatDateTime(leasedAtMs) })}`}
                  </span>
                </div>
                <span className={styles.muted}>
                  {left === null
                    ? t('numbers.later', { date: formatDate(validFrom) })
                    : left === 0
                      ? t('numbers.usedUp')
                      : t('numbers.leftToday', { count: left })}
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <p className={styles.muted}>{t('numbers.words')}</p>
    </>
  );
}

const order = (number: number): string => String(number).padStart(4, '0');
