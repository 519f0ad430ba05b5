/** Hàng chờ, the officer's home: who is at the counter, who comes next, who waits, and the intakes left unfinished. */
import { useTranslation } from 'react-i18next';
import type { QueueView } from '../../shared/queue/view.ts';
import type { QueuedTicket } from '../../shared/queue/ticket.ts';
import { Drafts } from '../app/Drafts.tsx';
import { useNow, useQueue, useShell } from '../app/shell-context.tsx';
import { Chip } from '../ui/Chip.tsx';
import { Page } from '../ui/Page.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Aside } from './Aside.tsx';
import { CounterSwitch } from './CounterSwitch.tsx';
import { groupName } from './group-name.ts';
import { LinkChip, LinkNotice } from './LinkState.tsx';
import { NowServing } from './NowServing.tsx';
import { formatElapsed, viewOf, type QueueScreenView } from './queue-view.ts';
import type { QueueActions } from './useQueueActions.ts';
import styles from './queue.module.css';

type Props = { actions: QueueActions; onCallNext: () => void; onIntake: (ticket: QueuedTicket | null) => void };

export function QueueScreen(props: Props) {
  const { t } = useTranslation('queue');
  const queue = useQueue();
  if (queue === null) return null;
  return (
    <Page
      title={t('title')}
      aside={
        <>
          <LinkChip link={queue.link} />
          <CounterSwitch queue={queue} actions={props.actions} />
        </>
      }
    >
      <LinkNotice link={queue.link} actions={props.actions} />
      <Columns queue={queue} {...props} />
    </Page>
  );
}

/** Apart, because the clock draws it anew every second. */
function Columns({ queue, ...props }: Props & { queue: QueueView }) {
  const { info } = useShell();
  const nowMs = useNow(1000);
  const view = viewOf(queue, info.settings.queueGroups, info.settings.counter, nowMs);
  return (
    <div className={styles.columns}>
      <div className={styles.main}>
        <NowServing queue={queue} view={view} nowMs={nowMs} {...props} />
        <Aside view={view} actions={props.actions} />
        <Drafts />
      </div>
      <div className={styles.side}>
        <NextUp view={view} nowMs={nowMs} />
        <Groups view={view} />
        {view.elsewhere.length > 0 && <Elsewhere view={view} nowMs={nowMs} />}
      </div>
    </div>
  );
}

function NextUp({ view, nowMs }: { view: QueueScreenView; nowMs: number }) {
  const { t } = useTranslation('queue');
  return (
    <Panel title={t('next.title')} aside={<span className={styles.muted}>{t('next.waiting', { count: view.waiting })}</span>}>
      {view.next.length === 0 ? (
        <p className={styles.muted}>{t('next.none')}</p>
      ) : (
        <ol className={styles.list} aria-label={t('next.title')}>
          {view.next.map((ticket) => (
            <li key={ticket.ticketId} className={styles.row}>
              <span className={styles.number}>{ticket.number}</span>
              <span className={styles.grow}>
                {groupName(view.groups, ticket.groupId)}
                {ticket.priority !== 'none' && <Chip tone="accent">{t(`priority.${ticket.priority}`)}</Chip>}
                {ticket.forCounter !== undefined && <Chip>{t('next.sentHere')}</Chip>}
              </span>
              <span className={styles.time}>{formatElapsed(nowMs - ticket.issuedAtMs)}</span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function Groups({ view }: { view: QueueScreenView }) {
  const { t } = useTranslation('queue');
  return (
    <Panel title={t('groups.title')}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('groups.group')}</th>
            <th scope="col" className={styles.figure}>
              {t('groups.waiting')}
            </th>
            <th scope="col" className={styles.figure}>
              {t('groups.longest')}
            </th>
          </tr>
        </thead>
        <tbody>
          {view.groups.map(({ group, waiting, longestMs }) => (
            <tr key={group.id}>
              <th scope="row">
                <span className={styles.letter}>{group.letter}</span> {group.name}
              </th>
              <td className={styles.figure}>{waiting}</td>
              <td className={styles.figure}>{longestMs === null ? '–' : formatElapsed(longestMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Elsewhere({ view, nowMs }: { view: QueueScreenView; nowMs: number }) {
  const { t } = useTranslation('queue');
  return (
    <Panel title={t('elsewhere.title')}>
      <ul className={styles.list}>
        {view.elsewhere.map(({ ticketId, number, counter, servedFromMs = nowMs }) => (
          <li key={ticketId} className={styles.row}>
            <span className={styles.number}>{number}</span>
            <span className={styles.grow}>{t('elsewhere.counter', { counter })}</span>
            <span className={styles.time}>{formatElapsed(nowMs - servedFromMs)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
