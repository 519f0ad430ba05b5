import { useTranslation } from 'react-i18next';
import { formatDateTime } from '../../shared/lib/time.ts';
import type { Overview } from '../../shared/supervisor/contract.ts';
import type { HealthStatus } from '../../shared/upstreams/upstream.ts';
import { Chip, type ChipTone } from '../ui/Chip.tsx';
import { Panel } from '../ui/Panel.tsx';
import styles from './supervisor.module.css';

const tones: Record<HealthStatus, ChipTone> = { working: 'ok', slow: 'warning', down: 'danger' };

export function UpstreamTable({ upstreams }: { upstreams: Overview['upstreams'] }) {
  const { t } = useTranslation('supervisor');
  if (upstreams.length === 0) return null;
  return (
    <Panel title={t('upstream.title')}>
      <div className={styles.tableScroller} tabIndex={0} role="region" aria-label={t('upstream.title')}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('upstream.name')}</th>
              <th scope="col">{t('upstream.status')}</th>
              <th scope="col">{t('upstream.since')}</th>
              <th scope="col" className={styles.number}>
                {t('upstream.waiting')}
              </th>
              <th scope="col" className={styles.number}>
                {t('upstream.stopped')}
              </th>
            </tr>
          </thead>
          <tbody>
            {upstreams.map(({ name, status, sinceMs, waiting, stopped }) => (
              <tr key={name}>
                <th scope="row">{t(`upstream.names.${name}`, { defaultValue: name })}</th>
                <td>
                  <Chip tone={tones[status]}>{t(`upstream.${status}`)}</Chip>
                </td>
                <td>{formatDateTime(sinceMs)}</td>
                <td className={styles.number}>{waiting}</td>
                <td className={styles.number}>{stopped}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
