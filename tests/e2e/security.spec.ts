/** What a page that went wrong could try: every way out of the app is closed, and the bridge gives no more than it says. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { officeSettings } from '../fixtures/settings.ts';
import { runToEnd, type Counter } from './app.ts';
import { officerAt } from './officer.ts';
import { expect, test } from './test.ts';

const settings = officeSettings({ provinceUrl: 'http://127.0.0.1:9' });
const lobby = officeSettings({ provinceUrl: 'http://127.0.0.1:9', role: 'lobby' });

type Bridge = { invoke(channel: string, ...args: unknown[]): Promise<unknown>; on(event: string, listener: () => void): () => void };

/** Calls the bridge as a page would, with anything; resolves with the words of the refusal, or with what was given. */
const call = (page: Page, channel: string, ...args: unknown[]): Promise<{ given?: unknown; refused?: string }> =>
  page.evaluate(
    async ([name, ...rest]) => {
      const { counter } = globalThis as unknown as { counter: Bridge };
      try {
        return { given: await counter.invoke(name as string, ...rest) };
      } catch (error) {
        return { refused: String(error) };
      }
    },
    [channel, ...args],
  );

const windows = ({ app }: Counter): Promise<number> => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

test('no way leads out of the app', async ({ launchCounter }) => {
  const visited: string[] = [];
  const outside = createServer((request, response) => {
    visited.push(request.url ?? '');
    response.setHeader('content-disposition', 'attachment; filename="x.exe"').end('outside');
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;

  const counter = await launchCounter({ settings });
  const { page } = counter;
  await officerAt(page).isReady();
  const home = page.url();
  const before = await windows(counter);

  expect(await page.evaluate((to) => window.open(to) === null, `${url}/open`)).toBe(true);
  await page.evaluate((to) => {
    const link = Object.assign(document.createElement('a'), { href: `${to}/link`, target: '_blank', textContent: 'out' });
    document.body.append(link);
    link.click();
    link.remove();
  }, url);
  for (const to of [`${url}/navigate`, 'file:///etc/passwd', 'data:text/html,out', 'app://paper/']) {
    await page.evaluate((address) => void (location.href = address), to);
    await page.waitForTimeout(150);
    expect(page.url(), to).toBe(home);
  }
  await page.evaluate((to) => {
    const link = Object.assign(document.createElement('a'), { href: `${to}/download`, download: 'x.exe' });
    link.click();
  }, url);
  expect(
    await page.evaluate(
      (to) =>
        fetch(`${to}/fetch`).then(
          () => 'reached',
          () => 'refused',
        ),
      url,
    ),
  ).toBe('refused');
  expect(
    await page.evaluate(
      (to) => new Promise((done) => Object.assign(new Image(), { src: `${to}/image`, onload: () => done('reached'), onerror: () => done('refused') })),
      url,
    ),
  ).toBe('refused');
  await page.waitForTimeout(300);
  expect(visited).toEqual([]);
  expect(await windows(counter)).toBe(before);
  // Not by a locator: Playwright waits for the refused navigation to end.
  expect(await page.evaluate(() => document.querySelector('nav') !== null)).toBe(true);

  expect(
    await page.evaluate(
      () =>
        new Promise((done) =>
          navigator.geolocation.getCurrentPosition(
            () => done('given'),
            (error) => done(error.code),
          ),
        ),
    ),
  ).toBe(1);
  expect(await page.evaluate(() => Notification.requestPermission())).toBe('denied');
  expect(
    await page.evaluate(() =>
      navigator.clipboard.readText().then(
        () => 'given',
        (error: Error) => error.name,
      ),
    ),
  ).toBe('NotAllowedError');

  // Playwright's own scripts are above the policy; one that the page makes is not.
  await page.evaluate((to) => {
    const inline = Object.assign(document.createElement('script'), { textContent: 'globalThis.ranInline = true' });
    const foreign = Object.assign(document.createElement('script'), { src: `${to}/script.js` });
    const frame = Object.assign(document.createElement('iframe'), { src: `${to}/frame` });
    document.body.append(inline, foreign, frame);
    try {
      setTimeout('globalThis.ranEval = true', 0);
    } catch {
      // Refused at once is as good.
    }
  }, url);
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => [Reflect.get(globalThis, 'ranInline'), Reflect.get(globalThis, 'ranEval')])).toEqual([undefined, undefined]);
  expect(visited).toEqual([]);
  const worker = await page.evaluate(() => {
    const script = URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' }));
    return new Promise((done) => Object.assign(new Worker(script), { onmessage: () => done('ran'), onerror: () => done('refused') })).catch(() => 'refused');
  });
  expect(worker).toBe('refused');

  // All that was tried was said to be refused; nothing else was complained about.
  for (const complaint of counter.complaints) expect(complaint).toMatch(/Content Security Policy|Not allowed to|ERR_FAILED|Failed to fetch|Refused/u);
  expect(counter.complaints.some((complaint) => complaint.includes('Content Security Policy'))).toBe(true);
  counter.complaints.length = 0;
  outside.closeAllConnections();
  outside.close();
});

/** What comes back over a port of its own within a quarter of a second. */
const callLane = (page: Page, message: unknown): Promise<unknown> =>
  page.evaluate(
    (said) =>
      new Promise((done) => {
        const take = ({ data, ports }: MessageEvent<unknown>): void => {
          const port = ports[0];
          if (data !== 'lane' || port === undefined) return;
          removeEventListener('message', take);
          port.onmessage = ({ data: answer }) => done(answer);
          port.postMessage(said);
          setTimeout(() => done('silence'), 250);
        };
        addEventListener('message', take);
        (globalThis as unknown as { counter: { openLane(): void } }).counter.openLane();
      }),
    message,
  );

test('the bridge has three functions, known channels, and checked arguments', async ({ launchCounter }) => {
  const { page } = await launchCounter({ settings });
  await officerAt(page).isReady();
  expect(await page.evaluate(() => Object.keys((globalThis as unknown as { counter: object }).counter).sort())).toEqual(['invoke', 'on', 'openLane']);
  expect(await page.evaluate(() => ['require', 'process', 'module', 'ipcRenderer', 'electron', 'Buffer'].filter((name) => name in globalThis))).toEqual([]);

  expect((await call(page, 'app:info')).given).toMatchObject({ settings: { role: 'officer' } });
  expect((await call(page, 'app:quit')).refused).toContain('unknown channel');
  expect((await call(page, '__proto__')).refused).toContain('unknown channel');
  expect(
    await page.evaluate(() => {
      try {
        return (globalThis as unknown as { counter: Bridge }).counter.on('anything', () => undefined) && 'listening';
      } catch (error) {
        return String(error);
      }
    }),
  ).toContain('unknown event');

  expect((await call(page, 'journal:read', { afterSeq: -1, limit: 10 })).refused).toMatch(/bad arguments: afterSeq/u);
  expect((await call(page, 'journal:read', { afterSeq: 0, limit: 10, more: true })).refused).toContain('bad arguments');
  expect((await call(page, 'scans:read', { sha256: '../../keys/device.json' })).refused).toMatch(/bad arguments: sha256/u);
  expect((await call(page, 'drafts:delete', { draftId: '../journal' })).refused).toMatch(/bad arguments: draftId/u);
  expect((await call(page, 'app:info', { not: 'wanted' })).refused).toContain('bad arguments');

  // The port for what is large gives no more than that.
  expect(await callLane(page, { id: 1, channel: 'journal:read', args: { afterSeq: -1, limit: 10 } })).toMatchObject({
    error: expect.stringMatching(/bad arguments: afterSeq/u),
  });
  expect(await callLane(page, { id: 2, channel: 'journal:read', args: { afterSeq: 0, limit: 10 } })).toEqual({ id: 2, result: [] });
  for (const message of [
    { id: 3, channel: 'storage:key', args: undefined },
    { id: 4, channel: 'app:quit' },
    { channel: 'journal:read' },
    'journal:read',
    null,
  ]) {
    expect(await callLane(page, message), JSON.stringify(message)).toBe('silence');
  }
  // The settings carry a secret that is not the page's business.
  expect(JSON.stringify((await call(page, 'app:info')).given)).not.toContain('enrolmentCode');
});

test('a lobby device may issue tickets and nothing more, whatever its page asks', async ({ launchCounter }) => {
  const { page } = await launchCounter({ settings: lobby });
  await expect(page.getByRole('button', { name: /Lấy số/u })).toBeVisible();
  for (const channel of [
    'dossiers:accept',
    'journal:read',
    'drafts:list',
    'scans:read',
    'queue:call-next',
    'printing:reprint',
    'catalogue:install',
    'sync:enrol',
  ]) {
    expect((await call(page, channel, {})).refused, channel).toContain('not allowed for role lobby');
  }
  expect(await callLane(page, { id: 1, channel: 'journal:read', args: {} })).toEqual({ id: 1, error: 'not allowed for role lobby' });
  expect((await call(page, 'queue:issue', { groupId: 'dat-dai', priority: 'none', print: false })).given).toMatchObject({
    ok: true,
    value: { number: 'B001' },
  });
});

test('a second start ends at once and brings the first window forward', async ({ launchCounter }) => {
  const counter = await launchCounter({ settings });
  await officerAt(counter.page).isReady();
  await counter.app.evaluate(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows().find((one) => one.webContents.getURL().includes('index.html'));
    if (window === undefined) throw new Error('no main window');
    const original = window.focus.bind(window);
    window.focus = () => {
      Reflect.set(globalThis, 'timesFocused', Number(Reflect.get(globalThis, 'timesFocused') ?? 0) + 1);
      original();
    };
  });
  const { code } = await runToEnd({ settings, userData: counter.userData });
  expect(code).toBe(0);
  await expect.poll(() => counter.app.evaluate(() => Number(Reflect.get(globalThis, 'timesFocused') ?? 0))).toBe(1);
  await expect(counter.page.getByRole('navigation')).toBeVisible();
});
