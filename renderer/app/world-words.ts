/** The state of the world in one short line each: which words, which tone. Offline is normal and never red. */
import type { PrintingState } from '../../shared/printing/paper.ts';
import type { SyncState } from '../../shared/sync/state.ts';
import { formatDateTime } from '../../shared/lib/time.ts';

export type Tone = 'ok' | 'offline' | 'warning' | 'danger' | 'neutral';
/** `key` is a key of the locale file `app`, under `world`. */
export type Line = { tone: Tone; key: string; values?: Record<string, string | number> };

/** Numbers left below which the officer is told. */
export const FEW_NUMBERS = 50;

const clockTime = (atMs: number): string => formatDateTime(atMs).slice(11);

export function provinceLine(sync: SyncState): Line {
  const { connection } = sync;
  // Nothing goes out until a person has acted: before what only one dossier waits for.
  if (connection.status === 'quarantined' || connection.status === 'revoked') return { tone: 'danger', key: connection.status };
  if (sync.needsFix.length > 0) return { tone: 'danger', key: 'needsFix', values: { count: sync.needsFix.length } };
  switch (connection.status) {
    case 'not-enrolled':
      return { tone: 'warning', key: 'notEnrolled' };
    case 'connecting':
      return { tone: 'offline', key: 'connecting' };
    case 'offline':
      return { tone: 'offline', key: 'offline', values: { time: clockTime(connection.sinceMs) } };
    case 'online':
      return sync.needsNewerApp ? { tone: 'warning', key: 'needsNewerApp' } : { tone: 'ok', key: 'online' };
  }
}

export const waitingOf = (sync: SyncState): number => sync.waitingEntries + sync.waitingScans;

export function printerLine(printing: PrintingState): Line {
  const unknown = printing.jobs.filter((job) => job.state === 'unknown').length;
  if (unknown > 0) return { tone: 'danger', key: 'printUnknown', values: { count: unknown } };
  const printers = printing.printers;
  if (printers.length === 0) return { tone: 'neutral', key: 'noPrinter' };
  // A printer for documents is turned off between papers.
  const troubled = printers.find(({ medium, waiting, status }) => (medium === 'roll' || waiting > 0) && status !== 'ready' && status !== 'paper-near-end');
  if (troubled !== undefined) return { tone: 'danger', key: `printer.${troubled.status}` };
  const waiting = printers.reduce((sum, printer) => sum + printer.waiting, 0);
  if (waiting > 0) return { tone: 'neutral', key: 'printWaiting', values: { count: waiting } };
  if (printers.some(({ status }) => status === 'paper-near-end')) return { tone: 'warning', key: 'printer.paper-near-end' };
  return { tone: 'ok', key: 'printer.ready' };
}

export function numbersLine({ numbers }: SyncState): Line {
  if (numbers === null) return { tone: 'warning', key: 'noNumbers' };
  if (numbers.emergency) return { tone: 'warning', key: 'emergencyNumbers' };
  return { tone: numbers.left <= FEW_NUMBERS ? 'warning' : 'neutral', key: 'numbersLeft', values: { count: numbers.left } };
}
