/** What is seen while the start gate works (only when it takes long enough to notice) and when it fails. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RebuildRefusal } from '../../shared/ipc/contract.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Progress, useIsLate } from '../ui/Progress.tsx';
import styles from './StartScreen.module.css';

export function Starting({ progress }: { progress: { done: number; total: number } | null }) {
  const { t } = useTranslation('app');
  const isLate = useIsLate();
  if (!isLate) return null;
  return (
    <div className={styles.centre}>
      <Progress
        label={progress === null ? t('start.opening') : t('start.restoring', progress)}
        value={progress === null ? undefined : progress.done / progress.total}
      />
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
