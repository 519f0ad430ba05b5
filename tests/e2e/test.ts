/** Playwright's `test` with counters that close themselves and fail the test for anything they complained about. */
import { rmSync } from 'node:fs';
import { test as base } from '@playwright/test';
import { launchCounter, type Counter, type LaunchOptions } from './app.ts';

type Fixtures = {
  /**
   * See `launchCounter` in app.ts. A test that provokes a complaint on purpose checks it and empties `complaints`.
   * A data folder that the test does not name is removed at the end.
   */
  launchCounter: (options?: LaunchOptions) => Promise<Counter>;
};

export const test = base.extend<Fixtures>({
  launchCounter: async ({}, use, testInfo) => {
    const counters: Counter[] = [];
    const ownFolders: string[] = [];
    await use(async (options = {}) => {
      const counter = await launchCounter(options);
      counters.push(counter);
      if (options.userData === undefined) ownFolders.push(counter.userData);
      return counter;
    });
    for (const [index, counter] of counters.entries()) {
      if (testInfo.status !== testInfo.expectedStatus || counter.complaints.length > 0) {
        await testInfo.attach(`output-${index}`, { body: counter.output(), contentType: 'text/plain' });
        const picture = await counter.page.screenshot({ timeout: 5_000 }).catch(() => undefined);
        if (picture !== undefined) await testInfo.attach(`window-${index}`, { body: picture, contentType: 'image/png' });
      }
      await counter.close();
    }
    for (const folder of ownFolders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    base.expect(counters.flatMap((counter) => counter.complaints)).toEqual([]);
  },
});
export { expect } from '@playwright/test';
