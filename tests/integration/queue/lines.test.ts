/** How the devices of an office find and reach each other, and what they leave with each other. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../fakes/eventually.ts';
import { freePort } from '../../fixtures/free-port.ts';
import { pair, startDesk, type TestDesk } from './queue-desk.ts';

const running: TestDesk[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((device) => device.kill()));
});
async function start(...wanted: Parameters<typeof startDesk>): Promise<TestDesk> {
  const device = await startDesk(...wanted);
  running.push(device);
  return device;
}
async function kill(device: TestDesk): Promise<void> {
  running.splice(running.indexOf(device), 1);
  await device.kill();
}
const standing = (device: TestDesk): string => device.desk.view().link.standing;
const leads = (device: TestDesk) => eventually(() => standing(device) === 'leading', 15_000);
const follows = (device: TestDesk) => eventually(() => standing(device) === 'following', 15_000);

describe('a device of an office', () => {
  it('is made known by the code in its settings, and finds a hub that moved where they say', async () => {
    const hub = await start({ seat: 'hub', port: await freePort() });
    await leads(hub);
    const offer = await hub.desk.office.offerPairing();
    const kiosk = await start({ seat: 'member', role: 'lobby', address: `127.0.0.1:${hub.port}`, pairingCode: offer.ok ? offer.value.code : '' });
    await follows(kiosk);
    await kill(hub);
    await kill(kiosk);
    const moved = await start({ seat: 'hub', port: await freePort(), folder: hub.folder });
    await leads(moved);
    // The code of before is of no use and does no harm.
    const again = await start({ seat: 'member', role: 'lobby', folder: kiosk.folder, address: `wss://127.0.0.1:${moved.port}/`, pairingCode: '000000' });
    await follows(again);
    expect(moved.desk.view().link.members).toHaveLength(1);
  });

  it('works while another program has its port, and listens when that one is gone', async () => {
    const port = await freePort();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, resolve));
    const hub = await start({ seat: 'hub', port });
    await leads(hub);
    expect(await hub.desk.issue({ groupId: 'ho-tich', priority: 'none' })).toMatchObject({ ok: true, value: { number: 'A001' } });
    expect(await hub.desk.office.offerPairing()).toMatchObject({ ok: false });
    await new Promise((resolve) => other.close(resolve));
    await eventually(async () => (await hub.desk.office.offerPairing()).ok, 15_000);
    const kiosk = await start({ seat: 'member', role: 'lobby' });
    await pair(hub, kiosk);
    await follows(kiosk);
  });

  it('leaves what was told beforehand with the hub as soon as there is one, for officers alone', async () => {
    const hub = await start({ seat: 'hub', port: await freePort() });
    await leads(hub);
    const [kiosk, counter, board] = [
      await start({ seat: 'member', role: 'lobby' }),
      await start({ seat: 'member', counter: '2' }),
      await start({ seat: 'member', role: 'board' }),
    ];
    for (const device of [kiosk, counter, board]) {
      await pair(hub, device);
      await follows(device);
    }
    await kill(hub);
    await eventually(() => standing(kiosk) === 'lost', 15_000);
    const [ofKiosk, ofBoard, unknown] = [randomUUID(), randomUUID(), randomUUID()];
    expect(await kiosk.desk.office.attach(ofKiosk, 'first')).toMatchObject({ ok: true });
    expect(await kiosk.desk.office.attach(ofKiosk, 'Nguyễn Thị Lan · khai sinh')).toMatchObject({ ok: true });
    expect(await counter.desk.office.attachment(ofKiosk)).toMatchObject({ failure: { kind: 'no-hub' } });
    const back = await start({ seat: 'hub', port: hub.port, folder: hub.folder });
    await Promise.all([kiosk, counter, board].map(follows));
    await eventually(async () => {
      const got = await counter.desk.office.attachment(ofKiosk);
      return got.ok && got.value === 'Nguyễn Thị Lan · khai sinh';
    }, 15_000);
    expect(await counter.desk.office.attachment(unknown)).toEqual({ ok: true, value: null });
    // A board takes nothing in, and no kiosk reads what another was told.
    await board.desk.office.attach(ofBoard, 'from the board');
    await back.desk.office.attach(unknown, 'from the hub');
    expect(await kiosk.desk.office.attachment(unknown)).toMatchObject({ failure: { kind: 'not-allowed' } });
    expect(await board.desk.office.attachment(unknown)).toMatchObject({ failure: { kind: 'not-allowed' } });
    expect(await back.desk.office.attachment(ofBoard)).toEqual({ ok: true, value: null });
    expect(await counter.desk.office.attachment(unknown)).toEqual({ ok: true, value: 'from the hub' });
  });

  it('on its own joins nobody and keeps what is left with it', async () => {
    const { desk } = await start({ seat: 'alone' });
    const ticketId = randomUUID();
    expect(await desk.office.attach(ticketId, 'told')).toMatchObject({ ok: true });
    expect(await desk.office.attachment(ticketId)).toEqual({ ok: true, value: 'told' });
    const refused = { ok: false, failure: { kind: 'queue-alone' } };
    expect(await desk.office.pair('127.0.0.1:1', '000000')).toEqual(refused);
    expect(await desk.office.offerPairing()).toEqual(refused);
    expect(await desk.office.removeMember('a'.repeat(64))).toEqual(refused);
    expect(await desk.office.findHubs()).toEqual([]);
  });
});
