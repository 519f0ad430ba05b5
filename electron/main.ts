/** What comes before there is a page: folder → window → page. Everything else is read while the page begins, see boot.ts. */
import './runtime-polyfills.ts';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';
import type { Begun } from './boot.ts';
import { keepMemoryOutOfCoreDumps } from './core-dumps.ts';
import { removeBroken } from './database/broken-database.ts';
import { removePlainDatabase } from './database/plain-database.ts';
import { registerScheme, serveApp } from './protocol.ts';
import { keepRoomForPage } from './room-for-page.ts';
import { readSettings, roleIn } from './settings/read-settings.ts';
import { denyByDefault, openMainWindow } from './window.ts';

registerScheme();
// Without a graphics device Chromium begins a GPU process, sees it fail and begins another, and a page waits for that before its scripts run.
if (process.platform === 'linux' && !['/dev/dri', '/dev/nvidiactl'].some(existsSync)) app.disableHardwareAcceleration();
const dataFolder = process.env.QMC_USER_DATA;
if (dataFolder !== undefined && dataFolder !== '') {
  mkdirSync(dataFolder, { recursive: true });
  app.setPath('userData', dataFolder);
}

// One process a data folder: a second start brings the first window forward.
if (app.requestSingleInstanceLock()) {
  app.whenReady().then(start, (error: unknown) => process.exit(error === undefined ? 0 : 1));
} else {
  app.quit();
}

async function start(): Promise<void> {
  const userData = app.getPath('userData');
  const beginning = begin(userData);
  // Chromium begins a process for the page, and needs nothing of this one until that asks for what the page names.
  await beginning.then(({ begun }) => begun).catch(() => undefined);
  const { boot } = await import('./boot.ts');
  await boot(userData, beginning);
}

async function begin(userData: string): Promise<Begun> {
  keepMemoryOutOfCoreDumps();
  const config = process.env.QMC_CONFIG;
  const settings = config === undefined || config === '' ? undefined : { path: config, read: readSettings(config) };
  const role = roleIn(settings?.read.ok === true ? settings.read.value : undefined);
  const hadPlainDatabase = await removePlainDatabase(userData);
  await removeBroken(userData);
  denyByDefault();
  // Before the counter, whose spool at once draws what a crash left unprinted: without its page that ends the whole process.
  const { servePaper, begun, handedOver } = serveApp(join(__dirname, '../renderer'));
  const room = keepRoomForPage(userData);
  await room.clear();
  const { window, show, load } = openMainWindow(userData, role, join(__dirname, '../preload/preload.cjs'));
  // A kiosk's window is locked before there is anything in it.
  const loading = role === 'lobby' ? undefined : load();
  return {
    ...{ settings, role, hadPlainDatabase, window, show, load, servePaper, handedOver, room },
    sealingThread: join(__dirname, 'sealing-thread.cjs'),
    begun: loading === undefined ? Promise.resolve() : Promise.race([begun, loading]),
  };
}
