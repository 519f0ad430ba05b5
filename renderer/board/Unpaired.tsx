/** What a board shows until it belongs to the office's queue: how to make it known there, and where to type it. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { JoinQueue } from '../app/JoinQueue.tsx';
import { usePreferences, useShell } from '../app/shell-context.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Panel } from '../ui/Panel.tsx';
import styles from './Unpaired.module.css';

const STEPS = ['offer', 'code', 'type'] as const;

export function Unpaired() {
  const { t } = useTranslation('pairing');
  const { info } = useShell();
  const { theme } = usePreferences();
  const [hubName, setHubName] = useState<string | null>(null);
  return (
    // Dark as the board behind it, unless its owner needs more contrast.
    <main className={styles.screen} data-theme={theme === 'high-contrast' ? undefined : 'dark'}>
      <div className={styles.words}>
        <p className={styles.office}>{info.settings.office.name}</p>
        <h1 className={styles.title}>{t('board.title')}</h1>
        <ol className={styles.steps}>
          {STEPS.map((step) => (
            <li key={step}>
              <span>{t(`board.steps.${step}`)}</span>
            </li>
          ))}
        </ol>
        <p className={styles.quiet}>{t('board.noKeyboard')}</p>
      </div>
      <Panel>{hubName === null ? <JoinQueue autoFocus onJoined={setHubName} /> : <Notice tone="ok" title={t('board.joined', { name: hubName })} />}</Panel>
    </main>
  );
}
