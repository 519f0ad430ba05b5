/** Hôm nay: what came in, what is due, what is late, who still owes papers, and the fees of the day. */
import { useLiveQuery } from 'dexie-react-hooks';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { DossierRow } from '../db/database.ts';
import { formatVnd } from '../../shared/lib/money.ts';
import { DAY_MS, dateAt, formatDate, instantOf } from '../../shared/lib/time.ts';
import { useServices } from '../app/services.tsx';
import { useNow, useRoute } from '../app/shell-context.tsx';
import { Chip } from '../ui/Chip.tsx';
import { classes } from '../ui/classes.ts';
import { Page } from '../ui/Page.tsx';
import { Panel } from '../ui/Panel.tsx';
import { DueChip } from './DueChip.tsx';
import styles from './dossiers.module.css';

const LISTED = 200;

export function TodayScreen() {
  const { t } = useTranslation('dossiers');
  const { dossiers } = useServices();
  const nowMs = useNow(60_000);
  const today = dateAt(nowMs);
  const day = useLiveQuery(async () => {
    const startMs = instantOf(today, '00:00');
    const [received, fees, late, due, owing] = await Promise.all([
      dossiers.acceptedSince(startMs),
      dossiers.feesSince(startMs),
      dossiers.dueBetween(0, nowMs, LISTED),
      dossiers.dueBetween(nowMs, startMs + DAY_MS, LISTED),
      dossiers.owing(LISTED),
    ]);
    return { received, fees, late, due, owing };
  }, [dossiers, today, nowMs]);
  if (day === undefined) return null;

  return (
    <Page title={t('today.title', { date: formatDate(today) })}>
      <dl className={styles.figures}>
        <Figure name={t('today.received')} value={day.received} />
        <Figure name={t('today.due')} value={atMost(day.due.length)} />
        <Figure name={t('today.late')} value={atMost(day.late.length)} isAlert={day.late.length > 0} />
        <Figure name={t('today.owing')} value={atMost(day.owing.length)} />
        <Figure name={t('fee.phi')} value={formatVnd(day.fees.phiVnd)} />
        <Figure name={t('fee.le-phi')} value={formatVnd(day.fees.lePhiVnd)} />
      </dl>
      <div className={styles.lists}>
        <Rows title={t('today.late')} rows={day.late} none={t('today.noneLate')} />
        <Rows title={t('today.due')} rows={day.due} none={t('today.noneDue')} />
        <Rows title={t('today.owing')} rows={day.owing} none={t('today.noneOwing')} isOwing />
      </div>
    </Page>
  );
}

const atMost = (count: number): string => (count < LISTED ? String(count) : `${LISTED}+`);

function Figure({ name, value, isAlert = false }: { name: string; value: string | number; isAlert?: boolean }) {
  return (
    <div className={styles.figure}>
      <dt className={styles.muted}>{name}</dt>
      <dd className={classes(styles.figureValue, isAlert && styles.figureAlert)}>{value}</dd>
    </div>
  );
}

function Rows({ title, rows, none, isOwing = false }: { title: string; rows: DossierRow[]; none: string; isOwing?: boolean }) {
  const { t } = useTranslation('dossiers');
  const { go } = useRoute();
  return (
    <Panel title={title}>
      {rows.length === 0 ? (
        <p className={styles.muted}>{none}</p>
      ) : (
        <ul className={styles.lines}>
          {rows.map((row) => (
            <li key={row.dossierId}>
              <Button className={styles.line} onPress={() => go({ name: 'dossiers', dossierId: row.dossierId })}>
                <span className={styles.lineWords}>
                  <span className={styles.ellipsis}>
                    <b className={styles.code}>{row.code}</b> · {row.applicantName}
                  </span>
                  <span className={classes(styles.muted, styles.ellipsis)}>{row.procedureName}</span>
                </span>
                {isOwing ? <Chip tone="warning">{t('today.owes', { count: row.papersOwed })}</Chip> : <DueChip dueAtMs={row.dueAtMs} isShort />}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
