/** What the kiosk tells a citizen when something is missing: the hub, paper, the printer, time; one kiosk, real devices of its office, a real socket to its printer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startVirtualPrinter } from '../../electron/printing/virtual/virtual-printer.ts';
import { ok } from '../../shared/lib/result.ts';
import { eventually } from '../fakes/eventually.ts';
import { aDossier } from '../fixtures/dossiers.ts';
import { freePort } from '../fixtures/free-port.ts';
import { hashOf, PIN } from '../fixtures/pin.ts';
import { officeSettings } from '../fixtures/settings.ts';
import { pair, startDesk } from '../integration/queue/queue-desk.ts';
import type { Counter } from './app.ts';
import { isClean } from './clean.ts';
import { expect, test } from './test.ts';

/** The supervisor's key, as the system hands it to the window. */
const askToLeave = ({ app }: Counter): Promise<void> =>
  app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows().find((one) => one.webContents.getURL().includes('index.html'))?.webContents;
    contents?.sendInputEvent({ type: 'keyDown', keyCode: 'l', modifiers: ['control', 'alt', 'shift'] });
  });

test('a kiosk without hub, paper, printer or time says what to do', async ({ launchCounter }) => {
  const work = mkdtempSync(join(tmpdir(), 'qmc-troubles-'));
  const paper = join(work, 'paper');
  let printer = await startVirtualPrinter({ port: 0, dir: paper, widthDots: 576 });
  const [hub, standby] = await Promise.all([
    startDesk({ seat: 'hub', counter: '1', port: await freePort() }),
    startDesk({ seat: 'standby', counter: '2', port: await freePort() }),
  ]);
  await eventually(() => hub.desk.view().link.standing === 'leading', 15_000);
  await pair(hub, standby);
  const settings = {
    ...officeSettings({ provinceUrl: 'http://127.0.0.1:9', printerPort: printer.port, role: 'lobby' }),
    ...{ counter: 'K', queue: { seat: 'member' }, lobby: { supervisorPin: await hashOf(PIN) } },
  };
  const kiosk = await launchCounter({ settings });
  const { page } = kiosk;
  const door = page.getByRole('button', { name: /^Lấy số/u });
  const number = page.getByTestId('ticket-number');
  const standing = () => page.evaluate(async () => (await window.counter.invoke('queue:state')).link.standing);
  const take = async (): Promise<void> => {
    await door.click();
    await page.getByRole('button', { name: /Hộ tịch/u }).click();
    await page.getByRole('button', { name: /số thường/u }).click();
    await expect(number).toBeVisible();
  };
  const finish = async (): Promise<void> => {
    await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Xong' }).click()]);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Xin chào');
  };

  await test.step('not made known to its office: no number, and where to get one', async () => {
    await expect(page.getByText('Máy này chưa nối được với các quầy')).toBeVisible();
    await expect(door).toBeDisabled();
    await expect(page.getByRole('button', { name: /Tra cứu/u })).toBeEnabled();
    await isClean(page, 'trouble-unpaired');
  });

  await test.step('the supervisor joins it, by keyboard alone', async () => {
    const offer = await hub.desk.office.offerPairing();
    if (!offer.ok) throw new Error(offer.failure.kind);
    await askToLeave(kiosk);
    await page.getByRole('button', { name: 'Nối với máy giữ hàng chờ' }).press('Enter');
    const pin = page.getByRole('textbox', { name: 'Mã PIN' });
    const code = page.getByRole('textbox', { name: 'Mã ghép 6 số' });
    await page.getByRole('textbox', { name: 'Địa chỉ' }).fill(`127.0.0.1:${hub.port}`);
    await code.fill(offer.value.code);
    await pin.fill('000000');
    await pin.press('Enter');
    await expect(page.getByText('Sai mã PIN')).toBeVisible();
    await pin.fill(PIN);
    await code.fill(String((Number(offer.value.code) + 1) % 1_000_000).padStart(6, '0'));
    await code.press('Enter');
    await expect(page.getByText('Mã ghép không đúng')).toBeVisible();
    await pin.fill(PIN);
    await code.fill(offer.value.code);
    await code.press('Enter');
    await expect(page.getByText('Đã nối với Quầy 1')).toBeVisible();
    await isClean(page, 'trouble-joined');
    await page.getByRole('button', { name: 'Quay lại' }).click();
    await expect.poll(standing).toBe('following');
    await expect(door).toBeEnabled();
  });

  await test.step('no paper: the number counts, and the ticket is kept for when there is some', async () => {
    printer.setFault({ paperOut: true });
    await take();
    await expect(number).toHaveText('A001');
    await expect(page.getByText('Máy in hết giấy nên chưa có phiếu')).toBeVisible({ timeout: 20_000 });
    await isClean(page, 'trouble-paper-out');
    await finish();
    await expect(page.getByText('Máy in hết giấy. Vẫn lấy số được')).toBeVisible();
    await isClean(page, 'trouble-paper-out-door');
    expect(printer.papers()).toHaveLength(0);
    printer.setFault({ paperOut: false });
    await expect.poll(() => printer.papers().length, { timeout: 30_000 }).toBe(1);
    await expect(page.getByText('Máy in hết giấy')).toBeHidden({ timeout: 20_000 });
  });

  await test.step('the printer is off', async () => {
    await printer.stop();
    await take();
    await expect(number).toHaveText('A002');
    await expect(page.getByText('Máy in chưa sẵn sàng nên chưa có phiếu')).toBeVisible({ timeout: 20_000 });
    await isClean(page, 'trouble-printer-off');
    await finish();
    printer = await startVirtualPrinter({ port: printer.port, dir: paper, widthDots: 576 });
  });

  await test.step('the office gives no more numbers today', async () => {
    await hub.desk.setDoors(true);
    await expect(page.getByText('Hôm nay đã ngừng cấp số')).toBeVisible();
    await expect(door).toBeDisabled();
    await expect(page.getByRole('button', { name: /Khai trước/u })).toBeDisabled();
    await isClean(page, 'trouble-closed');
    await hub.desk.setDoors(false);
    // While somebody stands there.
    await door.click();
    await page.getByRole('button', { name: /Hộ tịch/u }).click();
    await hub.desk.setDoors(true);
    await page.getByRole('button', { name: /số thường/u }).click();
    await expect(page.getByRole('alert')).toContainText('quay lại vào ngày làm việc tiếp theo');
    await isClean(page, 'trouble-just-closed');
    await finish();
    await hub.desk.setDoors(false);
    await expect(door).toBeEnabled();
  });

  await test.step('no province: a dossier of this office is still found, as it was; any other is asked for at a counter', async () => {
    const applicant = { kind: 'person' as const, fullName: 'Nguyễn Thị Ánh Dương', idNumber: '001188012345' };
    const dossier = aDossier({ code: 'H36.12-261122-0042', applicant, submitter: undefined, papers: [] });
    await hub.journal.transact('lan', () => ok({ type: 'dossier.accepted' as const, dossier, number: { leaseId: 'lease', order: 42 } }));
    await page.getByRole('button', { name: /Tra cứu/u }).click();
    await page.keyboard.type(`${dossier.code}\n9999\n`);
    await expect(page.getByText('Đang mất kết nối với hệ thống của tỉnh')).toBeVisible();
    await expect(page.getByText('Cũng có thể gọi 0200 123 456')).toBeVisible();
    await isClean(page, 'trouble-look-up');
    await page.getByLabel(/4 số cuối/u).fill('2345');
    await page.getByRole('button', { name: 'Xem', exact: true }).press('Enter');
    await expect(page.getByText('Đây là thông tin khi tiếp nhận')).toBeVisible();
    await expect(page.getByText(dossier.code)).toBeVisible();
    expect(await page.locator('main').innerText()).not.toMatch(/Dương|001188/u);
    await isClean(page, 'trouble-look-up-office');
    await finish();
  });

  await test.step('the standby holds the queue: nothing a citizen need know', async () => {
    await hub.kill();
    await expect.poll(() => standby.desk.view().link.standing, { timeout: 20_000 }).toBe('leading');
    await expect.poll(standing, { timeout: 20_000 }).toBe('following');
    await take();
    await expect(page.getByText(/người đang chờ|Chưa có ai chờ/u)).toBeVisible();
    await expect(page.getByText('mất kết nối')).toBeHidden();
    await finish();
  });

  await test.step('nobody holds the queue: a number of its own, and what to do when it takes long', async () => {
    await standby.kill();
    await expect.poll(standing, { timeout: 20_000 }).toBe('lost');
    await take();
    await expect(number).toHaveText(/^A7\d{3}$/u);
    await expect(page.getByText('đang tạm mất kết nối với các quầy')).toBeVisible();
    await expect(page.getByText(/người đang chờ/u)).toBeHidden();
    await isClean(page, 'trouble-no-hub');
    await finish();
  });

  await printer.stop();
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
});
