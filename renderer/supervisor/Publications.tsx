import { useTranslation } from 'react-i18next';
import { formatDateTime } from '../../shared/lib/time.ts';
import type { Overview } from '../../shared/supervisor/contract.ts';
import { Chip } from '../ui/Chip.tsx';
import { Panel } from '../ui/Panel.tsx';
import styles from './supervisor.module.css';

export function Publications({ publications }: { publications: Overview['publications'] }) {
  const { t } = useTranslation('supervisor');
  if (publications.length === 0) return null;
  return (
    <Panel title={t('publication.title')}>
      <div className={styles.tableScroller} tabIndex={0} role="region" aria-label={t('publication.title')}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('publication.what')}</th>
              <th scope="col">{t('publication.version')}</th>
              <th scope="col">{t('publication.for')}</th>
              <th scope="col">{t('publication.at')}</th>
              <th scope="col">{t('publication.by')}</th>
              <th scope="col">{t('publication.devices')}</th>
            </tr>
          </thead>
          <tbody>
            {publications.map(({ position, kind, version, officeId, publishedAtMs, publishedBy, isInForce, having, concerned }) => (
              <tr key={position}>
                <th scope="row">{t(`publication.kind.${kind}`)}</th>
                <td>{version}</td>
                <td>{officeId ?? t('publication.everyone')}</td>
                <td>{formatDateTime(publishedAtMs)}</td>
                <td>{publishedBy ?? '—'}</td>
                <td>
                  {isInForce ? (
                    <Chip tone={having >= concerned ? 'ok' : 'warning'}>{t('publication.having', { having, concerned })}</Chip>
                  ) : (
                    <span className={styles.muted}>{t('publication.replaced', { having })}</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
