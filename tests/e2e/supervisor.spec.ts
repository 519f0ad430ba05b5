/** The page of the supervisors in a real browser, on the province as its users start it. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type Page } from '@playwright/test';
import { dateAt, formatDate, instantOf } from '../../shared/lib/time.ts';
import { paths } from '../../shared/sync/protocol.ts';
import { aDossier } from '../fixtures/dossiers.ts';
import { startProvince, type RunningProvince } from '../fixtures/province.ts';
import { enrolledDevice, send, type TestDevice } from '../fixtures/test-device.ts';
import { openBrowser, type Browser } from './browser.ts';

const repoRoot = resolve(import.meta.dirname, '../..');
const pictures = join(repoRoot, 'out/test/supervisor');

async function cli(province: RunningProvince, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(repoRoot, 'out/server/main.cjs'), ...args, '--data', province.dataDir]);
  return stdout.trim();
}

const test = base.extend<{ window: Browser }, { province: RunningProvince }>({
  province: [
    async ({}, use) => {
      const province = await startProvince();
      await use(province);
      await province.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  window: async ({}, use) => {
    const browser = await openBrowser();
    await use(browser);
    await browser.close();
    expect(browser.complaints).toEqual([]);
  },
});

async function violations(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).setLegacyMode(true).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']).analyze();
  expect(found.passes.length, 'rules that found something to check').toBeGreaterThan(5);
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} — ${failureSummary?.replaceAll('\n', ' ')}`),
  );
}

async function looks(page: Page, name: string): Promise<void> {
  expect.soft(await violations(page), name).toEqual([]);
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: false });
}

async function signIn(page: Page, province: RunningProvince, password: string, name = 'lan'): Promise<void> {
  await page.goto(`${province.url}/giam-sat`);
  await page.getByLabel('Tên đăng nhập').fill(name);
  await page.getByLabel('Mật khẩu').fill(password);
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
}

const row = (page: Page, office: string) => page.getByRole('region', { name: 'Thiết bị' }).getByRole('row').filter({ hasText: office });

async function deviceOf(province: RunningProvince, office: string, report: object): Promise<TestDevice> {
  const device = await enrolledDevice(province.url, await cli(province, 'enrolment-code', '--office', office, '--agency', 'H36.12'));
  await reports(device, report);
  return device;
}

async function reports(device: TestDevice, report: object): Promise<void> {
  const headers = await device.authorisation();
  const known = { appVersion: '0.1.0', atMs: Date.now(), freeBytes: 61e9, waitingEntries: 0, waitingScans: 0, needsFix: 0, queueWaiting: 3, printers: [] };
  const answer = await send(device.url, paths.deviceReport, {
    body: { ...known, numbers: { left: 88, daysLeft: 41, emergency: false }, ...report },
    headers,
  });
  expect(answer.status).toBe(200);
}

const DAY_MS = 86_400_000;
const today = dateAt(Date.now());
const yesterday = dateAt(Date.now() - DAY_MS);

function takeIn(device: TestDevice, count: number, channel: 'counter' | 'post' | 'online', date = today): void {
  for (let index = 0; index < count; index += 1) {
    const acceptedAtMs = instantOf(date, `${String(8 + (index % 8)).padStart(2, '0')}:15`);
    const { officeId, agencyCode } = device.enrolment as { officeId: string; agencyCode: string };
    const dossier = aDossier({ dossierId: randomUUID() as never, code: `H36.12-${randomUUID()}`, acceptedAtMs, channel });
    device.append({ type: 'dossier.accepted', dossier: { ...dossier, officeId, agencyCode }, number: { leaseId: 'x', order: 1 } });
  }
}

test('a supervisor’s day', async ({ province, window }) => {
  const { page, complaints } = window;
  const password = await cli(province, 'supervisor', 'add', 'lan');

  const calm = await deviceOf(province, 'xa-an-binh', {});
  takeIn(calm, 5, 'counter', yesterday);
  takeIn(calm, 21, 'counter');
  takeIn(calm, 6, 'post');
  const needy = await deviceOf(province, 'xa-phu-my', {
    freeBytes: 2e9,
    waitingEntries: 4,
    waitingScans: 11,
    needsFix: 1,
    numbers: { left: 9, daysLeft: 2, emergency: false },
    atMs: Date.now() - 400_000,
    printers: [{ name: 'Quầy 1', status: 'paper-out', waiting: 2 }],
  });
  takeIn(needy, 9, 'online');
  for (const reasons of [['quick'], []]) calm.append({ type: 'service.rated', rating: { score: 5, reasons } }, { atMs: instantOf(today, '08:00') });
  for (const device of [calm, needy]) {
    const pushed = await device.push();
    expect(pushed.body.results.every(({ status }) => status === 'applied')).toBe(true);
  }
  // The needy one is a copy, closed at noon; the calm one has told the province of its whole day.
  for (const device of [calm, needy]) expect((await device.close(today)).body.outcome).toEqual({ status: 'agrees' });
  const lost = (needy.entries[2]?.operation as { dossier: { dossierId: string; code: string } }).dossier;
  await province.query('delete from dossiers where dossier_id = $1', [lost.dossierId]);
  const calendarFile = join(mkdtempSync(join(tmpdir(), 'qmc-calendar-')), 'lich.json');
  writeFileSync(
    calendarFile,
    JSON.stringify({ ...(JSON.parse(readFileSync(join(repoRoot, 'shared/calendar/data/vn-2026.json'), 'utf8')) as object), version: 'tinh-2027' }),
  );
  const { sha256 } = JSON.parse(await cli(province, 'publish', 'calendar', calendarFile)) as { sha256: string };
  await reports(calm, { documents: [{ kind: 'calendar', sha256 }] });
  const spoilt = needy.append({ type: 'catalogue.installed', version: '1', procedures: 1 });
  await needy.push([{ ...spoilt, hash: 'f'.repeat(64) }]);

  await test.step('signs in', async () => {
    await signIn(page, province, 'wrong');
    await expect(page.getByRole('alert')).toContainText('Sai tên đăng nhập hoặc mật khẩu');
    expect(complaints.splice(0).filter((complaint) => !/status of 401/u.test(complaint))).toEqual([]);
    await looks(page, '1-sign-in');
    await page.getByLabel('Mật khẩu').fill(password);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Thiết bị' })).toBeVisible();
  });

  await test.step('sees the province', async () => {
    await expect(row(page, 'xa-phu-my')).toContainText('Sắp đầy đĩa');
    await expect(row(page, 'xa-phu-my')).toContainText('Sai giờ');
    await expect(row(page, 'xa-phu-my')).toContainText('9 số · 2 ngày');
    await expect(row(page, 'xa-an-binh')).toContainText('Đang kết nối');
    await expect(page.getByText('Bản ghi gửi lên không khớp mã băm')).toBeVisible();
    const published = page.getByRole('region', { name: 'Đã công bố cho các máy' }).getByRole('row').filter({ hasText: 'tinh-2027' });
    for (const words of ['Lịch làm việc', 'mọi đơn vị', userInfo().username, '1/2 máy']) await expect(published).toContainText(words);
    const hours = page.getByRole('figure', { name: 'Theo giờ' });
    await expect(hours.getByText('8: 6', { exact: true })).toBeAttached();
    await expect(page.getByRole('figure', { name: 'Theo kênh' }).getByText('Tại quầy: 21')).toBeAttached();
    await expect(page.getByRole('figure', { name: 'Theo đơn vị' }).getByText('xa-an-binh: 27')).toBeAttached();
    await looks(page, '2-overview');
    await page.getByRole('figure', { name: 'Theo giờ' }).scrollIntoViewIfNeeded();
    await looks(page, '3-charts');
    const { procedureName } = aDossier();
    await expect(page.getByRole('figure', { name: 'Theo thủ tục' }).getByText(`${procedureName}: 35`)).toBeAttached();
    await page.getByRole('button', { name: 'Xem bảng số' }).click();
    await expect(page.getByRole('table').getByRole('row', { name: `${procedureName} 35` })).toBeVisible();
    await looks(page, '3-charts-as-tables');
    await page.getByRole('button', { name: 'Xem biểu đồ' }).click();
    await page.getByLabel('Ngày', { exact: true }).fill('20/11/2026');
    await expect(page.getByRole('heading', { name: 'Tiếp nhận ngày 20/11/2026' })).toBeVisible();
    await expect(page.getByText('Chưa có hồ sơ nào').first()).toBeVisible();
    expect(await page.textContent('body')).not.toContain(aDossier().applicant.fullName);
  });

  await test.step('sees which day of which device does not agree, and by which dossier', async () => {
    const panel = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Đối soát', exact: true }) });
    await expect(panel.getByText('2 khớp')).toBeVisible();
    await panel.getByRole('button', { name: 'So lại' }).click();
    await expect(panel.getByText('1 chênh lệch')).toBeVisible();
    await expect(panel.getByText('1 khớp')).toBeVisible();
    await expect(panel.getByText('1 chưa chốt')).toBeVisible();
    await expect(panel.getByRole('listitem').filter({ hasText: lost.code })).toContainText('tỉnh không có hồ sơ này');
    await panel.scrollIntoViewIfNeeded();
    await looks(page, '7-reconciliation');
    await panel.getByLabel('Đến ngày').fill('01/11/2026');
    await expect(panel.getByText('Ngày không đúng')).toBeVisible();
    await panel.getByLabel('Từ ngày').fill('01/11/2026');
    await expect(panel.getByText('Không có hồ sơ và bản chốt nào')).toBeVisible();
  });

  await test.step('has the monitoring figures computed, by procedure and by office, and takes them away as a file', async () => {
    const panel = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Số liệu theo dõi' }) });
    // Of a day that is over: of today only what has been by now counts.
    for (const field of ['Từ ngày', 'Đến ngày']) await panel.getByLabel(field).fill(formatDate(yesterday));
    await panel.getByRole('button', { name: 'Tính số liệu' }).click();
    await expect(panel.getByRole('row', { name: /^Cộng 5 / })).toBeVisible();
    await panel.getByText('Theo đơn vị', { exact: true }).click();
    await expect(panel.getByRole('row', { name: /^xa-an-binh 5 / })).toBeVisible();
    await panel.scrollIntoViewIfNeeded();
    await looks(page, '8-monitoring');
    const file = await panel.getByRole('link', { name: 'Tải tệp CSV' }).evaluate(async (link) => (await fetch((link as HTMLAnchorElement).href)).text());
    expect(file).toContain(`${yesterday},${yesterday},`);
  });

  await test.step('reads what citizens think, as counts', async () => {
    const panel = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Ý kiến của người dân' }) });
    await expect(panel.getByRole('row', { name: `xa-an-binh ${formatDate(today)} 0 0 0 0 2 2` })).toBeVisible();
    await expect(panel.getByText('Lý do được chọn: Giải quyết nhanh 1')).toBeVisible();
    await panel.scrollIntoViewIfNeeded();
    await looks(page, '8-ratings');
    await panel.getByLabel('Đến ngày').fill('01/11/2026');
    await panel.getByLabel('Từ ngày').fill('01/11/2026');
    await expect(panel.getByText('Không có ý kiến nào')).toBeVisible();
  });

  await test.step('marks an alarm as seen', async () => {
    // The page looks every 15 s.
    await expect(page.getByText('Nhật ký và bảng hồ sơ ở tỉnh không khớp nhau')).toBeVisible({ timeout: 20_000 });
    for (let left = await page.getByRole('button', { name: 'Đã xem' }).count(); left > 0; left -= 1) {
      await page.getByRole('button', { name: 'Đã xem' }).first().click();
      await expect(page.getByRole('button', { name: 'Đã xem' })).toHaveCount(left - 1);
    }
    await expect(page.getByRole('heading', { name: 'Cảnh báo' })).toBeHidden();
  });

  await test.step('makes a code that enrols one device', async () => {
    await page.getByRole('button', { name: 'Tạo mã đăng ký' }).click();
    await expect(page.getByRole('button', { name: 'Tạo mã', exact: true })).toBeDisabled();
    await page.getByLabel('Mã đơn vị').fill('xa-moi');
    await page.getByLabel('Mã cơ quan').fill('h36.13');
    await looks(page, '4-new-code');
    await page.keyboard.press('Enter');
    const code = await page.locator('output').textContent();
    await looks(page, '5-code');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alertdialog')).toBeHidden();
    expect((await enrolledDevice(province.url, code ?? '')).enrolment).toMatchObject({ officeId: 'xa-moi', agencyCode: 'H36.13' });
    await expect(page.getByText(code ?? '')).toHaveCount(0);
  });

  await test.step('puts a device in another’s place', async () => {
    await page.getByRole('button', { name: 'Thay máy Quầy 1 xa-phu-my' }).click();
    await expect(page.getByLabel('Mã đơn vị')).toHaveValue('xa-phu-my');
    await page.getByRole('button', { name: 'Tạo mã', exact: true }).click();
    const code = (await page.locator('output').textContent()) ?? '';
    await page.getByRole('button', { name: 'Đã ghi lại' }).click();
    expect((await enrolledDevice(province.url, code)).enrolment?.replaces).toBe(needy.deviceId);
    expect((await needy.askToken()).status).toBe(403);
  });

  await test.step('revokes a device after being asked', async () => {
    await page.getByRole('button', { name: 'Thu hồi Quầy 1 xa-an-binh' }).click();
    await expect(page.getByRole('alertdialog')).toContainText('Không thể hoàn tác');
    await looks(page, '6-revoke');
    await page.keyboard.press('Escape');
    expect((await calm.askToken()).status).toBe(200);
    await page.getByRole('button', { name: 'Thu hồi Quầy 1 xa-an-binh' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Thu hồi' }).click();
    await expect(row(page, 'xa-an-binh').first()).toContainText('Đã thu hồi');
    expect((await calm.askToken()).status).toBe(403);
  });

  await test.step('has a stolen device destroy its keys, and sees why another stands still', async () => {
    const stolen = await deviceOf(province, 'xa-mat-trom', { waitingEntries: 3 });
    await deviceOf(province, 'xa-ban-sao', { quarantine: { reason: 'forked', sinceMs: Date.now() } });
    await page.reload();
    await expect(row(page, 'xa-ban-sao')).toContainText('Cách ly');
    await expect(page.getByRole('region', { name: 'Thiết bị' })).toContainText('Nhật ký của máy này đã bị sao chép');
    await looks(page, '9-quarantine');
    await page.getByRole('button', { name: 'Thu hồi Quầy 1 xa-mat-trom' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('Máy mất cắp hoặc thất lạc').click();
    await expect(dialog).toContainText('Mọi thứ trên Quầy 1 (xa-mat-trom) mất hẳn');
    await expect(dialog).toContainText('3 mục chưa gửi');
    await looks(page, '10-destroy');
    await dialog.getByRole('button', { name: 'Huỷ khoá ngay' }).click();
    await expect(row(page, 'xa-mat-trom')).toContainText('Huỷ khoá khi liên lạc');
    expect(await stolen.askToken()).toMatchObject({ status: 403, body: { destroy: { deviceId: stolen.deviceId } } });
  });

  await test.step('reads what was done, in English too, and leaves', async () => {
    await page.getByRole('button', { name: 'English' }).click();
    await expect(page.getByRole('heading', { name: 'What supervisors did' })).toBeVisible();
    await expect(page.getByRole('cell', { name: 'Revoked a device' })).toBeVisible();
    await expect(page.getByRole('cell', { name: 'Ordered keys destroyed' })).toBeVisible();
    await page.reload();
    await expect(page.getByRole('heading', { name: 'Devices', exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'Sign out (lan)' }).click();
    await page.reload();
    await expect(page.getByLabel('Password')).toBeVisible();
    expect(complaints.splice(0).filter((complaint) => !/status of 401/u.test(complaint))).toEqual([]);
  });
});

test('the page lets nothing foreign in', async ({ province }) => {
  const page = await send(province.url, '/giam-sat', { method: 'GET' });
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page.headers.get('content-security-policy')).not.toMatch(/unsafe|https?:|\*/u);
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(page.headers.get('cache-control')).toBe('no-store');
  for (const path of ['/giam-sat/assets/..%2findex.html', '/giam-sat/assets/..%2f..%2fserver%2fmain.cjs', '/giam-sat/assets/nothing.js']) {
    expect((await send(province.url, path, { method: 'GET' })).status).toBe(404);
  }
});
