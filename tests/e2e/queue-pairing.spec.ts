/** A board becomes part of the office's queue: six digits shown at the counter that holds it, typed on the board, and the board let go again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../fixtures/free-port.ts';
import { officeSettings } from '../fixtures/settings.ts';
import { isClean } from './clean.ts';
import { officerAt } from './officer.ts';
import { expect, test } from './test.ts';

test('a board joins the queue by six digits, and is let go', async ({ launchCounter }) => {
  const work = mkdtempSync(join(tmpdir(), 'qmc-pairing-'));
  const port = await freePort();
  const settingsOf = (role: 'officer' | 'board', counter: string, queue: object) => ({
    ...officeSettings({ provinceUrl: 'http://127.0.0.1:9', role }),
    ...{ counter, queue },
  });
  const board = await launchCounter({ settings: settingsOf('board', 'Sảnh', { seat: 'member' }), userData: mkdtempSync(join(work, 'board-')) });
  const hub = await launchCounter({ settings: settingsOf('officer', '1', { seat: 'hub', port }), userData: mkdtempSync(join(work, 'hub-')) });
  await officerAt(hub.page).isReady();

  const code = board.page.getByRole('textbox', { name: 'Mã ghép' });
  const join6 = async (digits: string) => {
    await code.fill(digits);
    await code.press('Enter');
  };
  await expect(board.page.getByRole('heading', { level: 1 })).toHaveText('Nối bảng này với hàng chờ');
  await expect(code).toBeFocused();

  await test.step('what is wrong is said', async () => {
    await hub.page.getByTestId('rail-settings').click();
    await expect(hub.page.getByText('Chưa có máy nào khác nối vào.')).toBeVisible();
    // What the network shows by itself may come at any moment; here the address is typed.
    await expect(async () => {
      const other = board.page.getByRole('radio', { name: 'Máy khác' });
      if (await other.isVisible()) await other.check({ force: true });
      await board.page.getByRole('textbox', { name: 'Địa chỉ máy giữ hàng chờ' }).fill(`127.0.0.1:${port}`, { timeout: 1000 });
    }).toPass();
    await isClean(board.page, 'board-unpaired');
    await join6('123456');
    await expect(board.page.getByRole('alert')).toContainText('chưa hiện mã ghép');
  });

  const shown = hub.page.getByTestId('pairing-code');
  await test.step('by keyboard alone', async () => {
    await hub.page.getByRole('button', { name: 'Thêm máy' }).press('Enter');
    await expect(shown).toHaveText(/^\d{3} \d{3}$/u);
    await shown.scrollIntoViewIfNeeded();
    await isClean(hub.page, 'hub-offer');
    const digits = (await shown.innerText()).replace(' ', '');
    await join6(String((Number(digits) + 1) % 1_000_000).padStart(6, '0'));
    await expect(board.page.getByRole('alert')).toContainText('Mã ghép không đúng');
    await isClean(board.page, 'board-wrong-code');
    await expect(code).toHaveValue('');
    await join6(digits);
    await expect(board.page.getByText('Chưa gọi số nào hôm nay')).toBeVisible();
    await isClean(board.page, 'board-paired');
  });

  await test.step('the counter sees it and lets it go', async () => {
    await expect(shown).toBeHidden();
    const line = hub.page.getByRole('listitem').filter({ hasText: 'Bảng gọi số Sảnh' });
    await expect(line).toContainText('Đang nối');
    await isClean(hub.page, 'hub-members');
    await line.getByRole('button').press('Enter');
    await isClean(hub.page, 'hub-remove');
    await expect(hub.page.getByRole('button', { name: 'Giữ lại' })).toBeFocused();
    await hub.page.getByRole('button', { name: 'Bỏ máy này' }).press('Enter');
    await expect(line).toHaveCount(0);
    await expect(board.page.getByRole('heading', { level: 1 })).toHaveText('Nối bảng này với hàng chờ');
  });
  for (const one of [board, hub]) await one.close();
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
});
