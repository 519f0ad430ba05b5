/** Setting up a printer as an officer does, and the papers of a dossier beyond its receipt. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { paperKinds } from '../../shared/printing/paper.ts';
import { startVirtualPrinter } from '../../electron/printing/virtual/virtual-printer.ts';
import { certifiedCopy, withOwnScans } from '../fixtures/intakes.ts';
import { qrOnPaper } from '../fixtures/qr-on-paper.ts';
import { expect, test } from './office.ts';

test('a printer is found, tried out and used, also after a start; its letters are chosen by eye; other papers of a dossier come out of it', async ({
  office,
}) => {
  const folder = join(office.userData, '..', 'new-printer');
  const printer = await startVirtualPrinter({ port: 0, dir: folder, widthDots: 384 });
  const newest = (): string => join(folder, printer.papers().at(-1)?.file ?? '');
  try {
    const { officer, counter } = await office.open();
    const { page } = officer;
    await page.getByRole('button', { name: 'Thiết đặt' }).first().click();
    await page.getByRole('button', { name: 'Cài máy in…' }).click();
    const wizard = page.getByRole('dialog', { name: 'Cài máy in' });
    await wizard.getByLabel('Địa chỉ máy in').fill(`127.0.0.1:${printer.port}`);
    await wizard.getByRole('button', { name: 'Tìm máy in' }).click();
    await wizard.getByText('Trả lời ở địa chỉ này').click({ timeout: 15_000 });
    await wizard.getByLabel('Tên gọi').fill('Máy in mới');
    await wizard.getByText('58 mm').click();
    await expect(wizard.getByRole('button', { name: 'Dùng máy in này' })).toBeDisabled();
    printer.setFault({ coverOpen: true });
    await wizard.getByRole('button', { name: 'In trang thử' }).click();
    await expect(wizard).toContainText('Nắp máy in đang mở.');
    printer.setFault({ coverOpen: false });
    await wizard.getByRole('button', { name: 'In trang thử' }).click();
    await expect(wizard).toContainText('Đã in trang thử');
    expect(printer.papers()).toHaveLength(1);
    expect(await qrOnPaper(newest())).toBe('QMC-IN-THU');
    await page.screenshot({ path: 'out/test/printer-wizard.png' });
    await wizard.getByRole('button', { name: 'Dùng máy in này' }).click();
    await expect(wizard).toBeHidden();
    await expect(page.getByText('Máy in mới')).toBeVisible();

    const opened = counter.app.waitForEvent('window');
    await page.getByRole('button', { name: 'Xem mẫu giấy' }).click();
    const preview = await opened;
    await expect(preview.getByRole('heading', { name: 'Mẫu giấy của quầy' })).toBeVisible();
    await expect(preview.locator('section[data-kind]')).toHaveCount(paperKinds.length);
    await preview.screenshot({ path: 'out/test/paper-preview.png', fullPage: true });
    await preview.close();

    await officer.startIntake();
    await officer.fillIn(withOwnScans(certifiedCopy, 71));
    const code = await officer.accept();
    await expect.poll(() => printer.papers().length, { timeout: 20_000 }).toBe(2);
    expect(await qrOnPaper(newest())).toContain(code);

    await page.getByRole('button', { name: 'Thiết đặt' }).first().click();
    await page.getByRole('listitem').filter({ hasText: 'Máy in mới' }).getByRole('button', { name: 'Cách in chữ…' }).click();
    const letters = page.getByRole('dialog', { name: 'Cách in chữ: Máy in mới' });
    await letters.getByRole('button', { name: 'In thử chữ của máy' }).click();
    await letters.getByText('Windows-1258, bảng 52').click({ timeout: 15_000 });
    const tried = printer.lines();
    expect(tried[tried.indexOf('2') + 1]).toContain('aàáảãạ ăằắẳẵặ');
    await page.screenshot({ path: 'out/test/printer-letters.png' });
    await letters.getByRole('button', { name: 'Lưu' }).click();
    await expect(letters).toBeHidden();
    await expect(page.getByText('Windows-1258')).toBeVisible();
    expect(printer.papers()).toHaveLength(3);

    await page.keyboard.press('F3');
    await page.getByText(code).first().click();
    await page.getByRole('button', { name: 'Giấy tờ khác…' }).click();
    const papers = page.getByRole('dialog');
    await expect(papers).toContainText('Phiếu thu phí, lệ phí');
    await papers.getByRole('button', { name: 'In trên giấy cuộn' }).click();
    await expect(papers).toContainText('Đã đưa vào hàng in.');
    await expect.poll(() => printer.papers().length, { timeout: 20_000 }).toBe(4);
    expect(await qrOnPaper(newest())).toContain(code);

    const pdf = join(office.userData, '..', 'tu-choi.pdf');
    await counter.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, pdf);
    await papers.getByRole('button', { name: 'Loại giấy' }).click();
    await page.getByRole('option', { name: /Mẫu 03/ }).click();
    await expect(papers.getByRole('button', { name: 'Lưu PDF' })).toBeDisabled();
    await papers.getByLabel('Lý do').fill('Bản chính bị tẩy xóa, không xác định được nội dung.');
    await papers.getByLabel('Căn cứ pháp lý').fill('Điều 22 Nghị định 23/2015/NĐ-CP');
    await page.screenshot({ path: 'out/test/other-papers.png' });
    await papers.getByRole('button', { name: 'In khổ A5' }).click();
    await expect(papers).toContainText('Chưa khai báo máy in văn bản');
    // A printer for documents whose queue is gone: the paper waits in our spool, in sight.
    await page.evaluate(async () => {
      const document = { id: 'van-phong', name: 'Máy in văn phòng', use: 'document', connection: { type: 'queue', name: 'khong-co' } } as const;
      const printers = await window.counter.invoke('printing:printers');
      const rest = { paperWidthMm: 80, driver: 'epson', status: 'auto', mode: 'raster', cutter: true, drawer: false } as const;
      await window.counter.invoke('printing:use', { printers: [...printers, { ...document, ...rest }] });
    });
    await papers.getByRole('button', { name: 'In khổ A5' }).click();
    await expect(papers).toContainText('Đã đưa vào hàng in văn bản.');
    await papers.getByRole('button', { name: 'Lưu PDF' }).click();
    await expect(papers).toContainText('Đã lưu PDF.');
    const { stdout: words } = await promisify(execFile)('pdftotext', ['-layout', pdf, '-']);
    for (const expected of ['PHIẾU TỪ CHỐI TIẾP NHẬN', 'Mẫu số 03', code, 'Bản chính bị tẩy xóa', 'Nghị định 23/2015']) expect(words).toContain(expected);
    await papers.focus();
    await page.keyboard.press('Escape');
    await expect(papers).toBeHidden();
    await officer.inPanel('printer', async (panel) => {
      const job = panel.getByTestId('job-queued');
      await expect(job).toContainText(`Mẫu 03 ${code} · A5`);
      await expect(job).toContainText('không nối được máy in');
      await page.screenshot({ path: 'out/test/document-waits.png' });
      await job.getByRole('button', { name: 'Huỷ lệnh' }).click();
      await expect(job).toBeHidden();
    });
    await counter.close();

    const again = await office.open();
    await again.officer.issueTicket('Hộ tịch');
    await expect.poll(() => printer.papers().length, { timeout: 20_000 }).toBe(5);
    // In the letters that were chosen.
    expect(printer.lines().slice(-30)).toContain('Số thứ tự của quý khách');
    expect(printer.unknownCommands()).toEqual([]);
    expect(office.printer().papers()).toHaveLength(0);
  } finally {
    await printer.stop();
  }
});
