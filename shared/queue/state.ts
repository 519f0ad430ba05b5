/** The queue of one office as its events made it: tickets of the day, numbers used, counters, doors, measured service times. */
import { z } from 'zod';
import { unreachable } from '../lib/result.ts';
import { dateAt, type PlainDate } from '../lib/time.ts';
import { memberSchema, type LoggedEvent, type QueueEvent, type TicketStep } from './event.ts';
import { inOneGo, placeOf, ticketOf, withAdded, withChanged } from './day-index.ts';
import { orderOf } from './series.ts';
import { queuedTicketSchema, type QueuedTicket } from './ticket.ts';

const counterSchema = z.object({
  counter: z.string().max(60),
  /** Empty: all groups. */
  groupIds: z.array(z.string().max(60)),
  isOpen: z.boolean(),
  sinceMs: z.int(),
});
export type CounterStanding = z.infer<typeof counterSchema>;

export const queueStateSchema = z.object({
  date: z.string(),
  tickets: z.array(queuedTicketSchema).readonly(),
  /** Letter → highest order given out on `date`, a series each: `A` is the hub's, `A1` the standby's. */
  numbers: z.record(z.string(), z.int().nonnegative()),
  counters: z.array(counterSchema).readonly(),
  /** The date on which the doors were closed. */
  closedOn: z.string().optional(),
  /** Group → the last service times in ms, oldest first; they outlive the day. */
  services: z.record(z.string(), z.array(z.int().nonnegative()).readonly()),
  members: z.array(memberSchema).readonly(),
  /** The last commands that were carried out and the ticket of each: one that is asked again is not done again. */
  carriedOut: z.array(z.tuple([z.string(), z.string()])).readonly(),
});
export type QueueState = z.infer<typeof queueStateSchema>;

export const emptyQueue: QueueState = { date: '', tickets: [], numbers: {}, counters: [], services: {}, members: [], carriedOut: [] };

/** Services a group's expected wait is worked out from. */
export const KEPT_SERVICES = 30;
/** Shorter is a slip of the hand, longer a ticket nobody finished. */
const SERVICE_BOUNDS_MS = { from: 15_000, to: 90 * 60_000 };

export const seriesKey = (letter: string, series: number): string => (series === 0 ? letter : `${letter}${series}`);

/** The day an operation at `atMs` belongs to: never one before the newest seen, so that a clock set back repeats no number. */
export const officeDate = (state: Pick<QueueState, 'date'>, atMs: number): PlainDate => (state.date > dateAt(atMs) ? state.date : dateAt(atMs));

/** Of several seconds when hundreds come in each; some more before the oldest go. A device asks again while no answer comes. */
const KEPT_COMMANDS = 1000;
const SOME_MORE = 200;

export function reduceLogged(state: QueueState, logged: ReadonlyArray<Pick<LoggedEvent, 'event' | 'series' | 'commandId'>>): QueueState {
  const next = inOneGo(() => logged.reduce((before, { event, series }) => reduceQueue(before, event, series), state));
  let carriedOut = [...next.carriedOut];
  for (const { event, commandId } of logged) {
    if (commandId === undefined) continue;
    const ticketId = event.type === 'ticket.issued' ? event.ticket.ticketId : 'ticketId' in event ? event.ticketId : '';
    if (carriedOut.length >= KEPT_COMMANDS + SOME_MORE) carriedOut = carriedOut.slice(-KEPT_COMMANDS);
    carriedOut.push([commandId, ticketId]);
  }
  return { ...next, carriedOut };
}

/** An event that does not fit (its ticket is over, or of an earlier day) changes nothing. `series`: of the device that gave the number. */
export function reduceQueue(state: QueueState, event: QueueEvent, series: number | null): QueueState {
  switch (event.type) {
    case 'ticket.issued': {
      const { ticket } = event;
      const day = ticket.date > state.date ? newDay(state, ticket.date) : state;
      if (ticket.date < state.date || placeOf(day.tickets, ticket.ticketId) >= 0) return state;
      const key = series === null ? undefined : seriesKey(ticket.number.slice(0, 1), series);
      const numbers = key === undefined ? day.numbers : { ...day.numbers, [key]: Math.max(day.numbers[key] ?? 0, orderOf(ticket.number)) };
      return { ...day, numbers, tickets: withAdded(day.tickets, { ...ticket, state: 'waiting' }) };
    }
    case 'ticket.called':
      return change(state, event, (ticket) => ({
        ...ticket,
        state: 'called',
        counter: event.counter,
        calledAtMs: event.atMs,
        servedFromMs: event.atMs,
        calls: (ticket.calls ?? 0) + 1,
        endedAtMs: undefined,
        forCounter: undefined,
      }));
    case 'ticket.recalled':
      return change(state, event, (ticket) => ({ ...ticket, state: 'called', counter: event.counter, calledAtMs: event.atMs, calls: (ticket.calls ?? 0) + 1 }));
    case 'ticket.finished':
      return ended(state, event);
    case 'ticket.no-show':
      return change(state, event, (ticket) => ({ ...ticket, state: 'no-show', endedAtMs: event.atMs }));
    case 'ticket.held':
      return change(state, event, (ticket) => ({ ...ticket, state: 'held' }));
    case 'ticket.returned':
      return change(state, event, (ticket) => ({ ...ticket, state: 'waiting', endedAtMs: undefined }));
    case 'ticket.transferred':
      return change(state, event, (ticket) => ({
        ...ticket,
        state: 'waiting',
        groupId: event.toGroupId ?? ticket.groupId,
        forCounter: event.toCounter,
        endedAtMs: undefined,
      }));
    case 'ticket.withdrawn':
      return withTicket(state, event.ticketId, (ticket) => (ticket.state === 'served' ? ticket : { ...ticket, state: 'withdrawn', endedAtMs: event.atMs }));
    case 'counter.set': {
      const { counter, groupIds, isOpen, atMs } = event;
      const counters = [...state.counters.filter((one) => one.counter !== counter), { counter, groupIds, isOpen, sinceMs: atMs }];
      // Whoever was sent to a counter that closes goes back to the line of the group: nobody waits for a counter that calls nobody.
      const tickets = isOpen ? state.tickets : state.tickets.map((ticket) => (ticket.forCounter === counter ? { ...ticket, forCounter: undefined } : ticket));
      return { ...state, counters, tickets };
    }
    case 'doors.set':
      return { ...state, closedOn: event.isClosed ? officeDate(state, event.atMs) : undefined };
    case 'member.set':
      return { ...state, members: [...state.members.filter(({ memberId }) => memberId !== event.member.memberId), event.member] };
    case 'member.removed':
      return { ...state, members: state.members.filter(({ memberId }) => memberId !== event.memberId) };
    case 'numbers.raised': {
      if (event.date < state.date) return state;
      return raiseNumbers(event.date > state.date ? newDay(state, event.date) : state, event.numbers);
    }
    case 'term.began':
      return state;
    default:
      return unreachable(event);
  }
}

/** Never lowers one: what is used stays used, whoever says otherwise. */
export function raiseNumbers(state: QueueState, numbers: QueueState['numbers']): QueueState {
  const merged = { ...state.numbers };
  for (const [key, order] of Object.entries(numbers)) merged[key] = Math.max(order, merged[key] ?? 0);
  return { ...state, numbers: merged };
}

const newDay = (state: QueueState, date: PlainDate): QueueState => ({ ...state, date, tickets: [], numbers: {} });

const change = (state: QueueState, event: TicketStep, to: (ticket: QueuedTicket) => QueuedTicket): QueueState => withTicket(state, event.ticketId, to);

function withTicket(state: QueueState, ticketId: string, to: (ticket: QueuedTicket) => QueuedTicket): QueueState {
  return { ...state, tickets: withChanged(state.tickets, ticketId, to) };
}

function ended(state: QueueState, event: TicketStep): QueueState {
  const ticket = ticketOf(state.tickets, event.ticketId);
  const served = change(state, event, (one) => ({ ...one, state: 'served', endedAtMs: event.atMs }));
  const tookMs = event.atMs - (ticket?.servedFromMs ?? event.atMs);
  if (ticket === undefined || tookMs < SERVICE_BOUNDS_MS.from || tookMs > SERVICE_BOUNDS_MS.to) return served;
  const times = [...(state.services[ticket.groupId] ?? []), tookMs].slice(-KEPT_SERVICES);
  return { ...served, services: { ...state.services, [ticket.groupId]: times } };
}
