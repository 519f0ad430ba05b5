/** The figures this device adds to the province's monitoring for one day, computed from its journal as the province computes them. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDate } from '../../shared/lib/time.ts';
import type { MonitoringRow } from '../../shared/reconciliation/monitoring.ts';
import type { ReconciliationState } from '../../shared/reconciliation/state.ts';
import { PaperOutcomeNotice } from '../app/PaperOutcomeNotice.tsx';
import { useShell } from '../app/shell-context.tsx';
import { usePaper } from '../app/usePaper.ts';
import { Button } from '../ui/Button.tsx';
import { Panel } from '../ui/Panel.tsx';
import styles from './reconciliation.module.css';

const columns = ['accepted', 'onlineFull', 'onlinePartial', 'counter', 'post', 'digitised', 'inTime', 'overdue'] as const;

/** Asked again whenever something was taken in, which changes `state`, or confirmed. */
export function DayFigures({ date, state }: { date: string; state: ReconciliationState }) {
  const { t } = useTranslation('reconciliation');
  const { bridge } = useShell();
  const paper = usePaper();
  const [rows, setRows] = useState<MonitoringRow[] | null>(null);
  useEffect(() => {
    let isHere = true;
    const ask = () => void bridge.invoke('reconciliation:figures', { date }).then((found) => isHere && setRows(found));
    ask();
    const stop = bridge.on('sync:delivered', ask);
    return () => {
      isHere = false;
      stop();
    };
  }, [bridge, date, state]);
  if (rows === null) return null;

  const total = (column: (typeof columns)[number]): number => rows.reduce((sum, row) => sum + row[column], 0);
  return (
    <Panel
      title={t('figures.title', { date: formatDate(date) })}
      aside={
        <div className={styles.papers}>
          <Button onPress={() => void paper.print({ kind: 'day-statement', date }, 'roll')} isDisabled={paper.isBusy}>
            {t('papers.statement')}
          </Button>
          <Button onPress={() => void paper.print({ kind: 'day-statement', date }, 'pdf', 'A4')} isDisabled={paper.isBusy}>
            {t('papers.statementPdf')}
          </Button>
          <Button onPress={() => void paper.print({ kind: 'register', from: date, to: date }, 'pdf', 'A4')} isDisabled={paper.isBusy}>
            {t('papers.register')}
          </Button>
        </div>
      }
    >
      <PaperOutcomeNotice outcome={paper.outcome} />
      {rows.length === 0 ? (
        <p className={styles.muted}>{t('figures.none')}</p>
      ) : (
        <div className={styles.scroll}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('figures.procedure')}</th>
                {columns.map((column) => (
                  <th key={column} scope="col" className={styles.number}>
                    {t(`figures.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.procedureCode}>
                  <th scope="row">{row.procedureName}</th>
                  {columns.map((column) => (
                    <td key={column} className={styles.number}>
                      {row[column]}
                    </td>
                  ))}
                </tr>
              ))}
              {rows.length > 1 && (
                <tr className={styles.total}>
                  <th scope="row">{t('figures.total')}</th>
                  {columns.map((column) => (
                    <td key={column} className={styles.number}>
                      {total(column)}
                    </td>
                  ))}
                </tr>
              )}
            </tbody>
          </table>
        </div>
      )}
      <p className={styles.muted}>{t('figures.words')}</p>
    </Panel>
  );
}
