import { useTranslation } from 'react-i18next';
import { formatDateTime } from '../../shared/lib/time.ts';
import type { Overview } from '../../shared/supervisor/contract.ts';
import { Panel } from '../ui/Panel.tsx';
import styles from './supervisor.module.css';

export function Audit({ entries }: { entries: Overview['audit'] }) {
  const { t } = useTranslation('supervisor');
  return (
    <Panel title={t('audit.title')}>
      <div className={styles.tableScroller} tabIndex={0} role="region" aria-label={t('audit.title')}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('audit.at')}</th>
              <th scope="col">{t('audit.who')}</th>
              <th scope="col">{t('audit.what')}</th>
              <th scope="col">{t('audit.subject')}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map(({ atMs, supervisor, action, subject }, index) => (
              <tr key={`${atMs}-${index}`}>
                <td>{formatDateTime(atMs)}</td>
                <td>{supervisor}</td>
                <td>{t(`audit.action.${action}`)}</td>
                <td>{subject}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
