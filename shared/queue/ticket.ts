/** Queue tickets: one letter a service group, three digits a day (A001). */
import { z } from 'zod';
import { plainDateSchema } from '../dossiers/dossier.ts';

export const priorities = ['none', 'elderly', 'disabled', 'pregnant', 'small-children', 'merit'] as const;
export type Priority = (typeof priorities)[number];

export const ticketSchema = z.object({
  ticketId: z.uuid(),
  /** Group letter and number of the day, e.g. `A012`. */
  number: z.string().regex(/^[A-Z]\d{3,4}$/u),
  groupId: z.string().min(1).max(60),
  date: plainDateSchema,
  issuedAtMs: z.int().nonnegative(),
  priority: z.enum(priorities),
});
export type Ticket = z.infer<typeof ticketSchema>;

export type TicketState = 'waiting' | 'called' | 'served' | 'no-show';
export type QueuedTicket = Ticket & { state: TicketState; counter?: string; calledAtMs?: number; endedAtMs?: number };

/** What the screens of one office show: today's tickets in order of issue. */
export type QueueDay = { date: string; tickets: QueuedTicket[] };
