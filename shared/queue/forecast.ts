/** How long it will take: the rule of calling played forward with the service times that were measured. */
import type { QueueGroup } from '../settings/settings.ts';
import { CALLS_AT_HAND, countWaiting, lastCalledBy, linesOf } from './day-index.ts';
import { firstOf, groupsOf, inTurn, isCounterOpen, kindOf, lastCalls } from './line.ts';
import type { QueueState } from './state.ts';
import type { QueuedTicket } from './ticket.ts';

/** Group → until someone who took a number now would be called, in ms; null: no counter is open for the group. */
export type Waits = Readonly<Record<string, number | null>>;

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

/** The line is played forward call by call; what lies behind `MOST_CALLS` of them is reckoned. */
export function expectedWaits(state: QueueState, groups: readonly QueueGroup[], nowMs: number): Waits {
  const counters = state.counters.filter(({ counter }) => isCounterOpen(state, counter));
  const waits: Record<string, number | null> = Object.fromEntries(groups.map(({ id }) => [id, isServed(state, counters, id) ? 0 : null]));
  if (counters.length === 0) return waits;
  const takes = new Map(groups.map(({ id }) => [id, serviceMs(state, id)]));
  const tookMs = (groupId: string): number => takes.get(groupId) ?? serviceMs(state, groupId);
  const desks = counters.map(({ counter }) => {
    const ticket = lastCalledBy(state.tickets, counter).find((called) => called.state === 'called');
    const left = ticket === undefined ? 0 : tookMs(ticket.groupId) - (nowMs - (ticket.servedFromMs ?? nowMs));
    return { counter, groupIds: groupsOf(state, counter), atMs: nowMs + Math.max(0, left), calls: lastCalls(state.tickets, counter) };
  });
  // One who would come now in each group, behind everyone; serving these takes no time, or they would wait for each other.
  const comers = new Map(groups.map(({ id }) => [id, comer(id)]));
  const lines = [...[...linesOf(state.tickets)].map((line) => [...line]), ...[...comers.values()].map((one) => [one])];
  const waiting = countWaiting(state.tickets);
  let left = waiting;
  while (waiting - left < MOST_CALLS) {
    desks.sort((a, b) => a.atMs - b.atMs);
    const desk = desks[0];
    if (desk === undefined) break;
    const next = inTurn(firstOf(lines, desk.counter, desk.groupIds, desk.atMs), desk.calls);
    if (next === undefined) {
      desks.shift();
      continue;
    }
    lines.find(([first]) => first === next)?.shift();
    if (comers.get(next.groupId) === next) {
      waits[next.groupId] = desk.atMs - nowMs;
      continue;
    }
    desk.calls = [kindOf(next, desk.atMs), ...desk.calls].slice(0, CALLS_AT_HAND);
    desk.atMs += tookMs(next.groupId);
    left -= 1;
  }
  if (left === 0) return waits;
  const passedMs = Math.max(...desks.map(({ atMs }) => atMs), nowMs) - nowMs;
  for (const [groupId, one] of comers) {
    if (waits[groupId] !== null && lines.some((line) => line.at(-1) === one)) waits[groupId] = (passedMs * waiting) / Math.max(1, waiting - left);
  }
  return waits;
}

/** Good for a second, unless counters open or close: it need not be worked out anew for each of a hundred numbers at eight in the morning. */
const GOOD_FOR_MS = 1_000;

/** `expectedWaits` for whoever asks often. */
export function createForecast(groups: readonly QueueGroup[]): (state: QueueState, nowMs: number) => Waits {
  let made: { counters: QueueState['counters']; date: string; atMs: number; waits: Waits } | undefined;
  return (state, nowMs) => {
    if (made === undefined || made.counters !== state.counters || made.date !== state.date || Math.abs(nowMs - made.atMs) >= GOOD_FOR_MS)
      made = { counters: state.counters, date: state.date, atMs: nowMs, waits: expectedWaits(state, groups, nowMs) };
    return made.waits;
  };
}

const isServed = (state: QueueState, counters: QueueState['counters'], groupId: string): boolean =>
  counters.some(({ counter }) => groupsOf(state, counter)?.includes(groupId) ?? true);

const comer = (groupId: string): QueuedTicket => ({
  ticketId: `comer-${groupId}`,
  number: 'A000',
  groupId,
  date: '',
  issuedAtMs: Number.MAX_SAFE_INTEGER,
  priority: 'none',
  state: 'waiting',
});
