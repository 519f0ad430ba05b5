/**
 * Finds a ticket of a day by its id without looking at all of them. A day's tickets are only ever added at the end, so all lists
 * of one day share what is known of their places; a list that grew differently from there is looked through.
 */
import type { QueuedTicket } from './ticket.ts';

type Tickets = readonly QueuedTicket[];

const known = new WeakMap<Tickets, Map<string, number>>();

function placesIn(tickets: Tickets): Map<string, number> {
  const before = known.get(tickets);
  if (before !== undefined) return before;
  const places = new Map(tickets.map(({ ticketId }, at) => [ticketId, at]));
  // Days have nothing in common, though all begin with the same empty list.
  if (tickets.length > 0) known.set(tickets, places);
  return places;
}

/** -1: it is not among them. */
export function placeOf(tickets: Tickets, ticketId: string): number {
  const at = placesIn(tickets).get(ticketId);
  if (at === undefined) return -1;
  return tickets[at]?.ticketId === ticketId ? at : tickets.findIndex((ticket) => ticket.ticketId === ticketId);
}

export const ticketOf = (tickets: Tickets, ticketId: string): QueuedTicket | undefined => tickets[placeOf(tickets, ticketId)];

/** For a ticket that is not among them yet. */
export function withAdded(tickets: Tickets, ticket: QueuedTicket): QueuedTicket[] {
  const places = placesIn(tickets);
  places.set(ticket.ticketId, tickets.length);
  const next = [...tickets, ticket];
  known.set(next, places);
  return next;
}

/** Unchanged when it is not among them. */
export function withChanged(tickets: Tickets, ticketId: string, to: (ticket: QueuedTicket) => QueuedTicket): Tickets {
  const at = placeOf(tickets, ticketId);
  const ticket = tickets[at];
  if (ticket === undefined) return tickets;
  const next = [...tickets];
  next[at] = to(ticket);
  known.set(next, placesIn(tickets));
  return next;
}
