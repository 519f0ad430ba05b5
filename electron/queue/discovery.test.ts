import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { Bonjour } from 'bonjour-service';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDiscovery, type Discovery } from './discovery.ts';

const said = vi.fn();
const log = { info: said, warn: said, error: said };
/** Not everybody's 5353: what else is on this machine is not asked. */
const PORT = 40_000 + Math.floor(Math.random() * 10_000);
const open: Array<() => void> = [];
const device = (port = PORT): Discovery => {
  const discovery = createDiscovery(log, port);
  open.push(discovery.stop);
  return discovery;
};
const anId = (): string => randomBytes(32).toString('hex');
afterEach(() => {
  for (const stop of open.splice(0)) stop();
  said.mockClear();
});

/** A machine under load answers late: looked for again until it is there. */
async function findUntil(discovery: Discovery, isEnough: (ids: string[]) => boolean): ReturnType<Discovery['find']> {
  for (let tries = 0; ; tries++) {
    const found = await discovery.find();
    if (isEnough(found.map(({ memberId }) => memberId)) || tries === 6) return found;
  }
}

describe('discovery', () => {
  it('finds the hub and the standby that announce themselves, and takes nonsense of the same name for nothing', async () => {
    const [hubId, standbyId] = [anId(), anId()];
    const stranger = new Bonjour({ port: PORT });
    open.push(() => stranger.destroy());
    stranger.publish({ name: 'stranger', type: 'qmc-queue', port: 1, txt: { office: 'x' } });
    stranger.publish({ name: 'chatterer', type: 'qmc-queue', port: 2, txt: { office: 'x', id: 'chatterer', name: 'n'.repeat(230) } });
    device().announce({ name: 'Quầy số 1', officeId: 'xa-an-binh', memberId: hubId, port: 47_001 });
    device().announce({ name: 'Quầy số 2', officeId: 'xa-an-binh', memberId: standbyId, port: 47_002 });
    const found = await findUntil(device(), (ids) => [hubId, standbyId, 'chatterer'].every((id) => ids.includes(id)));
    const of = (id: string) => found.find(({ memberId }) => memberId === id);
    expect(of(hubId)).toMatchObject({ name: 'Quầy số 1', officeId: 'xa-an-binh' });
    expect(of(hubId)?.address).toMatch(/^(?:[\d.]+|\[[0-9a-f:]+\]):47001$/u);
    expect(of(standbyId)?.address).toMatch(/:47002$/u);
    // What is said on the network is shown to a person, so it is kept short; who says no id is not asked.
    expect(of('chatterer')?.name).toHaveLength(200);
    expect(found.some(({ address }) => address.endsWith(':1'))).toBe(false);
    expect(said).not.toHaveBeenCalled();
  });

  it('is no failure where another program has the port for itself', async () => {
    const port = PORT + 1;
    const selfish = createSocket({ type: 'udp4' });
    await new Promise<void>((resolve) => selfish.bind(port, resolve));
    open.push(() => selfish.close());
    const discovery = device(port);
    discovery.announce({ name: 'Quầy số 1', officeId: 'xa-an-binh', memberId: anId(), port: 47_001 });
    expect(await discovery.find()).toEqual([]);
    expect(said.mock.calls).toEqual([[expect.stringContaining('EADDRINUSE')]]);
  });
});
