/** An office: a counter that holds the queue, a second counter, a kiosk and televisions; 200 numbers, and whoever holds the queue is killed twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bridge } from '../../shared/ipc/contract.ts';
import type { PublicBoard } from '../../shared/queue/view.ts';
import { freePort } from '../fixtures/free-port.ts';
import { hashOf, PIN } from '../fixtures/pin.ts';
import { officeSettings } from '../fixtures/settings.ts';
import type { Counter } from './app.ts';
import { openBrowser } from './browser.ts';
import { expect, test } from './test.ts';

const TICKETS = 200;
const ON_BOARD_WITHIN_MS = 500;

type Device = { name: 'hub' | 'standby' | 'kiosk'; folder: string; settings: object; counter?: Counter | undefined };

/** What the page asks its shell, as its buttons do. */
const ask = <C extends Parameters<Bridge['invoke']>[0]>(device: Device, channel: C, args?: unknown): Promise<unknown> => {
  if (device.counter === undefined) throw new Error(`${device.name} is off`);
  return device.counter.page.evaluate(
    ([name, given]) =>
      (window as unknown as { counter: { invoke(channel: string, ...args: unknown[]): Promise<unknown> } }).counter.invoke(
        name,
        ...(given === undefined ? [] : [given]),
      ),
    [channel, args] as const,
  );
};
type Answer<T> = { ok: true; value: T } | { ok: false; failure: { kind: string } };
type Seen = { tickets: Array<{ ticketId: string; number: string; state: string; counter?: string }>; link: { standing: string; toHandIn: number } };
const view = async (device: Device): Promise<Seen> => (await ask(device, 'queue:state')) as Seen;

test('two hundred numbers, and the queue outlives whoever holds it, twice', async ({ launchCounter }) => {
  test.setTimeout(240_000);
  const work = mkdtempSync(join(tmpdir(), 'qmc-hub-'));
  const [hubPort, standbyPort, hubBoard, standbyBoard] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const settingsOf = (role: 'officer' | 'lobby', counter: string, queue: object): object => ({
    ...officeSettings({ provinceUrl: 'http://127.0.0.1:9', role }),
    counter,
    queue,
  });
  const hub: Device = {
    name: 'hub',
    folder: mkdtempSync(join(work, 'hub-')),
    settings: settingsOf('officer', '1', { seat: 'hub', port: hubPort, boardPort: hubBoard }),
  };
  const standby: Device = {
    name: 'standby',
    folder: mkdtempSync(join(work, 'standby-')),
    settings: settingsOf('officer', '2', { seat: 'standby', port: standbyPort, boardPort: standbyBoard }),
  };
  const kiosk: Device = {
    name: 'kiosk',
    folder: mkdtempSync(join(work, 'kiosk-')),
    settings: { ...settingsOf('lobby', 'K', { seat: 'member' }), lobby: { supervisorPin: await hashOf(PIN) } },
  };
  const open = async (device: Device): Promise<void> => {
    device.counter = await launchCounter({ settings: device.settings, userData: device.folder });
  };
  const kill = async (device: Device): Promise<void> => {
    await device.counter?.kill9();
    device.counter = undefined;
  };
  const standing = (device: Device) => expect.poll(async () => (await view(device)).link.standing, { timeout: 20_000 });

  await test.step('the devices are made known to each other by six digits', async () => {
    await open(hub);
    await standing(hub).toBe('leading');
    for (const device of [standby, kiosk]) {
      await open(device);
      const offer = (await ask(hub, 'queue:offer-pairing')) as Answer<{ code: string }>;
      if (!offer.ok) throw new Error(offer.failure.kind);
      const joining = { address: `127.0.0.1:${hubPort}`, code: offer.value.code };
      const joined = device === kiosk ? ask(device, 'lobby:pair', { pin: PIN, ...joining }) : ask(device, 'queue:pair', joining);
      expect(await joined).toMatchObject({ ok: true });
      await standing(device).toBe('following');
    }
  });

  // A television, always at a device that is on; it watches what its page is told.
  const { page, close } = await openBrowser();
  const shown = new Map<string, number>();
  await page.exposeFunction('onBoard', (board: PublicBoard) => {
    for (const { ticketId } of board.called) if (!shown.has(ticketId)) shown.set(ticketId, Date.now());
  });
  const watch = async (port: number): Promise<void> => {
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.evaluate(() => {
      const tell = (globalThis as unknown as { onBoard(board: unknown): void }).onBoard;
      return new Promise<void>((done) => {
        new EventSource('/events').onmessage = ({ data }) => {
          tell(JSON.parse(String(data)));
          done();
        };
      });
    });
  };
  await watch(hubBoard);

  const papers = new Map<string, string>();
  const calledAt = new Map<string, { counter: string; atMs: number }>();
  const wrong: string[] = [];
  const groups = ['ho-tich', 'dat-dai'];

  type Issued = Answer<{ number: string; ticketId: string }>;
  /** One after the other, as citizens come. */
  const issue = async (from: number, to: number): Promise<void> => {
    if (kiosk.counter === undefined) throw new Error('the kiosk is off');
    const wanted = Array.from({ length: to - from }, (_, nth) => ({ groupId: groups[nth % 2], priority: nth % 9 === 0 ? 'elderly' : 'none', print: false }));
    const issued = await kiosk.counter.page.evaluate(async (list) => {
      const { counter } = window as unknown as { counter: { invoke(channel: string, args: unknown): Promise<unknown> } };
      const answers: unknown[] = [];
      for (const one of list) answers.push(await counter.invoke('queue:issue', one));
      return answers;
    }, wanted);
    for (const one of issued as Issued[]) {
      if (!one.ok) wrong.push(`no number: ${one.failure.kind}`);
      else if (papers.has(one.value.number)) wrong.push(`${one.value.number} given twice`);
      else papers.set(one.value.number, one.value.ticketId);
    }
  };
  /** Calls the next and finishes; whether anybody was waiting. As an officer does, not before the last one was on the board. */
  const callOne = async (device: Device): Promise<boolean> => {
    if (device.counter === undefined) throw new Error(`${device.name} is off`);
    const called = await device.counter.page.evaluate(async () => {
      const { counter } = window as unknown as { counter: { invoke(channel: string, args: unknown): Promise<unknown> } };
      const answer = (await counter.invoke('queue:call-next', { groupIds: [] })) as { ok: boolean; value?: { ticketId: string; number: string } | null };
      const atMs = Date.now();
      if (!answer.ok || answer.value === null || answer.value === undefined) return null;
      await counter.invoke('queue:finish', { ticketId: answer.value.ticketId });
      return { ...answer.value, atMs };
    });
    if (called === null) return false;
    const { ticketId, number, atMs } = called;
    if (calledAt.has(ticketId)) wrong.push(`${number} called to ${calledAt.get(ticketId)?.counter} and to ${device.name}`);
    calledAt.set(ticketId, { counter: device.name, atMs });
    await expect.poll(() => shown.has(ticketId), { intervals: [20], timeout: 10_000, message: `${number} is on the board` }).toBe(true);
    return true;
  };
  const officers = async (count: number, devices: Device[]): Promise<void> => {
    for (let nth = 0; nth < count; nth++) await Promise.all(devices.map(callOne));
  };

  await test.step('a morning with both', async () => {
    const kiosking = issue(0, 80);
    await officers(25, [hub, standby]);
    await kiosking;
  });
  await test.step('the hub is killed while numbers are taken; the standby holds the queue', async () => {
    await watch(standbyBoard);
    const killing = kill(hub);
    await issue(80, 110);
    await killing;
    await standing(standby).toBe('leading');
    await standing(kiosk).toBe('following');
    await officers(15, [standby]);
  });
  await test.step('the old hub comes back and follows; then the standby is killed', async () => {
    await open(hub);
    await standing(hub).toBe('following');
    await watch(hubBoard);
    await officers(10, [hub, standby]);
    const killing = kill(standby);
    await issue(110, 150);
    await killing;
    await standing(hub).toBe('leading');
    await standing(kiosk).toBe('following');
    await officers(15, [hub]);
  });
  await test.step('all together again, until nobody waits', async () => {
    await open(standby);
    await standing(standby).toBe('following');
    await issue(150, TICKETS);
    await expect.poll(async () => (await view(kiosk)).link.toHandIn, { timeout: 20_000 }).toBe(0);
    for (let isMore = true; isMore;) {
      const more = await Promise.all([hub, standby].map(callOne));
      isMore = more.some(Boolean);
    }
  });

  expect(wrong).toEqual([]);
  expect(papers.size).toBe(TICKETS);
  const { tickets } = await view(hub);
  const byNumber = new Map(tickets.map((ticket) => [ticket.number, ticket]));
  expect(byNumber.size).toBe(tickets.length);
  for (const [number, ticketId] of papers) {
    expect(byNumber.get(number)?.ticketId, `${number} is lost`).toBe(ticketId);
    expect(byNumber.get(number)?.state, number).toBe('served');
  }
  await expect.poll(async () => JSON.stringify((await view(standby)).tickets) === JSON.stringify((await view(hub)).tickets), { timeout: 10_000 }).toBe(true);
  const late = [...calledAt].map(([ticketId, { atMs }]) => (shown.get(ticketId) ?? Infinity) - atMs).sort((a, b) => a - b);
  const median = late[Math.floor(late.length / 2)];
  console.log(`${papers.size} numbers, ${calledAt.size} calls; on the board after ${median} ms (median), ${late.at(-1)} ms (worst)`);
  expect(late.filter((ms) => ms > ON_BOARD_WITHIN_MS)).toEqual([]);

  const last = [...calledAt].sort(([, a], [, b]) => b.atMs - a.atMs)[0]?.[0];
  await expect(page.locator('body')).toContainText(tickets.find(({ ticketId }) => ticketId === last)?.number ?? 'none');
  await close();
  for (const device of [hub, standby, kiosk]) await device.counter?.close();
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
});
