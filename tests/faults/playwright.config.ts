import { defineConfig } from '@playwright/test';
import { isBrief, isLong, SEED } from './seed.ts';
import './once.ts';

if (process.env['TEST_WORKER_INDEX'] === undefined) console.log(`faults: seed ${SEED}`);

/** Each test breaks a real counter with a data folder of its own; two at once is all that two cores carry. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.fault.ts',
  outputDir: '../../out/test/faults',
  timeout: isLong ? 6 * 3_600_000 : 240_000,
  // Of the damages to the browser's database two that are unlike each other; and not what waits for what happens once a minute.
  grepInvert: isBrief ? /IndexedDB: (?!64 zero bytes|every table deleted)|it has left the device/u : [],
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  globalTeardown: './teardown.ts',
  reporter: 'list',
});
