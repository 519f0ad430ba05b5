/** Playwright's `test` with a counter that enrolled once, of which every test breaks copies. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { test as base } from '@playwright/test';
import { launchCounter, type Counter, type LaunchOptions } from '../e2e/app.ts';
import { startProvince } from '../fixtures/province.ts';
import { OFFICE, officeSettings } from '../fixtures/settings.ts';
import { once } from './once.ts';

const START_TIMEOUT_MS = 60_000;

export type EnrolledCounter = {
  settings: ReturnType<typeof officeSettings>;
  /** The data folder of a device that has enrolled and holds numbers; `userData` must not exist. */
  copyTo(userData: string): string;
};

type Fixtures = {
  /** A folder for everything one test makes; removed at its end. */
  home: string;
};
type WorkerFixtures = { enrolled: EnrolledCounter };

export const test = base.extend<Fixtures, WorkerFixtures>({
  home: async ({}, use) => {
    const home = mkdtempSync(join(tmpdir(), 'qmc-faults-'));
    await use(home);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  },
  enrolled: [
    async ({}, use) => {
      const folder = await once('enrolled', enrol);
      await use({
        settings: JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as EnrolledCounter['settings'],
        copyTo(userData) {
          cpSync(join(folder, 'data'), userData, { recursive: true });
          return userData;
        },
      });
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});
export { expect } from '@playwright/test';

async function enrol(folder: string): Promise<void> {
  const province = await startProvince({ officeId: OFFICE.id, agencyCode: OFFICE.agencyCode });
  try {
    const settings = officeSettings({ provinceUrl: province.url, enrolmentCode: province.code });
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
    const userData = join(folder, 'data');
    mkdirSync(userData);
    const counter = await launchCounter({ settings, userData });
    await counter.page.waitForFunction(async () => (await window.counter.invoke('sync:state')).numbers !== null, undefined, { timeout: START_TIMEOUT_MS });
    await counter.close();
  } finally {
    // From here on nothing leaves the counter: what it says it has saved must be on its own disk.
    await province.stop();
  }
}

/** The counter did not start and said why, on the screen or on the console. */
export class Stopped extends Error {}

/** A counter whose start gate has opened: its screens read Dexie. Throws `Stopped` when it stops with words. */
export async function openCounter(options: LaunchOptions): Promise<Counter> {
  const counter = await launchCounter({ ...options, env: { QMC_HEADLESS_STOP: '1', QMC_LOG: 'console', ...options.env } });
  try {
    const isOpen = counter.page.getByRole('navigation');
    const stopped = counter.page.getByRole('alert').filter({ hasText: 'Chưa mở được dữ liệu' });
    await isOpen.or(stopped).first().waitFor({ timeout: START_TIMEOUT_MS });
    if (await stopped.isVisible()) throw new Stopped(await stopped.innerText());
    return counter;
  } catch (error) {
    await counter.kill9();
    throw error;
  }
}

/** Every process of the counter stops where it is: what it does after a power cut, nobody may hear. */
export const freezeTree = (counter: Counter): void => {
  const { pid } = counter.app.process();
  // Playwright starts Electron as the head of a process group.
  if (pid !== undefined) process.kill(-pid, 'SIGSTOP');
};

/** SIGKILL to the whole tree; throws when a process of it is left. */
export async function killTree(counter: Counter): Promise<void> {
  await counter.kill9();
  for (let tries = 0; tries < 40; tries++) {
    if (processesOn(counter.userData).length === 0) return;
    await wait(50);
  }
  throw new Error(`kill -9 left processes ${processesOn(counter.userData).join(', ')}`);
}

const processesOn = (userData: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/u.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--user-data-dir=${userData}`);
    } catch {
      return false;
    }
  });

/** Lines of the shell's log that say that something went wrong. */
export function errorsLogged(userData: string): string[] {
  try {
    return readFileSync(join(userData, 'logs', 'shell.log'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('[error]'));
  } catch {
    return [];
  }
}
