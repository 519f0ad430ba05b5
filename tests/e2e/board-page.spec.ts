/** The board as any television shows it: in a real browser, served as the hub serves it, seen from ten metres and heard. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type Page } from '@playwright/test';
import { loadBoardPage } from '../../electron/queue/board-page.ts';
import { startBoardServer } from '../../electron/queue/board-server.ts';
import { createRecordings } from '../../electron/voice/recordings.ts';
import type { BoardCall, PublicBoard } from '../../shared/queue/view.ts';
import { clipNames } from '../../shared/voice/clips.ts';
import { voiceSettingsSchema } from '../../shared/voice/settings.ts';
import { soundOf, tapSound, tone, type Sound } from '../fixtures/sound.ts';
import { openBrowser, type Browser } from './browser.ts';

const repoRoot = resolve(import.meta.dirname, '../..');
const pictures = join(repoRoot, 'out/test/board');
const CHIME_SECONDS = 0.31;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const call = (number: string, counter: string, calledAtMs: number): BoardCall => ({
  ticketId: number,
  number,
  counter,
  calledAtMs,
  calls: 1,
  isAtCounter: true,
});
const group = (letter: string, name: string, waiting: number, expectedWaitMs: number | null) => ({ groupId: letter, letter, name, waiting, expectedWaitMs });

/** A hub that says what the test wants it to say. */
async function startHub(recordings: string, port = 0) {
  const settings = {
    language: 'vi' as const,
    board: { notice: 'Thứ Bảy làm việc buổi sáng, từ 7 giờ 30 đến 11 giờ.' },
    voice: voiceSettingsSchema.parse({ languages: ['vi'], recordings }),
  };
  const page = await loadBoardPage({ folder: join(repoRoot, 'out/board'), settings, recordings: createRecordings(recordings, log) });
  const atMs = Date.now();
  let board: unknown = null;
  const server = await startBoardServer({ port, page, board: () => board as PublicBoard });
  return {
    port: server.port,
    stop: server.stop,
    say(change: Partial<Record<keyof PublicBoard, unknown>>): void {
      const usual: PublicBoard = {
        date: '2026-11-23',
        officeName: 'Trung tâm Phục vụ hành chính công xã An Bình',
        atMs: Date.now(),
        called: [call('A012', '3', atMs - 60_000), call('B004', '1', atMs - 120_000), call('A011', '2', atMs - 180_000)],
        groups: [group('A', 'Hộ tịch – Chứng thực', 7, 720_000), group('B', 'Đất đai – Môi trường', 3, 1_500_000), group('C', 'Lĩnh vực khác', 0, null)],
        isClosed: false,
        isLost: false,
      };
      board = { ...usual, ...change };
      server.tell(board as PublicBoard);
    },
  };
}

/** Short tones in the place of words, so that a day of calls takes seconds; one recording is missing, one is broken. */
function recordedVoice(): string {
  const folder = mkdtempSync(join(tmpdir(), 'qmc-recordings-'));
  mkdirSync(join(folder, 'vi'));
  writeFileSync(join(folder, 'chime.wav'), tone(880, CHIME_SECONDS));
  for (const name of clipNames.vi) if (name !== '2') writeFileSync(join(folder, 'vi', `${name}.wav`), tone(440, 0.12));
  writeFileSync(join(folder, 'vi', '1.wav'), 'not a sound at all');
  return folder;
}

const test = base.extend<{ tv: Browser }, { recordings: string; hub: Awaited<ReturnType<typeof startHub>> }>({
  recordings: [
    async ({}, use) => {
      const folder = recordedVoice();
      await use(folder);
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  hub: [
    async ({ recordings }, use) => {
      const hub = await startHub(recordings);
      await use(hub);
      await hub.stop();
    },
    { scope: 'worker' },
  ],
  tv: async ({}, use) => {
    const browser = await openBrowser();
    await browser.page.setViewportSize({ width: 1920, height: 1080 });
    await tapSound(browser.page);
    await use(browser);
    await browser.close();
    expect(browser.complaints).toEqual([]);
  },
});

async function looks(page: Page, name: string): Promise<void> {
  // A number that blinks has no contrast for a moment.
  await expect(page.locator('[data-blinking]')).toHaveCount(0, { timeout: 8000 });
  const { violations, passes } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'])
    .analyze();
  expect(passes.length, 'rules that found something to check').toBeGreaterThan(5);
  expect
    .soft(
      violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
      name,
    )
    .toEqual([]);
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** Text that is cut off or wider than its box, by its words. */
const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    Array.from(document.querySelectorAll('h1, h2, p, span, li, section'))
      .filter(
        (element) =>
          element.scrollWidth > element.clientWidth + 1 &&
          getComputedStyle(element).display !== 'inline' &&
          getComputedStyle(element).textOverflow !== 'ellipsis',
      )
      .map((element) => element.textContent ?? ''),
  );

const fontVh = (page: Page, text: string): Promise<number> =>
  page
    .getByText(text, { exact: true })
    .first()
    .evaluate((element) => (Number.parseFloat(getComputedStyle(element).fontSize) * 100) / innerHeight);

/** The announcements as heard: each begins with the chime. */
const chimesOf = ({ parts }: Sound): number[] => parts.filter(({ from, to }) => Math.abs(to - from - CHIME_SECONDS) < 0.005).map(({ from }) => from);

test('a call is seen at once and heard once, never two over one another', async ({ hub, tv: { page } }) => {
  const now = Date.now();
  const before = call('A012', '3', now - 60_000);
  hub.say({ called: [before] });
  await page.goto(`http://127.0.0.1:${hub.port}/`);
  await expect(page.locator('[data-newest]')).toContainText('A012');
  // A browser wants a touch before a page may be heard; the remote control has keys only.
  await expect(page.getByRole('button', { name: 'Bấm để bật tiếng' })).toBeVisible();
  await looks(page, '1-before-the-first-key');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button')).toBeHidden();
  expect((await soundOf(page)).parts, 'those called before the board was on').toEqual([]);

  const said = performance.now();
  hub.say({ called: [before, call('A121', '2', now), call('B005', '12', now + 1)] });
  await expect(page.locator('[data-newest]')).toContainText('B005');
  expect(performance.now() - said, 'ms until the call is on the board').toBeLessThan(500);
  await expect(page.locator('[data-blinking]')).toHaveCount(2);
  await page.screenshot({ path: join(pictures, '2-two-calls.png') });
  // Called again before it was said, it is said once; called again afterwards, once more.
  hub.say({ called: [call('A121', '2', now), call('B005', '12', now + 2000)] });
  await expect.poll(async () => chimesOf(await soundOf(page)).length, { timeout: 15_000 }).toBe(2);
  await expect.poll(async () => page.locator('[data-blinking]').count(), { timeout: 8000 }).toBe(0);
  hub.say({ called: [call('A121', '2', now), call('B005', '12', now + 9000)] });
  await expect.poll(async () => chimesOf(await soundOf(page)).length, { timeout: 15_000 }).toBe(3);
  await page.waitForTimeout(2500);

  const sound = await soundOf(page);
  const chimes = chimesOf(sound);
  expect(chimes).toHaveLength(3);
  const overlapping = sound.parts.filter(({ from }, index) => from < (sound.parts[index - 1]?.to ?? -1));
  expect(overlapping, 'clips that play over another').toEqual([]);
  // A 1 2 1: the broken and the missing recording are said by the bundled voice. Chime, call, 4 signs, to-counter, 2.
  expect(sound.parts.slice(0, 8).filter(({ from, to }) => to - from > 0.13 && to - from < 1)).toHaveLength(5);
  const loudest = (from: number, to: number): number => Math.max(0, ...sound.peaks.filter(({ at }) => at > from && at < to).map(({ peak }) => peak));
  for (const from of chimes) expect(loudest(from + 0.05, from + 2), `announcement at ${from} s`).toBeGreaterThan(0.1);
  expect(loudest(0, (chimes[0] ?? 0) - 0.05), 'before the first').toBe(0);
});

test('it is read from ten metres, whatever the screen and however much there is', async ({ hub, tv: { page } }) => {
  const now = Date.now();
  const numbers = [
    ['A012', '3'],
    ['C7001', '12'],
    ['B004', 'Đất đai'],
    ['A1011', '3A'],
    ['A010', '5'],
    ['KIOSK2-041', '6'],
    ['B2', '7'],
  ] as const;
  const called = numbers.map(([number, counter], index) => call(number, counter, now - index));
  hub.say({ called });
  await page.goto(`http://127.0.0.1:${hub.port}/`);
  await expect(page.locator('[data-newest]')).toContainText('A012');
  expect(await fontVh(page, 'A012')).toBeGreaterThan(20);
  for (const number of ['C7001', 'A1011', 'A010']) expect(await fontVh(page, number), number).toBeGreaterThan(10);
  await expect(page.getByText('B2', { exact: true }), 'more than fits is left out').toBeHidden();
  expect(await page.evaluate(() => getComputedStyle(document.querySelector('[data-newest]') ?? document.body).animationName)).toBe('none');
  for (const [name, width, height] of [
    ['4-full', 1920, 1080],
    ['5-four-to-three', 1024, 768],
    ['6-upright', 1080, 1920],
  ] as const) {
    await page.setViewportSize({ width, height });
    expect.soft(await cutOff(page), name).toEqual([]);
    expect.soft(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight), `${name} scrolls`).toBe(0);
    await looks(page, name);
  }
  await page.setViewportSize({ width: 1920, height: 1080 });
  hub.say({
    called,
    groups: Array.from('ABCDEFGHIJKL', (letter, index) =>
      group(letter, `Lĩnh vực có tên khá dài số ${index + 1}`, index * 3, index % 2 === 0 ? null : 600_000),
    ),
  });
  await expect(page.getByText('Lĩnh vực có tên khá dài số 12')).toBeVisible();
  expect.soft(await cutOff(page)).toEqual([]);
  await looks(page, '7-many-groups');
  hub.say({ called: [] });
  await expect(page.getByText('Chưa gọi số nào hôm nay')).toBeVisible();
  await looks(page, '8-morning');
  hub.say({ called, isClosed: true });
  await expect(page.getByText('Hôm nay đã hết giờ nhận khách')).toBeVisible();
  hub.say({ called: [], isClosed: true });
  await expect(page.getByText('Hôm nay đã hết giờ nhận khách')).toBeVisible();
});

test('one bad item blanks nothing, a lost hub is said calmly, and nothing moves for who asked for no motion', async ({
  hub,
  recordings,
  tv: { page, complaints },
}) => {
  const now = Date.now();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  hub.say({
    atMs: 1e300,
    called: [call('A012', '3', now), null, { number: 7 }, call('B004', '1', now - 1)],
    groups: [{ letter: 'A' }, group('B', 'Đất đai', 3, null)],
  });
  await page.goto(`http://127.0.0.1:${hub.port}/`);
  await expect(page.locator('[data-newest]')).toContainText('A012');
  await expect(page.getByText('B004')).toBeVisible();
  await expect(page.getByText('Đất đai')).toBeVisible();
  await expect(page.getByText('3 mục không đọc được')).toBeVisible();
  hub.say({ called: [call('A013', '3', now + 1)] });
  await expect(page.locator('[data-newest]')).toContainText('A013');
  expect(
    await page
      .locator('[data-newest] p')
      .first()
      .evaluate((element) => getComputedStyle(element).animationName),
  ).toBe('none');

  await hub.stop();
  await expect(page.getByText(/Mất kết nối từ \d\d:\d\d/u)).toBeVisible({ timeout: 3000 });
  await expect(page.getByText('A013')).toBeVisible();
  await looks(page, '9-lost');
  const again = await startHub(recordings, hub.port);
  again.say({ called: [call('A014', '3', now + 2)] });
  await expect(page.locator('[data-newest]')).toContainText('A014', { timeout: 8000 });
  await expect(page.getByText(/Mất kết nối/u)).toBeHidden();
  again.say({ called: [call('A014', '3', now + 2)], isLost: true });
  await expect(page.getByText(/Mất kết nối từ \d\d:\d\d/u)).toBeVisible();
  await page.goto('about:blank');
  await again.stop();
  // The browser itself says that a request failed.
  expect(complaints.splice(0).filter((complaint) => !/net::ERR_/u.test(complaint))).toEqual([]);
});
