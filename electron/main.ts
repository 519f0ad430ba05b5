/** Boot order only: profile → settings → window, and while its page loads: keys, journal and what answers the page. */
import './runtime-polyfills.ts';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, dialog, safeStorage, type BrowserWindow } from 'electron';
import type { Settings } from '../shared/settings/settings.ts';
import { keepMemoryOutOfCoreDumps, watchForCrash, watchProcess } from './crash.ts';
import { removePlainDatabase } from './database/plain-database.ts';
import { removeBroken } from './database/rebuild-database.ts';
import { serveIpc, tell } from './ipc.ts';
import { KeysUnavailable } from './keys/keys-unavailable.ts';
import { recoveryFileOf } from './keys/recovery-option.ts';
import type { Kiosk } from './lobby/kiosk.ts';
import { openLog, type Log } from './log.ts';
import { registerScheme, serveApp } from './protocol.ts';
import { keepRoomForPage } from './room-for-page.ts';
import { demoSettings } from './settings/demo-office.ts';
import { startDemoProvince, type DemoProvince } from './settings/demo-province.ts';
import { loadSettings } from './settings/load-settings.ts';
import { denyByDefault, loadPage, openMainWindow } from './window.ts';
import type { Opened, ServiceContext } from './service.ts';
import { setLanguage, words } from './words.ts';

const STATEMENTS_AFTER_MS = 3_000;
/** What is open sooner than the officer would look needs no words. */
const TOLD_AFTER_MS = 500;
const TOLD_EVERY_MS = 100;

registerScheme();
const dataFolder = process.env.QMC_USER_DATA;
if (dataFolder !== undefined && dataFolder !== '') {
  mkdirSync(dataFolder, { recursive: true });
  app.setPath('userData', dataFolder);
}

// One process a data folder: a second start brings the first window forward.
if (app.requestSingleInstanceLock()) {
  app.whenReady().then(boot, (error: unknown) => process.exit(error === undefined ? 0 : 1));
} else {
  app.quit();
}

async function boot(): Promise<void> {
  const userData = app.getPath('userData');
  const log = openLog(userData);
  watchProcess(log);
  keepMemoryOutOfCoreDumps();
  log.info(`start ${app.getVersion()} electron ${process.versions.electron}`);
  try {
    const recoveryFile = recoveryFileOf(process.argv);
    if (recoveryFile !== undefined) {
      const { recoverFrom } = await import('./keys/recover-at-start.ts');
      const recovered = await recoverFrom(recoveryFile, join(userData, 'keys'), safeStorage);
      if (!recovered.ok) return stop(log, recovered.failure.kind, recovered.failure.details);
      log.warn('keys recovered with the passphrase');
    }
    await open(userData, log);
  } catch (error) {
    if (error instanceof KeysUnavailable) return stop(log, error.kind);
    log.error(`start failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return stop(log, 'data-folder', { path: userData, message: error instanceof Error ? error.message : '' });
  }
}

async function open(userData: string, log: Log): Promise<void> {
  const office = await openOffice(userData, log);
  if (office === undefined) return;
  const { settings, province } = office;
  setLanguage(settings.language);
  if (await removePlainDatabase(userData)) log.info('page database of an older version removed');
  await removeBroken(userData);
  denyByDefault();
  // Before the counter, whose spool at once draws what a crash left unprinted: without its page that ends the whole process.
  const { servePaper, handedOver } = serveApp(join(__dirname, '../renderer'));
  const room = keepRoomForPage(userData);
  await room.clear();

  let hasCrashed = false;
  const takeCrashNotice = (): boolean => {
    const notice = hasCrashed;
    hasCrashed = false;
    return notice;
  };
  const { window, show } = openMainWindow(userData, settings.role, join(__dirname, '../preload/preload.cjs'));
  const kiosk: Kiosk | undefined =
    settings.role === 'lobby'
      ? (await import('./lobby/kiosk.ts')).openKiosk({ window, userData, settings, log, load: loadPage, onAskedToLeave: () => tell('lobby:leave-asked', null) })
      : undefined;
  const loading = loadPage(window);
  // While the page is compiled and begins, in a process of its own, what answers it is loaded and opened here; not before, or the page waits.
  const relaunch = (): void => {
    if (kiosk !== undefined) return kiosk.quit({ relaunch: true });
    app.relaunch();
    app.quit();
  };
  const opening = Promise.race([handedOver, loading]).then(() =>
    openService({
      ...{ userData, settings, isDemoOffice: province !== undefined, window, log, takeCrashNotice, kiosk, relaunch },
      onProgress: tellOpening(show, settings.language),
    }),
  );
  serveIpc(
    opening.then(({ service }) => service),
    settings.role,
    log,
  );
  watchForCrash(window, log, () => (hasCrashed = true), kiosk === undefined);
  bringForwardOnSecondStart(window);
  closeInOrder(window, opening, province, kiosk?.mayQuit);
  const [{ counter }] = await Promise.all([
    opening.then((opened) => {
      servePaper(opened.counter.papers.serveVirtualPaper);
      show();
      return opened;
    }),
    loading,
  ]);
  counter.sync.start();
  // The page comes first: reading a journal of many unclosed days takes the shell as long as the page takes to begin.
  setTimeout(counter.statements.start, STATEMENTS_AFTER_MS).unref();
  room.keep();
}

/** A journal that has to be read again takes its time: then the window is shown while there is nothing else to see. */
function tellOpening(show: () => void, language: Settings['language']): (share: number) => void {
  let nextMs = performance.now() + TOLD_AFTER_MS;
  return (share) => {
    if (performance.now() < nextMs) return;
    nextMs = performance.now() + TOLD_EVERY_MS;
    tell('start:progress', { share, language });
    show();
  };
}

async function openService(context: ServiceContext): Promise<Opened> {
  return (await import('./service.ts')).openService(context);
}

/** `QMC_CONFIG` names the settings; without it this is the demo office. Undefined: the start was stopped with words. */
async function openOffice(userData: string, log: Log): Promise<{ settings: Settings; province?: DemoProvince } | undefined> {
  const config = process.env.QMC_CONFIG;
  if (config === undefined || config === '') {
    const { office } = demoSettings('http://127.0.0.1');
    const province = await startDemoProvince(join(__dirname, '../server/main.cjs'), join(userData, 'demo-province'), office, log);
    return { settings: demoSettings(province.url), province };
  }
  const loaded = await loadSettings(config);
  if (loaded.ok) return { settings: loaded.value };
  stop(log, loaded.failure.kind, loaded.failure.details);
  return undefined;
}

/** Says in words why there is no start, on screen and on the console, and ends with a code of its own. */
function stop(log: Log, kind: string, details: Record<string, string | number> = {}): void {
  const message = words(`stop.${kind}`, details);
  log.error(`start stopped: ${kind}`);
  process.stderr.write(`${words('stop.title')}: ${message}\n`);
  if (process.env.QMC_HEADLESS_STOP === undefined) dialog.showErrorBox(words('stop.title'), message);
  app.exit(78); // EX_CONFIG of sysexits.h
}

function bringForwardOnSecondStart(window: BrowserWindow): void {
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
}

function closeInOrder(window: BrowserWindow, opening: Promise<Opened>, province: DemoProvince | undefined, mayQuit: () => boolean = () => true): void {
  let isClosed = false;
  app.on('before-quit', (event) => {
    // An end that the lobby's lock refuses must not close the counter behind the window.
    if (isClosed || !mayQuit()) return;
    event.preventDefault();
    // `then` with both: a counter that never opened has nothing to close.
    void opening
      .then(
        ({ counter }) => counter.close(),
        () => undefined,
      )
      .finally(() => {
        isClosed = true;
        province?.stop();
        app.quit();
      });
  });
  // The hidden paper window must not keep the app alive once the officer has closed the counter.
  window.on('closed', () => app.quit());
}
