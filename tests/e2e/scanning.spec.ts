/** Paper in, from every kind of source a test can hold: SANE's own test device, a network scanner, a folder and a camera, to scans the province has verified. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bwip from 'bwip-js/node';
import { PNG } from 'pngjs';
import type { Raster } from '../../renderer/scanning/page-work/raster.ts';
import { startEsclScanner, type EsclScanner } from '../fakes/escl-scanner.ts';
import { cards, certifiedCopy } from '../fixtures/intakes.ts';
import { onDesk, printedPage, videoOf } from '../fixtures/pictures-of-paper.ts';
import { testScanners, type TestScanners } from '../fixtures/sane.ts';
import { pngPage } from '../fixtures/scans.ts';
import { expect, test } from './office.ts';

const SHEET = [
  { x: 470, y: 60 },
  { x: 1120, y: 40 },
  { x: 1180, y: 1010 },
  { x: 420, y: 1000 },
] as const;

/** A printed page with the QR of a card beside it on the desk, as a camera above the counter sees them. */
async function cameraPicture(): Promise<Raster> {
  const picture = onDesk(await printedPage(110), SHEET, { width: 1920, height: 1080, desk: 70, noise: 4, shade: 0.15 });
  const { data, width, height } = PNG.sync.read(await bwip.toBuffer({ bcid: 'qrcode', text: cards.duong, scale: 5, padding: 8, backgroundcolor: 'FFFFFF' }));
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      for (let channel = 0; channel < 3; channel += 1) picture.data[((y + 300) * 1920 + x + 1400) * 4 + channel] = data[(y * width + x) * 4 + channel] ?? 0;
  return picture;
}

let work: string;
let video: string;
let sane: TestScanners;
let network: EsclScanner;
test.beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'qmc-scanning-'));
  video = join(work, 'desk.y4m');
  await writeFile(video, videoOf(await cameraPicture()));
  sane = await testScanners();
  network = await startEsclScanner();
});
test.afterAll(async () => {
  await network.stop();
  await sane.remove();
  await rm(work, { recursive: true, force: true });
});

test('papers come in by camera, feeder, network scanner and folder, and reach the province', async ({ office }, testInfo) => {
  const folder = join(work, 'may-photo');

  await mkdir(folder);
  const { counter, officer } = await office.open({
    env: sane.env,
    switches: ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${video}`],
    scanners: [
      { id: 'phong-ben', name: 'Máy phòng bên', type: 'escl', address: network.url },
      { id: 'may-photo', name: 'Máy photo', type: 'watched-folder', path: folder },
    ],
  });
  const { page } = officer;
  const picture = (name: string) => page.screenshot({ path: testInfo.outputPath(`${name}.png`) });
  await officer.sees('province', 'Đã nối');
  await officer.startIntake();
  await officer.chooseProcedure(certifiedCopy.procedure);

  await test.step('the card is read by the camera, and what was typed is not lost', async () => {
    await officer.applicant('fullName').fill('Nguyễn Thị Anh Dương');
    await officer.applicant('residence').fill('Số 12, thôn Đông, xã An Bình');
    await officer.leaveField();
    await page.getByRole('button', { name: 'Đọc thẻ bằng máy ảnh' }).click();
    const comparison = page.getByRole('alertdialog', { name: 'Thẻ khác với phần đã nhập' });
    await expect(comparison).toBeVisible({ timeout: 20_000 });
    await expect(comparison.locator('[data-field="fullName"]')).toContainText('Nguyễn Thị Anh Dương');
    await expect(comparison.locator('[data-field="fullName"]').getByRole('checkbox')).toBeChecked();
    await expect(comparison.locator('[data-field="residence"]').getByRole('checkbox')).toHaveCount(0);
    await comparison.locator('[data-field="idIssuedOn"]').getByText('15/05/2021').click();
    await picture('card');
    await page.keyboard.press('F9');
    await expect(officer.applicant('fullName')).toHaveValue('Nguyễn Thị Ánh Dương');
    await expect(officer.applicant('idNumber')).toHaveValue('001188012345');
    await expect(officer.applicant('idIssuedOn')).toHaveValue('');
  });
  for (const [path, value] of Object.entries(certifiedCopy.form)) await officer.answer(path, value);

  await test.step('camera: one key a page, one key to the next paper', async () => {
    await page
      .getByRole('button', { name: /^Chụp bằng máy ảnh/u })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('button', { name: /^Chụp F8|^Chụp/u })).toBeEnabled({ timeout: 10_000 });
    await page.keyboard.press('F8');
    await expect(dialog.getByRole('status').first()).toContainText('Đã chụp 1 trang', { timeout: 20_000 });
    await expect(dialog.getByRole('status').first(), 'the sheet was found').not.toContainText('không thấy mép giấy');
    await picture('camera');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('F8');
    await expect(dialog.getByRole('status').first()).toContainText('Đã chụp 2 trang', { timeout: 20_000 });
    await dialog.getByRole('button', { name: 'Xong' }).click();
    await expect(officer.pages('original-paper')).toHaveCount(1);
    await expect(officer.pages('copies')).toHaveCount(1);
    const shape = await officer
      .pages('original-paper')
      .locator('img')
      .evaluate((image: HTMLImageElement) => image.naturalHeight / image.naturalWidth);
    expect(shape).toBeCloseTo(Math.SQRT2, 1);
  });

  const scanFor = async (paper: string, device: string) => {
    await officer
      .paper(paper)
      .getByRole('button', { name: /^Quét bằng máy quét/u })
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /Máy quét/u }).click({ timeout: 30_000 });
    await page.getByRole('option', { name: device }).first().click();
    return dialog;
  };

  await test.step('a stack from the feeder of SANE’s test device, in black and white', async () => {
    const dialog = await scanFor('copies', 'frontend-tester');
    await dialog.getByText('Khay nạp, một mặt').click();
    await dialog.getByText('Đen trắng').click();
    await dialog.getByRole('button', { name: /Độ mịn/u }).click();
    await page.getByRole('option', { name: '150 dpi' }).click();
    await page.keyboard.press('F8');
    await expect(dialog.getByText('Đã nhận 10 trang', { exact: true })).toBeVisible({ timeout: 40_000 });
    await picture('scanner');
    await dialog.getByRole('button', { name: 'Xong' }).click();
    await expect(officer.pages('copies')).toHaveCount(11);
  });

  await test.step('a network scanner that jams keeps the sheet before, and goes on', async () => {
    network.feeder.push(pngPage(8_001), pngPage(8_002), pngPage(8_003));
    network.faults.jamAt = 2;
    const dialog = await scanFor('original-paper', 'Máy phòng bên');
    await dialog.getByText('Màu', { exact: true }).last().click();
    await page.keyboard.press('F8');
    await expect(dialog.getByText('Kẹt giấy trong máy quét')).toBeVisible({ timeout: 20_000 });
    await picture('jam');
    network.faults.jamAt = undefined;
    await page.keyboard.press('F8');
    await expect(dialog.getByText('Đã nhận 2 trang', { exact: true })).toBeVisible({ timeout: 20_000 });
    await dialog.getByRole('button', { name: 'Xong' }).click();
    await expect(officer.pages('original-paper')).toHaveCount(4);
  });

  await test.step('a file left in the folder', async () => {
    const dialog = await scanFor('original-paper', 'Máy photo');
    await page.keyboard.press('F8');
    await writeFile(join(folder, 'scan0001.png'), pngPage(8_010));
    await expect(dialog.getByText('Đã nhận 1 trang')).toBeVisible({ timeout: 15_000 });
    await page.keyboard.press('F9');
    await expect(dialog.getByText('Đã nhận 1 trang', { exact: true })).toBeVisible();
    await dialog.getByRole('button', { name: 'Xong' }).click();
    expect(await readdir(folder)).toEqual(['da-nhan']);
    await expect(officer.pages('original-paper')).toHaveCount(5);
  });

  await test.step('a page is mended, and a paper bound into one PDF', async () => {
    await officer.pages('original-paper').first().getByRole('button', { name: 'Xem trang 1' }).click();
    await page.keyboard.press('F7');
    await expect(page.getByRole('slider')).toHaveCount(4, { timeout: 15_000 });
    await page.getByRole('slider').first().press('ArrowRight');
    await picture('editor');
    await page.keyboard.press('F9');
    await expect(page.getByRole('dialog')).toHaveCount(0, { timeout: 15_000 });
    await expect(officer.pages('original-paper')).toHaveCount(5);
    await officer.paper('copies').getByRole('button', { name: 'Gộp 11 bản quét thành một PDF' }).click();
    await expect(officer.pages('copies')).toHaveCount(1, { timeout: 20_000 });
    await expect(officer.pages('copies')).toContainText('PDF 11 trang');
    await picture('papers');
  });

  const code = await officer.accept();
  await expect.poll(() => office.arrived(code), { timeout: 60_000 }).toEqual({ dossiers: 1, entries: 1, scans: 6, verified: 6 });
  const [told] = await office.province.query<{
    papers: { requirementId: string; pages: { source: string; device?: string; capturedBy: string; capturedAtMs: number }[] }[];
  }>(
    `select operation::jsonb #> '{dossier,papers}' papers from journal where case when status = 'applied' then operation::jsonb #>> '{dossier,code}' = $1 end`,
    [code],
  );
  const pages = told?.papers.find(({ requirementId }) => requirementId === 'original-paper')?.pages ?? [];
  expect(pages.map(({ source, device }) => [source, device])).toEqual([
    ['camera', video],
    ['scanner', 'Máy phòng bên'],
    ['scanner', 'Máy phòng bên'],
    ['scanner', 'Máy phòng bên'],
    ['scanner', 'Máy photo'],
  ]);
  expect(pages.every(({ capturedBy, capturedAtMs }) => capturedBy === 'can-bo-1' && capturedAtMs > 0)).toBe(true);
  expect(counter.complaints).toEqual([]);
});
