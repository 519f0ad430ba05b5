/** One dossier with the network up: from the called number to the province's database, the paper and the PDF. */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { birth, withOwnScans } from '../fixtures/intakes.ts';
import { qrOnPaper } from '../fixtures/qr-on-paper.ts';
import { expect, test } from './office.ts';

test('an intake is saved, sent, confirmed, printed, and kept as a PDF', async ({ office }) => {
  const { counter, officer } = await office.open();
  await officer.sees('province', 'Đã nối');
  const ticket = await officer.issueTicket('Hộ tịch');
  await officer.callNext();
  await expect(counter.page.getByTestId('serving-number')).toHaveText(ticket);
  await officer.startIntake();
  await officer.fillIn(withOwnScans(birth, 1));

  // The province is slow to answer just now: long enough to see each state on the way.
  office.line.set({ kind: 'silent' });
  const code = await officer.accept();
  expect(code).toMatch(/^H36\.12-\d{6}-\d{4}$/u);
  const pane = await officer.openDossier(code);
  await expect(pane).toContainText('Đã lưu tại đây');
  expect(await office.arrived(code)).toMatchObject({ dossiers: 0, entries: 0 });

  office.line.set({ kind: 'slow', bytesPerSecond: 4_000 });
  await expect(pane).toContainText('Đã gửi · 0/1 bản quét', { timeout: 30_000 });
  expect(await office.arrived(code)).toEqual({ dossiers: 1, entries: 1, scans: 1, verified: 0 });

  office.line.set({ kind: 'up' });
  await officer.sendNow();
  await expect(pane).toContainText('Tỉnh đã xác nhận', { timeout: 30_000 });
  expect(await office.arrived(code)).toEqual({ dossiers: 1, entries: 1, scans: 1, verified: 1 });
  const [dossier] = await office.province.query<{ body: { applicant: object; formData: object; acceptedOffline: boolean }; ticket: string }>(
    `select d.body, t.number ticket from dossiers d join tickets t on t.ticket_id::text = d.body ->> 'ticketId' where d.code = $1`,
    [code],
  );
  expect(dossier).toMatchObject({
    ticket,
    body: {
      acceptedOffline: false,
      applicant: { fullName: 'Nguyễn Thị Ánh Dương', idNumber: '001188012345', dateOfBirth: '1988-03-08', sex: 'female', phone: '0912345678' },
      formData: { child: { fullName: 'Nguyễn Gia Hưng', dateOfBirth: '2026-11-10' } },
    },
  });

  await expect.poll(() => office.receipts().length, { timeout: 20_000 }).toBe(1);
  expect(office.tickets()).toHaveLength(1);
  expect(await qrOnPaper(office.receipts()[0] ?? '')).toContain(code);
  expect(office.printer().unknownCommands()).toEqual([]);

  const pdf = join(office.userData, '..', 'receipt.pdf');
  await counter.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, pdf);
  await pane.getByRole('button', { name: 'Lưu PDF' }).click();
  await expect(pane).toContainText('Đã lưu PDF', { timeout: 20_000 });
  expect((await stat(pdf)).size).toBeGreaterThan(5_000);
  const { stdout: words } = await promisify(execFile)('pdftotext', [pdf, '-']);
  expect(words.normalize('NFC')).toContain(code);
  expect(words.normalize('NFC')).toContain('Nguyễn Thị Ánh Dương');
});
