/** Hàng chờ, the officer's home: who is at the counter, who comes next, who waits, and the intakes left unfinished. */
import { useTranslation } from 'react-i18next';
import type { QueuedTicket } from '../../shared/queue/ticket.ts';
import { Drafts } from '../app/Drafts.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { useNow, useQueueDay, useShell } from '../app/shell-context.tsx';
import { Button } from '../ui/Button.tsx';
import { Chip } from '../ui/Chip.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { Panel } from '../ui/Panel.tsx';
import { formatElapsed, viewOf, type QueueView } from './queue-view.ts';
import type { QueueActions } from './useQueueActions.ts';
import styles from './queue.module.css';

type Props = { actions: QueueActions; onCallNext: () => void; onIntake: (ticket: QueuedTicket | null) => void };

export function QueueScreen(props: Props) {
  const { t } = useTranslation('queue');
  const { info } = useShell();
  const day = useQueueDay();
  const nowMs = useNow(1000);
  if (day === null) return null;
  const view = viewOf(day, info.settings.queueGroups, info.settings.counter, nowMs);
  return (
    <Page title={t('title')}>
      <div className={styles.columns}>
        <div className={styles.main}>
          <NowServing view={view} nowMs={nowMs} {...props} />
          <Drafts />
        </div>
        <div className={styles.side}>
          <NextUp view={view} nowMs={nowMs} />
          <Groups view={view} />
        </div>
      </div>
    </Page>
  );
}

function NowServing({ view, nowMs, actions, onCallNext, onIntake }: Props & { view: QueueView; nowMs: number }) {
  const { t } = useTranslation('queue');
  const words = useFailureWords();
  const { info } = useShell();
  const { serving } = view;
  return (
    <Panel title={t('serving.title', { counter: info.settings.counter })}>
      {serving === null ? (
        <EmptyState
          icon="people"
          title={view.waiting === 0 ? t('serving.nobodyWaits') : t('serving.nobody')}
          action={
            <Button variant="primary" isLarge shortcut="F4" isDisabled={view.waiting === 0} isPending={actions.isBusy} onPress={onCallNext}>
              {t('callNext')}
            </Button>
          }
        >
          {view.waiting === 0 ? t('serving.nobodyWaitsHint') : t('serving.nobodyHint', { count: view.waiting })}
        </EmptyState>
      ) : (
        <>
          <div className={styles.serving}>
            <span className={styles.servingNumber} data-testid="serving-number">
              {serving.number}
            </span>
            <div className={styles.servingFacts}>
              <span className={styles.groupName}>{groupName(view, serving.groupId)}</span>
              <span className={styles.muted}>{t('serving.calledFor', { time: formatElapsed(nowMs - (serving.calledAtMs ?? nowMs)) })}</span>
              {serving.priority !== 'none' && <Chip tone="accent">{t(`priority.${serving.priority}`)}</Chip>}
            </div>
          </div>
          <div className={styles.foot}>
            <div className={styles.actions}>
              <Button isDisabled={actions.isBusy} onPress={() => void actions.step('recall', serving.ticketId)}>
                {t('recall')}
              </Button>
              <Button isDisabled={actions.isBusy} onPress={() => void actions.step('no-show', serving.ticketId)}>
                {t('noShow')}
              </Button>
              <Button isDisabled={actions.isBusy} onPress={() => void actions.step('finish', serving.ticketId)}>
                {t('finish')}
              </Button>
              <Button shortcut="F4" isPending={actions.isBusy} onPress={onCallNext}>
                {t('callNext')}
              </Button>
            </div>
            <div className={styles.primary}>
              <Button variant="primary" isLarge shortcut="F2" onPress={() => onIntake(serving)}>
                {t('intakeFrom', { number: serving.number })}
              </Button>
            </div>
          </div>
        </>
      )}
      {actions.isEmptyCall && <Notice tone="info" title={t('nobodyWaiting')} />}
      {actions.failure !== null && <Notice tone="danger" title={words(actions.failure)} />}
    </Panel>
  );
}

function NextUp({ view, nowMs }: { view: QueueView; nowMs: number }) {
  const { t } = useTranslation('queue');
  return (
    <Panel title={t('next.title')} aside={<span className={styles.muted}>{t('next.waiting', { count: view.waiting })}</span>}>
      {view.next.length === 0 ? (
        <p className={styles.muted}>{t('next.none')}</p>
      ) : (
        <ol className={styles.list}>
          {view.next.map((ticket) => (
            <li key={ticket.ticketId} className={styles.row}>
              <span className={styles.number}>{ticket.number}</span>
              <span className={styles.grow}>
                {groupName(view, ticket.groupId)}
                {ticket.priority !== 'none' && <Chip tone="accent">{t(`priority.${ticket.priority}`)}</Chip>}
              </span>
              <span className={styles.time}>{formatElapsed(nowMs - ticket.issuedAtMs)}</span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function Groups({ view }: { view: QueueView }) {
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

const groupName = (view: QueueView, groupId: string): string => view.groups.find(({ group }) => group.id === groupId)?.group.name ?? groupId;
