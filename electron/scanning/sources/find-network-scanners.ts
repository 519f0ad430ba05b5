/** Finds eSCL scanners on the office's network by mDNS (RFC 6763, `_uscan._tcp` and `_uscans._tcp`). */
import type { Bonjour, Service } from 'bonjour-service';
import type { NetworkScanner } from './escl-source.ts';

const LISTEN_MS = 1_500;

/** Never rejects: without a network there is none to find. */
export async function findNetworkScanners(listenMs = LISTEN_MS): Promise<NetworkScanner[]> {
  const { Bonjour: Multicast } = await import('bonjour-service');
  return new Promise((resolve) => {
    const found = new Map<string, NetworkScanner>();
    let bonjour: Bonjour | undefined;
    const end = (): void => {
      bonjour?.destroy();
      resolve([...found.values()]);
    };
    try {
      bonjour = new Multicast({}, end);
      for (const type of ['uscans', 'uscan'])
        bonjour.find({ type }, (service) => {
          const scanner = scannerOf(service, type === 'uscans');
          // One device answers on both; what it encrypts comes first.
          const key = String((service.txt as Record<string, unknown> | undefined)?.['uuid'] ?? service.name);
          if (scanner !== undefined && !(found.get(key)?.url.startsWith('https:') ?? false)) found.set(key, scanner);
        });
    } catch {
      return end();
    }
    setTimeout(end, listenMs);
  });
}

function scannerOf({ name, host, port, addresses = [], txt }: Service, isSecure: boolean): NetworkScanner | undefined {
  const { rs, ty } = (txt ?? {}) as Record<string, unknown>;
  const root = typeof rs === 'string' ? rs.replace(/^\/+|\/+$/gu, '') : 'eSCL';
  const address = addresses.find((candidate) => /^\d+(\.\d+){3}$/u.test(candidate)) ?? host;
  if (address === undefined || !/^[\w.-]+$/u.test(address) || !/^[\w./-]*$/u.test(root)) return undefined;
  return { name: typeof ty === 'string' && ty !== '' ? ty : name, url: `${isSecure ? 'https' : 'http'}://${address}:${port}/${root === '' ? 'eSCL' : root}` };
}
