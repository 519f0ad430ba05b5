/** A catalogue published at the province: on the screen of a running counter by itself, while an intake goes on as it began. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { certifiedCopy, withOwnScans } from '../fixtures/intakes.ts';
import type { RunningProvince } from '../fixtures/province.ts';
import { OFFICE } from '../fixtures/settings.ts';
import { expect, runProvince, test as inSharedProvince, type Office } from './office.ts';

// Of its own: what is published here reaches every counter of a province.
const test = inSharedProvince.extend<object, { province: RunningProvince }>({
  province: [runProvince, { scope: 'worker', timeout: 90_000 }],
});

const PAPER = 'Phiếu xác nhận của tổ dân phố';

const catalogueHere = async (page: Page): Promise<Catalogue> =>
  JSON.parse(
    await page.evaluate(() => (globalThis as unknown as { counter: { invoke(channel: string): Promise<string> } }).counter.invoke('catalogue:get')),
  ) as Catalogue;

async function publish({ province, userData }: Office, kind: string, content: unknown): Promise<{ stdout: string; stderr: string; code: number }> {
  const file = join(userData, `${kind}.json`);
  await writeFile(file, JSON.stringify(content));
  const args = [resolve(import.meta.dirname, '../../out/server/main.cjs'), 'publish', kind, file, '--data', province.dataDir];
  return promisify(execFile)(process.execPath, args).then(
    (said) => ({ ...said, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  );
}

test('a published catalogue comes into force by itself; an intake in progress keeps the one it began with', async ({ office }) => {
  const { officer } = await office.open();
  const { page } = officer;
  await officer.sees('province', 'Đã nối');
  const shipped = await catalogueHere(page);
  const inUse = shipped.procedures.find(({ name }) => name === certifiedCopy.procedure.name);
  if (inUse === undefined) throw new Error('the procedure of the intake is not shipped');
  await officer.startIntake();
  await officer.fillIn(withOwnScans(certifiedCopy, 81));
  const title = page.getByRole('combobox', { name: 'Tìm thủ tục' });
  await expect(title).toHaveValue(certifiedCopy.procedure.name);

  const refused = await publish(office, 'catalogue', { version: 'tinh-2027', procedures: [{ ...inUse, level: 'village' }] });
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('$.procedures[0].level: not-one-of (village)');

  const newPaper = { id: 'ward-slip', name: PAPER, need: 'required', originals: 1 };
  const procedures = [
    { ...inUse, papers: [...inUse.papers, newPaper] },
    { ...inUse, code: '9.000001', name: 'Xác nhận nơi cư trú của hộ mới', alsoKnownAs: [] },
  ];
  expect(await publish(office, 'catalogue', { version: 'tinh-2027', publishedBy: 'UBND tỉnh', procedures })).toMatchObject({ code: 0 });
  expect(await publish(office, 'users', { version: 'u1', users: [{ id: 'someone-else', name: 'A', roles: ['officer'], office: OFFICE.id }] })).toMatchObject({
    code: 0,
  });
  await officer.sendNow();
  await expect.poll(async () => (await catalogueHere(page)).version, { timeout: 45_000 }).toBe('tinh-2027');

  // The intake goes on where it was: nothing asked for anew, nothing lost.
  await expect(title).toHaveValue(certifiedCopy.procedure.name);
  await expect(page.getByText(PAPER)).toHaveCount(0);
  const code = await officer.accept();
  await expect.poll(() => office.arrived(code), { timeout: 30_000 }).toMatchObject({ dossiers: 1 });
  const [taken] = await office.province.query<{ version: string; used: string }>(
    `select d.body ->> 'catalogueVersion' as version, v.catalogue_version as used from dossiers d join devices v using (device_id) where d.code = $1`,
    [code],
  );
  expect(taken).toEqual({ version: shipped.version, used: 'tinh-2027' });

  await officer.startIntake();
  await officer.chooseProcedure(certifiedCopy.procedure);
  await expect(page.getByText(PAPER).first()).toBeVisible();
  await officer.chooseProcedure({ search: 'ho moi', name: 'Xác nhận nơi cư trú của hộ mới' });

  await page.getByTestId('rail-catalogue').click();
  await expect(page.locator('main')).toContainText('tinh-2027');
  await expect(page.locator('main')).toContainText(/Tỉnh gửi xuống, dùng từ \d\d\/\d\d\/\d{4}/u);
  await expect(page.getByRole('option')).toHaveCount(2);
  await page.screenshot({ path: 'out/test/publications.png' });
  await page.getByRole('button', { name: 'Trần Thị Mẫu' }).click();
  await expect(page.getByRole('dialog')).toContainText('Không có trong danh sách người dùng của tỉnh');
});
