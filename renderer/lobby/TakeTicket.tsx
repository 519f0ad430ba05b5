/** From the question what for to the number in the hand, on paper or without. */
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { priorities, type IssuedTicket } from '../../shared/queue/ticket.ts';
import { useQueue, useShell } from '../app/shell-context.tsx';
import { Icon } from '../ui/Icon.tsx';
import type { Step } from './lobby-store.ts';
import { Choice, Choices, Ending, Question } from './parts.tsx';
import { isConnected, usePaperTrouble, useVisit } from './visit-context.ts';
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
  const { withoutPaper, sayWithoutPaper } = useVisit();
  const link = useQueue()?.link;
  const trouble = usePaperTrouble();
  useEffect(() => {
    if (trouble !== null) sayWithoutPaper(trouble);
  }, [trouble, sayWithoutPaper]);
  return (
    <Ending title={t('yourNumber')} onEnd={onEnd} label={t('finish')}>
      <p className={styles.number} data-testid="ticket-number">
        {ticket.number}
      </p>
      <p className={styles.groupName}>{info.settings.queueGroups.find(({ id }) => id === ticket.groupId)?.name}</p>
      {link !== undefined && !isConnected(link) ? (
        // How many wait is not known, and the board may not show it for a while.
        <p className={styles.hint}>{t('ownNumber')}</p>
      ) : (
        <p className={styles.hint}>
          {t('ahead', { count: ticket.waitingAhead })}{' '}
          {ticket.expectedWaitMs !== null && ticket.waitingAhead > 0 && t('wait', { count: minutesOf(ticket.expectedWaitMs) })}
        </p>
      )}
      <p className={withoutPaper === null ? styles.hint : styles.warning}>{t(withoutPaper === null ? 'takePaper' : `withoutPaper.${withoutPaper}`)}</p>
      {isDeclared && <p className={styles.hint}>{t('declare.done')}</p>}
    </Ending>
  );
}

const said = ['doors-closed', 'no-hub', 'day-full'];

export function NotGiven({ kind, onEnd }: { kind: string; onEnd: () => void }) {
  const { t } = useTranslation('lobby');
  const why = said.includes(kind) ? kind : 'other';
  return (
    <Ending isBad title={t(`notGiven.${why}.title`)} onEnd={onEnd} label={t(why === 'other' ? 'startAgain' : 'finish')}>
      <p className={styles.hint}>{t(`notGiven.${why}.hint`)}</p>
    </Ending>
  );
}
