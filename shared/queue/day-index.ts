/**
 * What is asked of a day's tickets at every event, without looking at all of them: where one stands, which numbers are used, who
 * waits, whom a counter called last. Lists of tickets never change; each knows what the one it was made of knew.
 */
import { orderOf, seriesOf } from './series.ts';
import type { QueuedTicket } from './ticket.ts';

type Tickets = readonly QueuedTicket[];

/** Calls of one counter that are at hand; the rule of calling (line.ts) looks no further back. */
export const CALLS_AT_HAND = 4;

/** Tickets are only ever added at the end: the lists of one day are beginnings of one row, and share this. */
type Row = { places: Map<string, number>; ids: string[]; /** Letter and series → highest order. */ highest: Map<string, number> };
/** Each by what its tickets have in common. */
type Lines = ReadonlyMap<string, readonly QueuedTicket[]>;
type Index = {
  row: Row;
  /** Unknown until somebody asks. */
  lines?: Lines;
  /** Counter → the last it called, the newest first; of counters that were asked for. */
  calls?: ReadonlyMap<string, readonly QueuedTicket[]>;
};

const indexes = new WeakMap<Tickets, Index>();

function indexOf(tickets: Tickets): Index {
  const before = indexes.get(tickets);
  if (before !== undefined) return before;
  const row: Row = { places: new Map(), ids: [], highest: new Map() };
  for (const ticket of tickets) lengthen(row, ticket);
  const index = { row };
  // Days have nothing in common, though all begin with the same empty list.
  if (tickets.length > 0) indexes.set(tickets, index);
  return index;
}

function lengthen(row: Row, { ticketId, number }: QueuedTicket): void {
  row.places.set(ticketId, row.ids.length);
  row.ids.push(ticketId);
  const key = `${number.slice(0, 1)}${seriesOf(orderOf(number))}`;
  row.highest.set(key, Math.max(orderOf(number), row.highest.get(key) ?? 0));
}

/** -1: it is not among them. */
export function placeOf(tickets: Tickets, ticketId: string): number {
  const at = indexOf(tickets).row.places.get(ticketId) ?? -1;
  return at < tickets.length ? at : -1;
}

export const ticketOf = (tickets: Tickets, ticketId: string): QueuedTicket | undefined => tickets[placeOf(tickets, ticketId)];

/** Of the numbers of a letter and series at least the highest; 0: none. One that was given and taken back counts as used. */
export const highestOrder = (tickets: Tickets, letter: string, series: number): number => indexOf(tickets).row.highest.get(`${letter}${series}`) ?? 0;

/**
 * Those who wait, in lines in which, whatever the time is, the same counters may call everyone and only the first can be next:
 * of one group (or sent to one counter), with priority, or with the same appointment, or none. Who waits longest stands first.
 */
export const linesOf = (tickets: Tickets): Iterable<readonly QueuedTicket[]> => linesIn(tickets).values();

export function countWaiting(tickets: Tickets, groupId?: string): number {
  let count = 0;
  for (const line of linesOf(tickets)) if (groupId === undefined || line[0]?.groupId === groupId) count += line.length;
  return count;
}

function linesIn(tickets: Tickets): Lines {
  const index = indexOf(tickets);
  if (index.lines === undefined) {
    const lines = new Map<string, QueuedTicket[]>();
    for (const ticket of tickets) {
      if (ticket.state !== 'waiting') continue;
      const line = lines.get(lineOf(ticket));
      if (line === undefined) lines.set(lineOf(ticket), [ticket]);
      else line.push(ticket);
    }
    for (const line of lines.values()) line.sort((a, b) => a.issuedAtMs - b.issuedAtMs);
    index.lines = lines;
  }
  return index.lines;
}

const lineOf = ({ groupId, forCounter, priority, appointmentAtMs }: QueuedTicket): string =>
  JSON.stringify([groupId, forCounter, priority === 'none' ? (appointmentAtMs ?? '') : 'priority']);

/** When it was called to the counter that has it, recalls apart; 0: never. */
export const callOf = ({ servedFromMs, calledAtMs }: QueuedTicket): number => servedFromMs ?? calledAtMs ?? 0;

const wasCalledTo = (ticket: QueuedTicket): string | undefined => (callOf(ticket) > 0 ? ticket.counter : undefined);

/** The last this counter called, the newest first, `CALLS_AT_HAND` at most; another that called one of them since took it from this one. */
export function lastCalledBy(tickets: Tickets, counter: string): readonly QueuedTicket[] {
  const index = indexOf(tickets);
  const before = index.calls?.get(counter);
  if (before !== undefined) return before;
  const found = newest(tickets.filter((ticket) => ticket.counter === counter && callOf(ticket) > 0));
  index.calls = new Map([...(index.calls ?? []), [counter, found]]);
  return found;
}

const newest = (called: QueuedTicket[]): readonly QueuedTicket[] => called.sort((a, b) => callOf(b) - callOf(a)).slice(0, CALLS_AT_HAND);

/** Lists that were made by the work that goes on; nobody else has them yet. */
let ours: WeakSet<Tickets> | undefined;

/** Of many changes one after the other only the last list is of use to anybody: they share one copy. */
export function inOneGo<T>(work: () => T): T {
  if (ours !== undefined) return work();
  ours = new WeakSet();
  try {
    return work();
  } finally {
    ours = undefined;
  }
}

function copyOf(tickets: Tickets): QueuedTicket[] {
  if (ours?.has(tickets) === true) return tickets as QueuedTicket[];
  const copy = [...tickets];
  ours?.add(copy);
  return copy;
}

/** For a ticket that is not among them yet. */
export function withAdded(tickets: Tickets, ticket: QueuedTicket): QueuedTicket[] {
  const { row, lines, calls } = indexOf(tickets);
  const follower = row.ids[tickets.length];
  const next = copyOf(tickets);
  next.push(ticket);
  // Another list went on from here with another ticket, e.g. one that no disk took: what it knows is not of this one.
  if (follower !== undefined && follower !== ticket.ticketId) {
    indexes.delete(next);
    return next;
  }
  if (follower === undefined) lengthen(row, ticket);
  indexes.set(next, {
    row,
    ...(lines === undefined ? {} : { lines: linesAfter(lines, undefined, ticket, row) }),
    ...(calls === undefined || wasCalledTo(ticket) !== undefined ? {} : { calls }),
  });
  return next;
}

/** The same list when it is not among them. */
export function withChanged(tickets: Tickets, ticketId: string, to: (ticket: QueuedTicket) => QueuedTicket): Tickets {
  const at = placeOf(tickets, ticketId);
  const before = tickets[at];
  if (before === undefined) return tickets;
  const after = to(before);
  const { row, lines, calls } = indexOf(tickets);
  const next = copyOf(tickets);
  next[at] = after;
  indexes.set(next, {
    row,
    ...(lines === undefined ? {} : { lines: linesAfter(lines, before, after, row) }),
    ...(calls === undefined ? {} : { calls: callsAfter(calls, before, after) }),
  });
  return next;
}

function linesAfter(lines: Lines, before: QueuedTicket | undefined, after: QueuedTicket, { places }: Row): Lines {
  if (before?.state !== 'waiting' && after.state !== 'waiting') return lines;
  const next = new Map(lines);
  if (before?.state === 'waiting') {
    const left = (next.get(lineOf(before)) ?? []).filter((ticket) => ticket !== before);
    if (left.length > 0) next.set(lineOf(before), left);
    else next.delete(lineOf(before));
  }
  if (after.state === 'waiting') {
    const line = [...(next.get(lineOf(after)) ?? [])];
    const isBehind = (ticket: QueuedTicket): boolean =>
      (after.issuedAtMs - ticket.issuedAtMs || (places.get(after.ticketId) ?? 0) - (places.get(ticket.ticketId) ?? 0)) >= 0;
    line.splice(line.findLastIndex(isBehind) + 1, 0, after);
    next.set(lineOf(after), line);
  }
  return next;
}

function callsAfter(calls: NonNullable<Index['calls']>, before: QueuedTicket, after: QueuedTicket): NonNullable<Index['calls']> {
  const [from, to] = [wasCalledTo(before), wasCalledTo(after)];
  const isSameCall = from === to && callOf(before) === callOf(after);
  const next = new Map(calls);
  const left = from === undefined ? undefined : next.get(from);
  if (from !== undefined && left?.includes(before) === true) {
    if (isSameCall)
      next.set(
        from,
        left.map((ticket) => (ticket === before ? after : ticket)),
      );
    // One that is further back takes its place: looked for when it is asked for.
    else next.delete(from);
  }
  const joined = to === undefined ? undefined : next.get(to);
  if (to !== undefined && joined !== undefined && !isSameCall) next.set(to, newest([...joined, after]));
  return next;
}
