/** How long it will take: the rule of calling played forward with the service times that were measured. */
import type { QueueGroup } from '../settings/settings.ts';
import { CALLS_LOOKED_AT, callOf, groupsOf, inTurn, isCounterOpen, kindOf, mayCall, type Kind } from './line.ts';
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
  const { waiting, serving, calls } = standingOf(state.tickets);
  const desks = counters.map(({ counter }) => {
    const ticket = serving.get(counter);
    const left = ticket === undefined ? 0 : tookMs(ticket.groupId) - (nowMs - (ticket.servedFromMs ?? nowMs));
    return {
      counter,
      groupIds: groupsOf(state, counter),
      atMs: nowMs + Math.max(0, left),
      calls: (calls.get(counter) ?? []).map((one) => kindOf(one, callOf(one))),
    };
  });
  // One who would come now in each group, behind everyone; serving these takes no time, or they would wait for each other.
  const comers = new Map(groups.map(({ id }) => [id, comer(id)]));
  const lines = linesOf([...waiting, ...comers.values()]);
  let left = waiting.length;
  while (waiting.length - left < MOST_CALLS) {
    desks.sort((a, b) => a.atMs - b.atMs);
    const desk = desks[0];
    if (desk === undefined) break;
    const next = inTurn(firstOf(lines, desk), desk.calls);
    if (next === undefined) {
      desks.shift();
      continue;
    }
    lines.find(([first]) => first === next)?.shift();
    if (comers.get(next.groupId) === next) {
      waits[next.groupId] = desk.atMs - nowMs;
      continue;
    }
    desk.calls = [kindOf(next, desk.atMs), ...desk.calls].slice(0, CALLS_LOOKED_AT);
    desk.atMs += tookMs(next.groupId);
    left -= 1;
  }
  if (left === 0) return waits;
  const passedMs = Math.max(...desks.map(({ atMs }) => atMs), nowMs) - nowMs;
  for (const [groupId, one] of comers) {
    if (waits[groupId] !== null && lines.some((line) => line.at(-1) === one)) waits[groupId] = (passedMs * waiting.length) / Math.max(1, waiting.length - left);
  }
  return waits;
}

type Standing = {
  waiting: QueuedTicket[];
  /** Counter → whom it serves. */
  serving: Map<string, QueuedTicket>;
  /** Counter → the last it called, the newest first: all the rule of calling looks at. */
  calls: Map<string, QueuedTicket[]>;
};

function standingOf(tickets: readonly QueuedTicket[]): Standing {
  const standing: Standing = { waiting: [], serving: new Map(), calls: new Map() };
  for (const ticket of tickets) {
    const { state, counter } = ticket;
    if (state === 'waiting') standing.waiting.push(ticket);
    if (counter === undefined || callOf(ticket) === 0) continue;
    if (state === 'called' && !standing.serving.has(counter)) standing.serving.set(counter, ticket);
    const newest = standing.calls.get(counter) ?? [];
    if (newest.length === CALLS_LOOKED_AT && callOf(ticket) <= callOf(newest.at(-1) ?? ticket)) continue;
    standing.calls.set(counter, [...newest, ticket].sort((a, b) => callOf(b) - callOf(a)).slice(0, CALLS_LOOKED_AT));
  }
  return standing;
}

/** Those whom the same counters may call and who stand behind each other whatever the time is: only the first of each can be next. */
function linesOf(waiting: readonly QueuedTicket[]): QueuedTicket[][] {
  const lines = new Map<string, QueuedTicket[]>();
  for (const ticket of waiting) {
    // One with an appointment changes from the ordinary line to the other when its time comes.
    const at = ticket.priority === 'none' ? (ticket.appointmentAtMs ?? '') : 'priority';
    const key = JSON.stringify([ticket.groupId, ticket.forCounter, at]);
    const line = lines.get(key);
    if (line === undefined) lines.set(key, [ticket]);
    else line.push(ticket);
  }
  return [...lines.values()].map((line) => line.sort((a, b) => a.issuedAtMs - b.issuedAtMs));
}

function firstOf(
  lines: readonly QueuedTicket[][],
  desk: { counter: string; groupIds: readonly string[] | undefined; atMs: number },
): Partial<Record<Kind, QueuedTicket>> {
  const first: Partial<Record<Kind, QueuedTicket>> = {};
  for (const [ticket] of lines) {
    if (ticket === undefined || !mayCall(ticket, desk.counter, desk.groupIds)) continue;
    const kind = kindOf(ticket, desk.atMs);
    const best = first[kind];
    if (best === undefined || ticket.issuedAtMs < best.issuedAtMs) first[kind] = ticket;
  }
  return first;
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
