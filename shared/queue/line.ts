/**
 * Whom a counter calls next: fair between citizens with priority, with an appointment and in the ordinary line.
 *
 * The rule looks only at what this counter itself called, so it holds in every office, whatever groups the counters share.
 * Of any three calls of one counter in a row, while someone of each kind waits in its groups,
 *   at least two go to priority citizens (PRIORITY_RUN of PRIORITY_RUN + 1) and at least one does not;
 * and of the calls that do not, every second goes to the ordinary line at least. So whoever has k citizens before him in the
 * ordinary line is called at the latest with the counter's 6 (k + 1)th call, 3 (k + 1)th where nobody has an appointment.
 */
import { callOf, lastCalledBy, linesOf } from './day-index.ts';
import type { CounterStanding, QueueState } from './state.ts';
import type { QueueDay, QueuedTicket } from './ticket.ts';

/** After this many priority citizens in a row another is called, so that no line starves. */
export const PRIORITY_RUN = 2;

export type Kind = 'priority' | 'appointment' | 'ordinary';

/** An appointment counts from its time on; whoever comes early stands in the ordinary line until then. */
export const kindOf = (ticket: QueuedTicket, nowMs: number): Kind => {
  if (ticket.priority !== 'none') return 'priority';
  return ticket.appointmentAtMs !== undefined && ticket.appointmentAtMs <= nowMs ? 'appointment' : 'ordinary';
};

const standingOf = (counters: readonly CounterStanding[], counter: string): CounterStanding | undefined => counters.find((one) => one.counter === counter);

/** Groups a counter calls from; undefined: all of them. A counter nobody has set up is open for all. */
export function groupsOf(state: Partial<Pick<QueueState, 'counters'>>, counter: string, asked: readonly string[] = []): readonly string[] | undefined {
  if (asked.length > 0) return asked;
  const groupIds = standingOf(state.counters ?? [], counter)?.groupIds ?? [];
  return groupIds.length > 0 ? groupIds : undefined;
}

export const isCounterOpen = (state: Partial<Pick<QueueState, 'counters'>>, counter: string): boolean =>
  standingOf(state.counters ?? [], counter)?.isOpen ?? true;

const mayCall = (ticket: QueuedTicket, counter: string, groupIds: readonly string[] | undefined): boolean =>
  ticket.state === 'waiting' && (ticket.forCounter === undefined ? groupIds === undefined || groupIds.includes(ticket.groupId) : ticket.forCounter === counter);

/** The last kinds this counter called, the newest first: far enough back to find the last that was not to a priority citizen. */
export const lastCalls = (tickets: readonly QueuedTicket[], counter: string): Kind[] =>
  lastCalledBy(tickets, counter).map((ticket) => kindOf(ticket, callOf(ticket)));

/** Undefined: nobody waits whom this counter may call. */
export function nextInLine(
  state: QueueDay & Partial<Pick<QueueState, 'counters'>>,
  { counter, groupIds, nowMs }: { counter: string; groupIds: readonly string[]; nowMs: number },
): QueuedTicket | undefined {
  const first = firstOf(linesOf(state.tickets), counter, groupsOf(state, counter, groupIds), nowMs);
  return inTurn(first, lastCalls(state.tickets, counter));
}

/** Of each kind the one who waits longest of those this counter may call. `groupIds` undefined: of all groups. */
export function firstOf(
  lines: Iterable<readonly QueuedTicket[]>,
  counter: string,
  groupIds: readonly string[] | undefined,
  nowMs: number,
): Partial<Record<Kind, QueuedTicket>> {
  const first: Partial<Record<Kind, QueuedTicket>> = {};
  for (const [ticket] of lines) {
    if (ticket === undefined || !mayCall(ticket, counter, groupIds)) continue;
    const kind = kindOf(ticket, nowMs);
    const best = first[kind];
    if (best === undefined || ticket.issuedAtMs < best.issuedAtMs) first[kind] = ticket;
  }
  return first;
}

/** Of the first of each kind, after these calls of the counter, the newest first. */
export function inTurn(first: Partial<Record<Kind, QueuedTicket>>, calls: readonly Kind[]): QueuedTicket | undefined {
  const isOthersTurn = calls.length >= PRIORITY_RUN && calls.slice(0, PRIORITY_RUN).every((kind) => kind === 'priority');
  const lastOther = calls.find((kind) => kind !== 'priority');
  const other = lastOther === 'appointment' ? (first.ordinary ?? first.appointment) : (first.appointment ?? first.ordinary);
  return isOthersTurn ? (other ?? first.priority) : (first.priority ?? other);
}
