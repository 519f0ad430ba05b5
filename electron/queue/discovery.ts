/** Who of the office's hubs says on the network that it is there (mDNS). A network without multicast is no failure: addresses can be typed. */
import type { EventEmitter } from 'node:events';
import { setTimeout as rest } from 'node:timers/promises';
import type { Bonjour, Service } from 'bonjour-service';
import type { FoundHub } from '../../shared/queue/office.ts';
import type { Log } from '../log.ts';

const TYPE = 'qmc-queue';
const LOOK_MS = 1_500;
const LONGEST = 100;
const MULTICAST_PORT = 5353;

export type Discovery = {
  /** Says that this device listens on the port. */
  announce(about: { name: string; officeId: string; memberId: string; port: number }): void;
  /** What answers within a moment. What it says is only a hint where to ask: who it is, its certificate tells. */
  find(): Promise<Array<FoundHub & { memberId: string }>>;
  stop(): void;
};

/** `port`: another than everybody's is for tests. */
export function createDiscovery(log: Log, port = MULTICAST_PORT): Discovery {
  let hasFailed = false;
  const failed = (error: unknown): void => {
    if (!hasFailed) log.info(`queue: no multicast: ${error instanceof Error ? error.message : ''}`);
    hasFailed = true;
  };
  let opening: Promise<Bonjour> | undefined;
  /** Only a device that shares an office's queue ever needs it. */
  async function open(): Promise<Bonjour> {
    const { Bonjour: Multicast } = await import('bonjour-service');
    const bonjour = new Multicast({ port }, failed);
    // A port that another program has for itself is told where Bonjour lets nobody listen, and what nobody hears ends the process.
    (bonjour as unknown as { server: { mdns: EventEmitter } }).server.mdns.on('error', failed);
    return bonjour;
  }
  const opened = (): Promise<Bonjour> => (opening ??= open());

  return {
    announce({ name, officeId, memberId, port }) {
      opened()
        .then((bonjour) => bonjour.publish({ name: `${name} ${memberId.slice(0, 8)}`, type: TYPE, port, txt: { office: officeId, id: memberId, name } }))
        .catch(failed);
    },
    async find() {
      const found = new Map<string, FoundHub & { memberId: string }>();
      try {
        const bonjour = await opened();
        const browser = bonjour.find({ type: TYPE }, (service) => {
          const hub = readService(service);
          if (hub !== undefined && found.size < LONGEST) found.set(hub.address, hub);
        });
        await rest(LOOK_MS);
        browser.stop();
      } catch (error) {
        failed(error);
      }
      return [...found.values()];
    },
    stop() {
      opening?.then((bonjour) => bonjour.destroy()).catch(failed);
    },
  };
}

function readService({ addresses = [], port, txt }: Service): (FoundHub & { memberId: string }) | undefined {
  const said = (key: string): string => {
    const value: unknown = (txt as Record<string, unknown> | undefined)?.[key];
    return typeof value === 'string' ? value.slice(0, 200) : '';
  };
  const host = addresses.find((address) => address.includes('.')) ?? addresses[0];
  if (host === undefined || said('id') === '') return undefined;
  return { name: said('name'), officeId: said('office'), memberId: said('id'), address: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}` };
}
