/** Queue tickets: one letter a service group, three or four digits a day (A001). */
import { z } from 'zod';
import { plainDateSchema } from '../dossiers/dossier.ts';

export const priorities = ['none', 'elderly', 'disabled', 'pregnant', 'small-children', 'merit'] as const;
export type Priority = (typeof priorities)[number];

export const ticketSchema = z.object({
  ticketId: z.uuid(),
  /** Group letter and number of the day, e.g. `A012`; see series.ts for who gives out which. */
  number: z.string().regex(/^[A-Z]\d{3,4}$/u),
  groupId: z.string().min(1).max(60),
  date: plainDateSchema,
  issuedAtMs: z.int().nonnegative(),
  priority: z.enum(priorities),
  /** Of a citizen who booked: from then on called before the ordinary line. */
  appointmentAtMs: z.int().nonnegative().optional(),
});
export type Ticket = z.infer<typeof ticketSchema>;

/**
 * waiting → called → served | no-show, and from `called` back to `waiting` or to `held` (stands aside, e.g. to fill in a form).
 * `withdrawn`: nobody holds its paper, because the kiosk never heard that it was given out and gave another.
 */
export const ticketStates = ['waiting', 'called', 'held', 'served', 'no-show', 'withdrawn'] as const;
export type TicketState = (typeof ticketStates)[number];

export const queuedTicketSchema = ticketSchema.extend({
  state: z.enum(ticketStates),
  /** The one that called it last. */
  counter: z.string().max(60).optional(),
  /** The last call or recall: what the board blinks for. */
  calledAtMs: z.int().optional(),
  /** The first call at this counter, from which the time at the counter is measured. */
  servedFromMs: z.int().optional(),
  /** Calls and recalls so far. */
  calls: z.int().nonnegative().optional(),
  /** Transferred to this counter: no other may call it while that one is open. */
  forCounter: z.string().max(60).optional(),
  endedAtMs: z.int().optional(),
});
export type QueuedTicket = z.infer<typeof queuedTicketSchema>;

/** Today's tickets of one office in order of issue. */
export type QueueDay = { date: string; tickets: readonly QueuedTicket[] };

/** What the citizen is told with the number. Null: no counter is open for the group. */
export type IssuedTicket = Ticket & { waitingAhead: number; expectedWaitMs: number | null };
