/** The display board, the same in the app and on any television: the newest call large, the others beside it, who waits below. */
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDateTime } from '../../shared/lib/time.ts';
import { rowsOf, type BoardView, type Called, type Group } from './board-view.ts';
import styles from './board.module.css';

/** Beside the newest. */
const ROWS = 5;
/** Three blinks, as board.module.css draws them, and what the clock of the page may be behind. */
const BLINKING_MS = 4500;
/** A letter and four digits fit as they are. */
const LONG = 5;
/** From here on names give way to figures. */
const MANY_GROUPS = 6;

type Props = {
  /** Null: nothing has been heard yet. */
  view: BoardView | null;
  nowMs: number;
  notice: string | null;
  /** Since when what is shown may be old; null: it is not. */
  lostSinceMs: number | null;
  /** What stands beside the notice, e.g. the switch of the sound. */
  corner?: ReactNode;
};

export function Board({ view, nowMs, notice, lostSinceMs, corner }: Props) {
  const { t } = useTranslation('board');
  const rows = view === null ? null : rowsOf(view.called, ROWS + 1);
  const isBlinking = useBlinking(rows, nowMs);
  const [newest, ...others] = rows ?? [];
  const [date, time] = formatDateTime(nowMs).split(' ');
  return (
    <div className={styles.board}>
      <header className={styles.head}>
        <h1 className={styles.office}>{view?.officeName || t('title')}</h1>
        <span className={styles.date}>{date}</span>
        <span className={styles.time}>{time}</span>
      </header>
      <main className={styles.calls}>
        {newest === undefined ? (
          <p className={styles.none}>{view === null ? t('starting') : view.isClosed ? t('closed') : t('none')}</p>
        ) : (
          <>
            <section className={styles.newest} aria-live="polite" data-newest data-blinking={isBlinking(newest) || undefined} key={keyOf(newest)}>
              <h2 className={styles.title}>{t('newest')}</h2>
              <p className={styles.newestNumber} data-long={newest.number.length > LONG || undefined}>
                {newest.number}
              </p>
              <p className={styles.newestCounter}>
                <span className={styles.word}>{t('counter')}</span> <Counter name={newest.counter} />
              </p>
            </section>
            <section className={styles.others}>
              <div className={styles.titles} aria-hidden="true">
                <span>{t('number')}</span>
                <span>{t('counter')}</span>
              </div>
              <ol className={styles.rows} aria-label={t('others')}>
                {others.map((one) => (
                  <li key={keyOf(one)} className={styles.row} data-blinking={isBlinking(one) || undefined}>
                    <span className={styles.number} data-long={one.number.length > LONG || undefined}>
                      {one.number}
                    </span>
                    <span className={styles.arrow} aria-hidden="true">
                      →
                    </span>
                    <span className={styles.counter}>
                      <Counter name={one.counter} />
                    </span>
                  </li>
                ))}
              </ol>
            </section>
          </>
        )}
      </main>
      <footer>
        {view !== null && (
          <ul className={styles.groups} data-many={view.groups.length > MANY_GROUPS || undefined} aria-label={t('waiting')}>
            {view.groups.map((group) => (
              <Waiting key={group.groupId} group={group} />
            ))}
          </ul>
        )}
        <div className={styles.foot}>
          <p className={styles.notice}>{notice ?? t('notice')}</p>
          {view !== null && view.unreadable > 0 && <p className={styles.state}>{t('unreadable', { count: view.unreadable })}</p>}
          {view?.isClosed === true && newest !== undefined && <p className={styles.state}>{t('closed')}</p>}
          {lostSinceMs !== null && (
            <p className={styles.state} role="status">
              {t('lost', { time: formatDateTime(lostSinceMs).split(' ')[1] })}
            </p>
          )}
          {corner}
        </div>
      </footer>
    </div>
  );
}

/** A counter with a name instead of a number is written smaller, so that its row stays one line. */
const Counter = ({ name }: { name: string }) => <span className={name.length > 4 ? styles.named : undefined}>{name}</span>;

function Waiting({ group: { letter, name, waiting, expectedWaitMs } }: { group: Group }) {
  const { t } = useTranslation('board');
  return (
    <li className={styles.group}>
      <span className={styles.letter}>{letter}</span>
      <span className={styles.groupWords}>
        <span className={styles.groupName}>{name}</span>
        <span className={styles.wait}>
          {expectedWaitMs === null || waiting === 0 ? t('waiting') : t('wait', { minutes: Math.ceil(expectedWaitMs / 60_000) })}
        </span>
      </span>
      <span className={styles.count}>{waiting}</span>
    </li>
  );
}

const keyOf = ({ ticketId, counter, calledAtMs }: Called): string => `${ticketId} ${counter} ${calledAtMs}`;

/** Which calls are so new that they blink: this board saw them just now, and they were not there when it was switched on. */
function useBlinking(called: readonly Called[] | null, nowMs: number): (call: Called) => boolean {
  const [seen, setSeen] = useState<{ keys: string; since: ReadonlyMap<string, number> } | null>(null);
  const keys = called?.map(keyOf).join('|');
  if (called !== null && keys !== undefined && keys !== seen?.keys)
    setSeen({ keys, since: new Map(called.map((call) => [keyOf(call), seen === null ? -Infinity : (seen.since.get(keyOf(call)) ?? nowMs)])) });
  return (call) => nowMs - (seen?.since.get(keyOf(call)) ?? -Infinity) < BLINKING_MS;
}
