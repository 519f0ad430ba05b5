/** A postal counter works for the agency: what it has handed over leaves it, what it has not stays. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { certifiedCopy, withOwnScans } from '../fixtures/intakes.ts';
import { expect, test } from './office.ts';

test('a postal counter hands over what the province has confirmed, and keeps the rest', async ({ office }) => {
  const retention = { backupDays: 0 };
  const first = await office.open({ role: 'postal', retention });
  await first.officer.sees('province', 'Đã nối');
  await first.officer.startIntake();
  await first.officer.fillIn(withOwnScans(certifiedCopy, 90));
  const confirmed = await first.officer.accept();
  await expect.poll(() => office.arrived(confirmed), { timeout: 60_000 }).toMatchObject({ verified: 2 });
  await first.officer.page.getByTestId('rail-home').click();
  await expect(first.officer.page.getByTestId('to-hand-over')).toContainText('Tỉnh đã xác nhận', { timeout: 30_000 });
  office.line.set({ kind: 'down' });
  await first.officer.startIntake();
  await first.officer.fillIn(withOwnScans(certifiedCopy, 91));
  const unsent = await first.officer.accept();
  await first.counter.close();

  // The next morning: the line is down, so nothing may be handed over that is not confirmed.
  const { officer } = await office.open({ role: 'postal', retention });
  const { page } = officer;
  await page.getByTestId('rail-home').click();
  const waiting = page.getByTestId('to-hand-over');
  await expect(waiting).toHaveCount(2);
  await expect(page.getByText('1 hồ sơ tỉnh chưa xác nhận')).toBeVisible();
  office.line.set({ kind: 'up' });
  await officer.sendNow();
  await officer.sees('province', 'Đã nối');
  await expect(page.getByRole('button', { name: 'Bàn giao 2 hồ sơ' })).toBeEnabled({ timeout: 30_000 });
  office.line.set({ kind: 'down' });
  await page.screenshot({ path: 'out/test/hand-over.png' });
  await page.getByRole('button', { name: 'Bàn giao 2 hồ sơ' }).click();
  await page.screenshot({ path: 'out/test/hand-over-ask.png' });
  await page.getByRole('button', { name: 'Đã bàn giao' }).click();
  await expect(page.getByText('Đã ghi nhận bàn giao 2 hồ sơ.')).toBeVisible();
  await expect(waiting).toHaveCount(0);

  const scans = async (): Promise<number> => (await readdir(join(office.userData, 'scans'))).filter((name) => name.endsWith('.scan')).length;
  await expect.poll(scans, { timeout: 20_000 }).toBe(0);
  await page.keyboard.press('F3');
  await expect(page.getByRole('option')).toHaveCount(0);
  office.line.set({ kind: 'up' });
  await officer.sendNow();
  const handedOver = () => office.province.query<{ count: string }>(`select count(*) from journal_contents where operation like '%dossiers.handed-over%'`);
  await expect.poll(async () => Number((await handedOver())[0]?.count), { timeout: 30_000 }).toBe(1);
  expect(await office.arrived(unsent)).toEqual({ dossiers: 1, entries: 1, scans: 2, verified: 2 });
});
