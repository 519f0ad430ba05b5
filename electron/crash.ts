/** When a page dies or hangs: log it, tell the operator in words, come back to the same place. */
import { dialog, type BrowserWindow } from 'electron';
import type { Log } from './log.ts';
import { loadPage } from './window.ts';
import { words } from './words.ts';

/** A page that dies again within this time is not reloaded without asking. */
const LOOP_MS = 10_000;
const REOPEN_MS = 100;
/** A kiosk whose page dies again and again must not take the whole processor. */
const LOOP_REST_MS = 5_000;

/** `isAttended` false (a kiosk): nobody who stands there may be asked anything; the page comes back by itself. */
export function watchForCrash(window: BrowserWindow, log: Log, onReload: () => void, isAttended = true): void {
  let lastCrashMs = 0;
  const comeBack = (how: string): void => {
    log.error(`page gone: ${how}`);
    const isLoop = Date.now() - lastCrashMs < LOOP_MS;
    lastCrashMs = Date.now();
    onReload();
    const reopen = (): void => void loadPage(window).catch((error: unknown) => log.error(`page not reopened: ${error instanceof Error ? error.message : ''}`));
    // Chromium is still taking the dead process down: a load from inside this event is lost.
    if (isLoop && isAttended) void ask(window, words('crash.page-again'), reopen);
    else setTimeout(() => !window.isDestroyed() && reopen(), isLoop ? LOOP_REST_MS : REOPEN_MS);
  };
  window.webContents.on('render-process-gone', (_, { reason, exitCode }) => {
    if (reason !== 'clean-exit' && !window.isDestroyed()) comeBack(`${reason} ${exitCode}`);
  });
  // The page begins before there is a log to write to.
  if (window.webContents.isCrashed()) comeBack('before it was watched');
  window.on('unresponsive', () => {
    log.error('page unresponsive');
    const startOver = (): void => {
      onReload();
      window.webContents.forcefullyCrashRenderer();
      void loadPage(window);
    };
    if (isAttended) void ask(window, words('crash.unresponsive'), startOver);
    else startOver();
  });
}

async function ask(window: BrowserWindow, message: string, reopen: () => void): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message,
    buttons: [words('crash.reopen'), words('crash.wait')],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  });
  if (response === 0 && !window.isDestroyed()) reopen();
}

/** A bug in the shell itself: log it with its stack (ours, no citizen in it) and go on; the journal decides what was saved. */
export function watchProcess(log: Log): void {
  process.on('uncaughtException', (error) => log.error(`uncaught: ${error.stack ?? error.message}`));
  process.on('unhandledRejection', (reason) => log.error(`unhandled: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`));
}
