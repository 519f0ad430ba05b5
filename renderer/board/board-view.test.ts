import { describe, expect, it } from 'vitest';
import type { QueuedTicket } from '../../shared/queue/ticket.ts';
import { boardOf } from './board-view.ts';

const groups = [{ id: 'civil', letter: 'A', name: 'Hộ tịch', fields: [] }];
const ticket = (number: string, more: Partial<QueuedTicket>): QueuedTicket => ({
  ticketId: number,
  number,
  groupId: 'civil',
  date: '2026-11-23',
  issuedAtMs: 0,
  priority: 'none',
  state: 'waiting',
  ...more,
});

describe('boardOf', () => {
  it('puts the newest call on top, drops who did not come, counts who waits', () => {
    const view = boardOf(
      {
        date: '2026-11-23',
        tickets: [
          ticket('A001', { state: 'served', counter: '1', calledAtMs: 10 }),
          ticket('A002', { state: 'no-show', counter: '1', calledAtMs: 20 }),
          ticket('A003', { state: 'called', counter: '2', calledAtMs: 30 }),
          ticket('A004', {}),
        ],
      },
      groups,
      10,
    );
    expect(view.called.map(({ number, counter }) => `${number}→${counter}`)).toEqual(['A003→2', 'A001→1']);
    expect(view.waiting[0]?.count).toBe(1);
  });

  it('shows no more rows than fit', () => {
    const tickets = Array.from({ length: 15 }, (_, index) =>
      ticket(`A${String(index).padStart(3, '0')}`, { state: 'called', counter: '1', calledAtMs: index }),
    );
    expect(boardOf({ date: '2026-11-23', tickets }, groups, 10).called.map(({ number }) => number)[0]).toBe('A014');
    expect(boardOf({ date: '2026-11-23', tickets }, groups, 10).called.length).toBe(10);
  });
});
