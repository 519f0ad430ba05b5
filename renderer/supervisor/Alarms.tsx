import { useTranslation } from 'react-i18next';
import { formatDate, formatDateTime } from '../../shared/lib/time.ts';
import type { Alarm, SupervisedDevice } from '../../shared/supervisor/contract.ts';
import { Button } from '../ui/Button.tsx';
import { Panel } from '../ui/Panel.tsx';
import styles from './supervisor.module.css';

/** Words of the alarms the province raises today; one that only a newer province knows is shown as it came. */
const keys: Record<string, string> = {
  'journal entry does not fit its hash': 'wrong-hash',
  'journal entry could not be stored': 'not-storable',
  'one operation id with two bodies': 'two-bodies',
  'journal forked: the device was copied or set back': 'forked',
  'a dossier was given up for a specialised system': 'given-up',
  'a verified scan is not as it was stored': 'scan-changed',
  'a statement is not signed by the device that sent it': 'statement-forged',
  'two statements of one day at one head': 'two-statements',
  'journal and dossiers table disagree': 'homes-differ',
  'a stored journal entry does not fit its hash': 'entry-changed',
  'this is not the database cluster it was: the province lives on from a backup': 'restored',
  'the province was set back to a backup: devices offer again what is missing': 'set-back',
  'a device cannot use what was published': 'not-usable',
};

export function Alarms({ alarms, devices, onSeen }: { alarms: readonly Alarm[]; devices: readonly SupervisedDevice[]; onSeen: (alarmId: number) => void }) {
  const { t } = useTranslation('supervisor');
  if (alarms.length === 0) return null;
  const placeOf = (deviceId: string | null): string => {
    const device = devices.find((one) => one.deviceId === deviceId);
    return device === undefined ? t('alarm.province') : `${device.name} · ${device.officeId}`;
  };
  return (
    <Panel title={t('alarm.title')}>
      <ul className={styles.alarms}>
        {alarms.map(({ alarmId, what, deviceId, seq, date, times, lastAtMs }) => (
          <li key={alarmId} className={styles.alarm}>
            <div>
              <strong>{keys[what] === undefined ? what : t(`alarm.${keys[what]}`)}</strong>
              <p className={styles.muted}>
                {[
                  placeOf(deviceId),
                  ...(seq === null ? [] : [t('alarm.at-entry', { seq })]),
                  ...(date === null ? [] : [t('alarm.on-day', { date: formatDate(date) })]),
                  formatDateTime(lastAtMs),
                  t('alarm.times', { times }),
                ].join(' · ')}
              </p>
            </div>
            <Button onPress={() => onSeen(alarmId)}>{t('alarm.seen')}</Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
