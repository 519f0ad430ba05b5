/** What the province is doing: asked for again every quarter of a minute while the page is in sight. */
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDateTime } from '../../shared/lib/time.ts';
import type { Overview as Seen, SupervisedDevice } from '../../shared/supervisor/contract.ts';
import { needsOf, standingOf } from '../../shared/supervisor/standing.ts';
import { Button } from '../ui/Button.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { AcceptedCharts } from './AcceptedCharts.tsx';
import { Alarms } from './Alarms.tsx';
import { Audit } from './Audit.tsx';
import { DeviceTable } from './DeviceTable.tsx';
import { Monitoring } from './Monitoring.tsx';
import { NewCodeDialog } from './NewCodeDialog.tsx';
import type { ProvinceApi } from './province-api.ts';
import { Publications } from './Publications.tsx';
import { Ratings } from './Ratings.tsx';
import { Reconciliation } from './Reconciliation.tsx';
import { RevokeDialog } from './RevokeDialog.tsx';
import styles from './supervisor.module.css';
import { UpstreamTable } from './UpstreamTable.tsx';

const EVERY_MS = 15_000;

type Asked = { kind: 'code'; replaces?: SupervisedDevice } | { kind: 'revoke'; device: SupervisedDevice };

type Props = { api: ProvinceApi; name: string; onSignOut: () => void; onSignedOut: () => void; onLanguage: () => void };

export function Overview({ api, name, onSignOut, onSignedOut, onLanguage }: Props) {
  const { t } = useTranslation('supervisor');
  const [date, setDate] = useState<string | undefined>(undefined);
  const [seen, setSeen] = useState<Seen | null>(null);
  const [isLost, setLost] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);

  const look = useCallback(async () => {
    const answer = await api.overview(date);
    if (answer.ok) setSeen(answer.value);
    else if (answer.failure.kind === 'not-signed-in') onSignedOut();
    setLost(!answer.ok);
  }, [api, date, onSignedOut]);

  useEffect(() => {
    void look();
    const timer = setInterval(() => !document.hidden && void look(), EVERY_MS);
    return () => clearInterval(timer);
  }, [look]);

  const close = () => {
    setAsked(null);
    void look();
  };

  return (
    <main>
      <Page
        title={t('title')}
        aside={
          <>
            {seen !== null && <span className={styles.muted}>{t('as-of', { at: formatDateTime(seen.nowMs) })}</span>}
            <Button onPress={onLanguage}>{t('other-language')}</Button>
            <Button onPress={onSignOut}>{t('sign-out', { name })}</Button>
          </>
        }
      >
        {isLost && (
          <Notice tone="offline" title={t('lost.title')}>
            {t('lost.words')}
          </Notice>
        )}
        {seen !== null && (
          <>
            <Tiles seen={seen} />
            <Alarms alarms={seen.alarms} devices={seen.devices} onSeen={(alarmId) => void api.alarmSeen(alarmId).then(look)} />
            <DeviceTable
              devices={seen.devices}
              nowMs={seen.nowMs}
              onNewCode={() => setAsked({ kind: 'code' })}
              onReplace={(replaces) => setAsked({ kind: 'code', replaces })}
              onRevoke={(device) => setAsked({ kind: 'revoke', device })}
            />
            <Reconciliation api={api} nowMs={seen.nowMs} onSignedOut={onSignedOut} />
            <UpstreamTable upstreams={seen.upstreams} />
            <Publications publications={seen.publications} />
            <AcceptedCharts accepted={seen.accepted} onDate={setDate} />
            <Monitoring api={api} nowMs={seen.nowMs} onSignedOut={onSignedOut} />
            <Ratings api={api} nowMs={seen.nowMs} onSignedOut={onSignedOut} />
            <Audit entries={seen.audit} />
            {asked?.kind === 'code' && <NewCodeDialog api={api} offices={seen.offices} replaces={asked.replaces} onClose={close} />}
            {asked?.kind === 'revoke' && <RevokeDialog api={api} device={asked.device} onClose={close} />}
          </>
        )}
      </Page>
    </main>
  );
}

function Tiles({ seen: { devices, nowMs, accepted, alarms } }: { seen: Seen }) {
  const { t } = useTranslation('supervisor');
  const inUse = devices.filter(({ revokedAtMs }) => revokedAtMs === null);
  const total = (of: (report: NonNullable<SupervisedDevice['report']>) => number): number =>
    inUse.reduce((sum, { report }) => sum + (report === null ? 0 : of(report)), 0);
  const tiles = [
    { name: t('tile.connected'), value: `${inUse.filter((device) => standingOf(device, nowMs) === 'connected').length}/${inUse.length}` },
    { name: t('tile.needing'), value: inUse.filter((device) => needsOf(device).length > 0 || device.quarantine !== null).length },
    { name: t('tile.entries'), value: total(({ waitingEntries }) => waitingEntries) },
    { name: t('tile.scans'), value: total(({ waitingScans }) => waitingScans) },
    { name: t('tile.accepted'), value: accepted.byHour.reduce((sum, count) => sum + count, 0) },
    { name: t('tile.alarms'), value: alarms.length },
  ];
  return (
    <dl className={styles.tiles}>
      {tiles.map(({ name, value }) => (
        <div key={name} className={styles.tile}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
