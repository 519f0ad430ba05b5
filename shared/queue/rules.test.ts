import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../lib/time.ts';
import { callNext, callTicket, endTicket, holdTicket, issueTicket, returnTicket, transferTicket } from './decide.ts';
import type { QueueEvent } from './event.ts';
import { expectedWaits, serviceMs } from './forecast.ts';
import { kindOf, nextInLine, type Kind } from './line.ts';
import { LAST_SERIES, rangeOf } from './series.ts';
import { emptyQueue, reduceQueue, type QueueState } from './state.ts';
import { priorities, type Priority } from './ticket.ts';

const groups = [
  { id: 'civil', letter: 'A', name: 'Hộ tịch', fields: [] },
  { id: 'land', letter: 'B', name: 'Đất đai', fields: [] },
];
const MORNING = Date.parse('2026-11-23T08:00:00+07:00');

function office() {
  let state: QueueState = emptyQueue;
  let ids = 0;
  const apply = (decision: { ok: true; value: QueueEvent } | { ok: false; failure: { kind: string } }, series = 0): QueueEvent | string => {
    if (!decision.ok) return decision.failure.kind;
    state = reduceQueue(state, decision.value, decision.value.type === 'ticket.issued' ? series : null);
    return decision.value;
  };
  return {
    state: () => state,
    apply,
    issue(
      groupId: string,
      atMs: number,
      { priority = 'none', appointmentAtMs, series = 0 }: { priority?: Priority; appointmentAtMs?: number; series?: number } = {},
    ) {
      const ticketId = `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
      const appointment = appointmentAtMs === undefined ? {} : { appointmentAtMs };
      const event = apply(issueTicket(state, groups, { ticketId, groupId, priority, atMs, series, ...appointment }), series);
      return typeof event === 'string' || event.type !== 'ticket.issued' ? undefined : event.ticket;
    },
    call(counter: string, atMs: number, groupIds: string[] = []) {
      const event = apply(callNext(state, { groupIds, counter, atMs }));
      return typeof event === 'string' || event.type !== 'ticket.called' ? undefined : state.tickets.find(({ ticketId }) => ticketId === event.ticketId);
    },
  };
}

describe('the line', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({
        do: fc.constant('issue' as const),
        priority: fc.constantFrom(...priorities),
        groupId: fc.constantFrom('civil', 'land'),
        isBooked: fc.boolean(),
      }),
      fc.record({ do: fc.constant('call' as const), counter: fc.constantFrom('1', '2', '3') }),
    ),
    { minLength: 20, maxLength: 160 },
  );
  /** Counters that share groups in part, so that none of them sees what the others call. */
  const groupsOf: Record<string, string[]> = { '1': [], '2': ['civil'], '3': ['land'] };

  it('lets nobody starve: of three calls of a counter in a row two go to priority and one does not, of two that do not one is ordinary', () => {
    fc.assert(
      fc.property(steps, (day) => {
        const { issue, call, state } = office();
        const called: Record<string, Array<{ kind: Kind; waited: Set<Kind> }>> = { '1': [], '2': [], '3': [] };
        const seen = new Set<string>();
        day.forEach((step, nth) => {
          const atMs = MORNING + nth * 1000;
          if (step.do === 'issue') {
            issue(step.groupId, atMs, { priority: step.priority, ...(step.isBooked && step.priority === 'none' ? { appointmentAtMs: MORNING } : {}) });
            return;
          }
          const ours = groupsOf[step.counter] ?? [];
          const mine = state().tickets.filter((ticket) => ticket.state === 'waiting' && (ours.length === 0 || ours.includes(ticket.groupId)));
          const ticket = call(step.counter, atMs, ours);
          expect(ticket === undefined).toBe(mine.length === 0);
          if (ticket === undefined) return;
          expect(seen.has(ticket.ticketId), 'called twice').toBe(false);
          seen.add(ticket.ticketId);
          // In the order of issue within each kind.
          const kind = kindOf(ticket, atMs);
          expect(mine.filter((one) => kindOf(one, atMs) === kind)[0]?.ticketId).toBe(ticket.ticketId);
          called[step.counter]?.push({ kind, waited: new Set(mine.map((one) => kindOf(one, atMs))) });
        });
        for (const calls of Object.values(called)) {
          for (let at = 2; at < calls.length; at++) {
            const three = calls.slice(at - 2, at + 1);
            const priority = three.filter(({ kind }) => kind === 'priority').length;
            if (three.every(({ waited }) => waited.has('priority'))) expect(priority).toBeGreaterThanOrEqual(2);
            if (three.every(({ waited }) => waited.has('ordinary') || waited.has('appointment'))) expect(priority).toBeLessThanOrEqual(2);
          }
          for (let at = 5; at < calls.length; at++) {
            const six = calls.slice(at - 5, at + 1);
            for (const kind of ['ordinary', 'appointment'] as const) {
              if (six.every(({ waited }) => waited.has(kind)))
                expect(
                  six.some((one) => one.kind === kind),
                  `${kind} starved`,
                ).toBe(true);
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never gives one citizen to two counters, whatever they ask for', () => {
    const move = fc.record({
      counter: fc.constantFrom('1', '2'),
      do: fc.constantFrom('next', 'call', 'finish', 'no-show', 'hold', 'return', 'transfer', 'rest', 'open'),
      which: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 80 }), (moves) => {
        const { issue, apply, state, call } = office();
        for (let nth = 0; nth < 6; nth++) issue('civil', MORNING + nth);
        moves.forEach(({ counter, do: what, which }, nth) => {
          const atMs = MORNING + 1000 + nth * 1000;
          const ticket = state().tickets[which];
          if (ticket === undefined) return;
          const by = { ticketId: ticket.ticketId, counter, atMs };
          const isOthers = ticket.state === 'called' && ticket.counter !== counter;
          const before = state();
          if (what === 'next') call(counter, atMs);
          else if (what === 'rest' || what === 'open')
            apply({ ok: true, value: { type: 'counter.set', counter, groupIds: [], isOpen: what === 'open', atMs } });
          else {
            const decision =
              what === 'call'
                ? callTicket(state(), by)
                : what === 'hold'
                  ? holdTicket(state(), by)
                  : what === 'return'
                    ? returnTicket(state(), by)
                    : what === 'transfer'
                      ? transferTicket(state(), groups, { ...by, toCounter: counter === '1' ? '2' : '1' })
                      : endTicket(state(), { ...by, as: what === 'finish' ? 'finished' : 'no-show' });
            apply(decision);
            if (isOthers) expect(state()).toBe(before);
          }
          // Nobody is left waiting for a counter that calls nobody.
          for (const one of state().tickets)
            if (one.state === 'waiting' && one.forCounter !== undefined)
              expect(state().counters.find((standing) => standing.counter === one.forCounter)?.isOpen).toBe(true);
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('numbers', () => {
  it('are never given twice in a day, by whichever devices, however their clocks go', () => {
    const step = fc.record({
      groupId: fc.constantFrom('civil', 'land'),
      series: fc.constantFrom(0, 1, 2, 15),
      clockMs: fc.integer({ min: -2 * DAY_MS, max: 2 * DAY_MS }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (given) => {
        const { issue } = office();
        const seen = new Set<string>();
        for (const { groupId, series, clockMs } of given) {
          const ticket = issue(groupId, MORNING + clockMs, { series });
          if (ticket === undefined) continue;
          const name = `${ticket.date} ${ticket.number}`;
          expect(seen.has(name), name).toBe(false);
          seen.add(name);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of two series never meet, and a series that is full says so', () => {
    const ranges = Array.from({ length: LAST_SERIES + 1 }, (_, series) => rangeOf(series)).sort((a, b) => a.from - b.from);
    ranges.forEach(({ from, to }, nth) => {
      expect(from).toBeGreaterThan(ranges[nth - 1]?.to ?? 0);
      expect(to).toBeLessThanOrEqual(9999);
    });
    const { issue } = office();
    for (let nth = 0; nth < 200; nth++) expect(issue('civil', MORNING, { series: 2 })).toBeDefined();
    expect(issue('civil', MORNING, { series: 2 })).toBeUndefined();
  });
});

describe('the expected wait', () => {
  it('is what it took, for each open counter, and null where none is open', () => {
    const { issue, apply, state, call } = office();
    const open = (counter: string, groupIds: string[]) => apply({ ok: true, value: { type: 'counter.set', counter, groupIds, isOpen: true, atMs: MORNING } });
    open('1', ['civil']);
    for (let nth = 0; nth < 5; nth++) {
      issue('civil', MORNING);
      const ticket = call('1', MORNING + nth * 300_000);
      apply(endTicket(state(), { ticketId: ticket?.ticketId ?? '', counter: '1', atMs: MORNING + (nth + 1) * 300_000, as: 'finished' }));
    }
    const now = MORNING + 5 * 300_000;
    expect(expectedWaits(state(), groups, now)).toEqual({ civil: 0, land: null });
    for (let nth = 0; nth < 4; nth++) issue('civil', now);
    expect(expectedWaits(state(), groups, now)['civil']).toBe(4 * 300_000);
    open('2', ['civil']);
    expect(expectedWaits(state(), groups, now)['civil']).toBe(2 * 300_000);
  });

  /** What the forecast is by its definition: the rule itself, asked for every call until the one who came last is called. */
  function playedForward(state: QueueState, groupId: string, nowMs: number): number {
    const last = { ticketId: 'last', number: 'A000', groupId, date: state.date, issuedAtMs: nowMs + 1, priority: 'none', state: 'waiting' } as const;
    let tickets: QueueState['tickets'] = [...state.tickets, last];
    const desks = state.counters.map(({ counter }) => {
      const serving = tickets.find((ticket) => ticket.state === 'called' && ticket.counter === counter);
      const left = serving === undefined ? 0 : serviceMs(state, serving.groupId) - (nowMs - (serving.servedFromMs ?? nowMs));
      return { counter, atMs: nowMs + Math.max(0, left) };
    });
    for (;;) {
      const desk = desks.sort((a, b) => a.atMs - b.atMs)[0];
      if (desk === undefined) return Number.NaN;
      const next = nextInLine({ ...state, tickets }, { counter: desk.counter, groupIds: [], nowMs: desk.atMs });
      if (next === last) return desk.atMs - nowMs;
      if (next === undefined) desks.shift();
      else {
        const called = { ...next, state: 'called' as const, counter: desk.counter, servedFromMs: desk.atMs };
        tickets = tickets.map((ticket) => (ticket === next ? called : ticket));
        desk.atMs += serviceMs(state, next.groupId);
      }
    }
  }

  it('is what playing the rule of calling forward comes to', () => {
    const step = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({ priority: fc.constantFrom('none', 'none', 'elderly'), groupId: fc.constantFrom('civil', 'land'), booked: fc.boolean() }),
      },
      { weight: 2, arbitrary: fc.constantFrom('1', '2', '3') },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { issue, apply, state, call } = office();
        const counters: Record<string, string[]> = { '1': [], '2': ['civil'], '3': ['land', 'civil'] };
        for (const [counter, groupIds] of Object.entries(counters))
          apply({ ok: true, value: { type: 'counter.set', counter, groupIds, isOpen: true, atMs: MORNING } });
        let atMs = MORNING;
        const serving: Record<string, string> = {};
        for (const one of steps) {
          atMs += 47_001;
          if (typeof one !== 'string') {
            issue(one.groupId, atMs, { priority: one.priority, ...(one.booked ? { appointmentAtMs: atMs + 900_000 } : {}) });
            continue;
          }
          const before = serving[one];
          if (before !== undefined) apply(endTicket(state(), { ticketId: before, counter: one, atMs, as: 'finished' }));
          serving[one] = call(one, atMs + 1)?.ticketId ?? '';
        }
        const waits = expectedWaits(state(), groups, atMs);
        // Who comes last of a group waits for nobody of the other who comes then too.
        for (const { id } of groups) expect(waits[id]).toBe(playedForward(state(), id, atMs));
      }),
      { numRuns: 60 },
    );
  });
});
