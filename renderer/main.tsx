/** Composition root of the page: builds the adapters, passes the start gate, renders the screens of this device's role. */
import './app/zod-without-eval.ts';
// Before the components' own styles, which must win over these.
import './ui/fonts.ts';
import './ui/tokens.css';
import './ui/base.css';
import { StrictMode, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { I18nProvider } from 'react-aria-components';
import type { Catalogue } from '../shared/catalogue/catalogue.ts';
import type { AppInfo } from '../shared/ipc/contract.ts';
import { App } from './app/App.tsx';
import { createFollower } from './app/follow-journal.ts';
import { ErrorBoundary, reportError } from './app/ErrorBoundary.tsx';
import { startI18n } from './app/i18n.ts';
import { openLane } from './app/lane.ts';
import { createLiveState } from './app/live-state.ts';
import { applyTheme, createPreferences } from './app/preferences.ts';
import { createRouteStore } from './app/route.ts';
import type { Services } from './app/services.tsx';
import { ShellProvider, usePreferences, type Shell } from './app/shell-context.tsx';
import { StartFailed, Starting } from './app/StartScreen.tsx';
import { followPurge } from './db/purge.ts';
import type { ReplayProgress } from './db/replay.ts';
import { DatabaseUnusable, passStartGate } from './db/start-gate.ts';
import { createListFilter } from './dossiers/list-filter.ts';
import { createShortcutRegistry } from './ui/shortcut-registry.ts';
import { ShortcutProvider } from './ui/useShortcut.ts';

const clock = () => Date.now();
const bridge = openLane(window.counter);

/** Of a kiosk, which must not remember anybody: nothing is ever in it. */
const noStorage = { getItem: () => null, setItem: () => undefined };

function createShell(info: AppInfo): Shell {
  const isLobby = info.settings.role === 'lobby';
  const isStaff = info.settings.role === 'officer' || info.settings.role === 'postal';
  return {
    bridge,
    clock,
    info,
    route: createRouteStore(isLobby ? noStorage : sessionStorage),
    preferences: createPreferences(info.settings, isLobby ? noStorage : localStorage),
    listFilter: createListFilter(),
    queue: createLiveState(
      () => bridge.invoke('queue:state'),
      (listener) => bridge.on('queue:changed', listener),
    ),
    board:
      info.settings.role === 'board'
        ? createLiveState(
            () => bridge.invoke('queue:board'),
            (listener) => bridge.on('queue:board-changed', listener),
          )
        : null,
    printing:
      isStaff || isLobby
        ? createLiveState(
            () => bridge.invoke('printing:state'),
            (listener) => bridge.on('printing:changed', listener),
          )
        : null,
    sync: isStaff
      ? createLiveState(
          () => bridge.invoke('sync:state'),
          (listener) => bridge.on('sync:changed', listener),
        )
      : null,
    upstreams: isStaff
      ? createLiveState(
          () => bridge.invoke('upstreams:state'),
          (listener) => bridge.on('upstreams:changed', listener),
        )
      : null,
    publications: isStaff
      ? createLiveState(
          () => bridge.invoke('publications:state'),
          (listener) => bridge.on('publications:changed', listener),
        )
      : null,
  };
}

const readCatalogue = async (): Promise<Catalogue> => JSON.parse(await bridge.invoke('catalogue:get')) as Catalogue;

async function openServices({ info, sync }: Shell, onProgress: (progress: ReplayProgress) => void): Promise<Services> {
  const [{ dossiers, drafts, scans, restoring, catchUp, followRestore, rebuilt }, catalogue] = await Promise.all([
    passStartGate(bridge, onProgress),
    readCatalogue(),
  ]);
  if (rebuilt !== null) reportError(bridge, new Error(`database made anew: ${rebuilt}`));
  const follow = createFollower(catchUp, (error) => reportError(bridge, error));
  bridge.on('journal:appended', follow);
  void followPurge({ dossiers, scans }, bridge, (error) => reportError(bridge, error));
  if (sync !== null) followRestore(sync, (error) => reportError(bridge, error));
  return { bridge, clock, info, catalogue, dossiers, drafts, scans, restoring };
}

function Language({ children }: { children: ReactNode }) {
  const { language } = usePreferences();
  return <I18nProvider locale={language === 'vi' ? 'vi-VN' : 'en-GB'}>{children}</I18nProvider>;
}

/** Until the shell answers it may be reading a long journal again. */
async function askInfo(root: Root): Promise<AppInfo> {
  let isAnswered = false;
  const stop = bridge.on('start:progress', ({ share, language }) => {
    void startI18n(language).then(() => isAnswered || root.render(<Starting progress={{ step: 'reading', share }} />));
  });
  const info = await bridge.invoke('app:info');
  isAnswered = true;
  stop();
  return info;
}

async function start(): Promise<void> {
  const root = createRoot(document.getElementById('root') ?? document.body);
  const info = await askInfo(root);
  const shell = createShell(info);
  const { settings } = info;
  const i18n = await startI18n(shell.preferences.getState().language);
  document.documentElement.dataset.role = settings.role;
  const showLanguage = () => {
    const { language } = shell.preferences.getState();
    document.documentElement.lang = language;
    if (i18n.language !== language) void i18n.changeLanguage(language);
  };
  showLanguage();
  shell.preferences.subscribe(showLanguage);
  applyTheme(shell.preferences, document.documentElement);

  const shortcuts = createShortcutRegistry();
  const show = (screen: ReactNode) =>
    root.render(
      <StrictMode>
        <ShellProvider value={shell}>
          <Language>
            <ShortcutProvider registry={shortcuts}>
              <ErrorBoundary bridge={bridge}>{screen}</ErrorBoundary>
            </ShortcutProvider>
          </Language>
        </ShellProvider>
      </StrictMode>,
    );

  if (settings.role === 'lobby' || settings.role === 'board') return show(<App services={null} />);
  show(<Starting progress={{ step: 'opening' }} />);
  try {
    const services = await openServices(shell, (progress) => show(<Starting progress={{ step: 'restoring', ...progress }} />));
    show(<App services={services} />);
    bridge.on('catalogue:changed', () => void readCatalogue().then((catalogue) => show(<App services={{ ...services, catalogue }} />)));
  } catch (error) {
    reportError(bridge, error);
    if (!(error instanceof DatabaseUnusable)) return show(<StartFailed />);
    const rebuild = async (isAsked: boolean): Promise<void> => {
      const cleared = await bridge.invoke('storage:rebuild', { isAsked });
      if (cleared.ok) location.reload();
      else show(<StartFailed refusal={cleared.failure.kind} onRebuild={() => void rebuild(true)} />);
    };
    await rebuild(false);
  }
}

window.addEventListener('unhandledrejection', (event) => reportError(bridge, event.reason));
void start();
