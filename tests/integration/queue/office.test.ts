import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openOfficeIdentity } from '../../../electron/queue/identity.ts';
import { createVault } from '../../../electron/keys/vault.ts';
import { eventually } from '../../fakes/eventually.ts';
import { freePort } from '../../fixtures/free-port.ts';
import { pair, startDesk, type TestDesk } from './queue-desk.ts';

const running: TestDesk[] = [];
async function start(...wanted: Parameters<typeof startDesk>): Promise<TestDesk> {
  const device = await startDesk(...wanted);
  running.push(device);
  return device;
}
const standing = (device: TestDesk): string => device.desk.view().link.standing;
const follows = (device: TestDesk) => eventually(() => standing(device) === 'following', 15_000);
const leads = (device: TestDesk) => eventually(() => standing(device) === 'leading', 15_000);
const portOf = async (hub: TestDesk): Promise<number> => {
  const offer = await hub.desk.office.offerPairing();
  hub.desk.office.endPairing();
  return offer.ok ? Number(offer.value.addresses[0]?.split(':').at(-1)) : 0;
};
const number = async (device: TestDesk): Promise<string> => {
  const issued = await device.desk.issue({ groupId: 'ho-tich', priority: 'none' });
  if (!issued.ok) throw new Error(issued.failure.kind);
  return issued.value.number;
};
const call = async (device: TestDesk): Promise<string | undefined> => {
  const called = await device.desk.callNext([]);
  if (!called.ok) throw new Error(called.failure.kind);
  return called.value?.number;
};

afterEach(async () => {
  await Promise.all(running.splice(0).map((device) => device.kill()));
});

describe('an office', () => {
  it('shares one queue, goes on when its hub is lost, and takes it back as one of the others', async () => {
    const hub = await start({ seat: 'hub', counter: '1', port: await freePort() });
    await leads(hub);
    const standby = await start({ seat: 'standby', counter: '2', port: await freePort() });
    const kiosk = await start({ seat: 'member', role: 'lobby', counter: 'K' });
    expect(standing(kiosk)).toBe('unpaired');
    await pair(hub, standby);
    await pair(hub, kiosk);
    await Promise.all([follows(standby), follows(kiosk)]);
    expect(hub.desk.view().link.members.map(({ seat, isWitness }) => `${seat}${isWitness ? ' witness' : ''}`)).toEqual(['standby', 'member witness']);

    expect([await number(kiosk), await number(kiosk), await number(hub)]).toEqual(['A001', 'A002', 'A003']);
    expect([await call(standby), await call(hub)].sort()).toEqual(['A001', 'A002']);
    // A kiosk calls nobody, whatever its page asks.
    expect(await kiosk.desk.callNext([])).toMatchObject({ ok: false, failure: { kind: 'not-allowed' } });

    // What was told beforehand goes with the ticket, is sealed on disk and is for officers.
    const told = { ticketId: kiosk.desk.day().tickets[2]?.ticketId ?? '', text: 'Nguyễn Thị Lan · khai sinh' };
    expect(await kiosk.desk.office.attach(told.ticketId, told.text)).toMatchObject({ ok: true });
    await eventually(async () => {
      const got = await standby.desk.office.attachment(told.ticketId);
      return got.ok && got.value === told.text;
    });
    const leftAt = ({ folder }: TestDesk): Promise<string[]> => readdir(join(folder, 'queue', 'attachments'));
    // Until the kiosk knows that it was taken, its file may change its name.
    await eventually(async () => (await leftAt(kiosk)).every((name) => name.endsWith('.sealed')));
    for (const device of [hub, kiosk, standby]) {
      for (const name of await leftAt(device)) {
        expect((await readFile(join(device.folder, 'queue', 'attachments', name))).includes('Nguyễn')).toBe(false);
      }
    }

    running.splice(running.indexOf(hub), 1);
    await hub.kill();
    // Nobody has the queue yet: the kiosk goes on in its own series.
    expect(await number(kiosk)).toMatch(/^A(7\d{3}|50\d{2})$/u);
    await leads(standby);
    await follows(kiosk);
    expect(await number(kiosk)).toBe('A5001');
    const third = await call(standby);
    expect(third).toBe('A003');
    await eventually(() => standby.desk.day().tickets.some(({ number: one }) => one.startsWith('A7')));

    const back = await start({ seat: 'hub', counter: '1', port: hub.port, folder: hub.folder });
    await follows(back);
    expect(await number(back)).toBe('A5002');
    expect((await call(back))?.startsWith('A')).toBe(true);
    const numbers = back.desk.day().tickets.map(({ number: one }) => one);
    expect(new Set(numbers).size).toBe(numbers.length);
    await eventually(() => JSON.stringify(standby.desk.day().tickets) === JSON.stringify(back.desk.day().tickets));
  });

  it('gives no number at a kiosk after closing time, and still at a counter', async () => {
    const hub = await start({ seat: 'hub', doorsCloseAt: '00:00' });
    await leads(hub);
    const kiosk = await start({ seat: 'member', role: 'lobby', counter: 'K', doorsCloseAt: '00:00' });
    await pair(hub, kiosk);
    await follows(kiosk);
    expect(kiosk.desk.view().isClosed).toBe(true);
    expect(await kiosk.desk.issue({ groupId: 'ho-tich', priority: 'none' })).toMatchObject({ failure: { kind: 'doors-closed' } });
    expect(await number(hub)).toBe('A001');
  });

  it('lets in nobody without the code, and voids a code that is guessed at', async () => {
    const hub = await start({ seat: 'hub', port: await freePort() });
    await leads(hub);
    const port = await portOf(hub);
    const kiosk = await start({ seat: 'member', role: 'lobby' });
    expect(await kiosk.desk.office.pair(`127.0.0.1:${port}`, '000000')).toMatchObject({ failure: { kind: 'pairing-closed' } });
    expect(await kiosk.desk.office.pair(`127.0.0.1:${await freePort()}`, '000000')).toMatchObject({ failure: { kind: 'hub-unreachable' } });
    const offer = await hub.desk.office.offerPairing();
    const code = offer.ok ? offer.value.code : '';
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
    for (let guess = 0; guess < 3; guess++) {
      expect(await kiosk.desk.office.pair(`127.0.0.1:${port}`, wrong)).toMatchObject({ failure: { kind: 'pairing-code-wrong' } });
    }
    // The right one comes too late.
    expect(await kiosk.desk.office.pair(`127.0.0.1:${port}`, code)).toMatchObject({ failure: { kind: 'pairing-closed' } });
    await pair(hub, kiosk);
    await follows(kiosk);
    const other = await start({ seat: 'member', officeId: 'xa-khac' });
    const again = await hub.desk.office.offerPairing();
    expect(await other.desk.office.pair(`127.0.0.1:${port}`, again.ok ? again.value.code : '')).toMatchObject({ failure: { kind: 'other-office' } });
    // A code is for one device.
    await pair(hub, await start({ seat: 'member', role: 'board' }));
    expect((await other.desk.office.pair(`127.0.0.1:${port}`, again.ok ? again.value.code : '')).ok).toBe(false);

    // Who was let go says so by itself, and comes back by a code only.
    const { memberId } = await kiosk.identity();
    expect(await hub.desk.office.removeMember(memberId)).toMatchObject({ ok: true });
    await eventually(() => standing(kiosk) === 'unpaired');
    await pair(hub, kiosk);
    await follows(kiosk);
  });

  it('is not disturbed by strangers and by a device gone mad', async () => {
    const hub = await start({ seat: 'hub', port: await freePort() });
    await leads(hub);
    const kiosk = await start({ seat: 'member', role: 'lobby' });
    await pair(hub, kiosk);
    await follows(kiosk);
    const port = await portOf(hub);
    const stranger = await openOfficeIdentity(join(kiosk.folder, 'stranger'), createVault(randomBytes(32)), Date.now());
    const refused = new WebSocket(`wss://127.0.0.1:${port}/queue`, { cert: stranger.cert, key: stranger.key, rejectUnauthorized: false });
    expect(await new Promise((done) => refused.once('error', ({ message }) => done(message)))).toContain('403');
    // Someone who connects and says nothing, many times.
    const silent = Array.from({ length: 40 }, () => tlsConnect({ host: '127.0.0.1', port, rejectUnauthorized: false }).on('error', () => undefined));

    const mad = await start({ seat: 'member', counter: '9' });
    await pair(hub, mad);
    await follows(mad);
    const identity = await mad.identity();
    running.splice(running.indexOf(mad), 1);
    await mad.kill();
    const raw = async (): Promise<WebSocket> => {
      const socket = new WebSocket(`wss://127.0.0.1:${port}/queue`, { cert: identity.cert, key: identity.key, rejectUnauthorized: false });
      await new Promise((done) => socket.once('open', done));
      socket.on('error', () => undefined);
      return socket;
    };
    const before = hub.desk.view().tickets.length;
    const nonsense: Array<string | Buffer> = [
      'no json',
      '{}',
      randomBytes(64),
      'x'.repeat(3_000_000),
      JSON.stringify({ t: 'vote', epoch: 2 ** 52, isGranted: true, promised: 2 ** 52 }),
      JSON.stringify({ t: 'hello', last: { epoch: 9e15, seq: 9e15 }, settled: 9e15, promised: 9e15, leads: 9e15, date: '2099-01-01', numbers: { A: 9999 } }),
      JSON.stringify({ t: 'beat', epoch: 9e15, settled: 9e15, through: 9e15, atMs: 0 }),
      JSON.stringify({ t: 'snapshot', epoch: 3, settled: 0, snapshot: { at: { epoch: 3, seq: 1 }, tail: [], state: { date: '', tickets: [] } } }),
      JSON.stringify({ t: 'command', id: '00000000-0000-4000-8000-000000000000', command: { type: 'no-such' } }),
    ];
    const flood = await raw();
    for (const one of nonsense) {
      const socket = await raw();
      socket.send(one);
    }
    for (let nth = 0; nth < 6_000; nth++) flood.send('{"t":"resync","last":{"epoch":0,"seq":0}}');
    const startedMs = performance.now();
    const numbers = await Promise.all(Array.from({ length: 20 }, () => number(kiosk)));
    expect(new Set(numbers).size).toBe(20);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect(standing(hub)).toBe('leading');
    expect(hub.desk.view().tickets.length).toBe(before + 20);
    expect(hub.desk.view().date.startsWith('2099')).toBe(false);
    flood.terminate();
    for (const socket of silent) socket.destroy();
  });
});
