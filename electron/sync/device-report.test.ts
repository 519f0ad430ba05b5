import { describe, expect, it } from 'vitest';
import { ok } from '../../shared/lib/result.ts';
import { deviceReportSchema, type DeviceReport } from '../../shared/sync/device-report.ts';
import type { SyncState } from '../../shared/sync/state.ts';
import { createDeviceReporter } from './device-report.ts';

const online: SyncState = {
  connection: { status: 'online', sinceMs: 1 },
  waitingEntries: 3,
  waitingScans: 2,
  needsFix: [{ operationId: 'o', code: 'H36.12-261122-0001', reason: 'invalid' }],
  needsNewerApp: false,
  numbers: { left: 88, daysLeft: 60, emergency: false },
  ranges: null,
};
const ticket = (number: string, state: 'waiting' | 'served') => ({
  ticketId: number,
  number,
  groupId: 'ho-tich',
  date: '2026-11-22',
  issuedAtMs: 1,
  priority: 'none' as const,
  state,
});

function device({ isReachable = true, freeBytes = () => Promise.resolve(5e9), nextInS = 60 } = {}) {
  const sent: DeviceReport[] = [];
  const line = { isReachable, nowMs: 0 };
  const heard = createDeviceReporter({
    post: (async (_path: string, body: unknown) => {
      sent.push(deviceReportSchema.parse(body));
      return line.isReachable ? ok({ nextInS }) : { ok: false, failure: { kind: 'unreachable' } };
    }) as never,
    appVersion: '0.1.0',
    freeBytes,
    day: () => ({ date: '2026-11-22', tickets: [ticket('A001', 'served'), ticket('A002', 'waiting')] }),
    printing: () => ({ printers: [{ printerId: 'p', name: 'Quầy 1', status: 'paper-out', medium: 'roll', virtual: false, waiting: 2 }], jobs: [] }),
    held: () => [{ kind: 'catalogue', sha256: 'a'.repeat(64) }],
    refused: () => [{ kind: 'catalogue', version: 'tinh-2', reason: 'missing', place: '$.forms' }],
    clock: () => 1_795_000_000_000,
    monotonicMs: () => line.nowMs,
  });
  return { heard, sent, line };
}

describe('report of a device', () => {
  it('says how it fares, in numbers', async () => {
    const { heard, sent } = device();
    await heard(online);
    expect(sent).toEqual([
      {
        appVersion: '0.1.0',
        atMs: 1_795_000_000_000,
        freeBytes: 5e9,
        waitingEntries: 3,
        waitingScans: 2,
        needsFix: 1,
        numbers: { left: 88, daysLeft: 60, emergency: false },
        queueWaiting: 1,
        documents: [{ kind: 'catalogue', sha256: 'a'.repeat(64) }],
        refusedDocuments: [{ kind: 'catalogue', version: 'tinh-2', reason: 'missing', place: '$.forms' }],
        printers: [{ name: 'Quầy 1', status: 'paper-out', waiting: 2 }],
      },
    ]);
  });

  it('is not sent more often than the province wants, nor twice at once', async () => {
    const { heard, sent, line } = device({ nextInS: 90 });
    await Promise.all([heard(online), heard(online)]);
    line.nowMs = 89_999;
    await heard(online);
    expect(sent).toHaveLength(1);
    line.nowMs = 90_000;
    await heard(online);
    expect(sent).toHaveLength(2);
  });

  it('waits for a line, and a lost one waits its turn', async () => {
    const { heard, sent, line } = device({ isReachable: false });
    await heard({ ...online, connection: { status: 'offline', sinceMs: 1, reason: 'unreachable', nextTryAtMs: 2 } });
    expect(sent).toHaveLength(0);
    await heard(online);
    line.nowMs = 30_000;
    await heard(online);
    expect(sent).toHaveLength(1);
  });

  it('says why a quarantined device stands, which waits for a person far away', async () => {
    const { heard, sent } = device();
    await heard({ ...online, connection: { status: 'quarantined', sinceMs: 1_794_000_000_000, reason: 'set-back' } });
    expect(sent[0]?.quarantine).toEqual({ reason: 'set-back', sinceMs: 1_794_000_000_000 });
  });

  it('goes out although the disk does not say how full it is', async () => {
    const { heard, sent } = device({ freeBytes: () => Promise.reject(new Error('statfs')) });
    await heard(online);
    expect(sent[0]?.freeBytes).toBeNull();
  });
});
