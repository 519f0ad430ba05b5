/** Who stands aside: held to fill something in, or absent when called. Each is called from here, or sent back to the line. */
import { useTranslation } from 'react-i18next';
import { formatDateTime } from '../../shared/lib/time.ts';
import { Button } from '../ui/Button.tsx';
import { Chip } from '../ui/Chip.tsx';
import { Panel } from '../ui/Panel.tsx';
import { groupName } from './group-name.ts';
import type { QueueScreenView } from './queue-view.ts';
import type { QueueActions } from './useQueueActions.ts';
import styles from './queue.module.css';

const SHOWN = 6;

export function Aside({ view, actions }: { view: QueueScreenView; actions: QueueActions }) {
  const { t } = useTranslation('queue');
  if (view.aside.length === 0) return null;
  return (
    <Panel title={t('aside.title')} aside={<span className={styles.muted}>{view.aside.length}</span>}>
      <ul className={styles.list}>
        {view.aside.slice(0, SHOWN).map(({ ticketId, number, groupId, state, counter, calledAtMs }) => (
          <li key={ticketId} className={styles.row} data-testid="aside">
            <span className={styles.number}>{number}</span>
            <span className={styles.grow}>
              {groupName(view.groups, groupId)}
              <Chip tone={state === 'held' ? 'accent' : 'neutral'}>{state === 'held' ? t('aside.held') : t('aside.absent')}</Chip>
              {calledAtMs !== undefined && (
                <span className={styles.muted}>{t('aside.called', { counter, time: formatDateTime(calledAtMs).split(' ')[1] })}</span>
              )}
            </span>
            <Button isDisabled={actions.isBusy} aria-label={t('aside.returnOf', { number })} onPress={() => void actions.step('return', ticketId)}>
              {t('aside.return')}
            </Button>
            <Button isDisabled={actions.isBusy || view.serving !== null} aria-label={t('aside.callOf', { number })} onPress={() => void actions.call(ticketId)}>
              {t('aside.call')}
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
