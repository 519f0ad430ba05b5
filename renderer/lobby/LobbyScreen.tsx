/** The lobby kiosk: take a number, one question a step, large enough for a first visit at seventy. */
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { languages } from '../app/i18n.ts';
import { useNow, usePreferences, useShell } from '../app/shell-context.tsx';
import { priorities } from '../../shared/queue/ticket.ts';
import { unreachable } from '../../shared/lib/result.ts';
import { classes } from '../ui/classes.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { useIsLate } from '../ui/Progress.tsx';
import { createLobbyStore, lengthOf, type LobbyState, type Step } from './lobby-store.ts';
import styles from './lobby.module.css';

export function LobbyScreen() {
  const { t } = useTranslation('lobby');
  const { bridge, clock, info, preferences } = useShell();
  const [isLarge, setIsLarge] = useState(false);
  const groups = info.settings.queueGroups;
  const store = useMemo(() => createLobbyStore({ bridge, clock, groupIds: groups.map(({ id }) => id) }), [bridge, clock, groups]);
  const state = useStore(store);

  /** The next citizen starts in the language of the settings, at ordinary size. */
  const end = () => {
    state.end();
    setIsLarge(false);
    preferences.getState().choose({ language: info.settings.language });
  };

  return (
    <div className={classes(styles.lobby, isLarge && styles.large)} onPointerDown={state.touch} onKeyDown={state.touch}>
      <header className={styles.head}>
        <b className={styles.office}>{info.settings.office.name}</b>
        <LanguageSwitch />
        <Button className={styles.switch} aria-pressed={isLarge} onPress={() => setIsLarge(!isLarge)}>
          {isLarge ? t('ordinaryText') : t('largeText')}
        </Button>
      </header>
      <main className={styles.main}>
        <StepView state={state} onEnd={end} />
      </main>
      {state.endsAtMs !== null && <IdleBar endsAtMs={state.endsAtMs} step={state.step} onEnd={end} />}
    </div>
  );
}

function LanguageSwitch() {
  const { t } = useTranslation('lobby');
  const { language, choose } = usePreferences();
  return (
    <>
      {languages
        .filter((other) => other !== language)
        .map((other) => (
          <Button key={other} className={styles.switch} lang={other} onPress={() => choose({ language: other })}>
            {t(`languages.${other}`)}
          </Button>
        ))}
    </>
  );
}

function StepView({ state, onEnd }: { state: LobbyState; onEnd: () => void }) {
  const { t } = useTranslation('lobby');
  const { info } = useShell();
  const { step } = state;
  switch (step.name) {
    case 'door':
      return (
        <div className={styles.doors}>
          <h1 className={styles.question}>{t('welcome')}</h1>
          <Door icon="ticket" label={t('takeNumber')} hint={t('takeNumberHint')} onPress={state.begin} />
        </div>
      );
    case 'group':
      return (
        <Question words={t('whichGroup')} onBack={state.back}>
          {info.settings.queueGroups.map((group) => (
            <Choice key={group.id} onPress={() => state.chooseGroup(group.id)}>
              <b className={styles.letter}>{group.letter}</b>
              {group.name}
            </Choice>
          ))}
        </Question>
      );
    case 'priority':
      return (
        <Question words={t('whichPriority')} onBack={state.back}>
          {priorities.map((priority) => (
            <Choice key={priority} isMain={priority === 'none'} onPress={() => void state.choosePriority(priority)}>
              {t(`priority.${priority}`)}
            </Choice>
          ))}
        </Question>
      );
    case 'issuing':
      return <Issuing />;
    case 'done':
      return (
        <div className={styles.done} role="status">
          <h1 className={styles.question}>{t('yourNumber')}</h1>
          <p className={styles.number} data-testid="ticket-number">
            {step.ticket.number}
          </p>
          <p className={styles.hint}>{t('takePaper')}</p>
          <Choice isMain onPress={onEnd}>
            {t('finish')}
          </Choice>
        </div>
      );
    case 'failed':
      return (
        <div className={styles.done} role="alert">
          <h1 className={styles.question}>{t('failed')}</h1>
          <p className={styles.hint}>{t('failedHint')}</p>
          <Choice isMain onPress={onEnd}>
            {t('startAgain')}
          </Choice>
        </div>
      );
    default:
      return unreachable(step);
  }
}

function Issuing() {
  const { t } = useTranslation('lobby');
  return useIsLate() ? (
    <p className={styles.question} role="status">
      {t('issuing')}
    </p>
  ) : null;
}

function Question({ words, onBack, children }: { words: string; onBack: () => void; children: ReactNode }) {
  const { t } = useTranslation('lobby');
  return (
    <div className={styles.step}>
      <h1 className={styles.question}>{words}</h1>
      <div className={styles.choices}>{children}</div>
      <Button className={styles.back} onPress={onBack}>
        <Icon name="left" size={28} />
        {t('back')}
      </Button>
    </div>
  );
}

function Door({ icon, label, hint, onPress }: { icon: IconName; label: string; hint: string; onPress: () => void }) {
  return (
    <Button className={styles.door} onPress={onPress} autoFocus>
      <Icon name={icon} size={88} />
      <span className={styles.doorLabel}>{label}</span>
      <span className={styles.hint}>{hint}</span>
    </Button>
  );
}

function Choice({ isMain = false, onPress, children }: { isMain?: boolean; onPress: () => void; children: ReactNode }) {
  return (
    <Button className={classes(styles.choice, isMain && styles.mainChoice)} onPress={onPress}>
      {children}
    </Button>
  );
}

/** A bar that empties as the visit runs out; the last seconds are said in words. */
function IdleBar({ endsAtMs, step, onEnd }: { endsAtMs: number; step: Step; onEnd: () => void }) {
  const { t } = useTranslation('lobby');
  const nowMs = useNow(250);
  const leftMs = Math.max(0, endsAtMs - nowMs);
  const isOver = leftMs === 0 && step.name !== 'issuing';
  const latestEnd = useRef(onEnd);
  useEffect(() => {
    latestEnd.current = onEnd;
  });
  useEffect(() => {
    if (isOver) latestEnd.current();
  }, [isOver]);
  const seconds = Math.ceil(leftMs / 1000);
  return (
    <footer className={styles.idle}>
      <span className={styles.idleTrack}>
        <span className={styles.idleBar} style={{ transform: `scaleX(${Math.min(1, leftMs / lengthOf(step))})` }} />
      </span>
      <span className={styles.idleWords} aria-live="off">
        {step.name !== 'issuing' && seconds <= 15 && t('endsIn', { seconds })}
      </span>
    </footer>
  );
}
