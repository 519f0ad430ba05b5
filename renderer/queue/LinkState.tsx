/** Who holds the office's queue, as an officer needs to know it: a quiet word while all is well, why and what to do when not. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { unreachable } from '../../shared/lib/result.ts';
import { formatDateTime } from '../../shared/lib/time.ts';
import { useDeviceName } from '../app/useDeviceName.ts';
import type { QueueLink } from '../../shared/queue/view.ts';
import { Button } from '../ui/Button.tsx';
import { Chip, type ChipTone } from '../ui/Chip.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import type { QueueActions } from './useQueueActions.ts';

type LinkWords = { key: string; tone: ChipTone };

function wordsOf({ standing, seat }: QueueLink): LinkWords {
  switch (standing) {
    case 'leading':
      return { key: seat === 'alone' ? 'alone' : seat === 'standby' ? 'standing-in' : 'leading', tone: 'neutral' };
    case 'following':
      return { key: 'following', tone: 'neutral' };
    case 'lost':
      return { key: 'lost', tone: 'offline' };
    case 'unsure':
      return { key: 'unsure', tone: 'warning' };
    case 'unpaired':
      return { key: 'unpaired', tone: 'warning' };
    default:
      return unreachable(standing);
  }
}

const timeOf = (link: QueueLink): string | undefined => formatDateTime(link.sinceMs).split(' ')[1];

export function LinkChip({ link }: { link: QueueLink }) {
  const { t } = useTranslation('queue');
  const deviceName = useDeviceName();
  const { key, tone } = wordsOf(link);
  return (
    <span role="status" data-testid="queue-link" data-standing={link.standing}>
      <Chip tone={tone}>{t(`link.${key}.chip`, { leader: link.leader && deviceName(link.leader), time: timeOf(link) })}</Chip>
    </span>
  );
}

export function LinkNotice({ link, actions }: { link: QueueLink; actions: QueueActions }) {
  const { t } = useTranslation('queue');
  const [isAsking, setIsAsking] = useState(false);
  const { key } = wordsOf(link);
  if (link.standing === 'leading' || link.standing === 'following')
    return link.toHandIn === 0 ? null : <Notice tone="info" title={t('link.toHandIn', { count: link.toHandIn })} />;
  return (
    <>
      <Notice
        tone={link.standing === 'lost' ? 'offline' : 'warning'}
        title={t(`link.${key}.title`, { time: timeOf(link) })}
        action={link.mayTakeOver ? <Button onPress={() => setIsAsking(true)}>{t('link.takeOver')}</Button> : undefined}
      >
        {t(`link.${key}.words`)} {link.standing !== 'unpaired' && t(link.hasOwnNumbers ? 'link.ownNumbers' : 'link.noNumbers')}
        {link.toHandIn > 0 && ` ${t('link.toHandIn', { count: link.toHandIn })}`}
      </Notice>
      {isAsking && (
        <Dialog
          role="alertdialog"
          size="small"
          isOpen
          title={t('link.takeOverTitle')}
          onClose={() => setIsAsking(false)}
          actions={
            <>
              <Button autoFocus onPress={() => setIsAsking(false)}>
                {t('link.takeOverNo')}
              </Button>
              <Button
                variant="danger"
                isPending={actions.isBusy}
                onPress={() => {
                  setIsAsking(false);
                  void actions.takeOver();
                }}
              >
                {t('link.takeOverYes')}
              </Button>
            </>
          }
        >
          <p>{t('link.takeOverWords')}</p>
        </Dialog>
      )}
    </>
  );
}
