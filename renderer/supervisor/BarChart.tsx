import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './supervisor.module.css';

type Bar = { label: string; value: number };

const WIDTH = 480;
const HEIGHT = 200;
const AXIS = 28;
const TOP = 22;
const LABEL_WIDTH = 216;
/** That fit the width. */
const LABEL_LETTERS = 28;
const ROW = 30;

/** Bars with their numbers on them; a screen reader hears the same numbers as a list. `isLying`: one row a bar, for long names. */
export function BarChart({ title, bars, isLying = false }: { title: string; bars: readonly Bar[]; isLying?: boolean }) {
  const { t } = useTranslation('supervisor');
  const titleId = useId();
  const highest = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <figure className={styles.chart} aria-labelledby={titleId}>
      <figcaption id={titleId}>{title}</figcaption>
      {bars.length === 0 ? (
        <p className={styles.muted}>{t('chart.nothing')}</p>
      ) : (
        <svg viewBox={`0 0 ${WIDTH} ${isLying ? bars.length * ROW : HEIGHT}`} aria-hidden="true">
          {bars.map((bar, index) =>
            isLying ? <LyingBar key={bar.label} bar={bar} index={index} highest={highest} /> : standingBar(bar, index, bars.length, highest),
          )}
        </svg>
      )}
      <ul className={styles.hidden}>
        {bars.map(({ label, value }) => (
          <li key={label}>
            {label}: {value}
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** The same numbers as a table, for who would rather read them. */
export function BarTable({ title, bars }: { title: string; bars: readonly Bar[] }) {
  const { t } = useTranslation('supervisor');
  return (
    <div className={styles.tableScroller} tabIndex={0} role="region" aria-label={title}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{title}</th>
            <th scope="col" className={styles.number}>
              {t('chart.dossiers')}
            </th>
          </tr>
        </thead>
        <tbody>
          {bars.map(({ label, value }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td className={styles.number}>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function standingBar({ label, value }: Bar, index: number, count: number, highest: number) {
  const step = WIDTH / count;
  const height = (value / highest) * (HEIGHT - AXIS - TOP);
  const middle = index * step + step / 2;
  return (
    <g key={label}>
      <rect className={styles.bar} x={middle - step * 0.36} width={step * 0.72} y={HEIGHT - AXIS - height} height={height} rx={3} />
      {value > 0 && (
        <text className={styles.barValue} x={middle} y={HEIGHT - AXIS - height - 6} textAnchor="middle">
          {value}
        </text>
      )}
      <text className={styles.barLabel} x={middle} y={HEIGHT - 8} textAnchor="middle">
        {label}
      </text>
    </g>
  );
}

function LyingBar({ bar: { label, value }, index, highest }: { bar: Bar; index: number; highest: number }) {
  const room = WIDTH - LABEL_WIDTH - 48;
  const y = index * ROW;
  const width = (value / highest) * room;
  return (
    <g>
      <text className={styles.barLabel} x={0} y={y + ROW / 2 + 5}>
        {label.length > LABEL_LETTERS ? `${label.slice(0, LABEL_LETTERS - 1)}…` : label}
      </text>
      <rect className={styles.bar} x={LABEL_WIDTH} y={y + 5} width={width} height={ROW - 10} rx={3} />
      <text className={styles.barValue} x={LABEL_WIDTH + width + 8} y={y + ROW / 2 + 5}>
        {value}
      </text>
    </g>
  );
}
