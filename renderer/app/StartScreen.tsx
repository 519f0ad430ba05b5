/** What is seen while the start gate works (only when it takes long enough to notice) and when it fails. */
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
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

export function StartFailed() {
  const { t } = useTranslation('app');
  return (
    <div className={styles.centre} role="alert">
      <EmptyState
        icon="warning"
        title={t('start.failed')}
        action={
          <Button variant="primary" autoFocus onPress={() => location.reload()}>
            {t('failed.reload')}
          </Button>
        }
      >
        {t('start.failedWords')}
      </EmptyState>
    </div>
  );
}
