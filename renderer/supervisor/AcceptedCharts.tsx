import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDate } from '../../shared/lib/time.ts';
import { plainDateSchema } from '../../shared/dossiers/dossier.ts';
import type { AcceptedDay } from '../../shared/supervisor/contract.ts';
import { Button } from '../ui/Button.tsx';
import { DateField } from '../ui/DateField.tsx';
import { Panel } from '../ui/Panel.tsx';
import { BarChart, BarTable } from './BarChart.tsx';
import styles from './supervisor.module.css';

/** Hours at which offices are open; another hour is drawn when something was accepted in it. */
const OPEN = { from: 7, to: 17 };
/** The rest of a chart is one bar, of a table nothing is left out. */
const SHOWN_BARS = 12;

type Bar = { label: string; value: number };

export function AcceptedCharts({ accepted, onDate }: { accepted: AcceptedDay; onDate: (date: string) => void }) {
  const { t } = useTranslation('supervisor');
  const [typed, setTyped] = useState<string | null>(null);
  const [isTable, setTable] = useState(false);
  const hours = accepted.byHour
    .map((count, hour) => ({ label: String(hour), value: count, hour }))
    .filter(({ value, hour }) => value > 0 || (hour >= OPEN.from && hour < OPEN.to));
  const aside = (
    <div className={styles.asked}>
      <Button onPress={() => setTable(!isTable)}>{isTable ? t('chart.as-chart') : t('chart.as-table')}</Button>
      <DateField
        label={t('chart.day')}
        value={typed ?? accepted.date}
        onChange={(date) => {
          setTyped(date ?? '');
          if (plainDateSchema.safeParse(date).success) onDate(date as string);
        }}
      />
    </div>
  );
  const charts: Array<{ title: string; bars: Bar[]; isLying?: boolean }> = [
    { title: t('chart.by-hour'), bars: hours },
    { title: t('chart.by-channel'), bars: accepted.byChannel.map(({ channel, accepted: value }) => ({ label: t(`channel.${channel}`), value })) },
    { title: t('chart.by-procedure'), bars: accepted.byProcedure.map(({ name, accepted: value }) => ({ label: name, value })), isLying: true },
    { title: t('chart.by-office'), bars: accepted.byOffice.map(({ officeId, accepted: value }) => ({ label: officeId, value })), isLying: true },
  ];
  return (
    <Panel title={t('chart.title', { date: formatDate(accepted.date) })} aside={aside}>
      <div className={styles.charts}>
        {charts.map(({ bars, ...chart }) =>
          isTable ? (
            <BarTable key={chart.title} bars={bars} {...chart} />
          ) : (
            <BarChart key={chart.title} bars={chart.isLying === true ? fewest(bars, t('chart.others')) : bars} {...chart} />
          ),
        )}
      </div>
    </Panel>
  );
}

function fewest(bars: readonly Bar[], others: string): readonly Bar[] {
  if (bars.length <= SHOWN_BARS) return bars;
  const rest = bars.slice(SHOWN_BARS - 1);
  return [...bars.slice(0, SHOWN_BARS - 1), { label: others, value: rest.reduce((sum, { value }) => sum + value, 0) }];
}
