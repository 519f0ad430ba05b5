import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeOf, ticketOf, withAdded, withChanged } from './places.ts';
import type { QueuedTicket } from './ticket.ts';

const ticket = (ticketId: string): QueuedTicket => ({
  ticketId,
  number: 'A001',
  groupId: 'civil',
  date: '2026-11-23',
  issuedAtMs: 1,
  priority: 'none',
  state: 'waiting',
});

describe('places', () => {
  it('are those of a plain search in every list of every day that branched off, also in the older ones', () => {
    const step = fc.record({ from: fc.nat(), add: fc.boolean(), id: fc.integer({ min: 0, max: 12 }).map(String) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const lists: Array<readonly QueuedTicket[]> = [[]];
        for (const { from, add, id } of steps) {
          const list = lists[from % lists.length] ?? [];
          const isThere = list.some(({ ticketId }) => ticketId === id);
          const next = add && !isThere ? withAdded(list, ticket(id)) : withChanged(list, id, (one) => ({ ...one, calls: (one.calls ?? 0) + 1 }));
          if (!add && isThere) expect(next.filter((one, at) => one !== list[at]).map(({ ticketId }) => ticketId)).toEqual([id]);
          lists.push(next);
          for (const each of lists) {
            const plain = each.findIndex(({ ticketId }) => ticketId === id);
            expect(placeOf(each, id)).toBe(plain);
            expect(ticketOf(each, id)).toBe(each[plain]);
          }
        }
      }),
    );
  });
});
