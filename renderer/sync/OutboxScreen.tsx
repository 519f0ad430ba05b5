/** Chờ gửi: first what an officer must mend, then what waits and since when. */
import { useLiveQuery } from 'dexie-react-hooks';
import { useTranslation } from 'react-i18next';
import { useServices } from '../app/services.tsx';
import { useRoute, useShell, useSync } from '../app/shell-context.tsx';
import { DeliveryChip } from '../app/DeliveryChip.tsx';
import { useDeliveries } from '../app/deliveries.ts';
import { formatDateTime } from '../../shared/lib/time.ts';
import { Button } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Page } from '../ui/Page.tsx';
import { Panel } from '../ui/Panel.tsx';
import { ConnectionNotice, ScanPaceNotice } from './ProvincePanel.tsx';
import { TakeawayPanel } from './TakeawayPanel.tsx';
import { fieldWords, reasonWords } from '../app/refusal-words.ts';
import styles from './sync.module.css';

const SHOWN = 1000;

export function OutboxScreen() {
  const { t, i18n } = useTranslation('sync');
  const { bridge } = useShell();
  const { dossiers } = useServices();
  const { go } = useRoute();
  const sync = useSync();
  const rows = useLiveQuery(() => dossiers.find({ limit: SHOWN }), [dossiers]) ?? [];
  const deliveries = useDeliveries(rows.map((row) => row.dossierId));
  if (sync === null) return null;

  const waiting = rows.filter((row) => ['saved', 'sent'].includes(deliveries.get(row.dossierId)?.state ?? '')).sort((a, b) => a.acceptedAtMs - b.acceptedAtMs);
  const hasNothing = sync.needsFix.length === 0 && sync.waitingEntries + sync.waitingScans === 0;

  return (
    <Page
      title={t('title')}
      aside={
        sync.connection.status !== 'not-enrolled' && (
          <Button variant="primary" isDisabled={hasNothing} onPress={() => void bridge.invoke('sync:retry')}>
            {t('sendNow')}
          </Button>
        )
      }
    >
      <ConnectionNotice sync={sync} />
      <ScanPaceNotice sync={sync} />
      {sync.needsFix.length > 0 && (
        <Panel title={t('needsFix.title')}>
          <ul className={styles.list}>
            {sync.needsFix.map((item) => (
              <li key={item.operationId} className={styles.row}>
                <div className={styles.words}>
                  <span className={styles.code}>{item.code ?? rows.find((row) => row.dossierId === item.dossierId)?.code ?? t('needsFix.entry')}</span>
                  <span>{reasonWords(item.reason, t, i18n.exists)}</span>
                  {item.field !== undefined && <span className={styles.muted}>{t('needsFix.field', { field: fieldWords(item.field, t, i18n.exists) })}</span>}
                </div>
                {item.dossierId !== undefined && <Button onPress={() => go({ name: 'dossiers', dossierId: item.dossierId })}>{t('needsFix.open')}</Button>}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Panel
        title={t('waiting.title')}
        aside={<span className={styles.muted}>{t('waiting.count', { entries: sync.waitingEntries, scans: sync.waitingScans })}</span>}
      >
        {hasNothing ? (
          <EmptyState icon="check" title={t('waiting.none')}>
            {t('waiting.noneWords')}
          </EmptyState>
        ) : waiting.length === 0 ? (
          <p className={styles.muted}>{t('waiting.onlyEntries')}</p>
        ) : (
          <ul className={styles.list}>
            {waiting.map((row) => (
              <li key={row.dossierId} className={styles.row}>
                <div className={styles.words}>
                  <span className={styles.code}>{row.code}</span>
                  <span>
                    {row.applicantName} · {row.procedureName}
                  </span>
                </div>
                <span className={styles.muted}>{t('waiting.since', { time: formatDateTime(row.acceptedAtMs) })}</span>
                <DeliveryChip delivery={deliveries.get(row.dossierId)} />
                <Button onPress={() => go({ name: 'dossiers', dossierId: row.dossierId })}>{t('waiting.open')}</Button>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {sync.connection.status !== 'not-enrolled' && <TakeawayPanel hasNothing={hasNothing} />}
    </Page>
  );
}
