/** F6: gives a citizen a number at the counter; two questions at most, then it prints. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../shared/lib/result.ts';
import { priorities, type Priority, type Ticket } from '../../shared/queue/ticket.ts';
import { useFailureWords } from '../app/useFailureWords.ts';
import { useShell } from '../app/shell-context.tsx';
import { Button } from '../ui/Button.tsx';
import { RadioCards, Select } from '../ui/Choices.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import styles from './queue.module.css';

export function IssueTicketDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('queue');
  return (
    <Dialog title={t('issue.title')} isOpen onClose={onClose} size="medium">
      <IssueTicket onClose={onClose} />
    </Dialog>
  );
}

function IssueTicket({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('queue');
  const words = useFailureWords();
  const { bridge, info } = useShell();
  const groups = info.settings.queueGroups;
  const [groupId, setGroupId] = useState(groups[0]?.id ?? '');
  const [priority, setPriority] = useState<Priority>('none');
  const [isBusy, setIsBusy] = useState(false);
  const [issued, setIssued] = useState<Ticket | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);

  const issue = async () => {
    setIsBusy(true);
    setFailure(null);
    const result = await bridge.invoke('queue:issue', { groupId, priority, print: true });
    setIsBusy(false);
    if (result.ok) setIssued(result.value);
    else setFailure(result.failure);
  };
  useShortcut('F9', () => void issue(), { isEnabled: issued === null && !isBusy });

  if (issued !== null)
    return (
      <>
        <div className={styles.issued} role="status">
          <span className={styles.issuedNumber} data-testid="issued-number">
            {issued.number}
          </span>
          <span>{t('issue.printing')}</span>
        </div>
        <div className={styles.dialogActions}>
          <Button onPress={() => setIssued(null)}>{t('issue.another')}</Button>
          <Button variant="primary" autoFocus onPress={onClose}>
            {t('issue.done')}
          </Button>
        </div>
      </>
    );
  return (
    <>
      <RadioCards
        label={t('issue.group')}
        options={groups.map((group) => ({ value: group.id, label: `${group.letter} · ${group.name}` }))}
        value={groupId}
        onChange={setGroupId}
      />
      <Select
        label={t('issue.priority')}
        options={priorities.map((value) => ({ value, label: t(`priority.${value}`) }))}
        value={priority}
        onChange={setPriority}
      />
      {failure !== null && <Notice tone="danger" title={words(failure)} />}
      <div className={styles.dialogActions}>
        <Button onPress={onClose}>{t('issue.cancel')}</Button>
        <Button variant="primary" shortcut="F9" isPending={isBusy} onPress={() => void issue()}>
          {t('issue.submit')}
        </Button>
      </div>
    </>
  );
}
