import { describe, expect, it } from 'vitest';
import type { PrintingState, PrintJob } from '../../shared/printing/paper.ts';
import type { SyncState } from '../../shared/sync/state.ts';
import { numbersLine, printerLine, provinceLine } from './world-words.ts';

const sync = (more: Partial<SyncState> = {}): SyncState => ({
  connection: { status: 'online', sinceMs: 0 },
  waitingEntries: 0,
  waitingScans: 0,
  needsFix: [],
  needsNewerApp: false,
  numbers: { left: 412, daysLeft: 20, emergency: false },
  ranges: null,
  ...more,
});
const printing = (status: PrintingState['printers'][number]['status'], waiting = 0, jobs: PrintJob[] = []): PrintingState => ({
  printers: [{ printerId: 'p', name: 'P', status, medium: 'roll', virtual: false, waiting }],
  jobs,
});
const job = (state: PrintJob['state']): PrintJob => ({ jobId: 'j', kind: 'ticket', title: 'A001', printerId: 'p', state, reprint: 0, createdAtMs: 0 });

describe('the state of the world', () => {
  it('says offline calmly, with the hour at the counter', () => {
    const line = provinceLine(
      sync({ connection: { status: 'offline', sinceMs: Date.parse('2026-11-23T09:12:00+07:00'), reason: 'unreachable', nextTryAtMs: 0 } }),
    );
    expect(line).toEqual({ tone: 'offline', key: 'offline', values: { time: '09:12' } });
  });

  it('is red only for what an officer must mend', () => {
    expect(provinceLine(sync({ needsFix: [{ operationId: 'o', reason: 'r' }] })).tone).toBe('danger');
    expect(provinceLine(sync({ connection: { status: 'not-enrolled' } })).tone).toBe('warning');
    expect(provinceLine(sync({ connection: { status: 'quarantined', sinceMs: 0, reason: 'forked' } }))).toEqual({ tone: 'danger', key: 'quarantined' });
    expect(provinceLine(sync({ needsNewerApp: true }))).toEqual({ tone: 'warning', key: 'needsNewerApp' });
    expect(provinceLine(sync()).tone).toBe('ok');
  });

  it('puts a print that may be half done before everything else of the printer', () => {
    expect(printerLine(printing('paper-out', 1, [job('unknown')])).key).toBe('printUnknown');
    expect(printerLine(printing('paper-out', 1)).key).toBe('printer.paper-out');
    expect(printerLine(printing('paper-near-end', 2)).key).toBe('printWaiting');
    expect(printerLine(printing('ready', 0, [job('printed')])).key).toBe('printer.ready');
    expect(printerLine({ printers: [], jobs: [] }).key).toBe('noPrinter');
  });

  it('is not troubled by a document printer that is off while nothing waits for it', () => {
    const withSheets = (waiting: number) => {
      const [roll] = printing('ready').printers;
      return printerLine({ printers: [roll!, { ...roll!, medium: 'sheet', status: 'offline', waiting }], jobs: [] }).key;
    };
    expect(withSheets(0)).toBe('printer.ready');
    expect(withSheets(1)).toBe('printer.offline');
  });

  it('warns before the numbers run out', () => {
    expect(numbersLine(sync()).tone).toBe('neutral');
    expect(numbersLine(sync({ numbers: { left: 50, daysLeft: 20, emergency: false } })).tone).toBe('warning');
    expect(numbersLine(sync({ numbers: { left: 9, daysLeft: 20, emergency: true } })).key).toBe('emergencyNumbers');
    expect(numbersLine(sync({ numbers: null })).key).toBe('noNumbers');
  });
});
