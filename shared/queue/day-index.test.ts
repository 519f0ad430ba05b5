import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALLS_AT_HAND, callOf, countWaiting, highestOrder, inOneGo, lastCalledBy, linesOf, placeOf, ticketOf, withAdded, withChanged } from './day-index.ts';
import { numberOf, orderOf } from './series.ts';
import type { QueuedTicket } from './ticket.ts';

const ticket = (ticketId: string, order: number): QueuedTicket => ({
  ticketId,
  number: numberOf('A', order),
  groupId: order % 3 === 0 ? 'land' : 'civil',
  date: '2026-11-23',
  issuedAtMs: order % 4,
  priority: order % 5 === 0 ? 'elderly' : 'none',
  ...(order % 7 === 0 ? { appointmentAtMs: order } : {}),
  state: 'waiting',
});

const step = fc.record({
  /** Of all lists made so far: a day goes on from where it was, or branches off from an older list. */
  from: fc.oneof(fc.constant(0), fc.constant(0), fc.nat(30)),
  add: fc.boolean(),
  id: fc.integer({ min: 0, max: 14 }).map(String),
  state: fc.constantFrom('waiting', 'called', 'called', 'served', 'held'),
  counter: fc.constantFrom('1', '2'),
  forCounter: fc.constantFrom(undefined, undefined, '2'),
  /** Asked of the new list at once, so that those after it build on what it knows. */
  asks: fc.boolean(),
});

describe('the index of a day', () => {
  it('says of every list what looking at all its tickets says, whatever list that one was made of', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 70 }), (steps) => {
        const lists: Array<readonly QueuedTicket[]> = [[]];
        let clock = 0;
        const isRight = (list: readonly QueuedTicket[]): void => {
          for (let id = 0; id <= 14; id++) {
            const plain = list.findIndex(({ ticketId }) => ticketId === String(id));
            expect(placeOf(list, String(id))).toBe(plain);
            expect(ticketOf(list, String(id))).toBe(list[plain]);
          }
          const waiting = list.filter(({ state }) => state === 'waiting');
          const byLine = (one: QueuedTicket): string => JSON.stringify([one.groupId, one.forCounter, one.priority === 'none' ? one.appointmentAtMs : '']);
          const lines = [...linesOf(list)];
          expect(lines.map((line) => new Set(line.map(byLine)).size)).toEqual(lines.map(() => 1));
          expect(new Set(lines.map(([first]) => first && byLine(first))).size).toBe(lines.length);
          for (const line of lines) {
            const plain = waiting.filter((one) => line[0] !== undefined && byLine(one) === byLine(line[0]));
            expect(line).toEqual(plain.sort((a, b) => a.issuedAtMs - b.issuedAtMs));
          }
          expect(countWaiting(list)).toBe(waiting.length);
          expect(countWaiting(list, 'land')).toBe(waiting.filter(({ groupId }) => groupId === 'land').length);
          for (const counter of ['1', '2', '3']) {
            const called = list.filter((one) => one.counter === counter && callOf(one) > 0).sort((a, b) => callOf(b) - callOf(a));
            expect(lastCalledBy(list, counter)).toEqual(called.slice(0, CALLS_AT_HAND));
          }
          // A number that was taken back counts as used; one that is used is never counted as free.
          expect(highestOrder(list, 'A', 0)).toBeGreaterThanOrEqual(Math.max(0, ...list.map(({ number }) => orderOf(number))));
          expect(highestOrder(list, 'B', 0)).toBe(0);
        };
        for (const { from, add, id, state, counter, forCounter, asks } of steps) {
          clock += 1;
          const list = lists[Math.max(0, lists.length - 1 - from)] ?? [];
          const isThere = list.some(({ ticketId }) => ticketId === id);
          const called = state === 'called' ? { counter, servedFromMs: clock } : {};
          const next =
            add && !isThere ? withAdded(list, ticket(id, 1 + Number(id))) : withChanged(list, id, (one) => ({ ...one, state, forCounter, ...called }));
          expect(next.map(({ ticketId }) => ticketId)).toEqual([...list.map(({ ticketId }) => ticketId), ...(add && !isThere ? [id] : [])]);
          lists.push(next);
          if (asks) isRight(next);
        }
        for (const list of lists) isRight(list);
      }),
    );
  });

  it('makes of many changes in one go what they make one by one, and leaves alone what was there before', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.array(step, { maxLength: 40 }), (before, steps) => {
        const change = (list: readonly QueuedTicket[], { add, id, state, counter }: (typeof steps)[number], nth: number): readonly QueuedTicket[] =>
          add && placeOf(list, id) < 0
            ? withAdded(list, ticket(id, 1 + Number(id)))
            : withChanged(list, id, (one) => ({ ...one, state, ...(state === 'called' ? { counter, servedFromMs: nth + 1 } : {}) }));
        const start = before.reduce(change, []);
        if (before.length % 2 === 0) expect([...linesOf(start)].flat()).toHaveLength(countWaiting(start));
        const kept = [...start];
        const together = inOneGo(() => steps.reduce(change, start));
        expect(start).toEqual(kept);
        const single = steps.reduce(change, kept);
        expect(together).toEqual(single);
        expect([...linesOf(together)].flat()).toHaveLength(countWaiting(single));
        for (const counter of ['1', '2']) {
          const plain = together.filter((one) => one.counter === counter && callOf(one) > 0).sort((a, b) => callOf(b) - callOf(a));
          expect(lastCalledBy(together, counter)).toEqual(plain.slice(0, CALLS_AT_HAND));
        }
        for (const [at, { ticketId }] of together.entries()) expect(placeOf(together, ticketId)).toBe(at);
        for (const [at, { ticketId }] of start.entries()) expect(placeOf(start, ticketId)).toBe(at);
      }),
    );
  });
});
