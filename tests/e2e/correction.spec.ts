/** What the province refuses is mended on the screen by whoever sits there: the field it names, or a code another dossier has. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { qrOnPaper } from '../fixtures/qr-on-paper.ts';
import { certifiedCopy, withOwnScans } from '../fixtures/intakes.ts';
import { expect, test } from './office.ts';

test('a refused field is typed anew, a taken code replaced and its paper printed again', async ({ office }, testInfo) => {
  const { officer } = await office.open();
  const { page } = officer;
  const picture = (name: string) =>
    page.screenshot({ path: process.env['QMC_PICTURES'] === undefined ? testInfo.outputPath(name) : join(process.env['QMC_PICTURES'], name) });
  await officer.sees('province', 'Đã nối');

  await officer.startIntake();
  await officer.fillIn(withOwnScans(certifiedCopy, 91));
  // Half a letter, as a broken keyboard driver or a pasted text leaves it: no hand can type it.
  await officer.applicant('residence').evaluate((input: HTMLInputElement) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, 'Thôn Thượng\ud800');
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.blur();
  });
  const first = await officer.accept();
  await officer.sees('province', /1 cần sửa/u);

  await page.getByTestId('world-province').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Xem chờ gửi' }).click();
  await page.getByRole('listitem').filter({ hasText: first }).getByRole('button', { name: 'Mở hồ sơ' }).click();
  const pane = page.getByRole('article', { name: first });
  await expect(pane.getByRole('alert')).toContainText('Có ký tự không nhận được');
  await expect(pane.getByRole('alert')).toContainText('Nơi cư trú');
  await expect(pane).toContainText('Cần sửa');
  await picture('correction-refused.png');

  await page.keyboard.press('F7');
  const field = page.getByRole('textbox', { name: /· Địa chỉ$/u });
  await expect(field).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alertdialog')).toContainText('có ký tự không nhận được');
  await field.fill('Thôn Thượng, xã An Bình');
  // The form had it from the applicant, where it is as broken.
  await page.getByRole('textbox', { name: 'Nơi cư trú / địa chỉ' }).fill('Thôn Thượng, xã An Bình');
  await picture('correction-field.png');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alertdialog')).toBeHidden();
  await expect(pane).toContainText('Đã lưu bản sửa');
  await expect(pane.getByRole('alert')).toHaveCount(0);
  await expect(pane).toContainText('Tỉnh đã xác nhận', { timeout: 60_000 });
  await officer.sees('province', 'Đã nối');
  expect(await office.arrived(first)).toEqual({ dossiers: 1, entries: 1, scans: 2, verified: 2 });
  const [held] = await office.province.query<{ residence: string }>(`select body #>> '{applicant,residence}' residence from dossiers where code = $1`, [first]);
  expect(held?.residence).toBe('Thôn Thượng, xã An Bình');

  const numberAfter = (code: string) => code.replace(/\d{4}$/u, (order) => String(Number(order) + 1).padStart(4, '0'));
  // Another dossier has the next code already: a copy of this journal was at work before anybody knew.
  await office.province.query(
    `insert into dossiers (dossier_id, code, office_id, agency_code, device_id, operation_id, procedure_code, accepted_at_ms, accepted_offline, body, received_at)
     select gen_random_uuid(), $2, office_id, agency_code, device_id, gen_random_uuid(), procedure_code, accepted_at_ms - 4000000000, false, body, received_at
     from dossiers where code = $1`,
    [first, numberAfter(first)],
  );
  await officer.startIntake();
  await officer.fillIn(withOwnScans(certifiedCopy, 92));
  const second = await officer.accept();
  expect(second).toBe(numberAfter(first));
  await officer.sees('province', /1 cần sửa/u);
  await expect.poll(() => office.receipts().length).toBe(2);
  const twin = await officer.openDossier(second);
  await twin.getByRole('button', { name: 'Cấp mã mới' }).click();
  await picture('correction-code.png');
  await page.keyboard.press('Enter');
  const own = numberAfter(second);
  const recoded = page.getByRole('article', { name: own });
  await expect(recoded).toContainText(`Mã mới: ${own}`);
  await expect(recoded).toContainText('Tỉnh đã xác nhận', { timeout: 60_000 });
  await expect.poll(() => office.receipts().length, { timeout: 30_000 }).toBe(3);
  expect(await qrOnPaper(office.receipts().at(-1) ?? '')).toContain(own);
  await picture('correction-recoded.png');
  if (process.env['QMC_PICTURES'] !== undefined) await copyFile(office.receipts().at(-1) ?? '', join(process.env['QMC_PICTURES'], 'correction-receipt.png'));
  // The citizen comes back with either paper.
  await page.keyboard.press('F3');
  await page.getByRole('searchbox', { name: 'Tìm hồ sơ' }).fill(second);
  await expect(page.getByRole('option', { name: own })).toBeVisible();
  expect(await office.arrived(own)).toMatchObject({ dossiers: 1, scans: 2, verified: 2 });

  await officer.inPanel('numbers', async (panel) => {
    const ranges = panel.getByRole('list', { name: /^Dãy số của/u }).getByRole('listitem');
    await expect(ranges).toHaveCount(1);
    await expect(ranges).toContainText(/\d{4}–\d{4}/u);
    await expect(ranges).toContainText('còn 97 số hôm nay');
    await expect(panel).toContainText('Chưa cần xin');
    await picture('numbers.png');
  });

  await page.getByTestId('rail-reconciliation').click();
  await page.getByRole('button', { name: /^Chốt ngày/u }).click();
  const day = page.locator('[data-testid^="day-"]').first();
  await expect(day).toContainText('Khớp', { timeout: 60_000 });
  await expect(day).toContainText('2 hồ sơ');
});
