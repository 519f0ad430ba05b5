/** What the queue screen shows, worked out from today's tickets. */
import { nextInLine } from '../../shared/queue/line.ts';
import type { QueueState } from '../../shared/queue/state.ts';
import type { QueueDay, QueuedTicket } from '../../shared/queue/ticket.ts';
import type { QueueGroup } from '../../shared/settings/settings.ts';

type Day = QueueDay & Partial<Pick<QueueState, 'counters'>>;

export type GroupLine = { group: QueueGroup; waiting: number; /** Of the one who waits longest; null when nobody does. */ longestMs: number | null };
export type QueueScreenView = {
  /** The citizen at this counter. */
  serving: QueuedTicket | null;
  /** Called to other counters and not finished, newest first. */
  elsewhere: QueuedTicket[];
  /** In the order in which this counter would call them, the fair rule included. */
  next: QueuedTicket[];
  /** Held or absent, this counter's own first, the newest first. */
  aside: QueuedTicket[];
  /** Whom this counter called last, if marked as absent: a recall undoes it. */
  lastAbsent: QueuedTicket | null;
  groups: GroupLine[];
  waiting: number;
};

const newestCall = (a: QueuedTicket, b: QueuedTicket): number => (b.calledAtMs ?? 0) - (a.calledAtMs ?? 0);
const isAside = ({ state }: QueuedTicket): boolean => state === 'held' || state === 'no-show';

export function viewOf(day: Day, groups: readonly QueueGroup[], counter: string, nowMs: number, nextCount = 5): QueueScreenView {
  const called = day.tickets.filter((ticket) => ticket.state === 'called').sort(newestCall);
  const waiting = day.tickets.filter((ticket) => ticket.state === 'waiting');
  const isOurs = (ticket: QueuedTicket): boolean => ticket.counter === counter;
  const aside = day.tickets.filter(isAside).sort((a, b) => Number(isOurs(b)) - Number(isOurs(a)) || newestCall(a, b));
  const lastCalled = day.tickets.filter((ticket) => isOurs(ticket) && ticket.calledAtMs !== undefined).sort(newestCall)[0];
  return {
    serving: called.find(isOurs) ?? null,
    elsewhere: called.filter((ticket) => !isOurs(ticket)),
    next: forecast(day, counter, nowMs, nextCount),
    aside,
    lastAbsent: lastCalled?.state === 'no-show' ? lastCalled : null,
    groups: groups.map((group) => {
      const ours = waiting.filter((ticket) => ticket.groupId === group.id);
      const since = Math.min(...ours.map((ticket) => ticket.issuedAtMs));
      return { group, waiting: ours.length, longestMs: ours.length === 0 ? null : Math.max(0, nowMs - since) };
    }),
    waiting: waiting.length,
  };
}

/** Plays the rule of calling forward, so the list never disagrees with whom F4 really calls. */
function forecast(day: Day, counter: string, nowMs: number, count: number): QueuedTicket[] {
  const next: QueuedTicket[] = [];
  let tickets = day.tickets;
  while (next.length < count) {
    const ticket = nextInLine({ ...day, tickets }, { counter, groupIds: [], nowMs });
    if (ticket === undefined) break;
    const atMs = nowMs + next.length;
    next.push(ticket);
    tickets = tickets.map((one) =>
      one.ticketId === ticket.ticketId ? { ...one, state: 'called' as const, counter, calledAtMs: atMs, servedFromMs: atMs } : one,
    );
  }
  return next;
}

/** `m:ss`, from an hour on `h:mm:ss`. */
export function formatElapsed(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}
