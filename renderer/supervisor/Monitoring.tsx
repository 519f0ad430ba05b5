/** Theo dõi: the figures the province reports, computed from the journals when asked for, by procedure or by office. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateAt, formatDate, formatDateTime } from '../../shared/lib/time.ts';
import type { MonitoringRow } from '../../shared/reconciliation/monitoring.ts';
import type { AskedPeriod, MonitoringAnswer } from '../../shared/supervisor/contract.ts';
import { Button } from '../ui/Button.tsx';
import { RadioCards } from '../ui/Choices.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { useApiWords } from './api-words.ts';
import { PeriodFields } from './PeriodFields.tsx';
import type { ApiFailure, ProvinceApi } from './province-api.ts';
import styles from './supervisor.module.css';

const columns = ['accepted', 'onlineFull', 'onlinePartial', 'counter', 'post', 'digitised', 'inTime', 'overdue', 'noDueDate'] as const;
type Figures = Pick<MonitoringRow, (typeof columns)[number]>;
type Line = Figures & { key: string; name: string };
type By = 'procedure' | 'office';

/** The rows of one procedure or office added up, the largest first. */
function linesOf(rows: readonly MonitoringRow[], by: By): Line[] {
  const lines = new Map<string, Line>();
  for (const row of rows) {
    const [key, name] = by === 'office' ? [row.officeId, row.officeId] : [row.procedureCode, row.procedureName];
    const known = lines.get(key);
    lines.set(key, { key, name, ...(known === undefined ? figuresOf([row]) : figuresOf([known, row])) });
  }
  return [...lines.values()].sort((a, b) => b.accepted - a.accepted);
}

const figuresOf = (rows: readonly Figures[]): Figures =>
  Object.fromEntries(columns.map((column) => [column, rows.reduce((sum, row) => sum + row[column], 0)])) as Figures;

const daysOf = ({ from, to }: AskedPeriod): string => (from === to ? formatDate(from) : `${formatDate(from)} – ${formatDate(to)}`);

export function Monitoring({ api, nowMs, onSignedOut }: { api: ProvinceApi; nowMs: number; onSignedOut: () => void }) {
  const { t } = useTranslation('supervisor');
  const words = useApiWords();
  const [period, setPeriod] = useState<AskedPeriod>(() => ({ from: dateAt(nowMs), to: dateAt(nowMs) }));
  const [by, setBy] = useState<By>('procedure');
  const [shown, setShown] = useState<MonitoringAnswer | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [isComputing, setComputing] = useState(false);

  const compute = async () => {
    setComputing(true);
    const answer = await api.monitoring(period);
    setComputing(false);
    if (answer.ok) setShown(answer.value);
    else if (answer.failure.kind === 'not-signed-in') onSignedOut();
    setFailure(answer.ok ? null : answer.failure);
  };

  return (
    <Panel
      title={t('monitoring.title')}
      aside={
        <div className={styles.asked}>
          <PeriodFields what={t('monitoring.title')} period={period} onPeriod={setPeriod} />
          <Button onPress={() => void compute()} isPending={isComputing}>
            {t('monitoring.compute')}
          </Button>
        </div>
      }
    >
      {failure !== null && <Notice tone="danger" title={words(failure)} />}
      {shown === null ? (
        <p className={styles.muted}>{t('monitoring.words')}</p>
      ) : (
        <>
          <div className={styles.summary}>
            <span>{t('monitoring.as-of', { days: daysOf(shown), at: formatDateTime(shown.asOfMs) })}</span>
            <span className={styles.spacer} />
            <RadioCards
              label={t('monitoring.by')}
              isLabelHidden
              value={by}
              onChange={setBy}
              options={[
                { value: 'procedure', label: t('monitoring.by-procedure') },
                { value: 'office', label: t('monitoring.by-office') },
              ]}
            />
            <a className={styles.file} href={api.monitoringFile(shown)} download>
              {t('monitoring.file')}
            </a>
          </div>
          {shown.rows.length === 0 ? <p className={styles.muted}>{t('monitoring.none')}</p> : <FigureTable lines={linesOf(shown.rows, by)} by={by} />}
          <p className={styles.muted}>{t('monitoring.what')}</p>
        </>
      )}
    </Panel>
  );
}

function FigureTable({ lines, by }: { lines: readonly Line[]; by: By }) {
  const { t } = useTranslation('supervisor');
  const total = figuresOf(lines);
  const cells = (figures: Figures) =>
    columns.map((column) => (
      <td key={column} className={styles.number}>
        {figures[column]}
      </td>
    ));
  return (
    <div className={styles.tableScroller} tabIndex={0} role="region" aria-label={t('monitoring.title')}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t(`monitoring.by-${by}`)}</th>
            {columns.map((column) => (
              <th key={column} scope="col" className={styles.number}>
                {t(`monitoring.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.key}>
              <th scope="row">{line.name}</th>
              {cells(line)}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('monitoring.total')}</th>
            {cells(total)}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
