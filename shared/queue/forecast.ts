/** How long it will take: the rule of calling played forward with the service times that were measured. */
import type { QueueGroup } from '../settings/settings.ts';
import { CALLS_LOOKED_AT, callOf, groupsOf, isCounterOpen, nextInLine } from './line.ts';
import type { QueueState } from './state.ts';
import type { QueuedTicket } from './ticket.ts';

/** Until a group has services of its own. */
const FIRST_GUESS_MS = 8 * 60_000;
/** Beyond this many calls the rest is reckoned at the rate of those before. */
const MOST_CALLS = 150;

/** The mean of the last services, the slowest and quickest tenth left out, so that one long conversation does not frighten a whole room. */
export function serviceMs(state: Pick<QueueState, 'services'>, groupId: string): number {
  const times = [...(state.services[groupId] ?? [])].sort((a, b) => a - b);
  if (times.length < 3) return FIRST_GUESS_MS;
  const cut = Math.floor(times.length / 10);
  const middle = times.slice(cut, times.length - cut);
  return middle.reduce((sum, one) => sum + one, 0) / middle.length;
}

/** Group → until someone who took a number now would be called, in ms; null: no counter is open for the group. */
export function expectedWaits(state: QueueState, groups: readonly QueueGroup[], nowMs: number): Record<string, number | null> {
  const counters = state.counters.filter(({ counter }) => isCounterOpen(state, counter));
  const late = Number.MAX_SAFE_INTEGER;
  // One who would come now in each group, behind everyone; serving these takes no time, or they would wait for each other.
  const comers = new Map(groups.map(({ id }): [string, QueuedTicket] => [id, comer(id, late)]));
  const free = counters.map(({ counter }) => {
    const serving = state.tickets.find((ticket) => ticket.state === 'called' && ticket.counter === counter);
    const left = serving === undefined ? 0 : serviceMs(state, serving.groupId) - (nowMs - (serving.servedFromMs ?? nowMs));
    return { counter, atMs: nowMs + Math.max(0, left) };
  });
  const waits: Record<string, number | null> = Object.fromEntries(groups.map(({ id }) => [id, isServed(state, counters, id) ? 0 : null]));
  if (free.length === 0) return waits;
  const waiting = state.tickets.filter((ticket) => ticket.state === 'waiting').length;
  let tickets: readonly QueuedTicket[] = [...relevant(state), ...comers.values()];
  for (let calls = 0; calls < MOST_CALLS;) {
    free.sort((a, b) => a.atMs - b.atMs);
    const desk = free[0];
    if (desk === undefined) break;
    const next = nextInLine({ date: state.date, tickets, counters: state.counters }, { counter: desk.counter, groupIds: [], nowMs: desk.atMs });
    if (next === undefined) {
      free.shift();
      continue;
    }
    const isComer = comers.get(next.groupId) === next;
    if (isComer) waits[next.groupId] = desk.atMs - nowMs;
    tickets = isComer
      ? tickets.filter((ticket) => ticket !== next)
      : tickets.map((ticket) => (ticket === next ? called(ticket, desk.counter, desk.atMs) : ticket));
    if (isComer) continue;
    desk.atMs += serviceMs(state, next.groupId);
    calls += 1;
  }
  const reached = tickets.filter((ticket) => ticket.state === 'waiting' && ticket.issuedAtMs !== late).length;
  if (reached === 0) return waits;
  const passedMs = Math.max(...free.map(({ atMs }) => atMs), nowMs) - nowMs;
  for (const ticket of tickets) {
    if (ticket.issuedAtMs === late && waits[ticket.groupId] !== null) waits[ticket.groupId] = (passedMs * waiting) / Math.max(1, waiting - reached);
  }
  return waits;
}

/** Who waits, and the last calls of each counter, which are all the rule of calling looks at. */
function relevant(state: QueueState): QueuedTicket[] {
  const calls = new Map<string, QueuedTicket[]>();
  for (const ticket of state.tickets) {
    if (ticket.counter === undefined || callOf(ticket) === 0 || ticket.state === 'waiting') continue;
    calls.set(ticket.counter, [...(calls.get(ticket.counter) ?? []), ticket].sort((a, b) => callOf(b) - callOf(a)).slice(0, CALLS_LOOKED_AT));
  }
  return [...state.tickets.filter((ticket) => ticket.state === 'waiting'), ...[...calls.values()].flat()];
}

const isServed = (state: QueueState, counters: QueueState['counters'], groupId: string): boolean =>
  counters.some(({ counter }) => groupsOf(state, counter)?.includes(groupId) ?? true);

const called = (ticket: QueuedTicket, counter: string, atMs: number): QueuedTicket => ({
  ...ticket,
  state: 'called',
  counter,
  calledAtMs: Math.round(atMs),
  servedFromMs: Math.round(atMs),
});

const comer = (groupId: string, issuedAtMs: number): QueuedTicket => ({
  ticketId: `comer-${groupId}`,
  number: 'A000',
  groupId,
  date: '',
  issuedAtMs,
  priority: 'none',
  state: 'waiting',
});
