/** Power cuts: an intake in the middle, an acceptance just done, and a working store that is gone altogether. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { birth, certifiedCopy, withOwnScans } from '../fixtures/intakes.ts';
import { qrOnPaper } from '../fixtures/qr-on-paper.ts';
import { expect, test } from './office.ts';

test('an intake cut off in the middle is there again, every finished field and every scan', async ({ office }) => {
  const script = withOwnScans(birth, 31);
  const before = await office.open();
  await before.officer.sees('province', 'Đã nối');
  await before.officer.startIntake();
  await before.officer.fillIn({ ...script, form: { 'declarant.relation': 'Mẹ', 'child.fullName': 'Nguyễn Gia Hưng', 'child.dateOfBirth': '10/11/2026' } });
  await expect(before.officer.page.getByText(/^Đã lưu nháp/u)).toBeVisible();
  await before.counter.kill9();

  const { officer } = await office.open();
  const { page } = officer;
  await page.getByTestId('draft').getByRole('button', { name: 'Làm tiếp' }).click();
  await expect(page.getByRole('combobox', { name: 'Tìm thủ tục' })).toHaveValue(birth.procedure.name);
  await expect(officer.applicant('fullName')).toHaveValue('Nguyễn Thị Ánh Dương');
  await expect(officer.applicant('phone')).toHaveValue('0912345678');
  await expect(page.locator('#form_child_fullName')).toHaveValue('Nguyễn Gia Hưng');
  await expect(page.locator('#form_child_dateOfBirth')).toHaveValue('10/11/2026');
  await expect(officer.pages('birth-notice')).toHaveCount(1);
  await expect(officer.pages('birth-notice').locator('img')).toBeVisible();

  for (const [path, value] of Object.entries(script.form).slice(3)) await officer.answer(path, value);
  const code = await officer.accept();
  await expect.poll(() => office.arrived(code), { timeout: 60_000 }).toEqual({ dossiers: 1, entries: 1, scans: 1, verified: 1 });
  await page.getByTestId('rail-home').click();
  await expect(page.getByTestId('draft')).toHaveCount(0);
});

test('a cut right after acceptance loses nothing, prints once or asks, and no code comes twice', async ({ office }) => {
  const first = await office.open();
  await first.officer.sees('province', 'Đã nối');
  office.line.set({ kind: 'down' });
  // Slow enough that the cut falls while the receipt is on its way.
  office.printer().setFault({ slowBytesPerSecond: 3_000 });
  await first.officer.startIntake();
  await first.officer.fillIn(withOwnScans(certifiedCopy, 32));
  const code = await first.officer.accept();
  await expect.poll(() => office.printer().uncutRows(), { timeout: 20_000 }).toBeGreaterThan(0);
  await first.counter.kill9();
  office.printer().setFault({ slowBytesPerSecond: null });

  const { officer } = await office.open();
  await expect(await officer.openDossier(code)).toContainText('Đỗ Hoàng Yến');
  await officer.sees('printer', '1 tờ cần xác nhận');
  await officer.inPanel('printer', async (panel) => {
    await expect(panel.getByTestId('job-unknown')).toContainText(code);
    await panel.getByRole('button', { name: 'In lại' }).click();
  });
  await expect
    .poll(async () => (await Promise.all(office.receipts().map(qrOnPaper))).filter((text) => text?.includes(code)).length, { timeout: 20_000 })
    .toBe(1);

  await officer.startIntake();
  await officer.fillIn(withOwnScans(certifiedCopy, 33));
  const second = await officer.accept();
  expect(second).not.toBe(code);
  expect(Number(second.slice(-4))).toBe(Number(code.slice(-4)) + 1);
  office.line.set({ kind: 'up' });
  await officer.sendNow();
  for (const each of [code, second])
    await expect.poll(() => office.arrived(each), { timeout: 60_000 }).toEqual({ dossiers: 1, entries: 1, scans: 2, verified: 2 });
});

test('with its working store deleted the counter lists every dossier from the journal', async ({ office }) => {
  const before = await office.open();
  await before.officer.sees('province', 'Đã nối');
  const codes: string[] = [];
  for (const seed of [34, 35]) {
    await before.officer.startIntake();
    await before.officer.fillIn(withOwnScans(certifiedCopy, seed));
    codes.push(await before.officer.accept());
  }
  await before.officer.startIntake();
  await before.officer.leaveField();
  await before.officer.scanCard(birth.card);
  await expect(before.officer.page.getByText(/^Đã lưu nháp/u)).toBeVisible();
  await before.counter.close();
  await rm(join(office.userData, 'IndexedDB'), { recursive: true });
  office.line.set({ kind: 'down' });

  const { officer } = await office.open();
  await expect(officer.page.getByTestId('draft')).toContainText('Nguyễn Thị Ánh Dương');
  for (const code of codes) {
    const pane = await officer.openDossier(code);
    await expect(pane).toContainText('Đỗ Hoàng Yến');
    await pane
      .getByRole('button', { name: /Xem 1 bản quét/u })
      .first()
      .click();
    await expect(officer.page.getByRole('dialog').getByRole('img', { name: /Bản quét/u })).toBeVisible();
    await officer.page.keyboard.press('Escape');
  }
});
