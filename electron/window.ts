/** One window a role: everything that leads out of the app is denied; size and place are kept. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, screen, session, type Rectangle } from 'electron';
import type { Role } from '../shared/settings/settings.ts';
import { writeDurably } from './files.ts';
import { ORIGIN } from './protocol.ts';

type Place = Rectangle & { isMaximized: boolean };

const SMALLEST = { width: 400, height: 300 };

const MINIMUM = { width: 1024, height: 680 };

/** Once, before the first window: what no page of ours ever needs is denied for all of them. */
export function denyByDefault(): void {
  session.defaultSession.setPermissionRequestHandler((contents, permission, callback, details) => {
    // The camera serves document pages and the CCCD; sound and everything else stay denied.
    const isCamera = permission === 'media' && 'mediaTypes' in details && (details.mediaTypes ?? []).every((type) => type === 'video');
    callback(isCamera && contents.getURL().startsWith(`${ORIGIN}/`));
  });
  session.defaultSession.setPermissionCheckHandler(
    (_, permission, origin, { mediaType }) => permission === 'media' && mediaType === 'video' && origin.startsWith('app://'),
  );
  session.defaultSession.setDevicePermissionHandler(() => false);
  session.defaultSession.on('will-download', (event) => event.preventDefault());
  app.on('web-contents-created', (_, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (event, url) => {
      if (!url.startsWith(`${ORIGIN}/index.html`)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}

export type MainWindow = {
  window: BrowserWindow;
  /** To be called when there is something to see: an empty window must not stand behind the words of a start that is stopped. */
  show(): void;
  /** Begins with the page; the same load however often it is called. */
  load(): Promise<void>;
};

export function openMainWindow(userData: string, role: Role, preload: string): MainWindow {
  const placeFile = join(userData, 'window.json');
  const place = isKiosk(role) ? undefined : visiblePlace(placeFile);
  const window = new BrowserWindow({
    width: 1366,
    height: 768,
    ...place,
    ...(role === 'lobby' ? { kiosk: true, ...screen.getPrimaryDisplay().bounds } : {}),
    ...(isKiosk(role) ? { fullscreen: role === 'lobby' || app.isPackaged } : { minWidth: MINIMUM.width, minHeight: MINIMUM.height }),
    show: false,
    backgroundColor: role === 'board' ? '#10151c' : '#f4f6f9',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
      navigateOnDragDrop: false,
      devTools: !isKiosk(role),
    },
  });
  window.removeMenu();
  if (place?.isMaximized === true) window.maximize();
  const painted = new Promise<void>((resolve) => window.once('ready-to-show', () => resolve()));
  if (!isKiosk(role)) keepPlace(window, placeFile);
  let loading: Promise<void> | undefined;
  return {
    window,
    show: () => void painted.then(() => window.isDestroyed() || window.show()),
    load: () => (loading ??= loadPage(window)),
  };
}

export const loadPage = (window: BrowserWindow): Promise<void> => window.loadURL(`${ORIGIN}/index.html`);

const isKiosk = (role: Role): boolean => role === 'lobby' || role === 'board';

/** The place of last time, if enough of it is still on a screen (a monitor may have gone). */
function visiblePlace(file: string): Place | undefined {
  try {
    const place: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isPlace(place) && screen.getAllDisplays().some(({ workArea }) => overlaps(workArea, place)) ? place : undefined;
  } catch {
    return undefined;
  }
}

function isPlace(value: unknown): value is Place {
  const { x, y, width, height, isMaximized } = value as Record<keyof Place, unknown>;
  const isAtLeast = (size: unknown, least: number): boolean => Number.isFinite(size) && Number(size) >= least;
  return [x, y].every(Number.isFinite) && isAtLeast(width, SMALLEST.width) && isAtLeast(height, SMALLEST.height) && typeof isMaximized === 'boolean';
}

const overlaps = (area: Rectangle, place: Place): boolean =>
  place.x < area.x + area.width - 100 && place.x + place.width > area.x + 100 && place.y < area.y + area.height - 100 && place.y + 50 > area.y;

function keepPlace(window: BrowserWindow, file: string): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (window.isDestroyed()) return;
      const place: Place = { ...window.getNormalBounds(), isMaximized: window.isMaximized() };
      // Not worth a word to anyone when it fails.
      writeDurably(file, Buffer.from(JSON.stringify(place))).catch(() => undefined);
    }, 400);
  };
  window.on('resize', save);
  window.on('move', save);
}
