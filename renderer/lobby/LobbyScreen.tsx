/** The lobby kiosk: three doors, large enough for a first visit at seventy; what a visit leaves behind is nothing. */
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { languages } from '../app/i18n.ts';
import { useNow, usePreferences, useShell } from '../app/shell-context.tsx';
import { unreachable } from '../../shared/lib/result.ts';
import { isAllowedInLobby } from '../../shared/lobby/allowed-keys.ts';
import { Notice } from '../ui/Notice.tsx';
import { Declare } from './Declare.tsx';
import { FindProcedure, Papers } from './FindProcedure.tsx';
import { createLobbyStore, type LobbyState } from './lobby-store.ts';
import { LookUp, Status } from './LookUp.tsx';
import { Door, Waiting } from './parts.tsx';
import { Rate, Reasons, Thanks } from './Rate.tsx';
import { ScreenKeyboard } from './ScreenKeyboard.tsx';
import { Supervisor } from './Supervisor.tsx';
import { Given, Groups, NotGiven, Priorities } from './TakeTicket.tsx';
import { useReadAloud } from './useReadAloud.ts';
import { useClosure, usePaperTrouble, useVisit, VisitProvider } from './visit-context.ts';
import styles from './lobby.module.css';

/** How long a finger rests on the office's name to ask for the supervisor's PIN. */
const HOLD_MS = 4_000;

export function LobbyScreen() {
  const { bridge, clock, info } = useShell();
  const groups = info.settings.queueGroups;
  const store = useMemo(() => createLobbyStore({ bridge, clock, groups }), [bridge, clock, groups]);
  const state = useStore(store);
  const main = useRef<HTMLElement>(null);
  const holding = useRef<ReturnType<typeof setTimeout>>(undefined);
  const release = () => clearTimeout(holding.current);

  useEffect(() => bridge.on('lobby:leave-asked', () => store.getState().go({ name: 'supervisor' })), [bridge, store]);
  useEffect(() => {
    // A file let go over the window, a link dragged, two fingers drawn apart with Ctrl: nothing comes of them.
    const refuse = (event: Event) => event.preventDefault();
    // The shell has let no such key through; should one come another way, it ends here.
    const refuseKey = (event: KeyboardEvent) => {
      const { key, code, ctrlKey: control, altKey: alt, metaKey: meta, shiftKey: shift } = event;
      if (isAllowedInLobby({ key, code, control, alt, meta, shift })) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    /** What a hostile code makes its reader send, and no finger types. */
    const refuseControls = (event: InputEvent) => /\p{Cc}/u.test(event.data ?? '') && event.preventDefault();
    const refusePinch = (event: WheelEvent) => event.ctrlKey && event.preventDefault();
    // The system's own print dialog leads to files and printers; Electron asks nobody before it lets a page close its window.
    window.print = window.close = () => undefined;
    const kinds = ['dragstart', 'dragover', 'drop', 'contextmenu', 'auxclick', 'copy', 'cut', 'paste'] as const;
    for (const kind of kinds) window.addEventListener(kind, refuse, true);
    window.addEventListener('keydown', refuseKey, true);
    window.addEventListener('beforeinput', refuseControls, true);
    window.addEventListener('wheel', refusePinch, { capture: true, passive: false });
    return () => {
      for (const kind of kinds) window.removeEventListener(kind, refuse, true);
      window.removeEventListener('keydown', refuseKey, true);
      window.removeEventListener('beforeinput', refuseControls, true);
      window.removeEventListener('wheel', refusePinch, true);
    };
  }, []);

  return (
    <VisitProvider value={store}>
      <div className={styles.lobby} onPointerDown={state.touch} onKeyDown={state.touch} onInput={state.touch}>
        <header className={styles.head}>
          <b
            className={styles.office}
            onPointerDown={() => (holding.current = setTimeout(() => state.go({ name: 'supervisor' }), HOLD_MS))}
            onPointerUp={release}
            onPointerLeave={release}
            onPointerCancel={release}
          >
            {info.settings.office.name}
          </b>
          <Switches main={main} moment={state.step} />
        </header>
        <main ref={main} className={styles.main}>
          <StepView state={state} />
        </main>
        <ScreenKeyboard />
        <footer className={styles.idle}>{state.endsAtMs !== null && <IdleBar endsAtMs={state.endsAtMs} />}</footer>
      </div>
    </VisitProvider>
  );
}

/** Back as they were for the next citizen, because the page then begins anew. */
function Switches({ main, moment }: { main: React.RefObject<HTMLElement | null>; moment: unknown }) {
  const { t } = useTranslation('lobby');
  const { language, theme, choose } = usePreferences();
  const [isLarge, setIsLarge] = useState(false);
  const [before] = useState(theme);
  const aloud = useReadAloud(main, moment);
  const isContrast = theme === 'high-contrast';
  const enlarge = () => {
    document.documentElement.dataset['text'] = isLarge ? 'ordinary' : 'large';
    setIsLarge(!isLarge);
  };
  return (
    <>
      {aloud.isOffered && (
        <Switch isOn={aloud.isOn} onPress={aloud.toggle}>
          {t('readAloud')}
        </Switch>
      )}
      {before !== 'high-contrast' && (
        <Switch isOn={isContrast} onPress={() => choose({ theme: isContrast ? before : 'high-contrast' })}>
          {t('contrast')}
        </Switch>
      )}
      <Switch isOn={isLarge} onPress={enlarge}>
        {t('largeText')}
      </Switch>
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

const Switch = ({ isOn, onPress, children }: { isOn: boolean; onPress: () => void; children: ReactNode }) => (
  <Button className={styles.switch} aria-pressed={isOn} onPress={onPress}>
    {children}
  </Button>
);

function StepView({ state }: { state: LobbyState }) {
  const { t } = useTranslation('lobby');
  const { step, end } = state;
  switch (step.name) {
    case 'door':
      return <Doors />;
    case 'group':
      return <Groups {...step} />;
    case 'find':
      return <FindProcedure isDeclaring={step.isDeclaring} />;
    case 'papers':
      return <Papers procedure={step.procedure} />;
    case 'declare':
      return <Declare procedure={step.procedure} part={step.part} />;
    case 'priority':
      return <Priorities />;
    case 'issuing':
      return <Waiting words={t('issuing')} />;
    case 'done':
      return <Given ticket={step.ticket} isDeclared={step.isDeclared} onEnd={end} />;
    case 'failed':
      return <NotGiven kind={step.failure.kind} onEnd={end} />;
    case 'look-up':
      return <LookUp failure={step.failure} />;
    case 'status':
      return <Status {...step} onEnd={end} />;
    case 'rate':
      return <Rate />;
    case 'reasons':
      return <Reasons score={step.score} />;
    case 'thanks':
      return <Thanks onEnd={end} />;
    case 'supervisor':
      return <Supervisor />;
    default:
      return unreachable(step);
  }
}

function Doors() {
  const { t } = useTranslation('lobby');
  const { go } = useVisit();
  const closure = useClosure();
  const trouble = usePaperTrouble();
  const isClosed = closure !== null;
  return (
    <div className={styles.doors}>
      <h1 className={styles.question}>{t('welcome')}</h1>
      {closure !== null && (
        <Notice tone="info" title={t(`notGiven.${closure}.title`)}>
          {t(`notGiven.${closure}.hint`)}
        </Notice>
      )}
      {!isClosed && trouble !== null && trouble !== 'no-printer' && <Notice tone="warning" title={t(`paperTrouble.${trouble}`)} />}
      <div className={styles.doorRow}>
        <Door
          icon="ticket"
          label={t('takeNumber')}
          hint={t('takeNumberHint')}
          isDisabled={isClosed}
          onPress={() => go({ name: 'group', wish: {} })}
          autoFocus
        />
        <Door icon="search" label={t('lookUp.door')} hint={t('lookUp.doorHint')} onPress={() => go({ name: 'look-up' })} />
        <Door
          icon="file"
          label={t('declare.door')}
          hint={t('declare.doorHint')}
          isDisabled={isClosed}
          onPress={() => go({ name: 'find', isDeclaring: true })}
        />
      </div>
      <Button className={styles.quietDoor} onPress={() => go({ name: 'rate' })}>
        {t('rate.door')}
      </Button>
    </div>
  );
}

/** From here on the seconds are said. */
const SAID_FROM_S = 15;

/** A bar that empties as the visit runs out; the last seconds are said in words. */
function IdleBar({ endsAtMs }: { endsAtMs: number }) {
  const { t } = useTranslation('lobby');
  const { step, lengthMs, end } = useVisit();
  const nowMs = useNow(250);
  const leftMs = Math.max(0, endsAtMs - nowMs);
  const isOver = leftMs === 0 && step.name !== 'issuing';
  useEffect(() => {
    if (isOver) end();
  }, [isOver, end]);
  const seconds = Math.ceil(leftMs / 1000);
  return (
    <>
      <span className={styles.idleTrack}>
        <span className={styles.idleBar} style={{ transform: `scaleX(${Math.min(1, leftMs / lengthMs)})` }} />
      </span>
      <span className={styles.idleWords} aria-live="off">
        {step.name !== 'issuing' && seconds <= SAID_FROM_S && t('endsIn', { seconds })}
      </span>
    </>
  );
}
