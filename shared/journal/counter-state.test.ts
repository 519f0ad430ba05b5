import { describe, expect, it } from 'vitest';
import type { QueuedTicket } from '../queue/ticket.ts';
import { counterStateSchema, emptyCounterState, mergeCounter, type CounterState } from './counter-state.ts';

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
