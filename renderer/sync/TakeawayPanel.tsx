/** Mang đi bằng USB: for a counter whose line is down for weeks. Out to a file, the province's receipt back in. */
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../shared/lib/result.ts';
import { useShell } from '../app/shell-context.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { Button } from '../ui/Button.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Progress } from '../ui/Progress.tsx';
import styles from './sync.module.css';

type Doing = 'export' | 'import' | null;

export function TakeawayPanel({ hasNothing }: { hasNothing: boolean }) {
  const { t } = useTranslation('sync');
  const { bridge } = useShell();
  const words = useFailureWords();
  const [doing, setDoing] = useState<Doing>(null);
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null);
  const [outcome, setOutcome] = useState<ReactNode>(null);
  useEffect(() => bridge.on('takeaway:progress', setProgress), [bridge]);

  const refused = (failure: Failure) => <Notice tone="danger" title={words(failure)} />;

  const takeAway = async () => {
    setDoing('export');
    setOutcome(null);
    setProgress(null);
    const taken = await bridge.invoke('takeaway:export');
    setDoing(null);
    if (!taken.ok) return setOutcome(refused(taken.failure));
    if (!taken.value.saved) return;
    const { entries, scans, missing, path } = taken.value;
    setOutcome(
      <Notice tone={missing === 0 ? 'ok' : 'warning'} title={t('takeaway.done', { entries, scans })}>
        {path} {missing > 0 && t('takeaway.missing', { count: missing })} {t('takeaway.next')}
      </Notice>,
    );
  };

  const takeIn = async () => {
    setDoing('import');
    setOutcome(null);
    const taken = await bridge.invoke('takeaway:import-receipt');
    setDoing(null);
    if (!taken.ok) return setOutcome(refused(taken.failure));
    if (taken.value.opened) setOutcome(<Notice tone="ok" title={t('takeaway.confirmed', { count: taken.value.confirmed })} />);
  };

  return (
    <Panel title={t('takeaway.title')}>
      <p className={styles.muted}>{t('takeaway.words')}</p>
      {doing === 'export' && progress !== null && <Progress label={t('takeaway.copying', progress)} value={progress.done / Math.max(progress.total, 1)} />}
      {outcome}
      <div className={styles.buttons}>
        <Button onPress={() => void takeAway()} isDisabled={hasNothing || doing !== null} isPending={doing === 'export'}>
          {t('takeaway.export')}
        </Button>
        <Button onPress={() => void takeIn()} isDisabled={doing !== null} isPending={doing === 'import'}>
          {t('takeaway.import')}
        </Button>
      </div>
    </Panel>
  );
}
