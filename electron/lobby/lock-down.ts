/** Locks the lobby's window: nothing a citizen does closes it, leaves it, covers it, enlarges it or opens another. */
import { app, powerMonitor, screen, type BrowserWindow } from 'electron';
import { asksToLeave, isAllowedInLobby } from '../../shared/lobby/allowed-keys.ts';
import type { Log } from '../log.ts';

export type LockDown = {
  /** Whether the program may end: a supervisor, the system's own shutdown or an administrator's signal said so. */
  mayQuit(): boolean;
  /** Ends the program in order, unless `relaunch` begins it again at once. */
  quit(options?: { relaunch?: boolean }): void;
};

type Options = { log: Log; onAskedToLeave(): void };

export function lockDown(window: BrowserWindow, { log, onAskedToLeave }: Options): LockDown {
  const { webContents } = window;
  let isLeaving = false;
  const quit: LockDown['quit'] = ({ relaunch = false } = {}) => {
    if (isLeaving) return;
    isLeaving = true;
    if (relaunch) app.relaunch();
    app.quit();
  };

  // Whoever may send the program a signal stands behind the kiosk, not before it.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => quit());
  powerMonitor.on('shutdown', () => quit());
  window.on('session-end', () => quit());
  app.prependListener('before-quit', (event: Electron.Event) => {
    if (isLeaving) return;
    event.preventDefault();
    log.warn('lobby: an end of the program refused');
  });

  window.on('close', (event) => {
    if (isLeaving) return;
    event.preventDefault();
    log.warn('lobby: an end of the window refused');
  });
  window.on('closed', () => {
    if (isLeaving) return;
    log.error('lobby: the window was taken away; starting again');
    quit({ relaunch: true });
  });

  const cover = (): void => {
    if (isLeaving || window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.setKiosk(true);
    window.show();
    window.focus();
  };
  /** A window system that asks nobody lets a window be drawn small; and a screen may be turned. */
  const fill = (): void => {
    if (isLeaving || window.isDestroyed()) return;
    const { bounds } = screen.getDisplayMatching(window.getBounds());
    const { x, y, width, height } = window.getBounds();
    if (x !== bounds.x || y !== bounds.y || width !== bounds.width || height !== bounds.height) window.setBounds(bounds);
  };
  window.setAlwaysOnTop(true, 'screen-saver');
  window.on('minimize', cover);
  window.on('hide', cover);
  window.on('leave-full-screen', cover);
  window.on('unmaximize', cover);
  window.on('resize', fill);
  window.on('move', fill);
  screen.on('display-metrics-changed', fill);
  window.on('app-command', (event) => event.preventDefault());

  // A script asks for another place or size; nobody has one to give.
  webContents.on('content-bounds-updated', (event) => event.preventDefault());
  const asIs = (): void => {
    webContents.setZoomFactor(1);
    void webContents.setVisualZoomLevelLimits(1, 1);
  };
  webContents.on('did-finish-load', asIs);
  webContents.on('zoom-changed', asIs);
  webContents.on('before-input-event', (event, input) => {
    if (asksToLeave(input)) {
      if (input.type === 'keyDown') onAskedToLeave();
      return event.preventDefault();
    }
    if (!isAllowedInLobby(input)) event.preventDefault();
  });
  webContents.on('context-menu', (event) => event.preventDefault());
  webContents.on('devtools-opened', () => webContents.closeDevTools());
  // Nothing is ever gone to from here; the shell itself loads the page anew.
  webContents.on('will-navigate', (event) => event.preventDefault());
  webContents.on('will-frame-navigate', (event) => event.preventDefault());

  return { mayQuit: () => isLeaving, quit };
}
