/** Tells the province how this device fares, with its sync passes and no more often than the province wants to hear it. */
import type { z } from 'zod';
import type { PrintingState } from '../../shared/printing/paper.ts';
import type { Refusal } from '../../shared/publications/publication.ts';
import type { QueueDay } from '../../shared/queue/ticket.ts';
import type { Result } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import { deviceReportAnswerSchema, type DeviceReport } from '../../shared/sync/device-report.ts';
import type { ProvinceFailure } from '../../shared/sync/engine.ts';
import { paths } from '../../shared/sync/protocol.ts';
import type { SyncState } from '../../shared/sync/state.ts';

/** After a report that did not arrive, and until the province has said how often it wants one. */
const DEFAULT_EVERY_MS = 60_000;

type Options = {
  post<S extends z.ZodType>(path: string, body: unknown, schema: S): Promise<Result<z.infer<S>, ProvinceFailure>>;
  appVersion: string;
  freeBytes(): Promise<number>;
  day(): QueueDay;
  printing(): PrintingState;
  /** Of what the province published. */
  refused(): Refusal[];
  held(): NonNullable<DeviceReport['documents']>;
  clock: Clock;
  /** Milliseconds that never run backwards, whatever happens to the clock. */
  monotonicMs?(): number;
};

/** To be called with every state of the sync engine; resolves when the report it may have sent has been answered. */
export function createDeviceReporter({ post, appVersion, freeBytes, day, printing, refused, held, clock, monotonicMs = () => performance.now() }: Options) {
  let nextAtMs = -Infinity;

  return async function heard(state: SyncState): Promise<void> {
    const { connection } = state;
    // Quarantined devices speak too: someone far away has to see why they stand.
    if ((connection.status !== 'online' && connection.status !== 'quarantined') || monotonicMs() < nextAtMs) return;
    nextAtMs = monotonicMs() + DEFAULT_EVERY_MS;
    const report: DeviceReport = {
      appVersion,
      atMs: clock(),
      freeBytes: await freeBytes().catch(() => null),
      waitingEntries: state.waitingEntries,
      waitingScans: state.waitingScans,
      needsFix: state.needsFix.length,
      numbers: state.numbers,
      queueWaiting: day().tickets.filter((ticket) => ticket.state === 'waiting').length,
      ...(connection.status === 'quarantined' ? { quarantine: { reason: connection.reason, sinceMs: connection.sinceMs } } : {}),
      documents: held(),
      refusedDocuments: refused(),
      printers: printing().printers.map(({ name, status, waiting }) => ({ name, status, waiting })),
    };
    // A report that is lost is not said again: the next one says more.
    const answer = await post(paths.deviceReport, report, deviceReportAnswerSchema);
    if (answer.ok) nextAtMs = monotonicMs() + answer.value.nextInS * 1000;
  };
}
