/** The citizen's way to the counter: a number from the kiosk, called by the officer, seen on the board. */
import AxeBuilder from '@axe-core/playwright';
import { eventName } from '../../shared/ipc/names.ts';
import { freePort } from '../fixtures/free-port.ts';
import { soundOf, tapSound } from '../fixtures/sound.ts';
import { openBrowser } from './browser.ts';
import { expect, test } from './office.ts';

test('the kiosk prints a number, the officer calls it, the board shows it', async ({ office }) => {
  // Until an office shares one queue, one device stands for all three in turn.
  const kiosk = await office.open({ role: 'lobby' });
  const lobby = kiosk.counter.page;
  // First someone who tells beforehand what they came for.
  await lobby.getByRole('button', { name: /Khai trước/u }).click();
  await lobby.getByRole('textbox').fill('cap doi giay chung nhan');
  await lobby
    .getByRole('button', { name: /^Cấp đổi Giấy chứng nhận/u })
    .first()
    .click();
  await lobby.getByRole('button', { name: /đồng loạt do đo đạc/u }).click();
  await lobby.getByRole('button', { name: 'Tổ chức, doanh nghiệp' }).click();
  await lobby.getByLabel('Tên tổ chức').fill('Hợp tác xã Bình Minh');
  await lobby.getByLabel('Mã số thuế').fill('0101 234 567');
  await lobby.getByLabel('Điện thoại').fill('0912 345 678');
  await lobby.getByRole('button', { name: 'Tiếp tục' }).click();
  await lobby.getByRole('button', { name: 'Lấy số' }).click();
  await lobby.getByRole('button', { name: /Hộ tịch/u }).click();
  await lobby.getByRole('button', { name: /số thường/u }).click();
  await expect(lobby.getByTestId('ticket-number')).toHaveText('A001');
  await Promise.all([lobby.waitForEvent('load'), lobby.getByRole('button', { name: 'Xong' }).click()]);

  await lobby.getByRole('button', { name: /Lấy số/u }).click();
  await lobby.getByRole('button', { name: /Đất đai/u }).click();
  await lobby.getByRole('button', { name: 'Người cao tuổi' }).click();
  const number = (await lobby.getByTestId('ticket-number').innerText()).trim();
  expect(number).toBe('B001');
  await expect.poll(() => office.tickets().length, { timeout: 20_000 }).toBe(2);
  await Promise.all([lobby.waitForEvent('load'), lobby.getByRole('button', { name: 'Xong' }).click()]);
  await expect(lobby.getByRole('button', { name: /Lấy số/u })).toBeVisible();

  await lobby.getByRole('button', { name: 'English' }).click();
  await expect(lobby.getByRole('heading', { level: 1 })).not.toContainText('Xin chào');
  await lobby.getByRole('button', { name: 'Tiếng Việt' }).click();
  await expect(lobby.getByRole('heading', { level: 1 })).toContainText('Xin chào');
  await kiosk.counter.close();

  const boardPort = await freePort();
  const { counter, officer } = await office.open({ queue: { boardPort } });
  const television = await openBrowser();
  await television.page.goto(`http://127.0.0.1:${boardPort}/`);
  await expect(television.page.getByText('Chưa gọi số nào hôm nay')).toBeVisible();
  // In the pages themselves: Playwright's own way to them takes as long again.
  const shownAt = await television.page.evaluateHandle((wanted) => {
    const atMs = new Promise<number>((resolve) => {
      const look = () => document.querySelector('[data-newest]')?.textContent?.includes(wanted) === true && resolve(Date.now());
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    // In an object: a promise would be waited for, and the call must not come before somebody looks.
    return { atMs };
  }, number);
  await officer.callNext();
  const shownAtMs = await shownAt.evaluate(({ atMs }) => atMs);
  const shown = await counter.page.evaluate(() => window.counter.invoke('queue:board'));
  expect(shownAtMs - (shown.called[0]?.calledAtMs ?? 0), 'ms from the call to the television').toBeLessThan(500);
  expect(television.complaints).toEqual([]);
  await television.close();
  await expect(counter.page.getByTestId('serving-number')).toHaveText(number);
  // What was told in the lobby is there when its number is called.
  await officer.callNext();
  await expect(counter.page.getByTestId('serving-number')).toHaveText('A001');
  await officer.startIntake();
  await expect(counter.page.getByRole('combobox', { name: 'Tìm thủ tục' })).toHaveValue(/^Cấp đổi Giấy chứng nhận/u);
  await expect(counter.page.getByRole('radio', { name: /đồng loạt do đo đạc/u })).toBeChecked();
  await expect(counter.page.getByRole('radio', { name: 'Tổ chức' })).toBeChecked();
  await expect(counter.page.getByLabel('Họ và tên').first()).toHaveValue('Hợp tác xã Bình Minh');
  await expect(counter.page.getByLabel('Mã số thuế').first()).toHaveValue('0101234567');
  await expect(counter.page.getByLabel('Điện thoại').first()).toHaveValue('0912 345 678');
  await counter.close();

  const board = await office.open({ role: 'board' });
  await expect(board.counter.page.locator('[data-newest]')).toContainText('A001');
  await expect(board.counter.page.locator('[data-newest]')).toContainText('1');
  await test.step('and says the next one aloud', async () => {
    const { app, page } = board.counter;
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await tapSound(page);
    await page.reload();
    await expect(page.locator('[data-newest]')).toContainText('A001');
    // The shell of another device called; how it comes here is the hub's own test.
    const shown = await page.evaluate(() => window.counter.invoke('queue:board'));
    const called = [{ ticketId: 'next', number: 'B002', counter: '4', calledAtMs: Date.now(), calls: 1, isAtCounter: true }, ...shown.called];
    await app.evaluate(({ webContents }, [event, next]) => webContents.getAllWebContents().forEach((contents) => contents.send(event, next)), [
      eventName('queue:board-changed'),
      { ...shown, called },
    ] as const);
    await expect(page.locator('[data-newest]')).toContainText('B002');
    await expect.poll(async () => Math.max(...(await soundOf(page)).peaks.map(({ peak }) => peak)), { message: 'heard' }).toBeGreaterThan(0.1);
    const { parts } = await soundOf(page);
    // Chime, call, B 0 0 2, to counter, 4; then once more in English.
    expect(parts).toHaveLength(15);
    expect(parts.filter(({ from }, index) => from < (parts[index - 1]?.to ?? 0))).toEqual([]);
  });
  await expect
    .poll(async () => (await office.province.query('select 1 from tickets where number = $1 and called_at_ms is not null', [number])).length, {
      timeout: 30_000,
    })
    .toBeGreaterThan(0);
});
