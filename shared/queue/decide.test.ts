import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyCounterState, reduceCounter, type CounterState } from '../journal/counter-state.ts';
import type { Operation } from '../journal/operation.ts';
import type { Failure, Result } from '../lib/result.ts';
import { callNext, endTicket, issueTicket, recallTicket } from './decide.ts';
import { PRIORITY_RUN } from './line.ts';
import { priorities, type Priority } from './ticket.ts';
import { DAY_MS } from '../lib/time.ts';

const groups = [
  { id: 'civil', letter: 'A', name: 'Hộ tịch', fields: [] },
  { id: 'land', letter: 'B', name: 'Đất đai', fields: [] },
];
const MORNING = Date.parse('2026-11-23T08:00:00+07:00');

/** A counter that applies what is decided, as the journal does. */
function desk(): {
  state: () => CounterState;
  apply: (decision: Result<Operation, Failure>) => Operation | undefined;
  issue: (groupId: string, priority?: Priority, atMs?: number) => string;
  call: (atMs?: number) => string | undefined;
} {
  let state = emptyCounterState;
  let ids = 0;
  const apply = (decision: Result<Operation, Failure>): Operation | undefined => {
    if (!decision.ok) return undefined;
    state = reduceCounter(state, { operation: decision.value, atMs: MORNING });
    return decision.value;
  };
  return {
    state: () => state,
    apply,
    issue(groupId, priority = 'none', atMs = MORNING) {
      const ticketId = `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
      const operation = apply(issueTicket(state.queue, groups, { ticketId, groupId, priority, atMs }));
      return operation?.type === 'ticket.issued' ? operation.ticket.number : '';
    },
    call(atMs = MORNING + ++ids) {
      const operation = apply(callNext(state.queue, { groupIds: [], counter: '1', atMs }));
      return operation?.type === 'ticket.called' ? operation.number : undefined;
    },
  };
}

describe('queue numbers', () => {
  it('count per group from 001 and start anew the next day', () => {
    const { issue } = desk();
    expect([issue('civil'), issue('land'), issue('civil')]).toEqual(['A001', 'B001', 'A002']);
    expect(issue('civil', 'none', MORNING + DAY_MS)).toBe('A001');
  });

  it('go on when the clock is set back to an earlier day', () => {
    const { issue } = desk();
    issue('civil', 'none', MORNING + DAY_MS);
    expect(issue('civil', 'none', MORNING)).toBe('A002');
  });

  it('are refused for a group the office does not have', () => {
    expect(issueTicket(emptyCounterState.queue, groups, { ticketId: 'x', groupId: 'none', priority: 'none', atMs: MORNING })).toEqual({
      ok: false,
      failure: { kind: 'unknown-group' },
    });
  });
});

describe('calling', () => {
  it('takes priority citizens first but never lets the ordinary line starve', () => {
    const { issue, call } = desk();
    issue('civil');
    for (let i = 0; i < 4; i++) issue('civil', 'elderly');
    expect([call(), call(), call(), call(), call(), call()]).toEqual(['A002', 'A003', 'A001', 'A004', 'A005', undefined]);
  });

  it('serves everyone exactly once and no ordinary citizen waits through more than two priority ones in a row', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...priorities), fc.constant('call' as const)), { maxLength: 80 }), (steps) => {
        const { issue, call, state } = desk();
        const called: string[] = [];
        let run = 0;
        for (const step of steps) {
          if (step !== 'call') {
            issue('civil', step);
            continue;
          }
          const isOrdinaryWaiting = state().queue.tickets.some((ticket) => ticket.state === 'waiting' && ticket.priority === 'none');
          const number = call();
          if (number === undefined) continue;
          called.push(number);
          const isPriority = state().queue.tickets.find((ticket) => ticket.number === number)?.priority !== 'none';
          run = isPriority ? run + 1 : 0;
          if (isOrdinaryWaiting) expect(run).toBeLessThanOrEqual(Math.max(PRIORITY_RUN, isPriority ? PRIORITY_RUN : 0));
        }
        expect(new Set(called).size).toBe(called.length);
      }),
    );
  });

  it('recalls and ends only a ticket that was called', () => {
    const { issue, call, state, apply } = desk();
    issue('land');
    const ticketId = state().queue.tickets[0]?.ticketId ?? '';
    const input = { ticketId, counter: '1', atMs: MORNING };
    expect(recallTicket(state().queue, input)).toMatchObject({ failure: { kind: 'ticket-not-called' } });
    call();
    expect(recallTicket(state().queue, input).ok).toBe(true);
    apply(endTicket(state().queue, { ...input, as: 'no-show' }));
    expect(state().queue.tickets[0]?.state).toBe('no-show');
    expect(endTicket(state().queue, { ...input, as: 'finished' })).toMatchObject({ failure: { kind: 'ticket-not-called' } });
  });
});
