import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDate } from '../../shared/lib/time.ts';
import { plainDateSchema } from '../../shared/dossiers/dossier.ts';
import type { AcceptedDay } from '../../shared/supervisor/contract.ts';
import { DateField } from '../ui/DateField.tsx';
import { Panel } from '../ui/Panel.tsx';
import { BarChart } from './BarChart.tsx';
import styles from './supervisor.module.css';

/** Hours at which offices are open; another hour is drawn when something was accepted in it. */
const OPEN = { from: 7, to: 17 };
const SHOWN_OFFICES = 12;

export function AcceptedCharts({ accepted, onDate }: { accepted: AcceptedDay; onDate: (date: string) => void }) {
  const { t } = useTranslation('supervisor');
  const [typed, setTyped] = useState<string | null>(null);
  const hours = accepted.byHour
    .map((count, hour) => ({ label: String(hour), value: count, hour }))
    .filter(({ value, hour }) => value > 0 || (hour >= OPEN.from && hour < OPEN.to));
  const day = (
    <DateField
      label={t('chart.day')}
      value={typed ?? accepted.date}
      onChange={(date) => {
        setTyped(date ?? '');
        if (plainDateSchema.safeParse(date).success) onDate(date as string);
      }}
    />
  );
  return (
    <Panel title={t('chart.title', { date: formatDate(accepted.date) })} aside={day}>
      <div className={styles.charts}>
        <BarChart title={t('chart.by-hour')} bars={hours} />
        <BarChart title={t('chart.by-channel')} bars={accepted.byChannel.map(({ channel, accepted: value }) => ({ label: t(`channel.${channel}`), value }))} />
        <BarChart
          title={t('chart.by-office')}
          bars={accepted.byOffice.slice(0, SHOWN_OFFICES).map(({ officeId, accepted: value }) => ({ label: officeId, value }))}
          isLying
        />
      </div>
    </Panel>
  );
}
