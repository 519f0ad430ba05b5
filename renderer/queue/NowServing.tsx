/** The citizen at this counter, for how long, and what may be done, one key each. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueuedTicket } from '../../shared/queue/ticket.ts';
import type { QueueView } from '../../shared/queue/view.ts';
import { useShell } from '../app/shell-context.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { Button } from '../ui/Button.tsx';
import { Chip } from '../ui/Chip.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import { groupName } from './group-name.ts';
import { formatElapsed, type QueueScreenView } from './queue-view.ts';
import { TransferDialog } from './TransferDialog.tsx';
import type { QueueActions } from './useQueueActions.ts';
import styles from './queue.module.css';

const KEYS = { recall: 'F5', noShow: 'F7', hold: 'F8', finish: 'F9', transfer: 'F10' };

type Props = {
  queue: QueueView;
  view: QueueScreenView;
  nowMs: number;
  actions: QueueActions;
  onCallNext: () => void;
  onIntake: (ticket: QueuedTicket | null) => void;
};

export function NowServing({ queue, view, nowMs, actions, onCallNext, onIntake }: Props) {
  const { t } = useTranslation('queue');
  const words = useFailureWords();
  const { info } = useShell();
  const { serving, lastAbsent } = view;
  return (
    <Panel title={t('serving.title', { counter: info.settings.counter })}>
      {serving === null ? (
        <Nobody queue={queue} view={view} actions={actions} lastAbsent={lastAbsent} onCallNext={onCallNext} />
      ) : (
        <Somebody
          key={serving.ticketId}
          queue={queue}
          view={view}
          nowMs={nowMs}
          serving={serving}
          actions={actions}
          onCallNext={onCallNext}
          onIntake={onIntake}
        />
      )}
      {actions.isEmptyCall && <Notice tone="info" title={t('nobodyWaiting')} />}
      {actions.failure !== null && <Notice tone="danger" title={words(actions.failure)} />}
    </Panel>
  );
}

function Nobody({
  queue,
  view,
  actions,
  lastAbsent,
  onCallNext,
}: Pick<Props, 'queue' | 'view' | 'actions' | 'onCallNext'> & { lastAbsent: QueuedTicket | null }) {
  const { t } = useTranslation('queue');
  const isNobodyWaiting = view.next.length === 0;
  const recall = () => lastAbsent !== null && void actions.call(lastAbsent.ticketId);
  useShortcut(KEYS.recall, recall, { label: t('keys.recallAbsent', { number: lastAbsent?.number }), isEnabled: lastAbsent !== null && !actions.isBusy });
  return (
    <>
      <EmptyState
        icon="people"
        title={isNobodyWaiting ? t('serving.nobodyWaits') : t('serving.nobody')}
        action={
          <Button variant="primary" isLarge shortcut="F4" isDisabled={isNobodyWaiting || !mayCall(queue)} isPending={actions.isBusy} onPress={onCallNext}>
            {t('callNext')}
          </Button>
        }
      >
        {isNobodyWaiting ? t('serving.nobodyWaitsHint') : t('serving.nobodyHint', { count: view.waiting })}
      </EmptyState>
      {lastAbsent !== null && (
        <Notice
          tone="info"
          title={t('absent', { number: lastAbsent.number })}
          action={
            <Button shortcut={KEYS.recall} isDisabled={actions.isBusy} onPress={recall}>
              {t('recallAbsent')}
            </Button>
          }
        />
      )}
    </>
  );
}

function Somebody({ queue, view, nowMs, serving, actions, onCallNext, onIntake }: Props & { serving: QueuedTicket }) {
  const { t } = useTranslation('queue');
  const [isTransferring, setIsTransferring] = useState(false);
  const { ticketId, number } = serving;
  const isEnabled = !actions.isBusy;
  const steps = [
    { kind: 'recall', keys: KEYS.recall, words: t('recall') },
    { kind: 'no-show', keys: KEYS.noShow, words: t('noShow') },
    { kind: 'hold', keys: KEYS.hold, words: t('hold') },
  ] as const;
  useShortcut(KEYS.recall, () => void actions.step('recall', ticketId), { label: t('keys.recall'), isEnabled });
  useShortcut(KEYS.noShow, () => void actions.step('no-show', ticketId), { label: t('keys.noShow'), isEnabled });
  useShortcut(KEYS.hold, () => void actions.step('hold', ticketId), { label: t('keys.hold'), isEnabled });
  useShortcut(KEYS.finish, () => void actions.step('finish', ticketId), { label: t('keys.finish'), isEnabled });
  useShortcut(KEYS.transfer, () => setIsTransferring(true), { label: t('keys.transfer'), isEnabled });
  return (
    <>
      <div className={styles.serving}>
        <span className={styles.servingNumber} data-testid="serving-number">
          {number}
        </span>
        <div className={styles.servingFacts}>
          <span className={styles.groupName}>{groupName(view.groups, serving.groupId)}</span>
          <span className={styles.chips}>
            {serving.priority !== 'none' && <Chip tone="accent">{t(`priority.${serving.priority}`)}</Chip>}
            {(serving.calls ?? 1) > 1 && <Chip>{t('serving.calls', { count: serving.calls })}</Chip>}
          </span>
        </div>
        <p className={styles.atCounter}>
          <span className={styles.elapsed} data-testid="time-at-counter">
            {formatElapsed(nowMs - (serving.servedFromMs ?? serving.calledAtMs ?? nowMs))}
          </span>
          <span className={styles.muted}>{t('serving.atCounter')}</span>
        </p>
      </div>
      <div className={styles.actions}>
        {steps.map(({ kind, keys, words }) => (
          <Button key={kind} shortcut={keys} isDisabled={!isEnabled} onPress={() => void actions.step(kind, ticketId)}>
            {words}
          </Button>
        ))}
        <Button shortcut={KEYS.transfer} isDisabled={!isEnabled} onPress={() => setIsTransferring(true)}>
          {t('transfer.open')}
        </Button>
      </div>
      <div className={styles.foot}>
        <Button shortcut={KEYS.finish} isDisabled={!isEnabled} onPress={() => void actions.step('finish', ticketId)}>
          {t('finish')}
        </Button>
        <Button shortcut="F4" isDisabled={!mayCall(queue)} isPending={actions.isBusy} onPress={onCallNext}>
          {t('callNext')}
        </Button>
        <div className={styles.primary}>
          <Button variant="primary" isLarge shortcut="F2" onPress={() => onIntake(serving)}>
            {t('intakeFrom', { number })}
          </Button>
        </div>
      </div>
      {isTransferring && <TransferDialog queue={queue} ticket={serving} actions={actions} onClose={() => setIsTransferring(false)} />}
    </>
  );
}

/** Where no hub is heard nobody is called: LinkNotice says why. */
const mayCall = ({ link: { standing } }: QueueView): boolean => standing === 'leading' || standing === 'following';
