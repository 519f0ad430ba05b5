/** What a device must never forget, folded from its journal: numbers used, leases held, today's queue. */
import { dateAt, type PlainDate } from '../lib/time.ts';
import type { QueueDay, QueuedTicket, TicketState } from '../queue/ticket.ts';
import type { JournalEntry, NumberLease } from './operation.ts';

/** Day → lease id (or the emergency series) → highest order number used. */
export type UsedByDate = Readonly<Record<PlainDate, Readonly<Record<string, number>>>>;

export type CounterState = {
  enrolment: { deviceId: string; instance: number; officeId: string } | null;
  leases: readonly NumberLease[];
  /** Highest order number given out per day and lease. A number is used once the journal holds it, printed or not. */
  usedByDate: UsedByDate;
  queue: QueueDay;
  dossiersAccepted: number;
};

export const emptyCounterState: CounterState = { enrolment: null, leases: [], usedByDate: {}, queue: { date: '', tickets: [] }, dossiersAccepted: 0 };

export function reduceCounter(state: CounterState, { operation, atMs }: Pick<JournalEntry, 'operation' | 'atMs'>): CounterState {
  switch (operation.type) {
    case 'device.enrolled':
      return { ...state, enrolment: { deviceId: operation.deviceId, instance: operation.instance, officeId: operation.officeId } };
    case 'numbers.leased':
      return { ...state, leases: [...state.leases.filter((lease) => lease.leaseId !== operation.lease.leaseId), operation.lease] };
    case 'ticket.issued': {
      const { ticket } = operation;
      // A clock set back does not reopen an earlier day: numbers of the newest day seen go on.
      if (ticket.date < state.queue.date) return state;
      const tickets = ticket.date === state.queue.date ? state.queue.tickets : [];
      return { ...state, queue: { date: ticket.date, tickets: [...tickets, { ...ticket, state: 'waiting' }] } };
    }
    case 'ticket.called':
    case 'ticket.recalled':
      return withTicket(state, operation.ticketId, (ticket) => ({ ...ticket, state: 'called', counter: operation.counter, calledAtMs: operation.atMs }));
    case 'ticket.finished':
      return ended(state, operation.ticketId, 'served', atMs);
    case 'ticket.no-show':
      return ended(state, operation.ticketId, 'no-show', atMs);
    case 'dossier.accepted': {
      const date = dateAt(operation.dossier.acceptedAtMs);
      const { leaseId, order } = operation.number;
      const used = { ...state.usedByDate[date], [leaseId]: Math.max(order, state.usedByDate[date]?.[leaseId] ?? 0) };
      return { ...state, usedByDate: { ...state.usedByDate, [date]: used }, dossiersAccepted: state.dossiersAccepted + 1 };
    }
    case 'catalogue.installed':
      return state;
  }
}

const ended = (state: CounterState, ticketId: string, as: TicketState, atMs: number): CounterState =>
  withTicket(state, ticketId, (ticket) => ({ ...ticket, state: as, endedAtMs: atMs }));

function withTicket(state: CounterState, ticketId: string, change: (ticket: QueuedTicket) => QueuedTicket): CounterState {
  const tickets = state.queue.tickets.map((ticket) => (ticket.ticketId === ticketId ? change(ticket) : ticket));
  return { ...state, queue: { ...state.queue, tickets } };
}
