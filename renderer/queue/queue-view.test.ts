import { describe, expect, it } from 'vitest';
import type { QueuedTicket } from '../../shared/queue/ticket.ts';
import { formatElapsed, viewOf } from './queue-view.ts';

const NOW = Date.parse('2026-11-23T09:00:00+07:00');
const groups = [
  { id: 'civil', letter: 'A', name: 'Hộ tịch', fields: [] },
  { id: 'land', letter: 'B', name: 'Đất đai', fields: [] },
];
let seq = 0;
const ticket = (number: string, more: Partial<QueuedTicket> = {}): QueuedTicket => ({
  ticketId: `0190a1b2-0000-7000-8000-${String(++seq).padStart(12, '0')}`,
  number,
  groupId: number.startsWith('A') ? 'civil' : 'land',
  date: '2026-11-23',
  issuedAtMs: NOW - 600_000,
  priority: 'none',
  state: 'waiting',
  ...more,
});
const day = (...tickets: QueuedTicket[]) => ({ date: '2026-11-23', tickets });

describe('viewOf', () => {
  it('shows whom this counter serves and whom others serve', () => {
    const mine = ticket('A002', { state: 'called', counter: '1', calledAtMs: NOW - 1000 });
    const theirs = ticket('A001', { state: 'called', counter: '2', calledAtMs: NOW - 2000 });
    const done = ticket('A003', { state: 'served', counter: '1', calledAtMs: NOW });
    const view = viewOf(day(theirs, mine, done), groups, '1', NOW);
    expect(view.serving).toBe(mine);
    expect(view.elsewhere).toEqual([theirs]);
  });

  it('lists the next in calling order, priority first but never three in a row', () => {
    const ordinary = [ticket('A001'), ticket('A002')];
    const priority = [ticket('A003', { priority: 'elderly' }), ticket('A004', { priority: 'merit' }), ticket('B001', { priority: 'pregnant' })];
    const view = viewOf(day(...ordinary, ...priority), groups, '1', NOW);
    expect(view.next.map(({ number }) => number)).toEqual(['A003', 'A004', 'A001', 'B001', 'A002']);
    expect(view.next.every(({ state }) => state === 'waiting')).toBe(true);
  });

  it('lists only whom this counter may call: its groups, and who was sent to it', () => {
    const tickets = [ticket('A001'), ticket('A002', { forCounter: '2' }), ticket('B001'), ticket('B002', { forCounter: '1' })];
    const counters = [{ counter: '1', groupIds: ['civil'], isOpen: true, sinceMs: 0 }];
    const view = viewOf({ ...day(...tickets), counters }, groups, '1', NOW);
    expect(view.next.map(({ number }) => number)).toEqual(['A001', 'B002']);
  });

  it('keeps who was held or absent at hand, this counter’s own first, and knows whom a recall brings back', () => {
    const aside = (number: string, state: 'held' | 'no-show', counter: string, agoMs: number) => ticket(number, { state, counter, calledAtMs: NOW - agoMs });
    const view = viewOf(
      day(
        aside('A001', 'no-show', '1', 9000),
        aside('A002', 'held', '2', 10),
        aside('A003', 'no-show', '1', 4000),
        aside('A004', 'held', '1', 1000),
        ticket('A005'),
      ),
      groups,
      '1',
      NOW,
    );
    expect(view.aside.map(({ number }) => number)).toEqual(['A004', 'A003', 'A001', 'A002']);
    expect(view.lastAbsent, 'another was called since').toBeNull();
    expect(viewOf(day(aside('A001', 'no-show', '1', 9000), aside('A003', 'no-show', '1', 4000)), groups, '1', NOW).lastAbsent?.number).toBe('A003');
    expect(viewOf(day(aside('A002', 'no-show', '2', 10)), groups, '1', NOW).lastAbsent).toBeNull();
  });

  it('counts who waits in each group and the longest wait', () => {
    const view = viewOf(day(ticket('A001', { issuedAtMs: NOW - 60_000 }), ticket('A002')), groups, '1', NOW);
    expect(view.groups.map(({ waiting, longestMs }) => [waiting, longestMs])).toEqual([
      [2, 600_000],
      [0, null],
    ]);
    expect(view.waiting).toBe(2);
  });
});

describe('formatElapsed', () => {
  it('writes minutes, and hours once there are any', () => {
    expect([0, 61_000, 3_600_000, -5].map(formatElapsed)).toEqual(['0:00', '1:01', '1:00:00', '0:00']);
  });
});
