/** The citizen's way to the counter: a number from the kiosk, called by the officer, seen on the board. */
import { expect, test } from './office.ts';

test('the kiosk prints a number, the officer calls it, the board shows it', async ({ office }) => {
  // Until an office shares one queue, one device stands for all three in turn.
  const kiosk = await office.open({ role: 'lobby' });
  const lobby = kiosk.counter.page;
  await lobby.getByRole('button', { name: /Lấy số/u }).click();
  await lobby.getByRole('button', { name: /Đất đai/u }).click();
  await lobby.getByRole('button', { name: 'Người cao tuổi' }).click();
  const number = (await lobby.getByTestId('ticket-number').innerText()).trim();
  expect(number).toBe('B001');
  await expect.poll(() => office.tickets().length, { timeout: 20_000 }).toBe(1);
  await lobby.getByRole('button', { name: 'Xong' }).click();
  await expect(lobby.getByRole('button', { name: /Lấy số/u })).toBeVisible();

  await lobby.getByRole('button', { name: 'English' }).click();
  await expect(lobby.getByRole('heading', { level: 1 })).not.toContainText('Xin chào');
  await lobby.getByRole('button', { name: 'Tiếng Việt' }).click();
  await expect(lobby.getByRole('heading', { level: 1 })).toContainText('Xin chào');
  await kiosk.counter.close();

  const { counter, officer } = await office.open();
  await officer.callNext();
  await expect(counter.page.getByTestId('serving-number')).toHaveText(number);
  await counter.close();

  const board = await office.open({ role: 'board' });
  await expect(board.counter.page.locator('[data-newest]')).toContainText(number);
  await expect(board.counter.page.locator('[data-newest]')).toContainText('1');
  await expect
    .poll(async () => (await office.province.query('select 1 from tickets where number = $1 and called_at_ms is not null', [number])).length, {
      timeout: 30_000,
    })
    .toBeGreaterThan(0);
});
