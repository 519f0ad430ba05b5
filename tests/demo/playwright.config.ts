import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  testMatch: 'demo.spec.ts',
  outputDir: '../../out/demo/trace',
  timeout: 10 * 60_000,
  workers: 1,
  retries: 0,
  reporter: [['./progress.ts']],
});
