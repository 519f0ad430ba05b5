/** Boot order once the page has begun: settings → keys, journal and what answers the page. */
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { app, dialog, safeStorage, type BrowserWindow } from 'electron';
import { deferred } from '../shared/lib/deferred.ts';
import { ok, type Failure, type Result } from '../shared/lib/result.ts';
import type { Role, Settings } from '../shared/settings/settings.ts';
import { watchForCrash, watchProcess } from './crash.ts';
import { serveIpc, tell, type Service } from './ipc.ts';
import { KeysUnavailable } from './keys/keys-unavailable.ts';
import { recoveryFileOf } from './keys/recovery-option.ts';
import type { Kiosk } from './lobby/kiosk.ts';
import { openLog, type Log } from './log.ts';
import type { AppServer } from './protocol.ts';
import type { RoomForPage } from './room-for-page.ts';
import { demoSettings } from './settings/demo-office.ts';
import { startDemoProvince, type DemoProvince } from './settings/demo-province.ts';
import { judgeSettings } from './settings/judge-settings.ts';
import type { readSettings } from './settings/read-settings.ts';
import type { Opened, ServiceContext } from './service.ts';
import { loadPage, type MainWindow } from './window.ts';
import { setLanguage, words } from './words.ts';

const STATEMENTS_AFTER_MS = 3_000;
const CRASH_KNOWN_AFTER_MS = 500;
/** What is open sooner than the officer would look needs no words. */
const TOLD_AFTER_MS = 500;
const TOLD_EVERY_MS = 100;

/** What stands when boot begins: a hidden window, whose page is on its way unless it is the lobby's. */
export type Begun = MainWindow &
  Pick<AppServer, 'begun' | 'handedOver' | 'servePaper'> & {
    /** Undefined: the demo office. */
    settings: { path: string; read: ReturnType<typeof readSettings> } | undefined;
    role: Role;
    hadPlainDatabase: boolean;
    /** File of the built sealing-thread.ts. */
    sealingThread: string;
    room: RoomForPage;
  };

export async function boot(userData: string, beginning: Promise<Begun>): Promise<void> {
  const log = openLog(userData);
  watchProcess(log);
  log.info(`start ${app.getVersion()} electron ${process.versions.electron}`);
  try {
    await open(userData, log, await beginning);
  } catch (error) {
    if (error instanceof KeysUnavailable) return stop(log, error.kind);
    log.error(`start failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return stop(log, 'data-folder', { path: userData, message: error instanceof Error ? error.message : '' });
  }
}

async function open(userData: string, log: Log, { window, show, load, handedOver, servePaper, role, room, ...begun }: Begun): Promise<void> {
  const service = deferred<Service>();
  serveIpc(service.promise, role, log);
  if (begun.hadPlainDatabase) log.info('page database of an older version removed');
  const recovered = await recoverKeys(userData, log);
  if (!recovered.ok) return stop(log, recovered.failure.kind, recovered.failure.details);
  const office = await openOffice(begun.settings, userData, log);
  if (!office.ok) return stop(log, office.failure.kind, office.failure.details);
  const { settings, province } = office.value;
  setLanguage(settings.language);

  let crashes = 0;
  let noticed = 0;
  const takeCrashNotice = (): boolean => {
    const isNews = crashes > noticed;
    noticed = crashes;
    return isNews;
  };
  const kiosk: Kiosk | undefined =
    role === 'lobby'
      ? (await import('./lobby/kiosk.ts')).openKiosk({ window, userData, settings, log, load: loadPage, onAskedToLeave: () => tell('lobby:leave-asked', null) })
      : undefined;
  const loading = load().catch(async (error: unknown) => {
    // A page that died on its way is loaded again by whoever watches for that, who may hear of it later than this.
    await rest(CRASH_KNOWN_AFTER_MS);
    if (crashes === 0) throw error;
  });
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
      sealingThread: begun.sealingThread,
    }),
  );
  watchForCrash(window, log, () => crashes++, kiosk === undefined);
  bringForwardOnSecondStart(window);
  closeInOrder(window, opening, province, kiosk?.mayQuit);
  const [{ counter }] = await Promise.all([
    opening.then((opened) => {
      service.resolve(opened.service);
      servePaper(opened.counter.papers.findVirtualPaper);
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

/** A start that was asked to recovers the keys first. */
async function recoverKeys(userData: string, log: Log): Promise<Result<null, Failure>> {
  const file = recoveryFileOf(process.argv);
  if (file === undefined) return ok(null);
  const { recoverFrom } = await import('./keys/recover-at-start.ts');
  const recovered = await recoverFrom(file, join(userData, 'keys'), safeStorage);
  if (recovered.ok) log.warn('keys recovered with the passphrase');
  return recovered;
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

async function openOffice(file: Begun['settings'], userData: string, log: Log): Promise<Result<{ settings: Settings; province?: DemoProvince }, Failure>> {
  if (file === undefined) {
    const { office } = demoSettings('http://127.0.0.1');
    const province = await startDemoProvince(join(app.getAppPath(), 'out', 'server', 'main.cjs'), join(userData, 'demo-province'), office, log);
    return ok({ settings: demoSettings(province.url), province });
  }
  const judged = file.read.ok ? judgeSettings(file.read.value, file.path) : file.read;
  return judged.ok ? ok({ settings: judged.value }) : judged;
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
