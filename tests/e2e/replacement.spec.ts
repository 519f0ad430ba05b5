/** The PC of a counter is destroyed: a new one takes its place, with everything the province had confirmed. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { certifiedCopy, landChange, withOwnScans } from '../fixtures/intakes.ts';
import { expect, test } from './office.ts';

test('a new PC lists what the lost one took in, opens it with its scans, and repeats no number', async ({ office }) => {
  const old = await office.open();
  await old.officer.sees('province', 'Đã nối');
  const codes: string[] = [];
  for (const [at, script] of [landChange, certifiedCopy].entries()) {
    await old.officer.startIntake();
    await old.officer.fillIn(withOwnScans(script, 80 + at));
    codes.push(await old.officer.accept());
  }
  const [land = '', copy = ''] = codes;
  await expect.poll(() => office.arrived(land), { timeout: 60_000 }).toMatchObject({ dossiers: 1, scans: 3, verified: 3 });
  await expect.poll(() => office.arrived(copy), { timeout: 60_000 }).toMatchObject({ dossiers: 1, scans: 2, verified: 2 });
  const deviceId = await old.officer.page.evaluate(async () => (await window.counter.invoke('sync:state')).deviceId);
  await old.counter.kill9();
  await rm(office.userData, { recursive: true, force: true, maxRetries: 5 });

  const userData = join(office.userData, '..', 'new-pc');
  await mkdir(userData);
  const { officer } = await office.open({ userData, code: await office.newCode({ replaces: deviceId }) });
  const { page } = officer;
  await officer.sees('province', 'Đã nối');
  await page.keyboard.press('F3');
  const rows = page.getByRole('option');
  await expect(rows).toHaveCount(2, { timeout: 30_000 });
  // The newest first.
  await expect(rows.first()).toContainText(copy);
  await expect(rows.first()).toContainText('Từ máy cũ');
  await page.screenshot({ path: 'out/test/replacement-list.png' });
  await page.getByRole('searchbox', { name: 'Tìm hồ sơ' }).fill('luong van khang');
  await expect(rows).toHaveCount(1);
  const pane = await officer.openDossier(land);
  await expect(pane).toContainText('Tổ 5, xã An Bình');
  await pane.getByRole('button', { name: 'Xem 2 bản quét' }).click();
  const picture = page.getByRole('dialog').locator('img').first();
  await expect(picture).toBeVisible();
  expect(await picture.evaluate(async (image: HTMLImageElement) => (await image.decode(), image.naturalWidth))).toBeGreaterThan(100);
  await page.keyboard.press('Escape');

  // What the old one took in is not the new one's day: the province counted it under the old one.
  await page.getByTestId('rail-today').click();
  await expect(page.getByRole('term').filter({ hasText: 'Đã tiếp nhận' }).locator('xpath=following-sibling::dd')).toHaveText('0');

  await officer.startIntake();
  await officer.fillIn(withOwnScans(certifiedCopy, 82));
  const next = await officer.accept();
  expect(codes).not.toContain(next);
  await expect.poll(() => office.arrived(next), { timeout: 60_000 }).toMatchObject({ dossiers: 1, verified: 2 });
  await page.keyboard.press('F3');
  await page.getByRole('searchbox', { name: 'Tìm hồ sơ' }).fill('');
  await expect(rows).toHaveCount(3);
  await expect(rows.first()).toContainText(next);

  // The list is the page's own: without the line, and after a restart, it is there.
  office.line.set({ kind: 'down' });
  await page.reload();
  await officer.isReady();
  await page.keyboard.press('F3');
  await expect(page.getByRole('option')).toHaveCount(3);
});
