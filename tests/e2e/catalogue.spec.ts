/** A province's catalogue, right and wrong, from JSON and from Excel: every mistake with its place, nothing changed unasked. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { readWorkbook, writeWorkbook } from '../../renderer/catalogue/excel.ts';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import type { Sheet } from '../../shared/catalogue/sheets.ts';
import { expect, test, type Office } from './office.ts';

const inUse = async (page: Page): Promise<Catalogue> =>
  JSON.parse(
    await page.evaluate(() => (globalThis as unknown as { counter: { invoke(channel: string): Promise<string> } }).counter.invoke('catalogue:get')),
  ) as Catalogue;

/** The mistakes as the table shows them, cell by cell. */
const problems = async (page: Page): Promise<string[][]> => {
  const rows = await page.locator('main table tbody tr').all();
  return Promise.all(rows.map((row) => row.locator('td').allInnerTexts()));
};

async function openCatalogue(office: Office) {
  const { counter, officer } = await office.open();
  await officer.sees('province', 'Đã nối');
  await officer.page.getByTestId('rail-catalogue').click();
  const { page } = officer;
  const bring = (name: string, buffer: Buffer) => page.locator('main input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  return { counter, page, bring };
}

/** The version the province knows this device to use. */
const versionAtProvince = async ({ province }: Office): Promise<string | null | undefined> =>
  (await province.query<{ catalogue_version: string | null }>('select catalogue_version from devices order by enrolled_at desc limit 1'))[0]?.catalogue_version;

test('JSON: the bad are named by path, the good are used only after the officer says so', async ({ office }) => {
  const { counter, page, bring } = await openCatalogue(office);
  const shipped = await inUse(page);
  const [first, second, third] = shipped.procedures;
  if (first === undefined || second === undefined || third === undefined) throw new Error('no procedures shipped');

  await bring('danh-muc.json', Buffer.from('{ "procedures": ['));
  await expect(page.getByRole('alert')).toContainText('Không có thủ tục nào dùng được');
  expect(await problems(page)).toEqual([['$', 'Không phải tệp JSON đọc được']]);
  await expect(page.getByRole('button', { name: /Chỉ giữ|Dùng danh mục này/u })).toHaveCount(0);

  await bring('danh-muc.docx', Buffer.from('PK'));
  await expect(page.getByRole('alert')).toContainText('Chỉ nhập được tệp JSON hoặc Excel');

  const bad = { ...third, level: 'village', papers: [{ ...third.papers[0], id: 'x', name: '', need: 'required', originals: -1 }] };
  await bring('danh-muc.json', Buffer.from(JSON.stringify({ version: 'tinh-2027', procedures: [first, second, bad] })));
  await expect(page.getByText(/2 thủ tục dùng được/u)).toBeVisible();
  const named = new Map((await problems(page)).map(([place = '', reason = '']) => [place, reason]));
  expect(named.get('$.procedures[2].level')).toBe('Không thuộc các giá trị cho phép: village');
  expect(named.get('$.procedures[2].papers[0].name')).toBe('Thiếu giá trị');
  expect(named.get('$.procedures[2].papers[0].originals')).toBe('Nhỏ quá: -1');

  const keep = page.getByRole('button', { name: 'Chỉ giữ 2 thủ tục đúng' });
  await keep.click();
  await page.getByRole('button', { name: 'Xem lại' }).click();
  expect(await inUse(page)).toEqual(shipped);
  expect(await versionAtProvince(office)).toBeNull();

  await keep.click();
  await page.getByRole('button', { name: 'Thay danh mục', exact: true }).click();
  await expect(page.getByText('Đã dùng danh mục tinh-2027')).toBeVisible();
  expect((await inUse(page)).procedures.map(({ code }) => code)).toEqual([first.code, second.code]);
  await expect(page.getByRole('option')).toHaveCount(2);
  await expect.poll(() => versionAtProvince(office), { timeout: 30_000 }).toBe('tinh-2027');

  await counter.close();
  const again = await openCatalogue(office);
  expect(await inUse(again.page)).toMatchObject({ version: 'tinh-2027', procedures: [{ code: first.code }, { code: second.code }] });
});

test('Excel: mistakes by sheet, row and column; the app’s own template comes back without any', async ({ office }) => {
  const { counter, page, bring } = await openCatalogue(office);
  const before = await inUse(page);
  const path = join(office.userData, 'mau.xlsx');
  await counter.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
  await page.getByRole('button', { name: 'Tải mẫu Excel' }).click();
  await expect(page.getByText('Đã lưu mẫu Excel')).toBeVisible();

  const template = await readFile(path);
  await bring('mau.xlsx', template);
  await expect(page.getByText(/Tệp hợp lệ: 3 thủ tục/u)).toBeVisible();
  await expect(page.locator('main table')).toHaveCount(0);

  const read = await readWorkbook(new Blob([template]));
  if (!read.ok) throw new Error(`the template cannot be read: ${read.failure.kind}`);
  /** Sets one cell; gives its place as a spreadsheet names it. */
  const spoil = (sheets: Sheet[], sheetName: string, column: string, isRow: (row: Sheet['rows'][number]) => boolean, value: Sheet['rows'][number][number]) => {
    const sheet = sheets.find(({ name }) => name === sheetName);
    const at = sheet?.rows[0]?.indexOf(column) ?? -1;
    const row = sheet?.rows.findIndex((cells, index) => index > 0 && isRow(cells)) ?? -1;
    const cells = sheet?.rows[row];
    if (cells === undefined || at < 0) throw new Error(`no ${sheetName}.${column} in the template`);
    cells[at] = value;
    return [sheetName, String(row + 1), column];
  };
  const [first, second] = before.procedures;
  if (first === undefined || second === undefined) throw new Error('no procedures shipped');
  const sheets = structuredClone(read.value);
  const wrongLevel = spoil(sheets, 'procedures', 'level', (row) => row[0] === first.code, 'xã');
  const wrongCount = spoil(sheets, 'papers', 'originals', (row) => row[0] === second.code, 'ba');
  await bring('tinh.xlsx', Buffer.from(await writeWorkbook(sheets)));
  await expect(page.getByText(/1 thủ tục dùng được, 2 chỗ sai/u)).toBeVisible();
  expect(await problems(page)).toEqual(
    expect.arrayContaining([
      [...wrongLevel, 'Không thuộc các giá trị cho phép: xã'],
      [...wrongCount, 'Phải là số: ba'],
    ]),
  );
  await page.getByRole('button', { name: 'Thôi, giữ danh mục cũ' }).click();
  await expect(page.locator('main table')).toHaveCount(0);
  expect(await inUse(page)).toEqual(before);

  await bring('hong.xlsx', template.subarray(0, Math.floor(template.byteLength / 2)));
  await expect(page.getByRole('alert')).toContainText('Tệp Excel bị hỏng');
  expect(await inUse(page)).toEqual(before);
});
