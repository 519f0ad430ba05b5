/** Looks for printers: queues of the operating system, cables, a typed address, and what announces itself on the network (mDNS). */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundPrinter } from '../../shared/printing/found-printer.ts';
import { isListening } from './printer-connection.ts';
import { systemQueues } from './system-queue.ts';

export type FindOptions = {
  /** A host name or address, with a port where it is not 9100, or `10.0.0.*` for a whole network of 254. */
  address?: string;
  deviceFolder?: string;
  queues?: () => Promise<string[]>;
  browse?: (forMs: number) => Promise<FoundPrinter[]>;
  port?: number;
};

const LISTEN_MS = 2500;
const KNOCK_MS = 700;
const AT_ONCE = 64;
const RAW_PORT = 9100;

/** Never rejects: what cannot be asked has found nothing. */
export async function findPrinters({
  address = '',
  deviceFolder = '/dev/usb',
  queues = systemQueues,
  browse = browseMdns,
  port = RAW_PORT,
}: FindOptions): Promise<FoundPrinter[]> {
  const nothing = (): never[] => [];
  const [byQueue, byCable, byAddress, byName] = await Promise.all([
    queues().then((names) => names.map((name): FoundPrinter => ({ name, by: 'queue', connection: { type: 'queue', name } })), nothing),
    readdir(deviceFolder).then(
      (files) =>
        files
          .filter((file) => /^lp\d+$/u.test(file))
          .sort()
          .map((file): FoundPrinter => ({ name: file, by: 'usb', connection: { type: 'device', path: join(deviceFolder, file) } })),
      nothing,
    ),
    knockAt(...placesOf(address.trim(), port)),
    browse(LISTEN_MS).catch(nothing),
  ]);
  const known = new Set<string>();
  return [...byName, ...byAddress, ...byCable, ...byQueue].filter(({ connection }) => {
    const key = connection.type === 'tcp' ? `${connection.host}:${connection.port}` : JSON.stringify(connection);
    return known.size < known.add(key).size;
  });
}

function placesOf(address: string, usualPort: number): [hosts: string[], port: number] {
  const [, host = '', typedPort] = /^([^:]*)(?::(\d{1,5}))?$/u.exec(address) ?? [];
  const port = typedPort === undefined ? usualPort : Number(typedPort);
  if (host === '' || port < 1 || port > 65_535) return [[], port];
  const isNetwork = /^\d{1,3}(?:\.\d{1,3}){2}\.\*$/u.test(host);
  return [isNetwork ? Array.from({ length: 254 }, (_, last) => host.replace('*', String(last + 1))) : [host], port];
}

async function knockAt(hosts: readonly string[], port: number): Promise<FoundPrinter[]> {
  const open: FoundPrinter[] = [];
  const left = [...hosts];
  const knock = async (): Promise<void> => {
    for (let host = left.shift(); host !== undefined; host = left.shift())
      if (await isListening(host, port, KNOCK_MS)) open.push({ name: host, by: 'address', connection: { type: 'tcp', host, port } });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, knock));
  return open.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

/** `_pdl-datastream._tcp`: what printers call port 9100 (RFC 6763 service, Bonjour Printing). */
async function browseMdns(forMs: number): Promise<FoundPrinter[]> {
  const { Bonjour } = await import('bonjour-service');
  // Without an error handler a computer without a network would bring down the shell.
  const bonjour = new Bonjour(undefined, () => undefined);
  const found: FoundPrinter[] = [];
  const browser = bonjour.find({ type: 'pdl-datastream' }, ({ name, host, port, addresses = [] }) => {
    found.push({ name, by: 'mdns', connection: { type: 'tcp', host: addresses.find((address) => address.includes('.')) ?? host, port } });
  });
  await new Promise((resolve) => setTimeout(resolve, forMs));
  browser.stop();
  bonjour.destroy();
  return found;
}
