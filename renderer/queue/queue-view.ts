/** What the queue screen shows, worked out from today's tickets. */
import { callNext } from '../../shared/queue/decide.ts';
import type { QueueDay, QueuedTicket } from '../../shared/queue/ticket.ts';
import type { QueueGroup } from '../../shared/settings/settings.ts';

export type GroupLine = { group: QueueGroup; waiting: number; /** Of the one who waits longest; null when nobody does. */ longestMs: number | null };
export type QueueView = {
  /** The citizen at this counter. */
  serving: QueuedTicket | null;
  /** Called to other counters and not finished, newest first. */
  elsewhere: QueuedTicket[];
  /** In the order in which they would be called, priority rule included. */
  next: QueuedTicket[];
  groups: GroupLine[];
  waiting: number;
};

const newestCall = (a: QueuedTicket, b: QueuedTicket): number => (b.calledAtMs ?? 0) - (a.calledAtMs ?? 0);

export function viewOf(day: QueueDay, groups: readonly QueueGroup[], counter: string, nowMs: number, nextCount = 5): QueueView {
  const called = day.tickets.filter((ticket) => ticket.state === 'called').sort(newestCall);
  const waiting = day.tickets.filter((ticket) => ticket.state === 'waiting');
  return {
    serving: called.find((ticket) => ticket.counter === counter) ?? null,
    elsewhere: called.filter((ticket) => ticket.counter !== counter),
    next: forecast(day, counter, nowMs, nextCount),
    groups: groups.map((group) => {
      const ours = waiting.filter((ticket) => ticket.groupId === group.id);
      const since = Math.min(...ours.map((ticket) => ticket.issuedAtMs));
      return { group, waiting: ours.length, longestMs: ours.length === 0 ? null : Math.max(0, nowMs - since) };
    }),
    waiting: waiting.length,
  };
}

/** Plays the rule of calling forward, so the list never disagrees with whom F4 really calls. */
function forecast(day: QueueDay, counter: string, nowMs: number, count: number): QueuedTicket[] {
  const next: QueuedTicket[] = [];
  let tickets = day.tickets;
  while (next.length < count) {
    const atMs = nowMs + next.length;
    const decision = callNext({ date: day.date, tickets }, { groupIds: [], counter, atMs });
    if (!decision.ok) break;
    const { ticketId } = decision.value;
    const ticket = day.tickets.find((candidate) => candidate.ticketId === ticketId);
    if (ticket === undefined) break;
    next.push(ticket);
    tickets = tickets.map((candidate) => (candidate.ticketId === ticketId ? { ...candidate, state: 'called' as const, counter, calledAtMs: atMs } : candidate));
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
