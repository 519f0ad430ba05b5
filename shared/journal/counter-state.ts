/** What a device must never forget, folded from its journal: numbers used, leases held, today's queue. */
import { z } from 'zod';
import { dateAt, type PlainDate } from '../lib/time.ts';
import { isBehind, placeSchema, type Place } from '../queue/event.ts';
import { withAdded, withChanged } from '../queue/day-index.ts';
import { queuedTicketSchema, type QueueDay, type QueuedTicket, type TicketState } from '../queue/ticket.ts';
import { numberLeaseSchema, type JournalEntry, type NumberLease } from './operation.ts';

/** Day → lease id (or the emergency series) → highest order number used. */
export type UsedByDate = Readonly<Record<PlainDate, Readonly<Record<string, number>>>>;

/**
 * Days whose numbers are remembered. The code carries the date, so a day is needed only while a clock may be set back to it;
 * what comes from a clock further back is numbered in the newest day (`numberingDate`).
 */
export const KEPT_DAYS = 100;

/** `leasedAtMs`: when it came, by this device's clock; unknown for one that came before versions that note it. */
export type HeldLease = NumberLease & { leasedAtMs?: number };

export type CounterState = {
  /** `series`: the label of the emergency series while the device is quarantined. */
  enrolment: { deviceId: string; instance: number; officeId: string; series?: string } | null;
  leases: readonly HeldLease[];
  /** Highest order number given out per day and lease. A number is used once the journal holds it, printed or not. */
  usedByDate: UsedByDate;
  queue: QueueDay;
  /** How far this device's queue log has been journalled. */
  queueAt: Place;
  dossiersAccepted: number;
  /** The newest dossiers that were handed over, the last one last; older ones have long left, or stay as any other does. */
  handedOver: readonly string[];
};

export const emptyCounterState: CounterState = {
  enrolment: null,
  leases: [],
  usedByDate: {},
  queue: { date: '', tickets: [] },
  queueAt: { epoch: 0, seq: 0 },
  dossiersAccepted: 0,
  handedOver: [],
};

/** Months of a busy post office, in some hundred kilobytes. */
const KEPT_HANDED_OVER = 10_000;

export function reduceCounter(state: CounterState, entry: Pick<JournalEntry, 'operation' | 'atMs'>): CounterState {
  const next = effectOf(state, entry);
  const { operation } = entry;
  return 'queueAt' in operation && operation.queueAt !== undefined && isBehind(next.queueAt, operation.queueAt)
    ? { ...next, queueAt: operation.queueAt }
    : next;
}

function effectOf(state: CounterState, { operation, atMs }: Pick<JournalEntry, 'operation' | 'atMs'>): CounterState {
  switch (operation.type) {
    case 'device.enrolled':
      // A new identity starts with no numbers: what an older one used of its leases may be forgotten after a restore.
      return { ...state, leases: [], enrolment: { deviceId: operation.deviceId, instance: operation.instance, officeId: operation.officeId } };
    case 'device.quarantined':
      return { ...state, leases: [], enrolment: state.enrolment === null ? null : { ...state.enrolment, series: operation.series } };
    case 'numbers.leased':
      return { ...state, leases: [...state.leases.filter((lease) => lease.leaseId !== operation.lease.leaseId), { ...operation.lease, leasedAtMs: atMs }] };
    case 'ticket.issued': {
      const { ticket } = operation;
      // A clock set back does not reopen an earlier day: numbers of the newest day seen go on.
      if (ticket.date < state.queue.date) return state;
      const tickets = ticket.date === state.queue.date ? state.queue.tickets : [];
      return { ...state, queue: { date: ticket.date, tickets: withAdded(tickets, { ...ticket, state: 'waiting' }) } };
    }
    case 'ticket.called':
    case 'ticket.recalled':
      return withTicket(state, operation.ticketId, (ticket) => ({ ...ticket, state: 'called', counter: operation.counter, calledAtMs: operation.atMs }));
    case 'ticket.finished':
      return ended(state, operation.ticketId, 'served', atMs);
    case 'ticket.no-show':
      return ended(state, operation.ticketId, 'no-show', atMs);
    case 'dossier.accepted':
      return { ...withUsed(state, operation.dossier.acceptedAtMs, operation.number), dossiersAccepted: state.dossiersAccepted + 1 };
    case 'dossier.corrected':
      return operation.number === undefined ? state : withUsed(state, operation.correctedAtMs, operation.number);
    case 'dossiers.handed-over':
      return { ...state, handedOver: joined(state.handedOver, operation.dossierIds) };
    case 'service.rated':
    case 'catalogue.installed':
    case 'keys.rotated':
    case 'day.closed':
      return state;
  }
}

function withUsed(state: CounterState, atMs: number, { leaseId, order }: { leaseId: string; order: number }): CounterState {
  const date = numberingDate(state.usedByDate, dateAt(atMs));
  const used = { ...state.usedByDate[date], [leaseId]: Math.max(order, state.usedByDate[date]?.[leaseId] ?? 0) };
  return { ...state, usedByDate: newestDays({ ...state.usedByDate, [date]: used }) };
}

/**
 * The day in whose series a dossier of `date` is numbered: its own, unless what was used on it may be forgotten. A clock that
 * went back years must not make a code a second time.
 */
export function numberingDate(usedByDate: UsedByDate, date: PlainDate): PlainDate {
  if (usedByDate[date] !== undefined) return date;
  const days = Object.keys(usedByDate).sort();
  return days.length >= KEPT_DAYS && date < (days[0] ?? '') ? (days.at(-1) ?? date) : date;
}

function newestDays(usedByDate: UsedByDate): UsedByDate {
  const days = Object.keys(usedByDate);
  if (days.length <= KEPT_DAYS) return usedByDate;
  const kept = days.sort().slice(-KEPT_DAYS);
  return Object.fromEntries(kept.map((date) => [date, usedByDate[date] ?? {}]));
}

const joined = (handedOver: readonly string[], more: readonly string[]): string[] => [...new Set([...handedOver, ...more])].slice(-KEPT_HANDED_OVER);

const ended = (state: CounterState, ticketId: string, as: TicketState, atMs: number): CounterState =>
  withTicket(state, ticketId, (ticket) => ({ ...ticket, state: as, endedAtMs: atMs }));

function withTicket(state: CounterState, ticketId: string, change: (ticket: QueuedTicket) => QueuedTicket): CounterState {
  return { ...state, queue: { ...state.queue, tickets: withChanged(state.queue.tickets, ticketId, change) } };
}

/** A state that was kept on disk; new fields need a default, because a state may outlive the version that wrote it. */
export const counterStateSchema: z.ZodType<CounterState> = z.object({
  enrolment: z.object({ deviceId: z.string(), instance: z.int().min(1), officeId: z.string(), series: z.string().optional() }).nullable(),
  leases: z.array(numberLeaseSchema.extend({ leasedAtMs: z.int().nonnegative().optional() })),
  usedByDate: z.record(z.string(), z.record(z.string(), z.int().nonnegative())),
  queue: z.object({ date: z.string(), tickets: z.array(queuedTicketSchema) }),
  queueAt: placeSchema.default({ epoch: 0, seq: 0 }),
  dossiersAccepted: z.int().nonnegative(),
  handedOver: z.array(z.string()).default([]),
});

/**
 * Two views of one counter whose histories overlap but neither of which is whole: every number either has seen used is used.
 * `other` is the later view and decides where both know the same thing.
 */
export function mergeCounter(state: CounterState, other: CounterState): CounterState {
  const usedByDate: Record<PlainDate, Record<string, number>> = {};
  for (const view of [state.usedByDate, other.usedByDate]) {
    for (const [date, used] of Object.entries(view)) {
      const merged = (usedByDate[date] ??= {});
      for (const [leaseId, order] of Object.entries(used)) merged[leaseId] = Math.max(order, merged[leaseId] ?? 0);
    }
  }
  const isKnown = (lease: NumberLease): boolean => other.leases.some(({ leaseId }) => leaseId === lease.leaseId);
  // Leases belong to one identity; those of an earlier one are not brought back.
  const isSameIdentity = state.enrolment === null || other.enrolment === null || state.enrolment.deviceId === other.enrolment.deviceId;
  return {
    enrolment: other.enrolment ?? state.enrolment,
    leases: [...(isSameIdentity ? state.leases.filter((lease) => !isKnown(lease)) : []), ...other.leases],
    usedByDate: newestDays(usedByDate),
    queue: mergeQueue(state.queue, other.queue),
    queueAt: isBehind(state.queueAt, other.queueAt) ? other.queueAt : state.queueAt,
    dossiersAccepted: Math.max(state.dossiersAccepted, other.dossiersAccepted),
    handedOver: joined(state.handedOver, other.handedOver),
  };
}

function mergeQueue(queue: QueueDay, other: QueueDay): QueueDay {
  if (queue.date !== other.date) return queue.date > other.date ? queue : other;
  const later = new Map(other.tickets.map((ticket) => [ticket.ticketId, ticket]));
  const both = queue.tickets.map((ticket) => later.get(ticket.ticketId) ?? ticket);
  const known = new Set(queue.tickets.map(({ ticketId }) => ticketId));
  return { date: queue.date, tickets: [...both, ...other.tickets.filter(({ ticketId }) => !known.has(ticketId))] };
}
