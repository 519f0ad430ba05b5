/** What devices ask of whoever holds the queue, who may ask it, and which events it becomes. */
import { z } from 'zod';
import type { PlainDate } from '../lib/time.ts';
import { fail, ok, unreachable, type Failure, type Result } from '../lib/result.ts';
import type { QueueGroup, Role } from '../settings/settings.ts';
import { callNext, callTicket, endTicket, holdTicket, issueTicket, isWithdrawable, recallTicket, returnTicket, transferTicket } from './decide.ts';
import type { Member, QueueEvent } from './event.ts';
import { placeOf, ticketOf } from './day-index.ts';
import { orderOf, rangeOf } from './series.ts';
import { officeDate, type QueueState } from './state.ts';
import { priorities, ticketSchema } from './ticket.ts';

const groupId = z.string().min(1).max(60);
const counter = z.string().min(1).max(60);
const ofTicket = { ticketId: z.uuid(), counter };
/** Tickets handed in with one command. */
export const MOST_HANDED_IN = 200;

export const commandSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('issue'), ticketId: z.uuid(), groupId, priority: z.enum(priorities), appointmentAtMs: z.int().nonnegative().optional() }),
  z.object({ type: z.literal('call-next'), counter, groupIds: z.array(groupId).max(26) }),
  z.object({ type: z.literal('call'), ...ofTicket }),
  z.object({ type: z.literal('recall'), ...ofTicket }),
  z.object({ type: z.literal('finish'), ...ofTicket }),
  z.object({ type: z.literal('no-show'), ...ofTicket }),
  z.object({ type: z.literal('hold'), ...ofTicket }),
  z.object({ type: z.literal('return'), ...ofTicket }),
  z.object({ type: z.literal('transfer'), ...ofTicket, toGroupId: groupId.optional(), toCounter: counter.optional() }),
  z.object({ type: z.literal('set-counter'), counter, groupIds: z.array(groupId).max(26), isOpen: z.boolean() }),
  z.object({ type: z.literal('set-doors'), isClosed: z.boolean() }),
  /** Tickets the device gave out by itself, and tickets it asked for whose paper nobody holds. */
  z.object({ type: z.literal('hand-in'), tickets: z.array(ticketSchema).max(MOST_HANDED_IN), withdrawn: z.array(z.uuid()).max(MOST_HANDED_IN) }),
  z.object({ type: z.literal('set-member'), memberId: z.string().length(64), isGone: z.literal(true) }),
]);
export type Command = z.infer<typeof commandSchema>;

/** What a refused command is refused for. */
export type CommandFailure = Failure;

const asked: Record<Command['type'], ReadonlyArray<Role>> = {
  issue: ['officer', 'postal', 'lobby'],
  'hand-in': ['officer', 'postal', 'lobby'],
  'call-next': ['officer', 'postal'],
  call: ['officer', 'postal'],
  recall: ['officer', 'postal'],
  finish: ['officer', 'postal'],
  'no-show': ['officer', 'postal'],
  hold: ['officer', 'postal'],
  return: ['officer', 'postal'],
  transfer: ['officer', 'postal'],
  'set-counter': ['officer', 'postal'],
  'set-doors': ['officer', 'postal'],
  'set-member': ['officer'],
};
export const mayAsk = (role: Role, command: Command): boolean => asked[command.type].includes(role);

export type Asker = Pick<Member, 'role' | 'series'>;
export type Rules = {
  groups: readonly QueueGroup[];
  atMs: number;
  /** Of the device that holds the queue. */
  series: number;
  /** The hour at which kiosks stop has come. */
  isAfterHours: boolean;
};

/** The events a command becomes, each with the series its number is of. None: there is nothing to do. */
export type Decided = ReadonlyArray<{ event: QueueEvent; series: number | null }>;

export function decideCommand(
  state: QueueState,
  command: Command,
  asker: Asker,
  { groups, atMs, series, isAfterHours }: Rules,
): Result<Decided, CommandFailure> {
  const one = (decision: Result<QueueEvent, Failure>): Result<Decided, Failure> => (decision.ok ? ok([{ event: decision.value, series: null }]) : decision);
  const by =
    'ticketId' in command && 'counter' in command ? { ticketId: command.ticketId, counter: command.counter, atMs } : { ticketId: '', counter: '', atMs };
  switch (command.type) {
    case 'issue': {
      if (placeOf(state.tickets, command.ticketId) >= 0) return ok([]);
      const isSelfService = asker.role === 'lobby';
      if (isSelfService && isAfterHours) return fail('doors-closed');
      const { ticketId, groupId: id, priority, appointmentAtMs } = command;
      const issued = issueTicket(state, groups, { ticketId, groupId: id, priority, appointmentAtMs, atMs, series, isSelfService });
      return issued.ok ? ok([{ event: issued.value, series }]) : issued;
    }
    case 'call-next':
      return one(callNext(state, { groupIds: command.groupIds, counter: command.counter, atMs }));
    case 'call':
      return one(callTicket(state, by));
    case 'recall':
      return one(recallTicket(state, by));
    case 'finish':
      return one(endTicket(state, { ...by, as: 'finished' }));
    case 'no-show':
      return one(endTicket(state, { ...by, as: 'no-show' }));
    case 'hold':
      return one(holdTicket(state, by));
    case 'return':
      return one(returnTicket(state, by));
    case 'transfer':
      return one(transferTicket(state, groups, { ...by, toGroupId: command.toGroupId, toCounter: command.toCounter }));
    case 'set-counter':
      return one(ok({ type: 'counter.set', counter: command.counter, groupIds: command.groupIds, isOpen: command.isOpen, atMs }));
    case 'set-doors':
      return one(ok({ type: 'doors.set', isClosed: command.isClosed, atMs }));
    case 'set-member':
      return one(ok({ type: 'member.removed', memberId: command.memberId }));
    case 'hand-in':
      return ok([...handedIn(state, command, asker, groups, officeDate(state, atMs)), ...withdrawn(state, command.withdrawn, atMs)]);
    default:
      return unreachable(command);
  }
}

/** Only numbers of the asker's own series are believed; what is known already, or of a day that is over, is passed over. */
function handedIn(
  state: QueueState,
  { tickets }: Extract<Command, { type: 'hand-in' }>,
  { series }: Asker,
  groups: readonly QueueGroup[],
  today: PlainDate,
): Decided {
  if (series === null) return [];
  const { from, to } = rangeOf(series);
  return tickets.flatMap((given) => {
    // A kiosk whose clock is ahead must not end the office's day.
    const ticket = given.date > today ? { ...given, date: today } : given;
    const order = orderOf(ticket.number);
    const isOurs = order >= from && order <= to && groups.some(({ id, letter }) => id === ticket.groupId && ticket.number.startsWith(letter));
    return isOurs && placeOf(state.tickets, ticket.ticketId) < 0 && ticket.date >= state.date
      ? [{ event: { type: 'ticket.issued', ticket } as const, series }]
      : [];
  });
}

const withdrawn = (state: QueueState, ticketIds: readonly string[], atMs: number): Decided =>
  ticketIds
    .filter((id) => isWithdrawable(ticketOf(state.tickets, id)))
    .map((ticketId) => ({ event: { type: 'ticket.withdrawn', ticketId, atMs }, series: null }));
