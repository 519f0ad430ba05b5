/** Owns the rows of queue tickets as the province counts them. */
import type { Operation } from '../../shared/journal/operation.ts';
import { unreachable } from '../../shared/lib/result.ts';
import type { Ticket } from '../../shared/queue/ticket.ts';
import type { Connection } from '../db/database.ts';

/** False when the ticket belongs to another office. The call may have arrived first, from another device of the office. */
export async function issueTicket(trx: Connection, officeId: string, ticket: Ticket): Promise<boolean> {
  const issue = { number: ticket.number, group_id: ticket.groupId, date: ticket.date, priority: ticket.priority, issued_at_ms: ticket.issuedAtMs };
  const row = await trx
    .insertInto('tickets')
    .values({ ticket_id: ticket.ticketId, office_id: officeId, state: 'waiting', ...issue })
    .onConflict((conflict) => conflict.column('ticket_id').doUpdateSet(issue).where('tickets.office_id', '=', officeId))
    .returning('ticket_id')
    .executeTakeFirst();
  return row !== undefined;
}

export type TicketMove = Extract<Operation, { type: 'ticket.called' | 'ticket.recalled' | 'ticket.finished' | 'ticket.no-show' }>;

const movedTo = (move: TicketMove) => {
  switch (move.type) {
    case 'ticket.called':
    case 'ticket.recalled':
      return { state: 'called' as const, counter: move.counter, called_at_ms: move.atMs };
    case 'ticket.finished':
      return { state: 'served' as const, counter: move.counter, ended_at_ms: move.atMs };
    case 'ticket.no-show':
      return { state: 'no-show' as const, counter: move.counter, ended_at_ms: move.atMs };
    default:
      return unreachable(move);
  }
};

/** False when the ticket belongs to another office. */
export async function moveTicket(trx: Connection, officeId: string, move: TicketMove): Promise<boolean> {
  const change = movedTo(move);
  const calls = change.state === 'called' ? 1 : 0;
  const row = await trx
    .insertInto('tickets')
    .values({ ticket_id: move.ticketId, office_id: officeId, number: move.number, calls, ...change })
    .onConflict((conflict) =>
      conflict
        .column('ticket_id')
        .doUpdateSet((eb) => ({ ...change, calls: eb('tickets.calls', '+', calls) }))
        .where('tickets.office_id', '=', officeId),
    )
    .returning('ticket_id')
    .executeTakeFirst();
  return row !== undefined;
}
