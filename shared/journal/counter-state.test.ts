import { describe, expect, it } from 'vitest';
import type { QueuedTicket } from '../queue/ticket.ts';
import { addDays } from '../calendar/dates.ts';
import { instantOf } from '../lib/time.ts';
import { aDossier } from '../../tests/fixtures/dossiers.ts';
import { counterStateSchema, emptyCounterState, KEPT_DAYS, mergeCounter, numberingDate, reduceCounter, type CounterState } from './counter-state.ts';

const lease = (leaseId: string, to: number) => ({ leaseId, from: 1, to, validFrom: '2026-11-01', validTo: '2026-12-31', epoch: 1 });
const ticket = (number: string, state: QueuedTicket['state']): QueuedTicket => ({
  ticketId: `0192f3a0-7c1e-7b44-9d0e-5a4c3b2a1${number.slice(1)}`,
  number,
  groupId: 'land',
  date: '2026-11-23',
  issuedAtMs: 1,
  priority: 'none',
  state,
});
const state = (change: Partial<CounterState>): CounterState => ({ ...emptyCounterState, ...change });

describe('a correction', () => {
  it('uses the number it took, on the day it was made, and no other', () => {
    const dossier = aDossier({ acceptedAtMs: instantOf('2026-11-23', '09:00') });
    const correction = { type: 'dossier.corrected' as const, dossier, correctedAtMs: instantOf('2026-11-25', '10:00') };
    const before = state({ usedByDate: { '2026-11-23': { a: 5 }, '2026-11-25': { a: 2 } }, dossiersAccepted: 7 });
    expect(reduceCounter(before, { operation: correction, atMs: 1 })).toEqual(before);
    const recoded = reduceCounter(before, { operation: { ...correction, number: { leaseId: 'a', order: 3 } }, atMs: 1 });
    expect(recoded).toEqual({ ...before, usedByDate: { '2026-11-23': { a: 5 }, '2026-11-25': { a: 3 } } });
  });
});

describe('two views of one counter', () => {
  it('use every number that either has seen used', () => {
    const one = state({ usedByDate: { '2026-11-22': { a: 9 }, '2026-11-23': { a: 5, b: 2 } }, dossiersAccepted: 16 });
    const other = state({ usedByDate: { '2026-11-23': { a: 3, b: 4, emergency: 1 } }, dossiersAccepted: 8 });
    for (const merged of [mergeCounter(one, other), mergeCounter(other, one)]) {
      expect(merged.usedByDate).toEqual({ '2026-11-22': { a: 9 }, '2026-11-23': { a: 5, b: 4, emergency: 1 } });
      expect(merged.dossiersAccepted).toBe(16);
    }
  });

  it('keep the leases of both, the later view of one lease, and the enrolment', () => {
    const enrolment = { deviceId: 'd', instance: 3, officeId: 'o' };
    const merged = mergeCounter(state({ leases: [lease('a', 10), lease('b', 10)], enrolment }), state({ leases: [lease('b', 20), lease('c', 5)] }));
    expect(merged.leases).toEqual([lease('a', 10), lease('b', 20), lease('c', 5)]);
    expect(merged.enrolment).toEqual(enrolment);
  });

  it('do not bring back the leases of an earlier identity', () => {
    const [old, current] = ['old', 'current'].map((deviceId) => ({ deviceId, instance: 1, officeId: 'o' }));
    const merged = mergeCounter(state({ enrolment: old, leases: [lease('a', 10)] }), state({ enrolment: current, leases: [lease('b', 5)] }));
    expect(merged.leases).toEqual([lease('b', 5)]);
    expect(merged.enrolment).toEqual(current);
  });

  it('keep the tickets of both on one day, and only the newer day', () => {
    const one = state({ queue: { date: '2026-11-23', tickets: [ticket('B001', 'waiting'), ticket('B002', 'waiting')] } });
    const other = state({ queue: { date: '2026-11-23', tickets: [ticket('B001', 'served'), ticket('B003', 'waiting')] } });
    expect(mergeCounter(one, other).queue.tickets.map(({ number, state: at }) => `${number} ${at}`)).toEqual(['B001 served', 'B002 waiting', 'B003 waiting']);
    const yesterday = state({ queue: { date: '2026-11-22', tickets: [ticket('B009', 'waiting')] } });
    expect(mergeCounter(one, yesterday).queue).toEqual(one.queue);
    expect(mergeCounter(yesterday, one).queue).toEqual(one.queue);
  });

  it('survive going to disk and back', () => {
    const whole = state({
      enrolment: { deviceId: 'd', instance: 1, officeId: 'o' },
      leases: [lease('a', 10)],
      queue: { date: '2026-11-23', tickets: [ticket('B001', 'called')] },
    });
    expect(counterStateSchema.parse(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
  });
});

describe('the days a counter remembers', () => {
  const accept = (before: CounterState, date: string): { after: CounterState; code: string } => {
    const numbered = numberingDate(before.usedByDate, date);
    const order = (before.usedByDate[numbered]?.a ?? 0) + 1;
    const atMs = instantOf(date, '09:00');
    const operation = { type: 'dossier.accepted' as const, dossier: aDossier({ acceptedAtMs: atMs }), number: { leaseId: 'a', order } };
    return { after: reduceCounter(before, { operation, atMs }), code: `${numbered} ${order}` };
  };

  it('are bounded, and no code comes twice whatever the clock says', () => {
    const codes = new Set<string>();
    let now = emptyCounterState;
    const days = Array.from({ length: KEPT_DAYS + 50 }, (_, nth) => addDays('2026-01-05', nth));
    // On, back by years, back by days, far ahead, and back to the beginning.
    const dates = [...days, ...Array<string>(5).fill('2019-03-04'), ...days.slice(-7), '2099-01-01', ...days, '2019-03-04'];
    for (const date of dates) {
      const { after, code } = accept(now, date);
      expect(codes.has(code)).toBe(false);
      codes.add(code);
      now = after;
      expect(Object.keys(now.usedByDate).length).toBeLessThanOrEqual(KEPT_DAYS);
    }
    expect(now.dossiersAccepted).toBe(dates.length);
    expect(mergeCounter(now, emptyCounterState).usedByDate).toEqual(now.usedByDate);
  });

  it('keep a day of their own while nothing is forgotten, also one before all others', () => {
    const { after } = accept(accept(emptyCounterState, '2026-11-23').after, '2026-11-20');
    expect(after.usedByDate).toEqual({ '2026-11-23': { a: 1 }, '2026-11-20': { a: 1 } });
  });
});
