/** The end of a day: closed by the officer, compared by the province, said on the screen dossier by dossier. */
import { join } from 'node:path';
import { certifiedCopy, withOwnScans } from '../fixtures/intakes.ts';
import { expect, test } from './office.ts';

test('a closed day agrees; one that lost a dossier at the province names it', async ({ office }, testInfo) => {
  const { officer } = await office.open();
  const { page } = officer;
  await officer.sees('province', 'Đã nối');
  const takeIn = async (seed: number): Promise<string> => {
    await officer.startIntake();
    await officer.fillIn(withOwnScans(certifiedCopy, seed));
    return officer.accept();
  };
  const picture = (name: string) =>
    page.screenshot({ path: process.env['QMC_PICTURES'] === undefined ? testInfo.outputPath(name) : join(process.env['QMC_PICTURES'], name) });
  const lost = await takeIn(81);
  await takeIn(82);
  for (const code of [lost]) await expect.poll(() => office.arrived(code), { timeout: 60_000 }).toMatchObject({ dossiers: 1, verified: 2 });

  await page.getByTestId('rail-reconciliation').click();
  const day = page.locator('[data-testid^="day-"]').first();
  await expect(day).toContainText('Chưa chốt');
  await page.getByRole('button', { name: /^Chốt ngày/u }).click();
  await expect(day).toContainText('Khớp', { timeout: 60_000 });
  await expect(day).toContainText('2 hồ sơ');
  const table = page.getByRole('table');
  await expect(table.getByRole('row').nth(1).getByRole('cell').first()).toHaveText('2');
  await picture('reconciliation-agrees.png');

  await office.province.query('delete from dossier_scans where dossier_id = (select dossier_id from dossiers where code = $1)', [lost]);
  await office.province.query('delete from dossiers where code = $1', [lost]);
  const third = await takeIn(83);
  await expect.poll(() => office.arrived(third), { timeout: 60_000 }).toMatchObject({ dossiers: 1, verified: 2 });
  await page.getByTestId('rail-reconciliation').click();
  await expect(day).toContainText('1 hồ sơ nhận sau khi chốt');
  await page.getByRole('button', { name: /^Chốt bổ sung/u }).click();
  await expect(day).toContainText('Chênh lệch', { timeout: 60_000 });
  const differences = page.getByRole('list', { name: /^Hồ sơ chênh lệch/u }).getByRole('listitem');
  await expect(differences).toHaveCount(1);
  await expect(differences).toContainText(lost);
  await expect(differences).toContainText('Tỉnh không có hồ sơ này');
  await picture('reconciliation-differs.png');
  await differences.getByRole('button', { name: 'Mở hồ sơ' }).click();
  await expect(page.getByRole('article', { name: lost })).toBeVisible();
});
