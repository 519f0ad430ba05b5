/** The queue's decisions: which number next, whom to call next. Pure; the journal makes them happen once. */
import type { Operation } from '../journal/operation.ts';
import { fail, ok, type Failure, type Result } from '../lib/result.ts';
import { dateAt } from '../lib/time.ts';
import type { QueueGroup } from '../settings/settings.ts';
import type { Priority, QueueDay, QueuedTicket } from './ticket.ts';

type TicketIssued = Extract<Operation, { type: 'ticket.issued' }>;
type TicketStep = Extract<Operation, { type: `ticket.${'called' | 'recalled' | 'finished' | 'no-show'}` }>;

/** After this many priority citizens in a row an ordinary one is called, so that the ordinary line never starves. */
export const PRIORITY_RUN = 2;

export function issueTicket(
  day: QueueDay,
  groups: readonly QueueGroup[],
  { ticketId, groupId, priority, atMs }: { ticketId: string; groupId: string; priority: Priority; atMs: number },
): Result<TicketIssued, Failure<'unknown-group' | 'day-full'>> {
  const group = groups.find((candidate) => candidate.id === groupId);
  if (group === undefined) return fail('unknown-group');
  // A clock set back must not hand out the numbers of an earlier day again.
  const date = day.date > dateAt(atMs) ? day.date : dateAt(atMs);
  const issued = day.date === date ? day.tickets.filter((ticket) => ticket.number.startsWith(group.letter)) : [];
  const last = issued.reduce((highest, ticket) => Math.max(highest, Number(ticket.number.slice(1))), 0);
  if (last >= 9999) return fail('day-full');
  const number = `${group.letter}${String(last + 1).padStart(3, '0')}`;
  return ok({ type: 'ticket.issued', ticket: { ticketId, number, groupId, date, issuedAtMs: atMs, priority } });
}

export function callNext(
  day: QueueDay,
  { groupIds, counter, atMs }: { groupIds: readonly string[]; counter: string; atMs: number },
): Result<TicketStep, Failure<'nobody-waiting'>> {
  const today = day.date >= dateAt(atMs) ? day.tickets : [];
  const ours = today.filter((ticket) => groupIds.length === 0 || groupIds.includes(ticket.groupId));
  const waiting = ours.filter((ticket) => ticket.state === 'waiting');
  const ordinary = waiting.find((ticket) => ticket.priority === 'none');
  const priority = waiting.find((ticket) => ticket.priority !== 'none');
  const next = isOrdinaryDue(ours) ? (ordinary ?? priority) : (priority ?? ordinary);
  if (next === undefined) return fail('nobody-waiting');
  return ok({ type: 'ticket.called', ticketId: next.ticketId, number: next.number, counter, atMs });
}

/** How many stand before the next ticket of this group. */
export const waitingIn = (day: QueueDay, groupId: string): number =>
  day.tickets.filter((ticket) => ticket.groupId === groupId && ticket.state === 'waiting').length;

function isOrdinaryDue(tickets: readonly QueuedTicket[]): boolean {
  const called = tickets.filter((ticket) => ticket.calledAtMs !== undefined).sort((a, b) => (b.calledAtMs ?? 0) - (a.calledAtMs ?? 0));
  const lastCalls = called.slice(0, PRIORITY_RUN);
  return lastCalls.length === PRIORITY_RUN && lastCalls.every((ticket) => ticket.priority !== 'none');
}

type StepInput = { ticketId: string; counter: string; atMs: number };

export const recallTicket = (day: QueueDay, input: StepInput): Result<TicketStep, Failure<'ticket-unknown' | 'ticket-not-called'>> =>
  step(day, 'ticket.recalled', input);

export const endTicket = (
  day: QueueDay,
  { as, ...input }: StepInput & { as: 'finished' | 'no-show' },
): Result<TicketStep, Failure<'ticket-unknown' | 'ticket-not-called'>> => step(day, `ticket.${as}`, input);

function step(
  day: QueueDay,
  type: TicketStep['type'],
  { ticketId, counter, atMs }: StepInput,
): Result<TicketStep, Failure<'ticket-unknown' | 'ticket-not-called'>> {
  const ticket = day.tickets.find((candidate) => candidate.ticketId === ticketId);
  if (ticket === undefined) return fail('ticket-unknown');
  if (ticket.state !== 'called') return fail('ticket-not-called');
  return ok({ type, ticketId, number: ticket.number, counter, atMs });
}
