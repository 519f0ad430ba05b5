/** The queue's decisions: which number next, whom to call next, what may be done with a ticket. Pure; a durable log makes them happen once. */
import { fail, ok, type Failure, type Result } from '../lib/result.ts';
import { dateAt } from '../lib/time.ts';
import type { QueueGroup } from '../settings/settings.ts';
import type { QueueEvent, TicketStep } from './event.ts';
import { isCounterOpen, nextInLine } from './line.ts';
import { countWaiting, highestOrder, ticketOf } from './day-index.ts';
import { HUB_SERIES, numberOf, rangeOf } from './series.ts';
import { officeDate, seriesKey, type QueueState } from './state.ts';
import type { Priority, QueueDay, QueuedTicket, TicketState } from './ticket.ts';

type Day = QueueDay & Partial<Pick<QueueState, 'numbers' | 'counters' | 'closedOn'>>;
type EventOf<T extends QueueEvent['type']> = Extract<QueueEvent, { type: T }>;

export type IssueInput = {
  ticketId: string;
  groupId: string;
  priority: Priority;
  appointmentAtMs?: number;
  atMs: number;
  /** Whose numbers; the hub's unless said otherwise. */
  series?: number;
  /** A citizen at a kiosk, whom closed doors keep out; an officer may still give a number. */
  isSelfService?: boolean;
};

export function issueTicket(
  day: Day,
  groups: readonly QueueGroup[],
  { ticketId, groupId, priority, appointmentAtMs, atMs, series = HUB_SERIES, isSelfService = false }: IssueInput,
): Result<EventOf<'ticket.issued'>, Failure<'unknown-group' | 'day-full' | 'doors-closed'>> {
  const group = groups.find((candidate) => candidate.id === groupId);
  if (group === undefined) return fail('unknown-group');
  // A clock set back must not hand out the numbers of an earlier day again.
  const date = officeDate(day, atMs);
  if (isSelfService && day.closedOn === date) return fail('doors-closed');
  const { from, to } = rangeOf(series);
  const order = Math.max(from - 1, lastOrder(day, date, group.letter, series)) + 1;
  if (order > to) return fail('day-full');
  const appointment = appointmentAtMs === undefined ? {} : { appointmentAtMs };
  return ok({ type: 'ticket.issued', ticket: { ticketId, number: numberOf(group.letter, order), groupId, date, issuedAtMs: atMs, priority, ...appointment } });
}

const lastOrder = (day: Day, date: string, letter: string, series: number): number =>
  day.date === date ? Math.max(highestOrder(day.tickets, letter, series), day.numbers?.[seriesKey(letter, series)] ?? 0) : 0;

type CallInput = { groupIds: readonly string[]; counter: string; atMs: number };

export function callNext(day: Day, { groupIds, counter, atMs }: CallInput): Result<EventOf<'ticket.called'>, Failure<'nobody-waiting' | 'counter-closed'>> {
  if (!isCounterOpen(day, counter)) return fail('counter-closed');
  const today = day.date >= dateAt(atMs) ? day.tickets : [];
  const next = nextInLine({ ...day, tickets: today }, { counter, groupIds, nowMs: atMs });
  return next === undefined ? fail('nobody-waiting') : ok({ type: 'ticket.called', ticketId: next.ticketId, number: next.number, counter, atMs });
}

/** How many stand before the next ticket of this group. */
export const waitingIn = (day: QueueDay, groupId: string): number => countWaiting(day.tickets, groupId);

export type StepInput = { ticketId: string; counter: string; atMs: number };
export type StepFailure = Failure<'ticket-unknown' | 'ticket-not-called' | 'ticket-elsewhere' | 'ticket-not-waiting'>;

/** Only the counter that called a ticket does anything with it, or two officers would have the same citizen. */
function step<T extends TicketStep['type']>(day: QueueDay, type: T, { ticketId, counter, atMs }: StepInput, from: readonly TicketState[]) {
  const ticket = ticketOf(day.tickets, ticketId);
  if (ticket === undefined) return fail('ticket-unknown');
  if (!from.includes(ticket.state)) return fail(from.includes('waiting') ? 'ticket-not-waiting' : 'ticket-not-called');
  if (ticket.state === 'called' && ticket.counter !== counter) return fail('ticket-elsewhere', { counter: ticket.counter ?? '' });
  return ok({ type, ticketId, number: ticket.number, counter, atMs });
}

export const recallTicket = (day: QueueDay, input: StepInput): Result<EventOf<'ticket.recalled'>, StepFailure> =>
  step(day, 'ticket.recalled', input, ['called']);

export const endTicket = (
  day: QueueDay,
  { as, ...input }: StepInput & { as: 'finished' | 'no-show' },
): Result<EventOf<'ticket.finished' | 'ticket.no-show'>, StepFailure> => step(day, `ticket.${as}`, input, ['called']);

/** Calls this very ticket: one that was held, one that did not come, or one out of turn. */
export function callTicket(day: Day, input: StepInput): Result<EventOf<'ticket.called'>, StepFailure | Failure<'counter-closed'>> {
  if (!isCounterOpen(day, input.counter)) return fail('counter-closed');
  return step(day, 'ticket.called', input, ['waiting', 'held', 'no-show']);
}

export const holdTicket = (day: QueueDay, input: StepInput): Result<EventOf<'ticket.held'>, StepFailure> => step(day, 'ticket.held', input, ['called']);

/** Back into the line: called by mistake, held and ready, or marked as absent and here after all. */
export const returnTicket = (day: QueueDay, input: StepInput): Result<EventOf<'ticket.returned'>, StepFailure> =>
  step(day, 'ticket.returned', input, ['called', 'held', 'no-show']);

export type TransferInput = StepInput & { toGroupId?: string; toCounter?: string };

export function transferTicket(
  day: Day,
  groups: readonly QueueGroup[],
  { toGroupId, toCounter, ...input }: TransferInput,
): Result<EventOf<'ticket.transferred'>, StepFailure | Failure<'unknown-group' | 'unknown-counter' | 'nowhere-to'>> {
  if (toGroupId === undefined && toCounter === undefined) return fail('nowhere-to');
  if (toGroupId !== undefined && !groups.some(({ id }) => id === toGroupId)) return fail('unknown-group');
  // Nobody is sent to a counter that is not there, where he would wait for ever.
  if (toCounter !== undefined && !(day.counters ?? []).some(({ counter, isOpen }) => counter === toCounter && isOpen)) return fail('unknown-counter');
  const moved = step(day, 'ticket.transferred', input, ['called', 'held']);
  if (!moved.ok) return moved;
  return ok({ ...moved.value, ...(toGroupId === undefined ? {} : { toGroupId }), ...(toCounter === undefined ? {} : { toCounter }) });
}

/** Undefined when there is nothing left to withdraw. */
export const isWithdrawable = (ticket: QueuedTicket | undefined): boolean =>
  ticket !== undefined && ['waiting', 'called', 'no-show', 'held'].includes(ticket.state);
