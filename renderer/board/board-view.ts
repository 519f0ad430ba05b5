/** What the board shows of today's queue. */
import type { QueueDay, QueuedTicket } from '../../shared/queue/ticket.ts';
import type { QueueGroup } from '../../shared/settings/settings.ts';

export type Called = { ticketId: string; number: string; counter: string; calledAtMs: number };
export type BoardView = { /** Newest first. */ called: Called[]; waiting: Array<{ group: QueueGroup; count: number }> };

const isShown = (ticket: QueuedTicket): boolean => ticket.calledAtMs !== undefined && ticket.counter !== undefined && ticket.state !== 'no-show';

export function boardOf(day: QueueDay, groups: readonly QueueGroup[], rows: number): BoardView {
  return {
    called: day.tickets
      .filter(isShown)
      .map(({ ticketId, number, counter = '', calledAtMs = 0 }) => ({ ticketId, number, counter, calledAtMs }))
      .sort((a, b) => b.calledAtMs - a.calledAtMs)
      .slice(0, rows),
    waiting: groups.map((group) => ({ group, count: day.tickets.filter((ticket) => ticket.groupId === group.id && ticket.state === 'waiting').length })),
  };
}
