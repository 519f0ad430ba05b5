/** Starts the real app in a real Electron with a data folder of its own, and keeps what it complained about. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { electronDist, electronPath } from '../../build/electron-runtime.mjs';

const repoRoot = resolve(import.meta.dirname, '../..');
const MAIN_PAGE = /^app:\/\/app\/(index\.html)?([?#]|$)/;
const OPEN_TIMEOUT_MS = 60_000;
const CLOSE_TIMEOUT_MS = 15_000;

export type LaunchOptions = {
  /** Written to a file that `QMC_CONFIG` names; without it the app opens its demo office. Not typed: wrong settings are tested too. */
  settings?: unknown;
  /** An existing data folder, e.g. that of a counter that was killed; it stays with its owner. */
  userData?: string;
  env?: Record<string, string>;
  /** More switches for Chromium, e.g. of its fake camera. */
  switches?: string[];
  /** Where it runs; a core dump would be written there. */
  cwd?: string;
  /** A packaged program instead of Electron with this checkout. */
  executablePath?: string;
};

const isKiosk = (settings: unknown): boolean => (settings as { role?: unknown } | undefined)?.role === 'lobby';

export type Counter = {
  app: ElectronApplication;
  /** The main window. Reload and reopen it as you like; a crash of it makes a new page. */
  page: Page;
  userData: string;
  /** Page errors, console errors and CSP violations of every window so far. */
  complaints: string[];
  /** What the shell printed to stdout and stderr. */
  output: () => string;
  /** As an officer closes it; kills it when it does not end within 15 s. */
  close(): Promise<void>;
  /** As a power cut ends it: SIGKILL to the whole process tree, resolves when it is gone. */
  kill9(): Promise<void>;
};

/** Open for passing through: when root tests, the demo office's PostgreSQL runs under an account of its own. */
function newDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'qmc-e2e-'));
  chmodSync(folder, 0o711);
  return folder;
}

/** Environment and arguments that both ways of starting share. */
function startOf({ settings, userData = newDataFolder(), env = {}, switches = [], executablePath }: LaunchOptions) {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('QMC_'));
  const config: Record<string, string> = {};
  if (settings !== undefined) {
    config['QMC_CONFIG'] = join(userData, 'e2e-settings.json');
    writeFileSync(config['QMC_CONFIG'], typeof settings === 'string' ? settings : JSON.stringify(settings));
  }
  return {
    userData,
    executablePath,
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...switches, ...(executablePath === undefined ? [repoRoot] : [])],
    env: { ...Object.fromEntries(inherited), ...config, QMC_USER_DATA: userData, ...env },
  };
}

/** Throws when the main window does not open; the shell's own words are in the message. */
export async function launchCounter(options: LaunchOptions = {}): Promise<Counter> {
  const { userData, executablePath, args, env } = startOf(options);
  // Playwright's own way, by where `electron` says it lies: it holds the start until it watches every window. One made while it
  // begins to watch may be lost to it, or it waits for that window for ever. A packaged program cannot be held.
  const runtime = electronDist();
  if (runtime.name === 'stand-in') process.env['ELECTRON_OVERRIDE_DIST_PATH'] = runtime.folder;
  const app = await _electron.launch({
    ...(executablePath !== undefined && { executablePath }),
    args,
    env,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    chromiumSandbox: process.getuid?.() !== 0,
    timeout: OPEN_TIMEOUT_MS,
  });
  const child = app.process();
  const exited = new Promise<void>((done) => child.once('exit', () => done()));

  const printed: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  const output = (): string => printed.join('');

  const complaints: string[] = [];
  const watch = (page: Page): void => {
    page.on('pageerror', (error) => complaints.push(`page error: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`console: ${message.text()} (${message.location().url})`);
    });
  };
  app.windows().forEach(watch);
  app.on('window', watch);

  const kill = (): void => {
    try {
      // Playwright starts Electron as the head of a process group.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      child.kill('SIGKILL');
    }
  };
  const kill9 = async (): Promise<void> => {
    kill();
    await exited;
  };
  const close = async (): Promise<void> => {
    const timer = setTimeout(kill, CLOSE_TIMEOUT_MS);
    // The kiosk's lock refuses to be closed by anyone but who stands behind it.
    if (isKiosk(options.settings)) child.kill('SIGTERM');
    else await app.close().catch(() => undefined);
    await exited;
    clearTimeout(timer);
  };

  try {
    return { app, page: await mainPage(app), userData, complaints, output, close, kill9 };
  } catch (error) {
    await kill9();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the counter did not open: ${reason}; it said:\n${output()}`, { cause: error });
  }
}

/** By its address, since the hidden window that draws papers may open before it. */
async function mainPage(app: ElectronApplication): Promise<Page> {
  const child = app.process();
  for (const deadline = Date.now() + OPEN_TIMEOUT_MS; Date.now() < deadline; await sleep(50)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the program ended (${child.exitCode ?? child.signalCode})`);
    const page = app.windows().find((window) => MAIN_PAGE.test(window.url()));
    if (page === undefined) continue;
    await page.waitForLoadState('load');
    return page;
  }
  throw new Error(`no main window after ${OPEN_TIMEOUT_MS / 1000} s`);
}

/** Starts with what ends the program by itself, e.g. settings that stop the start; resolves with the exit code (-1: a signal ended it) and what was said. */
export function runToEnd(options: LaunchOptions): Promise<{ code: number; said: string }> {
  const { executablePath = electronPath(), args, env, userData } = startOf(options);
  return new Promise((done) => {
    execFile(executablePath, args, { env: { ...env, QMC_HEADLESS_STOP: '1' }, timeout: OPEN_TIMEOUT_MS }, (error, stdout, stderr) => {
      if (options.userData === undefined) rmSync(userData, { recursive: true, force: true });
      const code = typeof error?.code === 'number' ? error.code : -1;
      done({ code: error === null ? 0 : code, said: stdout + stderr });
    });
  });
}
