import { defineConfig } from '@playwright/test';
import { isLong, SEED } from './seed.ts';
import './once.ts';

if (process.env['TEST_WORKER_INDEX'] === undefined) console.log(`faults: seed ${SEED}`);

/** Each test breaks a real counter with a data folder of its own; two at once is all that two cores carry. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.fault.ts',
  outputDir: '../../out/test/faults',
  timeout: isLong ? 6 * 3_600_000 : 240_000,
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  globalTeardown: './teardown.ts',
  reporter: 'list',
});
