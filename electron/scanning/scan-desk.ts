/** The scanners of this counter, whichever way they are reached, and the scans that run: a page leaves only when it is asked for. */
import { randomUUID } from 'node:crypto';
import { fail, ok, type Result } from '../../shared/lib/result.ts';
import type { ScanJob, ScannedPage, ScannerCapabilities, ScannerDevice, ScannerFailure } from '../../shared/scanning/scanner.ts';
import type { ArrivedPage, ScanSource } from './sources/source.ts';

export type ScanDesk = {
  devices(): Promise<ScannerDevice[]>;
  capabilities(deviceId: string): Promise<Result<ScannerCapabilities, ScannerFailure>>;
  /** A scan of the same device that somebody left running is stopped. */
  start(deviceId: string, job: ScanJob): Promise<Result<{ scanId: string }, ScannerFailure>>;
  /**
   * The next page, null after the last; `isTaken`: the page before is on disk. A failure ends the scan. Pages are held back by
   * not being asked for.
   */
  next(scanId: string, isTaken: boolean): Promise<Result<ScannedPage | null, ScannerFailure>>;
  stop(scanId: string): Promise<void>;
  close(): Promise<void>;
};

type Arrival = Result<ArrivedPage, ScannerFailure>;
type Running = { deviceId: string; pages: AsyncIterator<Arrival>; stopping: AbortController; last?: ArrivedPage; count: number };

/** Between the kind of source and what the source calls the device. */
const SEPARATOR = ':';

export function createScanDesk(sources: readonly ScanSource[]): ScanDesk {
  const running = new Map<string, Running>();

  const found = (deviceId: string): { source: ScanSource; id: string } | undefined => {
    const source = sources.find(({ kind }) => deviceId.startsWith(`${kind}${SEPARATOR}`));
    return source === undefined ? undefined : { source, id: deviceId.slice(source.kind.length + SEPARATOR.length) };
  };

  async function end(scanId: string): Promise<void> {
    const scan = running.get(scanId);
    running.delete(scanId);
    if (scan === undefined) return;
    scan.stopping.abort();
    await scan.pages.return?.(undefined);
  }

  return {
    async devices() {
      const lists = await Promise.all(sources.map((source) => source.devices()));
      return lists.flat().map((device) => ({ ...device, id: `${device.kind}${SEPARATOR}${device.id}` }));
    },
    async capabilities(deviceId) {
      const at = found(deviceId);
      return at === undefined ? fail('scanner-gone') : at.source.capabilities(at.id);
    },
    async start(deviceId, job) {
      const at = found(deviceId);
      if (at === undefined) return fail('scanner-gone');
      for (const [scanId, scan] of running) if (scan.deviceId === deviceId) await end(scanId);
      const scanId = randomUUID();
      const stopping = new AbortController();
      running.set(scanId, { deviceId, pages: at.source.scan(at.id, job, stopping.signal)[Symbol.asyncIterator](), stopping, count: 0 });
      return ok({ scanId });
    },
    async next(scanId, isTaken) {
      const scan = running.get(scanId);
      if (scan === undefined) return ok(null);
      const { last } = scan;
      scan.last = undefined;
      // What cannot be moved away stays where it is; the page itself is safe.
      if (isTaken) await last?.taken?.().catch(() => undefined);
      const arrival = await scan.pages.next();
      if (arrival.done === true) {
        running.delete(scanId);
        return ok(null);
      }
      const page = arrival.value;
      if (!page.ok) {
        running.delete(scanId);
        return page;
      }
      scan.last = page.value;
      scan.count += 1;
      const { bytes, name } = page.value;
      return ok({ number: scan.count, bytes, ...(name === undefined ? {} : { name }) });
    },
    stop: end,
    async close() {
      await Promise.all([...running.keys()].map(end));
    },
  };
}
