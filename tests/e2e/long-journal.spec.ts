/** A counter whose journal has to be read again whole, and its database made anew, says how far it is instead of standing there empty. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillDevice } from '../bench/storage/journals.ts';
import { officeSettings } from '../fixtures/settings.ts';
import { expect, test } from './test.ts';

const DOSSIERS = 12_000;

test('the start says how much of the journal is read, and then of the lists', async ({ launchCounter }) => {
  const userData = mkdtempSync(join(tmpdir(), 'qmc-long-'));
  try {
    await fillDevice(userData, DOSSIERS);
    const journal = join(userData, 'journal');
    for (const name of readdirSync(journal)) if (name.endsWith('.index')) rmSync(join(journal, name));
    const counter = await launchCounter({ userData, settings: officeSettings({ provinceUrl: 'http://127.0.0.1:9' }) });
    const { page } = counter;
    const progress = page.getByRole('progressbar');
    await expect(progress).toHaveAccessibleName(/^Đang đọc lại nhật ký của quầy: \d+ %$/u);
    await expect(progress).toHaveAccessibleName(/^Đang dựng lại danh sách từ nhật ký: [\d.]+ \/ 12000$/u, { timeout: 30_000 });
    await expect(page.getByRole('navigation')).toBeVisible({ timeout: 60_000 });
    await counter.close();
  } finally {
    rmSync(userData, { recursive: true, force: true, maxRetries: 5 });
  }
});
