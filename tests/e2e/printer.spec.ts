/** The printer as printers are: off, out of paper in the middle, narrow. Nothing is lost and nothing is printed twice unasked. */
import { birth, certifiedCopy, withOwnScans } from '../fixtures/intakes.ts';
import { qrOnPaper } from '../fixtures/qr-on-paper.ts';
import { PNG } from 'pngjs';
import { readFile } from 'node:fs/promises';
import { expect, test } from './office.ts';

test('while the printer is off jobs wait in sight, and are printed once when it is back', async ({ office }) => {
  const { officer } = await office.open();
  const { page } = officer;
  await officer.sees('printer', 'Sẵn sàng');
  await officer.sees('province', 'Đã nối');
  await office.printerOff();

  const ticket = await officer.issueTicket('Hộ tịch');
  await officer.sees('printer', 'Không nối được');
  await officer.startIntake();
  await officer.fillIn(withOwnScans(certifiedCopy, 51));
  const code = await officer.accept();
  await expect(page.getByTestId('accepted')).toContainText('Giấy tiếp nhận');
  await officer.inPanel('printer', async (panel) => {
    await expect(panel.getByTestId('job-queued')).toHaveCount(2);
    await expect(panel).toContainText(`Phiếu ${ticket}`);
    await expect(panel).toContainText(`Giấy tiếp nhận ${code}`);
    await expect(panel).toContainText('Kiểm tra nguồn và dây mạng');
  });
  expect(office.printer().papers()).toHaveLength(0);

  await office.printerOn();
  await expect.poll(() => [office.tickets().length, office.receipts().length], { timeout: 30_000 }).toEqual([1, 1]);
  await officer.sees('printer', 'Sẵn sàng');
  expect(await qrOnPaper(office.receipts()[0] ?? '')).toContain(code);
  await officer.inPanel('printer', (panel) => expect(panel).toContainText('Không có lệnh in nào đang chờ.'));
  // A job printed twice would follow at once.
  await page.waitForTimeout(1_500);
  expect(office.printer().papers()).toHaveLength(2);
});

test('when the paper ends in the middle the officer is asked, and decides', async ({ office }) => {
  const { officer } = await office.open();
  const { page } = officer;
  await officer.sees('province', 'Đã nối');
  await officer.sees('printer', 'Sẵn sàng');
  office.printer().setFault({ paperOutAfterRows: 300 });
  await officer.startIntake();
  await officer.fillIn(withOwnScans(certifiedCopy, 52));
  const code = await officer.accept();
  await officer.sees('printer', '1 tờ cần xác nhận');
  expect(office.receipts()).toHaveLength(0);
  await expect(page.getByTestId('accepted')).toContainText('hết giấy');

  // A new roll: what the printer still held comes out, half a receipt; nothing is printed again before the officer says so.
  office.printer().setFault({ paperOut: false });
  await page.waitForTimeout(1_500);
  const beforeTheAnswer = office.receipts().length;
  await officer.inPanel('printer', async (panel) => {
    const job = panel.getByTestId('job-unknown');
    await expect(job).toContainText(code);
    await expect(job).toContainText('tờ này đã in ra đủ chưa?');
    await job.getByRole('button', { name: 'In lại' }).click();
    await expect(job).toBeHidden();
  });
  await expect.poll(() => office.receipts().length, { timeout: 20_000 }).toBe(beforeTheAnswer + 1);
  expect(await qrOnPaper(office.receipts().at(-1) ?? '')).toContain(code);
  await officer.sees('printer', 'Sẵn sàng');
});

test('a 58 mm printer gets a paper of its width', async ({ office }) => {
  const { officer } = await office.open({ paperWidthMm: 58 });
  await officer.sees('province', 'Đã nối');
  await officer.issueTicket('Đất đai');
  await officer.startIntake();
  await officer.fillIn(withOwnScans(birth, 53));
  const code = await officer.accept();
  await expect.poll(() => office.printer().papers().length, { timeout: 20_000 }).toBe(2);
  const papers = office.printer().papers();
  expect(papers.map(({ widthDots }) => widthDots)).toEqual([384, 384]);
  const receipt = office.receipts().at(-1) ?? '';
  expect(await qrOnPaper(receipt)).toContain(code);
  // Nothing is cut off at the right: the outermost dots stay white.
  const { data, width, height } = PNG.sync.read(await readFile(receipt));
  const inkAtEdge = Array.from({ length: height }, (_, row) => data[(row * width + width - 1) * 4] ?? 255).filter((value) => value < 128);
  expect(inkAtEdge).toHaveLength(0);
});
