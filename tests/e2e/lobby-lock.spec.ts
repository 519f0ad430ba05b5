/** The kiosk cannot be left: every way a hand, a keyboard, a reader or the system could try, in one real window; and nobody finds anything of who stood there before. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CDPSession, Page } from '@playwright/test';
import { cards } from '../fixtures/intakes.ts';
import { hashOf, PIN } from '../fixtures/pin.ts';
import { officeSettings } from '../fixtures/settings.ts';
import { runToEnd, type Counter } from './app.ts';
import { officerAt } from './officer.ts';
import { expect, test } from './test.ts';

const kioskSettings = async () => ({ ...officeSettings({ provinceUrl: 'http://127.0.0.1:9', role: 'lobby' }), lobby: { supervisorPin: await hashOf(PIN) } });

type Probe = { counter: Counter; page: Page; cdp: CDPSession };

/** What must be the same after each probe. */
async function standing({ app }: Counter, page: Page) {
  const shell = await app.evaluate(({ BrowserWindow, webContents }) => {
    const [window] = BrowserWindow.getAllWindows().filter((one) => one.webContents.getURL().includes('index.html'));
    if (window === undefined) return null;
    const { webContents: contents } = window;
    return {
      windows: BrowserWindow.getAllWindows().length,
      pages: webContents.getAllWebContents().length,
      url: contents.getURL(),
      canGoBack: contents.canGoBack(),
      isDevToolsOpened: contents.isDevToolsOpened(),
      zoom: contents.getZoomFactor(),
      isKiosk: window.isKiosk(),
      isVisible: window.isVisible(),
      isMinimized: window.isMinimized(),
      isFocused: window.isFocused(),
      bounds: window.getBounds(),
    };
  });
  const inPage = await page.evaluate(() => ({
    href: location.href,
    scale: visualViewport?.scale,
    width: innerWidth,
    hasFocus: document.hasFocus(),
    history: history.length,
    frames: frames.length,
    door: document.querySelector('h1')?.textContent,
  }));
  return { shell, inPage };
}

const keys = [
  ...['F1', 'F3', 'F5', 'F6', 'F7', 'F10', 'F11', 'F12', 'Shift+F10', 'ContextMenu', 'PrintScreen', 'Pause', 'Insert'],
  ...[...'wqposrntjuhflgdeykavcxz'].map((letter) => `Control+${letter}`),
  ...[
    'Control+Equal',
    'Control+Minus',
    'Control+0',
    'Control+NumpadAdd',
    'Control+NumpadSubtract',
    'Control+Tab',
    'Control+Shift+Tab',
    'Control+F4',
    'Control+PageDown',
    'Control+Enter',
  ],
  ...[...'ijcnrtwbpom'].map((letter) => `Control+Shift+${letter}`),
  ...[
    'Alt+F4',
    'Alt+ArrowLeft',
    'Alt+ArrowRight',
    'Alt+Home',
    'Alt+Space',
    'Alt+d',
    'Alt+f',
    'Alt+Enter',
    'Alt+Tab',
    'Alt+Escape',
    'Control+Alt+Delete',
    'Control+Escape',
  ],
  ...['Meta+d', 'Meta+l', 'Meta+r', 'Meta+Tab'],
];

/** Keys of larger keyboards, which the browser driver has no names for. */
const furtherKeys = ['BrowserBack', 'BrowserForward', 'VolumeUp', 'MediaPlayPause', 'F13', 'F20', 'F24'];

/** As the system hands a key to the window, by the names of Electron's accelerators. */
const pressInShell = ({ app }: Counter, key: string): Promise<void> =>
  app.evaluate(({ BrowserWindow }, pressed) => {
    const parts = pressed.split('+');
    const names: Record<string, string> = {
      Equal: '=',
      Minus: '-',
      NumpadAdd: 'numadd',
      NumpadSubtract: 'numsub',
      ArrowLeft: 'Left',
      ArrowRight: 'Right',
      ContextMenu: 'Menu',
    };
    const last = parts.at(-1) ?? '';
    const keyCode = names[last] ?? last;
    const modifiers = parts.slice(0, -1).map((held) => held.toLowerCase() as 'control');
    const contents = BrowserWindow.getAllWindows().find((one) => one.webContents.getURL().includes('index.html'))?.webContents;
    for (const type of ['keyDown', 'keyUp'] as const) contents?.sendInputEvent({ type, keyCode, modifiers });
  }, key);

const inPage =
  <A>(work: (argument: A) => unknown, argument: A) =>
  ({ page }: Probe): Promise<unknown> =>
    page.evaluate(work as (argument: unknown) => unknown, argument as unknown).catch(() => undefined);
const inShell =
  (work: Parameters<Counter['app']['evaluate']>[0]) =>
  ({ counter }: Probe): Promise<unknown> =>
    counter.app.evaluate(work);
/** A link as a mistake of ours could put it there, pressed in a way of its own. */
const onLink =
  (href: string, target: string, press: (page: Page) => Promise<void>) =>
  async ({ page }: Probe): Promise<void> => {
    await page.evaluate(
      ([to, where]) => {
        const link = Object.assign(document.createElement('a'), { href: to, target: where, textContent: 'out', id: 'out' });
        Object.assign(link.style, { position: 'fixed', top: '300px', left: '4px', width: '90px', height: '90px', zIndex: '9' });
        document.body.append(link);
      },
      [href, target] as const,
    );
    await press(page);
    await page.evaluate(() => document.getElementById('out')?.remove());
  };
const clickLink =
  (options: Parameters<Page['mouse']['click']>[2], modifier?: 'Control' | 'Shift') =>
  async (page: Page): Promise<void> => {
    if (modifier !== undefined) await page.keyboard.down(modifier);
    await page.mouse.click(30, 330, options);
    if (modifier !== undefined) await page.keyboard.up(modifier);
  };

const dragged = { items: [{ mimeType: 'text/uri-list', data: 'file:///etc/passwd' }], files: ['/etc/passwd'], dragOperationsMask: 1 };

const probes: Record<string, (probe: Probe) => Promise<unknown>> = {
  'right click': ({ page }) => page.mouse.click(300, 690, { button: 'right' }),
  'a right click held': ({ page }) => page.mouse.click(300, 690, { button: 'right', delay: 300 }),
  'middle click on nothing': ({ page }) => page.mouse.click(10, 400, { button: 'middle' }),
  'mouse button “back”': ({ cdp }) => cdp.send('Input.dispatchMouseEvent', { type: 'mousePressed', x: 10, y: 400, button: 'back', clickCount: 1 }),
  'mouse button “forward”': ({ cdp }) => cdp.send('Input.dispatchMouseEvent', { type: 'mousePressed', x: 10, y: 400, button: 'forward', clickCount: 1 }),
  'a link to a new window': onLink('https://example.invalid/', '_blank', clickLink({})),
  'a link with the middle button': onLink('https://example.invalid/', '', clickLink({ button: 'middle' })),
  'a link with Ctrl': onLink('https://example.invalid/', '', clickLink({}, 'Control')),
  'a link with Shift': onLink('https://example.invalid/', '', clickLink({}, 'Shift')),
  'a link to a file': onLink('file:///etc/passwd', '', clickLink({})),
  'a link out': onLink('https://example.invalid/', '', clickLink({})),
  'a link to the paper of others': onLink('app://paper/', '', clickLink({})),
  'a link to another page of ours': onLink('app://app/paper.html', '', clickLink({})),
  'a link to the same page': onLink('app://app/index.html?again', '', clickLink({})),
  'a link to mail': onLink('mailto:a@example.invalid', '', clickLink({})),
  'a link that downloads': onLink('data:application/octet-stream,x', '', clickLink({})),
  'wheel with Ctrl': async ({ page }) => {
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -600);
    await page.keyboard.up('Control');
  },
  'fingers drawn apart': ({ cdp }) => cdp.send('Input.synthesizePinchGesture', { x: 640, y: 690, scaleFactor: 2.5, gestureSourceType: 'touch' }),
  'a wipe from the left edge': ({ cdp }) =>
    cdp.send('Input.synthesizeScrollGesture', { x: 5, y: 690, xDistance: 700, gestureSourceType: 'touch', speed: 4000 }),
  'two taps': ({ cdp }) => cdp.send('Input.synthesizeTapGesture', { x: 20, y: 690, tapCount: 2, gestureSourceType: 'touch' }),
  'a file dropped': async ({ cdp }) => {
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await cdp.send('Input.dispatchDragEvent', { type, x: 300, y: 400, data: dragged });
  },
  'an address dropped': async ({ cdp }) => {
    const data = { items: [{ mimeType: 'text/uri-list', data: 'https://example.invalid/' }], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await cdp.send('Input.dispatchDragEvent', { type, x: 300, y: 400, data });
  },
  'window.open': inPage(() => window.open('https://example.invalid/'), undefined),
  'window.open of nothing': inPage(() => window.open('about:blank'), undefined),
  'location to a file': inPage(() => void (location.href = 'file:///etc/passwd'), undefined),
  'location out': inPage(() => void (location.href = 'https://example.invalid/'), undefined),
  'location to a script': inPage(() => void (location.href = 'javascript:document.write(1)'), undefined),
  'history back': inPage(() => history.back(), undefined),
  'history forward': inPage(() => history.go(1), undefined),
  'window.print': inPage(() => window.print(), undefined),
  'window.close': inPage(() => window.close(), undefined),
  'full screen given up': inPage(() => document.exitFullscreen(), undefined),
  'window made smaller': inPage(() => window.resizeTo(300, 300), undefined),
  'window moved': inPage(() => window.moveTo(500, 500), undefined),
  'a frame': inPage(async () => {
    const frame = Object.assign(document.createElement('iframe'), { src: 'https://example.invalid/' });
    document.body.append(frame);
    await new Promise((done) => setTimeout(done, 100));
    frame.remove();
  }, undefined),
  'the camera asked for': inPage(() => navigator.mediaDevices.getUserMedia({ audio: true }), undefined),
  'the clipboard read': inPage(() => navigator.clipboard.readText(), undefined),
  'the window closed by the system': inShell(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .find((one) => one.webContents.getURL().includes('index.html'))
      ?.close(),
  ),
  'the program ended by the system': inShell(({ app }) => app.quit()),
  'developer tools opened': inShell(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .find((one) => one.webContents.getURL().includes('index.html'))
      ?.webContents.openDevTools(),
  ),
  'the window put away': inShell(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .find((one) => one.webContents.getURL().includes('index.html'))
      ?.minimize(),
  ),
  'the window hidden': inShell(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .find((one) => one.webContents.getURL().includes('index.html'))
      ?.hide(),
  ),
  'a reader with a long code': ({ page }) => page.keyboard.type(`${'9'.repeat(300)}`),
  'a reader with control characters': ({ page }) => page.keyboard.insertText('\u001B[24~\u0000\u0007\u0017\u0011{F11}^W%{F4}'),
  'a reader with an address': ({ page }) => page.keyboard.insertText('javascript:alert(1)//file:///etc/passwd'),
  'the program started again': async ({ counter }) => expect((await runToEnd({ settings: await kioskSettings(), userData: counter.userData })).code).toBe(0),
};

/** Every file of the data folder that holds one of the words, as UTF-8 or as UTF-16. */
async function filesWith(folder: string, words: string[]): Promise<string[]> {
  const needles = words.flatMap((word) => [Buffer.from(word, 'utf8'), Buffer.from(word, 'utf16le')]);
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const found: string[] = [];
  for (const { parentPath, name } of files) {
    const bytes = await readFile(join(parentPath, name)).catch(() => Buffer.alloc(0));
    if (needles.some((needle) => bytes.includes(needle))) found.push(join(parentPath, name));
  }
  return found;
}

test('the kiosk cannot be left, and remembers nobody', async ({ launchCounter }) => {
  const counter = await launchCounter({ settings: await kioskSettings() });
  const { page, app, userData } = counter;
  // An escape that the lock could only mend by starting again is one; and no second kiosk may stay behind.
  await app.evaluate(({ app: shell }) => void (shell.relaunch = () => void process.stdout.write('STARTED-AGAIN\n')));
  const cdp = await page.context().newCDPSession(page);
  const atDoor = () => expect(page.getByRole('heading', { level: 1 })).toContainText('Xin chào');
  /** As the end of a visit does. */
  const beginAnew = async () => {
    const isLoaded = page.waitForEvent('load');
    await page.evaluate(() => void window.counter.invoke('lobby:end'));
    await isLoaded;
    await atDoor();
  };
  await atDoor();

  await test.step(`${Object.keys(probes).length + keys.length + furtherKeys.length} ways out`, async () => {
    // Before the page's own scripts: hears whatever reaches the page at all, and whether it came to something.
    await page.addInitScript(() => {
      const heard: { key: string; isRefused: () => boolean }[] = [];
      Reflect.set(globalThis, 'heard', heard);
      const holding = ['Control', 'Shift', 'Alt', 'Meta'];
      window.addEventListener(
        'keydown',
        (event) => holding.includes(event.key) || heard.push({ key: event.key, isRefused: () => event.defaultPrevented }),
        true,
      );
    });
    await beginAnew();
    const before = await standing(counter, page);
    expect(before.shell).toMatchObject({ isKiosk: true, isVisible: true, zoom: 1, isDevToolsOpened: false, canGoBack: false });
    const escapes: string[] = [];
    const isAsBefore = async (name: string) => {
      const now = await standing(counter, page);
      if (JSON.stringify(now) !== JSON.stringify(before)) escapes.push(`${name}: ${JSON.stringify(now)}`);
    };
    const heard = () =>
      page.evaluate(() =>
        (Reflect.get(globalThis, 'heard') as { key: string; isRefused(): boolean }[]).splice(0).map(({ key, isRefused }) => [key, isRefused()] as const),
      );
    for (const key of [...keys, ...furtherKeys]) {
      await pressInShell(counter, key);
      await isAsBefore(key);
    }
    expect(await heard(), 'keys that the shell let through').toEqual([]);
    // The page's own refusal, should a key come around the shell.
    for (const key of keys) {
      await page.keyboard.press(key);
      await isAsBefore(`${key}, past the shell`);
    }
    const reached = await heard();
    expect(reached.length).toBeGreaterThan(50);
    expect(reached.filter(([, isRefused]) => !isRefused)).toEqual([]);
    for (const [name, probe] of Object.entries(probes)) {
      await probe({ counter, page, cdp });
      await page.waitForTimeout(60);
      await isAsBefore(name);
      await page.evaluate(() => document.getElementById('out')?.remove());
    }
    expect(escapes).toEqual([]);
    expect(counter.output()).not.toContain('STARTED-AGAIN');
    expect(before.inPage.door).toContain('Xin chào');
  });
  // All that was tried was said to be refused; nothing else was complained about.
  for (const complaint of counter.complaints) expect(complaint).toMatch(/Content Security Policy|Not allowed to|ERR_|Refused|Failed/u);
  counter.complaints.length = 0;

  // Playwright waits for a navigation that was refused; a page loaded anew has none.
  await beginAnew();

  await test.step('what a reader types into a field is bounded', async () => {
    await page.getByRole('button', { name: /Tra cứu/u }).click();
    const code = page.getByLabel('Mã hồ sơ');
    await page.keyboard.insertText('\u0000\u001B]0;x\u0007');
    await expect(code).toHaveValue('');
    await page.keyboard.insertText('A1-'.repeat(2000));
    expect((await code.inputValue()).length).toBe(64);
  });

  await test.step('without the province a look-up says so, and whom to ask', async () => {
    await page.getByLabel('Mã hồ sơ').fill('H36.12-261122-0001');
    await page.getByLabel(/4 số cuối/u).fill('2345');
    await page.getByRole('button', { name: 'Xem', exact: true }).click();
    await expect(page.getByText('Đang mất kết nối')).toBeVisible();
    await expect(page.getByText('0200 123 456')).toBeVisible();
  });

  const canaries = ['Đỗ Hoàng Yến', '001095004567', 'Thôn Thượng', '0912777888'];
  await test.step('a visit ends by itself after a minute, and nothing of it is left', async () => {
    await page.evaluate(() => void Reflect.set(globalThis, 'isOld', true));
    await page.getByRole('button', { name: 'Quay lại' }).click();
    await page.getByRole('button', { name: /Khai trước/u }).click();
    await page.keyboard.type('ket hon');
    await page
      .getByRole('button', { name: /^Đăng ký kết hôn/u })
      .first()
      .click();
    await officerAt(page).scanCard(cards.yen);
    await expect(page.getByLabel('Họ và tên')).toHaveValue('Đỗ Hoàng Yến');
    await page.getByLabel('Điện thoại').fill('0912777888');
    await app.evaluate(({ clipboard }) => clipboard.writeText('Đỗ Hoàng Yến 001095004567'));
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('button', { name: 'Large text' }).click();
    // Nobody touches it for a minute.
    const [loaded] = await Promise.all([
      page.waitForEvent('load'),
      page.evaluate(() => {
        const now = Date.now.bind(Date);
        Date.now = () => now() + 60_500;
      }),
    ]);
    expect(loaded).toBe(page);
    await atDoor();
    expect(await page.evaluate(() => Reflect.get(globalThis, 'isOld'))).toBeUndefined();
    await expect.poll(() => app.evaluate(({ clipboard }) => clipboard.readText())).toBe('');
    const kept = await page.evaluate(async () => ({
      html: document.documentElement.outerHTML,
      values: [...document.querySelectorAll('input, textarea')].map((field) => (field as HTMLInputElement).value),
      local: JSON.stringify({ ...localStorage }),
      session: JSON.stringify({ ...sessionStorage }),
      databases: (await indexedDB.databases()).length,
      caches: (await caches.keys()).length,
      cookies: document.cookie,
      history: history.length,
      state: history.state as unknown,
      name: window.name,
      undone: document.execCommand('undo'),
    }));
    expect(kept).toMatchObject({ local: '{}', session: '{}', databases: 0, caches: 0, cookies: '', history: 1, state: null, name: '', undone: false });
    for (const canary of canaries) expect(JSON.stringify(kept)).not.toContain(canary);
    // Also not what the page's memory holds once it has been tidied up.
    await cdp.send('HeapProfiler.enable');
    await cdp.send('HeapProfiler.collectGarbage');
    let heap = '';
    cdp.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => (heap += chunk));
    await cdp.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    expect(heap.length).toBeGreaterThan(1_000_000);
    expect(
      canaries.filter(
        (canary) =>
          heap.includes(canary) ||
          heap.includes(JSON.stringify(canary).replace(/[^\x20-\x7e]/gu, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)),
      ),
    ).toEqual([]);
    expect(await filesWith(userData, canaries)).toEqual([]);
  });

  await test.step('a number without paper stays for half a minute, to be photographed', async () => {
    await page.getByRole('button', { name: /Lấy số/u }).click();
    await page.getByRole('button', { name: /Đất đai/u }).click();
    await page.getByRole('button', { name: /số thường/u }).click();
    await expect(page.getByTestId('ticket-number')).toHaveText('B001');
    await expect(page.getByText(/chụp lại/u)).toBeVisible();
    await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Xong' }).click()]);
    await atDoor();
  });

  await test.step('a page that dies comes back to the doors, asking nobody', async () => {
    const dead = page.waitForEvent('crash');
    await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()
        .find((one) => one.webContents.getURL().includes('index.html'))
        ?.webContents.forcefullyCrashRenderer(),
    );
    await dead;
    await expect.poll(() => app.windows().filter((one) => one.url().includes('index.html') && !one.isClosed()).length).toBeGreaterThan(0);
  });
  counter.complaints.length = 0;
});

test('only the supervisor’s PIN ends it; a window that is taken away comes back', async ({ launchCounter }) => {
  const settings = await kioskSettings();
  const counter = await launchCounter({ settings });
  const { page, app } = counter;
  await expect(page.getByRole('button', { name: /Lấy số/u })).toBeVisible();
  const office = page.locator('header b');
  const box = await office.boundingBox();
  await page.mouse.move((box?.x ?? 0) + 20, (box?.y ?? 0) + 20);
  await page.mouse.down();
  const field = page.getByLabel('Mã PIN');
  await expect(field).toBeVisible({ timeout: 8_000 });
  await page.mouse.up();
  const enter = async (pin: string) => {
    for (const digit of pin) await page.getByTestId('keyboard').getByRole('button', { name: digit, exact: true }).click();
    await page.getByRole('button', { name: 'Thoát', exact: true }).click();
  };
  await field.focus();
  await enter('1111');
  await expect(page.getByText('Sai mã PIN')).toBeVisible();
  await field.focus();
  const ended = new Promise<number | null>((resolve) => app.process().once('exit', resolve));
  await enter(PIN);
  expect(await ended).toBe(0);

  // By the supervisor's key, and then five wrong ones: the sixth is not even looked at, also by the kiosk started anew.
  const second = await launchCounter({ settings, userData: counter.userData });
  await expect(second.page.getByRole('button', { name: /Lấy số/u })).toBeVisible();
  await pressInShell(second, 'Control+Alt+Shift+l');
  const pins = second.page.getByLabel('Mã PIN');
  for (let i = 0; i < 5; i++) {
    await pins.fill(`222${i}`);
    await second.page.getByRole('button', { name: 'Thoát', exact: true }).click();
    // It is empty again once the PIN was judged.
    await expect(pins).toHaveValue('');
    await expect(second.page.getByText('Sai mã PIN')).toBeVisible();
  }
  const program = second.app.process();
  const closed = new Promise<number | null>((resolve) => program.once('exit', resolve));
  await second.app
    .evaluate(({ app: shell, BrowserWindow }) => {
      shell.relaunch = () => void process.stdout.write('STARTED-AGAIN\n');
      BrowserWindow.getAllWindows()
        .find((one) => one.webContents.getURL().includes('index.html'))
        ?.destroy();
    })
    .catch(() => undefined);
  await expect.poll(() => second.output()).toContain('STARTED-AGAIN');
  expect(await closed).toBe(0);

  const third = await launchCounter({ settings, userData: counter.userData });
  await expect(third.page.getByRole('button', { name: /Lấy số/u })).toBeVisible();
  await pressInShell(third, 'Control+Alt+Shift+l');
  await third.page.getByLabel('Mã PIN').fill(PIN);
  await third.page.getByRole('button', { name: 'Thoát', exact: true }).click();
  await expect(third.page.getByText('Đã sai quá nhiều lần')).toBeVisible();
  // Who stands behind it may end it by a signal.
  const last = third.app.process();
  await third.close();
  expect([last.exitCode, last.signalCode]).toEqual([0, null]);
});
