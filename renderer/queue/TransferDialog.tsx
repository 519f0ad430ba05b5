/** Where the citizen at this counter goes on: to another group's line, or to one open counter. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueuedTicket } from '../../shared/queue/ticket.ts';
import type { QueueView } from '../../shared/queue/view.ts';
import { useFailureWords } from '../app/useFailureWords.ts';
import { useShell } from '../app/shell-context.tsx';
import { Button } from '../ui/Button.tsx';
import { RadioCards } from '../ui/Choices.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import type { QueueActions, TransferTarget } from './useQueueActions.ts';
import styles from './queue.module.css';

type Props = { queue: QueueView; ticket: QueuedTicket; actions: QueueActions; onClose: () => void };

export function TransferDialog(props: Props) {
  const { t } = useTranslation('queue');
  return (
    <Dialog title={t('transfer.title', { number: props.ticket.number })} isOpen onClose={props.onClose}>
      <Transfer {...props} />
    </Dialog>
  );
}

function Transfer({ queue, ticket, actions, onClose }: Props) {
  const { t } = useTranslation('queue');
  const words = useFailureWords();
  const { settings } = useShell().info;
  const waitingOf = (groupId: string): number => queue.groups.find((group) => group.groupId === groupId)?.waiting ?? 0;
  const targets: Array<{ value: string; label: string; hint: string; to: TransferTarget }> = [
    ...settings.queueGroups
      .filter(({ id }) => id !== ticket.groupId)
      .map(({ id, letter, name }) => ({
        value: `group ${id}`,
        label: `${letter} · ${name}`,
        hint: t('transfer.waiting', { count: waitingOf(id) }),
        to: { toGroupId: id },
      })),
    ...queue.counters
      .filter(({ counter, isOpen }) => isOpen && counter !== settings.counter)
      .map(({ counter }) => ({
        value: `counter ${counter}`,
        label: t('transfer.counter', { counter }),
        hint: t('transfer.only'),
        to: { toCounter: counter },
      })),
  ];
  const [chosen, setChosen] = useState(targets[0]?.value ?? null);
  const target = targets.find(({ value }) => value === chosen);

  const transfer = async () => {
    if (target !== undefined && (await actions.transfer(ticket.ticketId, target.to))) onClose();
  };
  useShortcut('F9', () => void transfer(), { isEnabled: target !== undefined && !actions.isBusy });

  return (
    <>
      {targets.length === 0 ? (
        <p>{t('transfer.nowhere')}</p>
      ) : (
        <RadioCards
          label={t('transfer.to')}
          isStacked
          options={targets.map(({ value, label, hint }) => ({ value, label, hint }))}
          value={chosen}
          onChange={setChosen}
        />
      )}
      {actions.failure !== null && <Notice tone="danger" title={words(actions.failure)} />}
      <div className={styles.dialogActions}>
        <Button onPress={onClose}>{t('transfer.cancel')}</Button>
        <Button variant="primary" shortcut="F9" isDisabled={target === undefined} isPending={actions.isBusy} onPress={() => void transfer()}>
          {t('transfer.submit')}
        </Button>
      </div>
    </>
  );
}
