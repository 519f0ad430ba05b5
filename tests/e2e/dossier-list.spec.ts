/** The list of dossiers: found by days of acceptance and by papers owed, remembered while one moves about. */
import { dateAt, formatDate } from '../../shared/lib/time.ts';
import { certifiedCopy, withOwnScans } from '../fixtures/intakes.ts';
import { expect, test } from './office.ts';

test('is narrowed by days and papers, and still is after a look at another screen', async ({ office }) => {
  const { officer } = await office.open();
  const { page } = officer;
  await officer.isReady();
  await officer.startIntake();
  await officer.fillIn(withOwnScans(certifiedCopy, 51));
  const code = await officer.accept();
  await page.getByTestId('rail-dossiers').click();
  const row = page.getByRole('option', { name: code });
  await expect(row).toBeVisible();

  const today = formatDate(dateAt(Date.now()));
  const from = page.getByRole('textbox', { name: 'Nhận từ ngày' });
  const to = page.getByRole('textbox', { name: 'Đến ngày' });
  await from.fill(today);
  await to.fill(today);
  await expect(row).toBeVisible();
  await to.fill('01/01/2020');
  await to.blur();
  await expect(page.getByText('Trước ngày bắt đầu')).toBeVisible();
  await expect(page.getByText('Không tìm thấy')).toBeVisible();
  await to.fill('');
  await expect(row).toBeVisible();

  // By keyboard alone: a select is opened and chosen from with the arrows.
  await page.getByRole('button', { name: /Giấy tờ/u }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('option', { name: 'Còn nợ', exact: true }).waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(row).toHaveCount(0);
  await page.getByTestId('rail-home').click();
  await page.getByTestId('rail-dossiers').click();
  await expect(from).toHaveValue(today);
  await expect(page.getByRole('button', { name: /Còn nợ/u })).toBeVisible();
  await page.getByRole('button', { name: 'Bỏ lọc' }).click();
  await expect(row).toBeVisible();
  await expect(from).toHaveValue('');
});
