/** For which groups this counter calls, and whether it rests. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueueView } from '../../shared/queue/view.ts';
import { useFailureWords } from '../app/useFailureWords.ts';
import { useShell } from '../app/shell-context.tsx';
import { Button } from '../ui/Button.tsx';
import { Checkbox } from '../ui/Choices.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import type { QueueActions } from './useQueueActions.ts';
import styles from './queue.module.css';

type Props = { queue: QueueView; actions: QueueActions };

export function CounterSwitch({ queue, actions }: Props) {
  const { t } = useTranslation('queue');
  const { settings } = useShell().info;
  const [isOpen, setIsOpen] = useState(false);
  const standing = queue.counters.find(({ counter }) => counter === settings.counter);
  const letters = settings.queueGroups.filter(({ id }) => standing?.groupIds.includes(id)).map(({ letter }) => letter);
  const words =
    standing?.isOpen === false ? t('counter.resting') : letters.length === 0 ? t('counter.all') : t('counter.some', { letters: letters.join(', ') });
  return (
    <>
      <Button onPress={() => setIsOpen(true)}>{words}</Button>
      {isOpen && (
        <Dialog title={t('counter.title', { counter: settings.counter })} isOpen onClose={() => setIsOpen(false)}>
          <Setup queue={queue} actions={actions} onClose={() => setIsOpen(false)} />
        </Dialog>
      )}
    </>
  );
}

function Setup({ queue, actions, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation('queue');
  const failureWords = useFailureWords();
  const { settings } = useShell().info;
  const standing = queue.counters.find(({ counter }) => counter === settings.counter);
  const every = settings.queueGroups.map(({ id }) => id);
  const [groupIds, setGroupIds] = useState<readonly string[]>(standing === undefined || standing.groupIds.length === 0 ? every : standing.groupIds);
  const isResting = standing?.isOpen === false;

  const set = async (isOpen: boolean) => {
    // None named is all of them, those added later among them.
    const named = groupIds.length === every.length ? [] : every.filter((id) => groupIds.includes(id));
    if (await actions.setCounter(named, isOpen)) onClose();
  };
  useShortcut('F9', () => void set(true), { isEnabled: groupIds.length > 0 && !actions.isBusy });

  return (
    <>
      <p>{t('counter.question')}</p>
      <div className={styles.choices} role="group" aria-label={t('counter.question')}>
        {settings.queueGroups.map(({ id, letter, name }) => (
          <Checkbox
            key={id}
            isCard
            isSelected={groupIds.includes(id)}
            onChange={(isChosen) => setGroupIds(isChosen ? [...groupIds, id] : groupIds.filter((other) => other !== id))}
          >
            {`${letter} · ${name}`}
          </Checkbox>
        ))}
      </div>
      {actions.failure !== null && <Notice tone="danger" title={failureWords(actions.failure)} />}
      <div className={styles.dialogActions}>
        <Button onPress={onClose}>{t('counter.cancel')}</Button>
        {!isResting && (
          <Button isPending={actions.isBusy} onPress={() => void set(false)}>
            {t('counter.rest')}
          </Button>
        )}
        <Button variant="primary" shortcut="F9" isDisabled={groupIds.length === 0} isPending={actions.isBusy} onPress={() => void set(true)}>
          {isResting ? t('counter.open') : t('counter.submit')}
        </Button>
      </div>
    </>
  );
}
