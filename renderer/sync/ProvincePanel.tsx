/** The way to the province: connected or since when not, why, the next try, and the button that tries now. */
import { useTranslation } from 'react-i18next';
import { formatDateTime } from '../../shared/lib/time.ts';
import type { SyncState } from '../../shared/sync/state.ts';
import { useNow, useRoute, useShell, useSync } from '../app/shell-context.tsx';
import { Button } from '../ui/Button.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Facts } from '../ui/Panel.tsx';
import { Enrolment } from './Enrolment.tsx';
import { UpstreamsList } from './UpstreamsList.tsx';
import styles from './sync.module.css';

export function ProvincePanel({ close }: { close: () => void }) {
  const { t } = useTranslation('sync');
  const { bridge } = useShell();
  const { go } = useRoute();
  const sync = useSync();
  if (sync === null) return null;
  return (
    <>
      <ConnectionNotice sync={sync} />
      {(sync.connection.status === 'not-enrolled' || sync.connection.status === 'quarantined') && <Enrolment />}
      <Facts
        facts={[
          { name: t('waitingEntries'), value: sync.waitingEntries },
          { name: t('waitingScans'), value: sync.waitingScans },
        ]}
      />
      <ScanPaceNotice sync={sync} />
      {sync.needsFix.length > 0 && <Notice tone="danger" title={t('needsFix.count', { count: sync.needsFix.length })} />}
      <div className={styles.buttons}>
        <Button
          onPress={() => {
            close();
            go({ name: 'outbox' });
          }}
        >
          {t('open')}
        </Button>
        {sync.connection.status !== 'not-enrolled' && (
          <Button variant="primary" onPress={() => void bridge.invoke('sync:retry')}>
            {t('sendNow')}
          </Button>
        )}
      </div>
      <UpstreamsList />
    </>
  );
}

/** Only while scans wait: an officer is told what keeps them, not how the office is set up. */
export function ScanPaceNotice({ sync }: { sync: SyncState }) {
  const { t } = useTranslation('sync');
  const { scanPace } = sync;
  if (scanPace === undefined) return null;
  const { kbps, until } = scanPace;
  if (kbps === 0)
    return (
      <Notice tone="info" title={t('scanPace.closed')}>
        {until === null ? undefined : t('scanPace.closedWords', { until })}
      </Notice>
    );
  return (
    <Notice tone="info" title={t('scanPace.slowed')}>
      {until === null ? t('scanPace.slowedAlways', { kbps }) : t('scanPace.slowedWords', { kbps, until })}
    </Notice>
  );
}

export function ConnectionNotice({ sync }: { sync: SyncState }) {
  const { t } = useTranslation('sync');
  const nowMs = useNow(1000);
  const { connection } = sync;
  switch (connection.status) {
    case 'online':
      if (sync.needsNewerApp) {
        return (
          <Notice tone="warning" title={t('connection.needsNewerApp')}>
            {t('connection.needsNewerAppWords')}
          </Notice>
        );
      }
      return (
        <Notice tone="ok" title={t('connection.online')}>
          {t('connection.since', { time: formatDateTime(connection.sinceMs) })}
        </Notice>
      );
    case 'connecting':
      return <Notice tone="offline" title={t('connection.connecting')} />;
    case 'offline':
      return (
        <Notice tone="offline" title={t('connection.offline', { time: formatDateTime(connection.sinceMs) })}>
          {t(`connection.reason.${connection.reason}`)} {t('connection.safe')}{' '}
          {connection.nextTryAtMs > nowMs && t('connection.nextTry', { seconds: Math.ceil((connection.nextTryAtMs - nowMs) / 1000) })}
        </Notice>
      );
    case 'quarantined':
      return (
        <Notice tone="danger" title={t(`connection.quarantined.${connection.reason}`)}>
          {t('connection.quarantinedWords')}
        </Notice>
      );
    case 'revoked':
      return (
        <Notice tone="danger" title={t('connection.revoked')}>
          {t('connection.revokedWords')}
        </Notice>
      );
    case 'not-enrolled':
      return (
        <Notice tone="warning" title={t('connection.notEnrolled')}>
          {t('connection.notEnrolledWords')}
        </Notice>
      );
  }
}
