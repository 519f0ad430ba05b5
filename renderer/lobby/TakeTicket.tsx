/** From the question what for to the number in the hand, on paper or without. */
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { priorities, type IssuedTicket } from '../../shared/queue/ticket.ts';
import { useShell } from '../app/shell-context.tsx';
import { Icon } from '../ui/Icon.tsx';
import type { Step } from './lobby-store.ts';
import { Choice, Choices, Ending, Question } from './parts.tsx';
import { useCanPrint, useVisit } from './visit-context.ts';
import styles from './lobby.module.css';

export function Groups({ wish }: Extract<Step, { name: 'group' }>) {
  const { t } = useTranslation('lobby');
  const { info } = useShell();
  const { back, go } = useVisit();
  return (
    <Question words={t('whichGroup')} onBack={back}>
      <Choices>
        {info.settings.queueGroups.map((group) => (
          <Choice key={group.id} onPress={() => go({ name: 'priority', groupId: group.id, wish })}>
            <b className={styles.letter}>{group.letter}</b>
            {group.name}
          </Choice>
        ))}
        {wish.procedureCode === undefined && (
          <Choice onPress={() => go({ name: 'find', isDeclaring: false })}>
            <Icon name="search" size={44} />
            {t('find.door')}
          </Choice>
        )}
      </Choices>
    </Question>
  );
}

export function Priorities() {
  const { t } = useTranslation('lobby');
  const { back, choosePriority } = useVisit();
  return (
    <Question words={t('whichPriority')} hint={t('priorityHint')} onBack={back}>
      <Choices>
        {priorities.map((priority) => (
          <Choice key={priority} isMain={priority === 'none'} onPress={() => void choosePriority(priority)}>
            {t(`priority.${priority}`)}
          </Choice>
        ))}
      </Choices>
    </Question>
  );
}

const minutesOf = (ms: number): number => Math.max(1, Math.ceil(ms / 60_000));

export function Given({ ticket, isDeclared, onEnd }: { ticket: IssuedTicket; isDeclared: boolean; onEnd: () => void }) {
  const { t } = useTranslation('lobby');
  const { info } = useShell();
  const { isWithoutPaper, sayWithoutPaper } = useVisit();
  const canPrint = useCanPrint();
  useEffect(() => {
    if (!canPrint) sayWithoutPaper();
  }, [canPrint, sayWithoutPaper]);
  return (
    <Ending title={t('yourNumber')} onEnd={onEnd} label={t('finish')}>
      <p className={styles.number} data-testid="ticket-number">
        {ticket.number}
      </p>
      <p className={styles.groupName}>{info.settings.queueGroups.find(({ id }) => id === ticket.groupId)?.name}</p>
      <p className={styles.hint}>
        {t('ahead', { count: ticket.waitingAhead })}{' '}
        {ticket.expectedWaitMs !== null && ticket.waitingAhead > 0 && t('wait', { count: minutesOf(ticket.expectedWaitMs) })}
      </p>
      <p className={isWithoutPaper ? styles.warning : styles.hint}>{isWithoutPaper ? t('withoutPaper') : t('takePaper')}</p>
      {isDeclared && <p className={styles.hint}>{t('declare.done')}</p>}
    </Ending>
  );
}
