/**
 * The main job, as `npm run demo` shows it: three citizens while the line is down, a power cut in the middle of the
 * third, and everything at the province when the line returns. What is counted comes from the province's database
 * and from the printer's paper.
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { startVirtualPrinter } from '../../electron/printing/virtual/virtual-printer.ts';
import { launchCounter, type Counter } from '../e2e/app.ts';
import { officerAt, type IntakeScript } from '../e2e/officer.ts';
import { startTcpProxy } from '../fakes/tcp-proxy.ts';
import { birth, certifiedCopy, landChange } from '../fixtures/intakes.ts';
import { startProvince } from '../fixtures/province.ts';
import { qrOnPaper } from '../fixtures/qr-on-paper.ts';
import { OFFICE, officeSettings } from '../fixtures/settings.ts';

const out = resolve(import.meta.dirname, '../../out/demo');
const startedAt = Date.now();
const say = (text: string): void => console.log(`${String(((Date.now() - startedAt) / 1000).toFixed(1)).padStart(6)} s  ${text}`);

test('the main job', async () => {
  await mkdir(out, { recursive: true });
  const work = await mkdtemp(join(tmpdir(), 'qmc-demo-'));
  const printerFolder = join(work, 'paper');
  const userData = join(work, 'counter');
  await mkdir(userData);

  say('starting the province (Fastify on PostgreSQL) and the virtual printer');
  const province = await startProvince({ officeId: OFFICE.id, agencyCode: OFFICE.agencyCode });
  const printer = await startVirtualPrinter({ port: 0, dir: printerFolder, widthDots: 576 });
  const { hostname, port } = new URL(province.url);
  const line = await startTcpProxy({ host: hostname, port: Number(port) });
  const settings = officeSettings({ provinceUrl: line.url, enrolmentCode: province.code, printerPort: printer.port });

  let step = 0;
  let kills = 0;
  const picture = async ({ page }: Counter, name: string): Promise<void> => {
    await page.screenshot({ path: join(out, `${String(++step).padStart(2, '0')}-${name}.png`) });
  };
  const open = async (): Promise<Counter> => {
    const counter = await launchCounter({ settings, userData });
    await officerAt(counter.page).isReady();
    return counter;
  };
  const provinceLine = (counter: Counter) => counter.page.getByTestId('world-province');

  say('opening the counter');
  let counter = await open();
  const electron = await counter.app.evaluate(() => process.versions.electron);
  let officer = officerAt(counter.page);
  await expect(provinceLine(counter)).toContainText('Đã nối', { timeout: 60_000 });
  await expect.poll(async () => Number((await province.query<{ n: string }>('select count(*) n from devices'))[0]?.n)).toBe(1);
  say('enrolled at the province');
  await picture(counter, 'enrolled');

  line.set({ kind: 'down' });
  await expect(provinceLine(counter)).toContainText('Ngoại tuyến', { timeout: 60_000 });
  say('the network is cut');

  const numbers: string[] = [];
  for (const group of ['Đất đai', 'Hộ tịch', 'Hộ tịch']) numbers.push(await officer.issueTicket(group));
  say(`tickets issued offline: ${numbers.join(', ')}`);
  await picture(counter, 'tickets');

  const codes: string[] = [];
  const accept = async (script: IntakeScript, name: string): Promise<void> => {
    await picture(counter, `${name}-filled`);
    const pressed = Date.now();
    const code = await officer.accept();
    codes.push(code);
    say(`${script.procedure.name}: ${code} saved ${Date.now() - pressed} ms after F9`);
    await picture(counter, `${name}-accepted`);
  };
  const takeIn = async (script: IntakeScript, name: string): Promise<void> => {
    await officer.fillIn(script);
    await accept(script, name);
  };
  const callAndStart = async (): Promise<void> => {
    await officer.callNext();
    await expect(counter.page.getByTestId('serving-number')).toBeVisible();
    await picture(counter, 'called');
    await officer.startIntake();
  };

  await callAndStart();
  await takeIn(landChange, 'land');
  await callAndStart();
  await takeIn(birth, 'birth');
  await callAndStart();
  const [firstPaper] = Object.entries(certifiedCopy.papers);
  if (firstPaper === undefined) throw new Error('the third intake has no papers');
  await officer.chooseProcedure(certifiedCopy.procedure);
  await counter.page.locator('main').getByRole('heading', { level: 1 }).click();
  await officer.scanCard(certifiedCopy.card);
  await officer.attach(...firstPaper);
  await expect(counter.page.getByText(/^Đã lưu nháp/u)).toBeVisible();
  await picture(counter, 'before-the-kill');
  await counter.kill9();
  kills += 1;
  say('SIGKILL in the middle of the third intake');

  counter = await open();
  officer = officerAt(counter.page);
  await picture(counter, 'after-restart');
  await counter.page.getByTestId('draft').first().getByRole('button', { name: 'Làm tiếp' }).click();
  await expect(counter.page.locator('#intake-applicant-fullName')).toHaveValue('Đỗ Hoàng Yến');
  await expect(counter.page.locator(`[data-paper="${firstPaper[0]}"] ol > li`)).toHaveCount(1);
  say('started again: the draft is there, its card and its scan too');
  await picture(counter, 'draft-restored');
  for (const [path, value] of Object.entries(certifiedCopy.form)) await officer.answer(path, value);
  for (const [id, files] of Object.entries(certifiedCopy.papers).slice(1)) await officer.attach(id, files);
  await accept(certifiedCopy, 'copies');

  await expect.poll(() => printer.papers().length, { timeout: 60_000, message: 'papers on the printer' }).toBe(6);
  await counter.page.keyboard.press('F3');
  await expect(counter.page.getByText(codes[0] ?? '')).toBeVisible();
  await picture(counter, 'dossiers-offline');

  line.set({ kind: 'up' });
  say('the network is back');
  type Counts = { dossiers: string; offline: string; confirmed: string; scans: string; verified: string; issued: string; called: string };
  const counts = async (): Promise<Counts> =>
    (
      await province.query<Counts>(`
        select (select count(*) from dossiers) dossiers,
               (select count(*) from dossiers where accepted_offline) offline,
               (select count(*) from dossiers d where not exists (
                  select 1 from dossier_scans s where s.dossier_id = d.dossier_id and not exists (
                    select 1 from scan_offices v where v.sha256 = s.sha256 and v.office_id = d.office_id))) confirmed,
               (select count(distinct sha256) from dossier_scans) scans,
               (select count(distinct sha256) from scan_offices) verified,
               (select count(*) from tickets) issued,
               (select count(*) from tickets where called_at_ms is not null) called`)
    )[0] as Counts;
  await expect
    .poll(async () => Number((await counts()).confirmed), { timeout: 6 * 60_000, intervals: [500], message: 'dossiers confirmed by the province' })
    .toBe(3);
  await expect(provinceLine(counter)).toContainText('Đã nối', { timeout: 60_000 });
  say('the province has confirmed every dossier and every scan');
  await picture(counter, 'confirmed');

  const arrived = await counts();
  const held = (await province.query<{ code: string }>('select code from dossiers')).map(({ code }) => code);
  const tickets = (await province.query<{ id: string }>('select ticket_id id from tickets')).map(({ id }) => id);
  // A receipt's QR is the dossier's code, a ticket's its id: each paper is told by what is on it.
  const papers = await Promise.all(
    printer.papers().map(async ({ file }) => ({ file: join(printerFolder, file), qr: (await qrOnPaper(join(printerFolder, file))) ?? '' })),
  );
  const ticketPapers = papers.filter(({ qr }) => tickets.includes(qr));
  const receiptPapers = papers.filter(({ qr }) => held.includes(qr));
  const summary = {
    electron,
    tickets: { issued: Number(arrived.issued), called: Number(arrived.called) },
    dossiers: { accepted: Number(arrived.dossiers), acceptedOffline: Number(arrived.offline), confirmed: Number(arrived.confirmed) },
    scans: { captured: Number(arrived.scans), verified: Number(arrived.verified) },
    prints: { tickets: new Set(ticketPapers.map(({ qr }) => qr)).size, receipts: new Set(receiptPapers.map(({ qr }) => qr)).size },
    killed: kills,
    lost: codes.filter((code) => !held.includes(code)).length,
    seconds: Math.round((Date.now() - startedAt) / 1000),
  };
  await writeFile(join(out, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  await copyFile(ticketPapers[0]?.file ?? '', join(out, 'ticket.png'));
  await copyFile(receiptPapers[0]?.file ?? '', join(out, 'receipt.png'));

  const pdf = join(out, 'receipt.pdf');
  await counter.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, pdf);
  await counter.page
    .getByText(codes[0] ?? '')
    .first()
    .click();
  await counter.page.getByRole('button', { name: /PDF/u }).first().click();
  await expect.poll(async () => (await import('node:fs')).existsSync(pdf)).toBe(true);
  await picture(counter, 'dossier');

  expect(counter.complaints).toEqual([]);
  await counter.close();
  await line.stop();
  await printer.stop();
  await province.stop();
  await rm(work, { recursive: true, force: true });
  say(`out/demo/summary.json: ${JSON.stringify(summary)}`);
  expect(summary).toMatchObject({
    tickets: { issued: 3, called: 3 },
    dossiers: { accepted: 3, acceptedOffline: 3, confirmed: 3 },
    scans: { captured: 6, verified: 6 },
    prints: { tickets: 3, receipts: 3 },
    lost: 0,
  });
});
