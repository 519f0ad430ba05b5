/** Someone on the office's network who stands between its devices, with certificates of his own. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, type RawData } from 'ws';
import { createVault } from '../../../electron/keys/vault.ts';
import { startHubServer, type HubServer } from '../../../electron/queue/hub-server.ts';
import { openOfficeIdentity, type OfficeIdentity } from '../../../electron/queue/identity.ts';
import { eventually } from '../../fakes/eventually.ts';
import { freePort } from '../../fixtures/free-port.ts';
import { pair, startDesk, type TestDesk } from './queue-desk.ts';

const running: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop();
});
async function start(...wanted: Parameters<typeof startDesk>): Promise<TestDesk> {
  const device = await startDesk(...wanted);
  running.push(device.kill);
  return device;
}
const standing = (device: TestDesk): string => device.desk.view().link.standing;
const anIdentity = async (): Promise<OfficeIdentity> =>
  openOfficeIdentity(await mkdtemp(join(tmpdir(), 'qmc-impostor-')), createVault(randomBytes(32)), Date.now());

type Relay = { port: number; fromDevice: string[]; fromHub: string[]; lines: number; stop(): Promise<void> };
/** Takes every line, and passes what is said on to the hub's port (if any) on a line of his own. */
async function startRelay(port: number, hubPort?: number): Promise<Relay> {
  const identity = await anIdentity();
  const relay: Relay = { port, fromDevice: [], fromHub: [], lines: 0, stop: () => server.stop() };
  const passOn = (path: string) => (_memberId: string, device: WebSocket) => {
    relay.lines += 1;
    const { cert, key } = identity;
    const hub = hubPort === undefined ? undefined : new WebSocket(`wss://127.0.0.1:${hubPort}${path}`, { cert, key, rejectUnauthorized: false });
    const isOpen = hub === undefined ? Promise.resolve() : new Promise((resolve) => hub.once('open', resolve));
    device.on('message', (data: RawData) => {
      relay.fromDevice.push(String(data));
      void isOpen.then(() => hub?.send(String(data)));
    });
    hub?.on('message', (data: RawData) => {
      relay.fromHub.push(String(data));
      device.send(String(data));
    });
    for (const [one, other] of [[device, hub] as const, [hub, device] as const]) {
      one?.on('error', () => undefined);
      one?.on('close', () => other?.close());
    }
  };
  const server: HubServer = await startHubServer({
    identity,
    port,
    isKnown: () => true,
    isPairing: () => true,
    onMember: passOn('/queue'),
    onPairing: passOn('/pair'),
  });
  running.push(() => server.stop());
  relay.port = server.port;
  return relay;
}

describe('a man in the middle', () => {
  it('cannot pass a pairing on, and the tries he takes part in are counted', async () => {
    const hub = await start({ seat: 'hub', port: await freePort() });
    await eventually(() => standing(hub) === 'leading', 15_000);
    const relay = await startRelay(0, hub.port);
    const kiosk = await start({ seat: 'member', role: 'lobby' });
    const offer = await hub.desk.office.offerPairing();
    const code = offer.ok ? offer.value.code : '';
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await kiosk.desk.office.pair(`127.0.0.1:${relay.port}`, code)).toMatchObject({ failure: { kind: 'pairing-code-wrong' } });
    }
    // He had all that both said.
    expect(relay.fromDevice.map((text) => (JSON.parse(text) as { t: string }).t)).toEqual(Array(3).fill(['pair', 'pair-word']).flat());
    expect(relay.fromHub.map((text) => (JSON.parse(text) as { t: string }).t)).toEqual(Array(3).fill(['pair-reply', 'refused']).flat());
    expect([...relay.fromDevice, ...relay.fromHub].join('\n')).not.toContain(code);
    expect(hub.desk.view().link.members).toEqual([]);
    expect(standing(kiosk)).toBe('unpaired');
    expect(await readdir(join(kiosk.folder, 'queue'))).not.toContain('holders.sealed');
    // The code is void now, and the device is told so where it asks the hub itself.
    expect(await kiosk.desk.office.pair(`127.0.0.1:${hub.port}`, code)).toMatchObject({ failure: { kind: 'pairing-closed' } });
    await pair(hub, kiosk);
    await eventually(() => standing(kiosk) === 'following', 15_000);
  });

  it('hears nothing from a paired device in the place of its hub', async () => {
    const port = await freePort();
    const hub = await start({ seat: 'hub', port });
    await eventually(() => standing(hub) === 'leading', 15_000);
    const kiosk = await start({ seat: 'member', role: 'lobby' });
    await pair(hub, kiosk);
    await eventually(() => standing(kiosk) === 'following', 15_000);
    running.splice(running.indexOf(hub.kill), 1);
    await hub.kill();
    const impostor = await startRelay(port);
    await eventually(() => impostor.lines >= 2, 20_000);
    expect(impostor.fromDevice).toEqual([]);
    expect(standing(kiosk)).not.toBe('following');
    await impostor.stop();
    await start({ seat: 'hub', port, folder: hub.folder });
    await eventually(() => standing(kiosk) === 'following', 20_000);
  });
});
