/** A counter whose journal has to be read again whole, and its database made anew, says how far it is instead of standing there empty. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { fillDevice } from '../bench/storage/journals.ts';
import { officeSettings } from '../fixtures/settings.ts';
import { expect, test } from './test.ts';

const DOSSIERS = 12_000;
const READING = /^Đang đọc lại nhật ký của quầy: \d+ %$/u;
const isReading = (words: string): boolean => READING.test(words);

/** Every label of the progress bar until the officer can begin. */
const saidMeanwhile = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const said = new Set<string>();
    while (document.querySelector('nav') === null) {
      const label = document.querySelector('[role="progressbar"]')?.getAttribute('aria-label');
      if (label) said.add(label);
      await new Promise((done) => setTimeout(done, 10));
    }
    return [...said];
  });

test('the start says how much of the journal is read, and then of the lists', async ({ launchCounter }) => {
  const userData = mkdtempSync(join(tmpdir(), 'qmc-long-'));
  const journal = join(userData, 'journal');
  /** A start that has to read the journal whole. */
  const start = async (): Promise<string[]> => {
    for (const name of readdirSync(journal)) if (name.endsWith('.index')) rmSync(join(journal, name));
    const counter = await launchCounter({ userData, settings: officeSettings({ provinceUrl: 'http://127.0.0.1:9' }) });
    const said = await saidMeanwhile(counter.page);
    await counter.close();
    return said;
  };
  try {
    await fillDevice(userData, DOSSIERS);
    const said = await start();
    expect(said).toContainEqual(expect.stringMatching(/^Đang dựng lại danh sách từ nhật ký: [\d.]+ \/ 12000$/u));
    // A quick machine may have read it before the driver sees the page: then it has to read it again.
    for (let again = 0; again < 4 && !said.some(isReading); again += 1) said.push(...(await start()));
    expect(said).toContainEqual(expect.stringMatching(READING));
  } finally {
    rmSync(userData, { recursive: true, force: true, maxRetries: 5 });
  }
});
