import { describe, expect, it } from 'vitest';
import type { SupervisedDevice } from './contract.ts';
import { lastContactMs, needsOf, standingOf } from './standing.ts';

const NOW = 1_795_000_000_000;
const report: NonNullable<SupervisedDevice['report']> = {
  reportedAtMs: NOW - 30_000,
  clockAheadMs: 400,
  freeBytes: 50e9,
  waitingEntries: 0,
  waitingScans: 0,
  needsFix: 0,
  numbers: { left: 90, daysLeft: 40, emergency: false },
  queueWaiting: 0,
  printers: [{ name: 'Quầy 1', status: 'ready', waiting: 0 }],
};
const device = (change: Partial<SupervisedDevice> = {}): SupervisedDevice => ({
  deviceId: 'd',
  officeId: 'xa',
  agencyCode: 'H36',
  instance: 1,
  name: 'Quầy 1',
  enrolledAtMs: 1,
  lastSeenAtMs: NOW - 600_000,
  revokedAtMs: null,
  appVersion: '0.1.0',
  destroy: null,
  quarantine: null,
  report,
  ...change,
});
const quarantine = { reason: 'forked', sinceMs: NOW, seq: 7 };
const needs = (change: Partial<typeof report>) => needsOf(device({ report: { ...report, ...change } }));

describe('standing of a device', () => {
  it('is in contact by its newest sign of life, whichever it is', () => {
    expect(standingOf(device(), NOW)).toBe('connected');
    expect(lastContactMs(device({ lastSeenAtMs: NOW - 1 }))).toBe(NOW - 1);
    expect(standingOf(device({ report: null, lastSeenAtMs: NOW - 180_000 }), NOW)).toBe('connected');
    expect(standingOf(device({ report: null, lastSeenAtMs: NOW - 180_001 }), NOW)).toBe('silent');
    expect(standingOf(device({ report: null, lastSeenAtMs: null }), NOW)).toBe('never');
  });
  it('is revoked or in quarantine whatever it says', () => {
    expect(standingOf(device({ quarantine }), NOW)).toBe('quarantined');
    expect(standingOf(device({ quarantine, revokedAtMs: 1 }), NOW)).toBe('revoked');
  });
});

describe('needs of a device', () => {
  it('has none when all is well, nor when nothing is known, nor once revoked', () => {
    expect(needs({})).toEqual([]);
    expect(needs({ freeBytes: null, numbers: null })).toEqual([]);
    expect(needsOf(device({ report: null }))).toEqual([]);
    expect(needsOf(device({ revokedAtMs: 1, report: { ...report, needsFix: 3 } }))).toEqual([]);
  });
  it('names each', () => {
    expect(needs({ needsFix: 1 })).toEqual(['needs-fix']);
    expect(needs({ freeBytes: 3 * 1024 ** 3 - 1 })).toEqual(['low-disk']);
    expect(needs({ numbers: { left: 19, daysLeft: 40, emergency: false } })).toEqual(['few-numbers']);
    expect(needs({ numbers: { left: 90, daysLeft: 2, emergency: false } })).toEqual(['few-numbers']);
    expect(needs({ numbers: { left: 0, daysLeft: 0, emergency: true } })).toEqual(['emergency-numbers']);
    expect(needs({ clockAheadMs: -60_001 })).toEqual(['wrong-clock']);
    expect(needs({ printers: [{ name: 'x', status: 'paper-near-end', waiting: 0 }] })).toEqual([]);
    expect(needs({ printers: [{ name: 'x', status: 'paper-out', waiting: 0 }] })).toEqual(['printer']);
  });
});
