/** What citizens do at the kiosk: one start of the app, and one visitor after the other. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { cards } from '../fixtures/intakes.ts';
import { expect, test } from './office.ts';

const THEMES = ['light', 'dark', 'high-contrast'] as const;

/** In every theme, as a weak eye may have chosen it. Each violation in one line. */
async function violations(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const theme of THEMES) {
    await page.evaluate((to) => void (document.documentElement.dataset['theme'] = to), theme);
    // Without it axe opens a window of its own, which the app forbids.
    const axe = new AxeBuilder({ page }).setLegacyMode(true);
    // Of all rules only this one can tell themes apart.
    const { violations: all, passes } = await (theme === 'light' ? axe : axe.withRules(['color-contrast'])).analyze();
    expect(passes.length, 'rules that found something to check').toBeGreaterThan(theme === 'light' ? 5 : 0);
    found.push(
      ...all.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${theme} ${id}: ${html.slice(0, 140)} ${failureSummary?.replaceAll('\n', ' ')}`),
      ),
    );
  }
  await page.evaluate(() => void (document.documentElement.dataset['theme'] = 'light'));
  return found;
}

const picture = async (page: Page, name: string): Promise<void> => {
  const folder = process.env['QMC_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
};

/** As a finger on the screen: the words typed on the on-screen keyboard. */
async function typeOnScreen(page: Page, keys: string): Promise<void> {
  const keyboard = page.getByTestId('keyboard');
  for (const key of keys) {
    if (key === ' ') await keyboard.getByRole('button', { name: 'dấu cách' }).click();
    else if (key !== key.toLowerCase()) {
      await keyboard.getByRole('button', { name: 'Chữ hoa' }).click();
      await keyboard.getByRole('button', { name: key, exact: true }).click();
    } else await keyboard.getByRole('button', { name: key, exact: true }).click();
  }
}

test('visits to the kiosk', async ({ office }) => {
  const { counter, officer } = await office.open({ role: 'lobby' });
  const { page } = counter;
  const isClean = (name: string) =>
    test.step(name, async () => {
      await picture(page, name);
      expect.soft(await violations(page), name).toEqual([]);
    });
  const door = (name: RegExp) => page.getByRole('button', { name });
  /** The page begins anew when a visit ends. */
  const isAtDoor = async () => {
    await expect(door(/Lấy số/u)).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Xin chào');
  };
  const finish = async (label = 'Xong') => {
    await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: label }).click()]);
    await isAtDoor();
  };

  await isAtDoor();
  await isClean('door');

  await test.step('a ticket by what one wants to do, typed on the screen, its papers on it', async () => {
    await door(/Lấy số/u).click();
    await isClean('group');
    await door(/Tìm theo việc/u).click();
    await typeOnScreen(page, 'khai sinh');
    await expect(page.getByRole('textbox')).toHaveValue('khai sinh');
    await door(/^Đăng ký khai sinh$/u).waitFor();
    await isClean('find');
    await door(/^Đăng ký khai sinh$/u).click();
    await expect(page.getByRole('listitem').first()).toBeVisible();
    await isClean('papers');
    await page.getByRole('button', { name: 'In danh sách này' }).click();
    await expect.poll(() => office.printer().papers().length, { timeout: 20_000 }).toBe(1);
    await page.getByRole('button', { name: 'Lấy số' }).click();
    await door(/Hộ tịch/u).click();
    await isClean('priority');
    await door(/số thường/u).click();
    await expect(page.getByTestId('ticket-number')).toHaveText('A001');
    await isClean('number');
    await expect.poll(() => office.printer().papers().length, { timeout: 20_000 }).toBe(2);
    await finish();
  });

  await test.step('the whole way by keyboard alone', async () => {
    const goTo = async (words: string) => {
      for (let i = 0; i < 20; i++) {
        if (await page.locator('button:focus', { hasText: words }).count()) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`not reached by Tab: ${words}`);
    };
    await goTo('Lấy số');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    await goTo('Đất đai');
    await page.keyboard.press('Space');
    await goTo('số thường');
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('ticket-number')).toHaveText('B001');
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    await isAtDoor();
  });

  await test.step('a dossier looked up', async () => {
    const code = 'H36.12-261122-0042';
    const [device] = await office.province.query<{ device_id: string }>('select device_id from devices where office_id = $1 limit 1', ['xa-an-binh']);
    await office.province.query(
      `insert into dossiers (dossier_id, code, office_id, agency_code, device_id, operation_id, procedure_code, accepted_at_ms, due_at_ms, accepted_offline, body, received_at)
       values (gen_random_uuid(), $1, 'xa-an-binh', 'H36.12', $2, gen_random_uuid(), '1.001193', $3, $4, false, $5, now())`,
      [
        code,
        device?.device_id,
        Date.now() - 86_400_000,
        Date.now() + 86_400_000,
        JSON.stringify({ procedureName: 'Đăng ký khai sinh', applicant: { idNumber: '001188012345', fullName: 'Nguyễn Thị Ánh Dương' } }),
      ],
    );
    await door(/Tra cứu hồ sơ/u).click();
    await isClean('look-up');
    // A reader types the code of the receipt and Enter; the card gives the digits.
    await page.keyboard.type(`${code}\n`);
    await page.keyboard.type('9999');
    await page.getByRole('button', { name: 'Xem', exact: true }).click();
    await expect(page.getByText('Không tìm thấy hồ sơ')).toBeVisible();
    await isClean('look-up-failed');
    await officer.scanCard(cards.duong);
    await expect(page.getByLabel(/4 số cuối/u)).toHaveValue('2345');
    await page.getByRole('button', { name: 'Xem', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('đã được tiếp nhận');
    await expect(page.getByText(code)).toBeVisible();
    await isClean('status');
    expect(await page.locator('main').innerText()).not.toMatch(/Dương|001188/u);
    await finish();
  });

  await test.step('a form declared beforehand, by card and Telex', async () => {
    await door(/Khai trước/u).click();
    await typeOnScreen(page, 'keets hoon');
    await expect(page.getByRole('textbox')).toHaveValue('kết hôn');
    await page
      .getByRole('button', { name: /^Đăng ký kết hôn/u })
      .first()
      .click();
    await officer.scanCard(cards.yen);
    await expect(page.getByLabel('Họ và tên')).toHaveValue('Đỗ Hoàng Yến');
    await isClean('who');
    await page.getByRole('button', { name: 'Tiếp tục' }).click();
    await expect(page.getByText(/ô để trống/u)).toBeVisible();
    await isClean('form');
    await page.getByRole('button', { name: 'Lấy số' }).click();
    await door(/Hộ tịch/u).click();
    await door(/số thường/u).click();
    await expect(page.getByTestId('ticket-number')).toHaveText('A002');
    await expect(page.getByText(/Tờ khai đã gắn/u)).toBeVisible();
    await finish();
  });

  await test.step('which case, and for whom, by keyboard alone', async () => {
    await door(/Khai trước/u).press('Enter');
    await page.getByRole('textbox').fill('cap doi giay chung nhan');
    await door(/^Cấp đổi Giấy chứng nhận/u)
      .first()
      .press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    await isClean('case');
    await door(/Cấp đổi theo yêu cầu/u).press('Enter');
    await door(/Tổ chức/u).press('Enter');
    await page.getByLabel('Tên tổ chức').fill('Hợp tác xã Bình Minh');
    await isClean('organisation');
    await page.getByRole('button', { name: 'Quay lại' }).press('Enter');
    await expect(door(/Cấp đổi theo yêu cầu/u)).toHaveAttribute('aria-pressed', 'true');
    for (let steps = 0; steps < 2; steps++) await page.getByRole('button', { name: 'Quay lại' }).press('Enter');
    await expect(door(/Khai trước/u)).toBeVisible();
  });

  await test.step('an opinion, as a count', async () => {
    await door(/Đánh giá/u).click();
    await isClean('rate');
    await page.getByRole('button', { name: 'Hài lòng', exact: true }).click();
    await page.getByRole('button', { name: 'Hướng dẫn rõ' }).click();
    await isClean('reasons');
    await page.getByRole('button', { name: 'Gửi' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Cảm ơn');
    await isClean('thanks');
    await finish();
    await expect
      .poll(() => office.province.query<{ reason: string; count: number }>('select reason, count from service_ratings where score = 4 order by reason'), {
        timeout: 30_000,
      })
      .toEqual([
        { reason: '', count: 1 },
        { reason: 'clear', count: 1 },
      ]);
  });
});
