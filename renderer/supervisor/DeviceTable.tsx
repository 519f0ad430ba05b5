import { useTranslation } from 'react-i18next';
import { formatDateTime } from '../../shared/lib/time.ts';
import type { SupervisedDevice } from '../../shared/supervisor/contract.ts';
import { lastContactMs, needsOf, standingOf, type Standing } from '../../shared/supervisor/standing.ts';
import { Button } from '../ui/Button.tsx';
import { Chip, type ChipTone } from '../ui/Chip.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Panel } from '../ui/Panel.tsx';
import styles from './supervisor.module.css';

const tones: Record<Standing, ChipTone> = { connected: 'ok', silent: 'offline', never: 'neutral', quarantined: 'danger', revoked: 'neutral' };
const GB = 1e9;
const columns = ['office', 'standing', 'contact', 'entries', 'scans', 'numbers', 'disk', 'clock', 'version'] as const;
/** With the one of the buttons. */
const COLUMNS = columns.length + 1;

type Props = {
  devices: readonly SupervisedDevice[];
  nowMs: number;
  onNewCode: () => void;
  onReplace: (device: SupervisedDevice) => void;
  onRevoke: (device: SupervisedDevice) => void;
};

export function DeviceTable({ devices, nowMs, onNewCode, onReplace, onRevoke }: Props) {
  const { t } = useTranslation('supervisor');
  const aside = (
    <Button variant="primary" onPress={onNewCode}>
      {t('code.new')}
    </Button>
  );
  if (devices.length === 0) {
    return (
      <Panel title={t('device.title')}>
        <EmptyState icon="cloud" title={t('device.none')} action={aside}>
          {t('device.none-words')}
        </EmptyState>
      </Panel>
    );
  }
  // What needs someone stands first, what is gone last.
  const rank = (device: SupervisedDevice): number => {
    const standing = standingOf(device, nowMs);
    if (standing === 'revoked') return 3;
    if (standing === 'quarantined' || needsOf(device).length > 0) return 0;
    return standing === 'connected' ? 2 : 1;
  };
  const isNumber = new Set<string>(['entries', 'scans', 'numbers', 'disk', 'clock']);
  return (
    <Panel title={t('device.title')} aside={aside}>
      <div className={styles.tableScroller} tabIndex={0} role="region" aria-label={t('device.title')}>
        <table className={styles.table}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col" className={isNumber.has(column) ? styles.number : undefined}>
                  {t(`device.${column}`)}
                </th>
              ))}
              <th scope="col">
                <span className={styles.hidden}>{t('device.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {[...devices]
              .sort((a, b) => rank(a) - rank(b))
              .map((device) => (
                <Row key={device.deviceId} device={device} nowMs={nowMs} onReplace={onReplace} onRevoke={onRevoke} />
              ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Row({ device, nowMs, onReplace, onRevoke }: Pick<Props, 'nowMs' | 'onReplace' | 'onRevoke'> & { device: SupervisedDevice }) {
  const { t } = useTranslation('supervisor');
  const { report } = device;
  const standing = standingOf(device, nowMs);
  const contact = lastContactMs(device);
  const number = (value: string | number | undefined | null) => <td className={styles.number}>{value ?? '–'}</td>;
  return (
    <>
      <tr className={standing === 'revoked' ? styles.gone : undefined}>
        <th scope="row">
          {device.officeId}
          <p className={styles.muted}>
            {device.name} · {device.agencyCode} · {t('device.instance', { instance: device.instance })}
          </p>
        </th>
        <td>
          <div className={styles.chips}>
            <Chip tone={tones[standing]}>{t(`standing.${standing}`)}</Chip>
            {needsOf(device).map((need) => (
              <Chip key={need} tone="warning" icon="warning">
                {t(`need.${need}`)}
              </Chip>
            ))}
            {device.destroy !== null && (
              <Chip tone="warning" icon="warning">
                {t(`device.destroy-${device.destroy}`)}
              </Chip>
            )}
          </div>
        </td>
        <td>{contact === null ? '–' : formatDateTime(contact)}</td>
        {number(report?.waitingEntries)}
        {number(report?.waitingScans)}
        {number(report?.numbers == null ? null : t('device.numbers-left', { left: report.numbers.left, days: report.numbers.daysLeft }))}
        {number(report?.freeBytes == null ? null : t('device.gb', { gb: (report.freeBytes / GB).toFixed(1) }))}
        {number(report === null ? null : t('device.clock-s', { seconds: signed(Math.round(report.clockAheadMs / 1000)) }))}
        <td>{device.appVersion}</td>
        <td>
          {standing === 'revoked' ? (
            device.destroy === null && (
              <div className={styles.actions}>
                <Button variant="danger" onPress={() => onRevoke(device)} aria-label={t('device.destroy-which', { name: `${device.name} ${device.officeId}` })}>
                  {t('device.destroy')}
                </Button>
              </div>
            )
          ) : (
            <div className={styles.actions}>
              <Button onPress={() => onReplace(device)} aria-label={t('device.replace-which', { name: `${device.name} ${device.officeId}` })}>
                {t('device.replace')}
              </Button>
              <Button variant="danger" onPress={() => onRevoke(device)} aria-label={t('device.revoke-which', { name: `${device.name} ${device.officeId}` })}>
                {t('device.revoke')}
              </Button>
            </div>
          )}
        </td>
      </tr>
      {standing === 'quarantined' && device.quarantine !== null && (
        <tr>
          <td colSpan={COLUMNS}>
            <Quarantine {...device.quarantine} />
          </td>
        </tr>
      )}
    </>
  );
}

const reasons: ReadonlySet<string> = new Set(['forked', 'set-back', 'unknown', 'gap']);

/** Why its journal has ended, and what mends it. */
function Quarantine({ reason, sinceMs, seq }: NonNullable<SupervisedDevice['quarantine']>) {
  const { t } = useTranslation('supervisor');
  return (
    <p className={styles.reason}>
      {reasons.has(reason) ? t(`quarantine.${reason}`) : reason} {seq !== null && t('quarantine.at', { seq })}{' '}
      {t('quarantine.since', { since: formatDateTime(sinceMs) })}
    </p>
  );
}

const signed = (value: number): string => (value > 0 ? `+${value}` : String(value).replace('-', '−'));
