/** The officer's queue panel: everything by one key, the time at the counter, what was done undone. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from './office.ts';

const pictures = resolve(import.meta.dirname, '../../out/test/queue');

async function looks(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  const chosen = await page.evaluate(() => document.documentElement.dataset.theme);
  for (const theme of ['light', 'dark', 'high-contrast']) {
    await page.evaluate((value) => (document.documentElement.dataset.theme = value), theme);
    const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode(true).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze();
    expect(passes.length, 'rules that found something to check').toBeGreaterThan(5);
    expect
      .soft(
        violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`),
        `${name}, ${theme}`,
      )
      .toEqual([]);
    await page.screenshot({ path: join(pictures, `${name}-${theme}.png`) });
  }
  await page.evaluate((value) => (document.documentElement.dataset.theme = value), chosen);
}

test('a morning at the counter, by keys alone', async ({ office }) => {
  const { counter, officer } = await office.open();
  const { page } = officer;
  const serving = page.getByTestId('serving-number');
  const aside = page.getByTestId('aside');
  const next = page.getByRole('list', { name: 'Tiếp theo' });

  const first = await officer.issueTicket('Hộ tịch');
  const second = await officer.issueTicket('Hộ tịch');
  const third = await officer.issueTicket('Đất đai');
  await expect(next.getByRole('listitem')).toHaveCount(3);
  await expect(page.getByTestId('queue-link')).toHaveText('Hàng chờ của riêng máy này');
  await looks(page, '1-waiting');

  /** As a hand presses it: once the answer to the key before is there. */
  const press = async (keys: string) => {
    await expect(page.getByRole('button', { name: new RegExp(`${keys}$`, 'u') }).first()).toBeEnabled();
    await expect(page.locator('main [data-pending]')).toHaveCount(0);
    await page.keyboard.press(keys);
  };

  await test.step('calls, calls again, and the time runs', async () => {
    await page.keyboard.press('F4');
    await expect(serving).toHaveText(first);
    await expect(page.getByTestId('time-at-counter')).toHaveText('0:02', { timeout: 5000 });
    await press('F5');
    await expect(page.getByText('Gọi lần 2')).toBeVisible();
    // Called again, he is not here any longer for it: the time goes on.
    await expect(page.getByTestId('time-at-counter')).not.toHaveText('0:00');
    await looks(page, '2-serving');
  });

  await test.step('marks as absent without a question, and a recall undoes it', async () => {
    await press('F7');
    await expect(page.getByText(`Số ${first} vắng mặt.`)).toBeVisible();
    await expect(aside).toContainText('Vắng mặt');
    await press('F5');
    await expect(serving).toHaveText(first);
    await expect(aside).toHaveCount(0);
  });

  await test.step('holds one, calls the next, and goes on with the held one', async () => {
    await press('F8');
    await expect(aside).toContainText('Tạm giữ');
    await press('F4');
    await expect(serving).toHaveText(second);
    await looks(page, '3-held');
    await press('F9');
    await expect(serving).toBeHidden();
    await aside.getByRole('button', { name: `Gọi số ${first}` }).press('Enter');
    await expect(serving).toHaveText(first);
  });

  await test.step('transfers to another group', async () => {
    await press('F10');
    await expect(page.getByRole('dialog', { name: `Chuyển số ${first}` })).toBeVisible();
    await looks(page, '4-transfer');
    await page.keyboard.press('F9');
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(serving).toBeHidden();
    await expect(next.getByRole('listitem').filter({ hasText: first })).toContainText('Đất đai');
  });

  await test.step('opens the counter for one group only', async () => {
    await page.getByRole('button', { name: 'Gọi mọi nhóm' }).press('Enter');
    await page.getByRole('dialog').getByText('Đất đai').click();
    await looks(page, '5-counter');
    await page.keyboard.press('F9');
    await expect(page.getByRole('button', { name: 'Gọi nhóm A' })).toBeVisible();
    await expect(page.getByText('Chưa có ai chờ')).toBeVisible();
    await page.getByRole('button', { name: 'Gọi nhóm A' }).press('Enter');
    await page.getByRole('button', { name: 'Tạm nghỉ' }).press('Enter');
    await expect(page.getByRole('button', { name: 'Đang nghỉ' })).toBeVisible();
    await page.getByRole('button', { name: 'Đang nghỉ' }).press('Enter');
    await page.getByRole('dialog').getByText('Đất đai').click();
    await page.keyboard.press('F9');
    await expect(page.getByRole('button', { name: 'Gọi mọi nhóm' })).toBeVisible();
  });

  await test.step('begins an intake that knows its ticket', async () => {
    await page.keyboard.press('F4');
    await expect(serving).toHaveText(first);
    await officer.startIntake();
    await expect(page.locator('main')).toContainText(first);
    await page.keyboard.press('Escape');
    await expect(serving).toHaveText(first);
    await page.keyboard.press('F4');
    await expect(serving).toHaveText(third);
  });

  await test.step('every button is large enough for a finger', async () => {
    const small = await page
      .locator('main button')
      .evaluateAll((buttons) =>
        buttons.filter((button) => button.getBoundingClientRect().height < 44 || button.getBoundingClientRect().width < 44).map((button) => button.textContent),
      );
    expect(small).toEqual([]);
  });
  await counter.close();
});
