/** The display board: number → counter in two columns, the newest first; legible from ten metres. */
import { useTranslation } from 'react-i18next';
import { useNow, useQueueDay, useShell } from '../app/shell-context.tsx';
import { formatDateTime } from '../../shared/lib/time.ts';
import { boardOf, type Called } from './board-view.ts';
import styles from './board.module.css';

const ROWS_A_COLUMN = 4;

export function BoardScreen() {
  const { t } = useTranslation('board');
  const { info } = useShell();
  const day = useQueueDay();
  const nowMs = useNow(1000);
  const { office, queueGroups } = info.settings;
  const view = day === null ? null : boardOf(day, queueGroups, ROWS_A_COLUMN * 2);
  const columns = view === null ? [] : [view.called.slice(0, ROWS_A_COLUMN), view.called.slice(ROWS_A_COLUMN)];
  const [date, time] = formatDateTime(nowMs).split(' ');
  return (
    <div className={styles.board}>
      <header className={styles.head}>
        <h1 className={styles.office}>{office.name}</h1>
        <span className={styles.date}>{date}</span>
        <span className={styles.time}>{time}</span>
      </header>
      <main className={styles.columns}>
        {columns.map((called, index) => (
          <section key={index} className={styles.column}>
            <div className={styles.titles}>
              <span>{t('number')}</span>
              <span>{t('counter')}</span>
            </div>
            <ol className={styles.rows} aria-live={index === 0 ? 'polite' : 'off'}>
              {called.map((one) => (
                <Row key={`${one.ticketId} ${one.calledAtMs}`} called={one} isNewest={index === 0 && one === called[0]} />
              ))}
            </ol>
          </section>
        ))}
        {view?.called.length === 0 && <p className={styles.none}>{t('none')}</p>}
      </main>
      <footer>
        <div className={styles.foot}>
          <span className={styles.footTitle}>{t('waiting')}</span>
          {view?.waiting.map(({ group, count }) => (
            <span key={group.id} className={styles.group}>
              <b>{group.letter}</b> {group.name} <span className={styles.count}>{count}</span>
            </span>
          ))}
        </div>
        <p className={styles.notice}>{t('notice')}</p>
      </footer>
    </div>
  );
}

function Row({ called, isNewest }: { called: Called; isNewest: boolean }) {
  return (
    <li className={styles.row} data-newest={isNewest || undefined}>
      <span className={styles.number}>{called.number}</span>
      <span className={styles.arrow} aria-hidden="true">
        →
      </span>
      <span className={styles.counter}>{called.counter}</span>
    </li>
  );
}
