/** A browser for pages that are no part of the app: a bare window of the Electron that is here anyway (its Chromium, no preload, no bridge). */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type Page } from '@playwright/test';
import { electronPath } from '../../build/electron-runtime.mjs';

export type Browser = {
  page: Page;
  /** Page errors, console errors and CSP violations so far. */
  complaints: string[];
  close(): Promise<void>;
};

const MAIN = `
const { app, BrowserWindow } = require('electron');
app.setPath('userData', process.env.BROWSER_DATA);
// A certificate of our own is what a closed network has; the browser's user has accepted it.
app.on('certificate-error', (event, _contents, _url, _error, _certificate, accept) => { event.preventDefault(); accept(true); });
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1440, height: 1000, webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, autoplayPolicy: 'document-user-activation-required' } });
  return window.loadURL('about:blank');
});
`;

export async function openBrowser(): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), 'qmc-browser-'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'browser', version: '1.0.0', main: 'main.js' }));
  await writeFile(join(folder, 'main.js'), MAIN);
  const inherited = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const app = await _electron.launch({
    executablePath: electronPath(),
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), folder],
    env: { ...inherited, BROWSER_DATA: join(folder, 'data') },
  });
  const page = await app.firstWindow();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`page error: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  return {
    page,
    complaints,
    async close() {
      await app.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
