/** Lets one set-up run at a time in a checkout: `npm start` and `npm test` started together must not both install. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRepo } from '../paths.mjs';
import { say } from '../run.mjs';

const lockFile = inRepo('.cache', 'prepare.lock');

/** @param {string} pid */
const isRunning = (pid) => {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
};

const take = () => {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
};

const holder = () => {
  try {
    return readFileSync(lockFile, 'utf8');
  } catch {
    return '';
  }
};

/**
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export const withLock = async (work) => {
  mkdirSync(dirname(lockFile), { recursive: true });
  for (let told = false; !take(); await sleep(200)) {
    const pid = holder();
    if (pid && !isRunning(pid)) rmSync(lockFile, { force: true });
    else if (pid && !told) {
      say(`waiting for another set-up in this folder (process ${pid}) …`);
      told = true;
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
};
