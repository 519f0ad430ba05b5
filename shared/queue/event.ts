/** What happens to an office's queue, one variant each; the five a province counts have the form of its journal operations. */
import { z } from 'zod';
import { ticketSchema } from './ticket.ts';

const counterName = z.string().min(1).max(60);
const step = z.object({ ticketId: z.uuid(), number: z.string().max(10), counter: counterName, atMs: z.int().nonnegative() });

/** A device of the office, known by the SHA-256 of its certificate. */
export const memberSchema = z.object({
  memberId: z.string().regex(/^[0-9a-f]{64}$/u),
  name: z.string().min(1).max(100),
  seat: z.enum(['hub', 'standby', 'member']),
  /** What it may ask for: a kiosk calls nobody. */
  role: z.enum(['officer', 'postal', 'lobby', 'board']),
  /** Whose numbers it gives out by itself; null: none, it needs the hub. */
  series: z.int().min(0).max(15).nullable(),
  /** Third voice beside hub and standby, so that one of the two can be sure the other has stopped. */
  isWitness: z.boolean(),
  /** Where a hub or a standby listens, `host:port`, the last that worked first. */
  addresses: z.array(z.string().max(300)).max(8),
});
export type Member = z.infer<typeof memberSchema>;

export const queueEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ticket.issued'), ticket: ticketSchema }),
  z.object({ type: z.literal('ticket.called'), ...step.shape }),
  z.object({ type: z.literal('ticket.recalled'), ...step.shape }),
  z.object({ type: z.literal('ticket.finished'), ...step.shape }),
  z.object({ type: z.literal('ticket.no-show'), ...step.shape }),
  /** Stands aside; whoever calls it goes on with it. */
  z.object({ type: z.literal('ticket.held'), ...step.shape }),
  /** Back into the line, to the place its time of issue gives it. */
  z.object({ type: z.literal('ticket.returned'), ...step.shape }),
  /** `toGroupId`, `toCounter` or both. */
  z.object({ type: z.literal('ticket.transferred'), ...step.shape, toGroupId: z.string().min(1).max(60).optional(), toCounter: counterName.optional() }),
  z.object({ type: z.literal('ticket.withdrawn'), ticketId: z.uuid(), atMs: z.int().nonnegative() }),
  /** `groupIds` empty: all of them. Not open: calls nobody, e.g. at noon. */
  z.object({
    type: z.literal('counter.set'),
    counter: counterName,
    groupIds: z.array(z.string().max(60)).max(26),
    isOpen: z.boolean(),
    atMs: z.int().nonnegative(),
  }),
  /** Closed: kiosks give no more numbers today; who waits is still served. */
  z.object({ type: z.literal('doors.set'), isClosed: z.boolean(), atMs: z.int().nonnegative() }),
  z.object({ type: z.literal('member.set'), member: memberSchema }),
  z.object({ type: z.literal('member.removed'), memberId: z.string().max(64) }),
  /** Numbers known to be used elsewhere; nothing below them is given again. */
  z.object({ type: z.literal('numbers.raised'), date: z.string().max(10), numbers: z.record(z.string().max(8), z.int().nonnegative()) }),
  /** A device holds the queue from here on. `isSole`: on a person's word that no other does, without the voices of the others. */
  z.object({ type: z.literal('term.began'), memberId: z.string().max(64), isSole: z.boolean(), atMs: z.int().nonnegative() }),
]);
export type QueueEvent = z.infer<typeof queueEventSchema>;
export type TicketStep = Extract<QueueEvent, { counter: string; ticketId: string }>;

/**
 * An event as it stands in the log. `epoch` counts the terms in which a device held the queue, `seq` the events of the office.
 * `series`: of the device whose number an issue has.
 */
export const loggedEventSchema = z.object({
  epoch: z.int().nonnegative(),
  seq: z.int().min(1),
  series: z.int().min(0).max(15).nullable(),
  commandId: z.uuid().optional(),
  event: queueEventSchema,
});
export type LoggedEvent = z.infer<typeof loggedEventSchema>;

/** How far a log goes: the later term wins, then the longer log. */
export const placeSchema = z.object({ epoch: z.int().nonnegative(), seq: z.int().nonnegative() });
export type Place = z.infer<typeof placeSchema>;
export const isBehind = (one: Place, other: Place): boolean => one.epoch < other.epoch || (one.epoch === other.epoch && one.seq < other.seq);
