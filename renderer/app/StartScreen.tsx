/** What is seen while the start gate works (only when it takes long enough to notice) and when it fails. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RebuildRefusal } from '../../shared/ipc/contract.ts';
import { unreachable } from '../../shared/lib/result.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Progress, useIsLate } from '../ui/Progress.tsx';
import styles from './StartScreen.module.css';

/** `reading`: the shell reads its journal again; `restoring`: the page's database is made anew from it. */
type StartProgress = { step: 'opening' } | { step: 'reading'; /** 0 to 1 */ share: number } | { step: 'restoring'; done: number; total: number };

function useProgressWords(progress: StartProgress): { label: string; value?: number } {
  const { t } = useTranslation('app');
  switch (progress.step) {
    case 'opening':
      return { label: t('start.opening') };
    case 'reading':
      return { label: t('start.reading', { percent: Math.floor(progress.share * 100) }), value: progress.share };
    case 'restoring':
      return { label: t('start.restoring', progress), value: progress.done / progress.total };
    default:
      return unreachable(progress);
  }
}

export function Starting({ progress }: { progress: StartProgress }) {
  const isLate = useIsLate();
  const words = useProgressWords(progress);
  if (!isLate) return null;
  return (
    <div className={styles.centre}>
      <Progress {...words} />
    </div>
  );
}

type Failed = {
  /** Why the database was not made anew by itself. */
  refusal?: RebuildRefusal;
  /** Only where a new database would help. */
  onRebuild?: () => void;
};

export function StartFailed({ refusal, onRebuild }: Failed) {
  const { t } = useTranslation('app');
  const [isAsking, setIsAsking] = useState(false);
  const isFull = refusal === 'disk-full';
  const canRebuild = onRebuild !== undefined && !isFull;
  return (
    <div className={styles.centre} role="alert">
      <EmptyState
        icon="warning"
        title={t('start.failed')}
        action={
          <div className={styles.buttons}>
            {canRebuild && <Button onPress={() => setIsAsking(true)}>{t('start.rebuild')}</Button>}
            <Button variant="primary" autoFocus onPress={() => location.reload()}>
              {t('failed.reload')}
            </Button>
          </div>
        }
      >
        {t(isFull ? 'start.fullWords' : refusal === 'storage-locked' ? 'start.lockedWords' : canRebuild ? 'start.rebuildableWords' : 'start.failedWords')}
      </EmptyState>
      {isAsking && (
        <Dialog
          role="alertdialog"
          size="small"
          isOpen
          title={t('start.rebuildTitle')}
          onClose={() => setIsAsking(false)}
          actions={
            <>
              <Button onPress={() => setIsAsking(false)}>{t('close')}</Button>
              <Button variant="primary" autoFocus onPress={onRebuild}>
                {t('start.rebuild')}
              </Button>
            </>
          }
        >
          <p>{t('start.rebuildWords')}</p>
        </Dialog>
      )}
    </div>
  );
}
