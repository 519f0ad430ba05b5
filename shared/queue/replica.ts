/**
 * One device's copy of the queue and of its log: what is settled (no later hub can undo it), the tail that is not yet, and what
 * this device gave out by itself. Everything that must survive is a record, durable before anyone hears of it.
 */
import { z } from 'zod';
import { fail, ok, unreachable, type Failure, type Result } from '../lib/result.ts';
import type { PlainDate } from '../lib/time.ts';
import { loggedEventSchema, placeSchema, type LoggedEvent, type Place } from './event.ts';
import type { Snapshot } from './frame.ts';
import { orderOf, rangeOf } from './series.ts';
import { emptyQueue, queueStateSchema, raiseNumbers, reduceLogged, type QueueState } from './state.ts';
import { ticketSchema, type Ticket } from './ticket.ts';

const usedSchema = z.object({ date: z.string(), orders: z.record(z.string(), z.int().nonnegative()) });

export const seatRecordSchema = z.discriminatedUnion('kind', [
  /** Makes all before it unnecessary. */
  z.object({
    kind: z.literal('base'),
    state: queueStateSchema,
    at: placeSchema,
    tail: z.array(loggedEventSchema),
    promised: z.int().nonnegative(),
    series: z.int().nullable(),
    used: usedSchema,
    own: z.array(ticketSchema),
    toWithdraw: z.array(z.string()),
  }),
  z.object({ kind: z.literal('event'), logged: loggedEventSchema }),
  /** Noted with the next event: at most the last few events of a log are not known to be settled. */
  z.object({ kind: z.literal('settled'), seq: z.int().nonnegative() }),
  /** No hub of an earlier term is heard any more. */
  z.object({ kind: z.literal('promise'), epoch: z.int().nonnegative() }),
  /** Given out without a hub. */
  z.object({ kind: z.literal('own'), ticket: ticketSchema }),
  z.object({ kind: z.literal('withdraw'), ticketId: z.uuid() }),
  z.object({ kind: z.literal('handed'), ticketIds: z.array(z.uuid()) }),
]);
export type SeatRecord = z.infer<typeof seatRecordSchema>;

export type Keep = {
  keep(records: SeatRecord[]): Promise<Result<null, Failure>>;
  /** Starts the log anew with this one record, which is made when all before it is written. */
  begin(base: () => SeatRecord): Promise<Result<null, Failure>>;
};

/** Events that are at hand (this many at least) for devices that were away for a moment; who was away longer gets the whole queue. */
const RECENT = 2000;
/** After these many records the log is begun anew. */
const COMPACT_AFTER = 20_000;

type Options = { keep: Keep; /** As they were kept, oldest first. */ records: readonly SeatRecord[]; /** Until the office has said. */ series: number | null };

export function createReplica({ keep, records, series: firstSeries }: Options) {
  let settled: QueueState = emptyQueue;
  let at: Place = { epoch: 0, seq: 0 };
  let tail: LoggedEvent[] = [];
  let ahead: QueueState = settled;
  let recent: LoggedEvent[] = [];
  let keptSeq = 0;
  let promised = 0;
  let series = firstSeries;
  let used: { date: PlainDate; orders: Record<string, number> } = { date: '', orders: {} };
  let own: Ticket[] = [];
  let toWithdraw: string[] = [];
  let count = 0;
  /** The file may lack what is in memory, or hold what is not. Nothing is kept until it was begun anew. */
  let isSpoiled = false;
  let notedSeq = 0;
  /** Rises with every cut of the tail: what was being kept before it is not ours any more. */
  let generation = 0;

  const last = (): Place => tail.at(-1) ?? at;
  /** What is on this disk; what is not may be cut off again, and its number given to somebody else. */
  const keptTail = (): LoggedEvent[] => tail.filter(({ seq }) => seq <= keptSeq);

  function noteUsed({ date, number }: Pick<Ticket, 'date' | 'number'>): void {
    if (date < used.date) return;
    const orders = date > used.date ? {} : used.orders;
    const letter = number.slice(0, 1);
    used = { date, orders: { ...orders, [letter]: Math.max(orders[letter] ?? 0, orderOf(number)) } };
  }

  function push(events: readonly LoggedEvent[]): void {
    tail.push(...events);
    ahead = reduceLogged(ahead, events);
  }

  function noteUsedIn({ event, series: of }: LoggedEvent): void {
    if (event.type === 'ticket.issued' && of === series && series !== null) noteUsed(event.ticket);
  }

  function settle(seq: number): LoggedEvent[] {
    const through = Math.min(seq, last().seq);
    const moved = tail.filter((logged) => logged.seq <= through);
    if (moved.length === 0) return [];
    tail = tail.slice(moved.length);
    settled = reduceLogged(settled, moved);
    const end = moved.at(-1);
    if (end !== undefined) at = { epoch: end.epoch, seq: end.seq };
    recent.push(...moved);
    if (recent.length > RECENT * 1.25) recent = recent.slice(-RECENT);
    return moved;
  }

  function replay(record: SeatRecord): void {
    switch (record.kind) {
      case 'base':
        ({ state: settled, at, promised, series, used, own, toWithdraw } = record);
        tail = [];
        ahead = settled;
        push(record.tail);
        return;
      case 'event':
        if (record.logged.seq !== last().seq + 1) return;
        push([record.logged]);
        noteUsedIn(record.logged);
        return;
      case 'settled':
        settle(record.seq);
        return;
      case 'promise':
        promised = Math.max(promised, record.epoch);
        return;
      case 'own':
        own = [...own.filter(({ ticketId }) => ticketId !== record.ticket.ticketId), record.ticket];
        noteUsed(record.ticket);
        return;
      case 'withdraw':
        toWithdraw = [...toWithdraw, record.ticketId];
        return;
      case 'handed':
        forget(record.ticketIds);
        return;
      default:
        unreachable(record);
    }
  }

  function forget(ticketIds: readonly string[]): void {
    own = own.filter(({ ticketId }) => !ticketIds.includes(ticketId));
    toWithdraw = toWithdraw.filter((ticketId) => !ticketIds.includes(ticketId));
  }

  records.forEach(replay);
  keptSeq = last().seq;
  promised = Math.max(promised, last().epoch);

  const base = (): SeatRecord => ({ kind: 'base', state: settled, at, tail: [...tail], promised, series, used, own, toWithdraw });

  async function begin(): Promise<Result<null, Failure>> {
    let [mine, seq] = [generation, 0];
    const begun = await keep.begin(() => {
      [mine, seq] = [generation, last().seq];
      return base();
    });
    if (!begun.ok) {
      isSpoiled = true;
      return begun;
    }
    count = 0;
    if (mine === generation) {
      isSpoiled = false;
      keptSeq = Math.max(keptSeq, seq);
    }
    return begun;
  }

  async function write(kept: SeatRecord[]): Promise<Result<null, Failure>> {
    if (isSpoiled) {
      // The base holds whatever these records say: they were applied before they were kept.
      return begin();
    }
    count += kept.length;
    const written = await keep.keep(kept);
    if (!written.ok) isSpoiled = true;
    else if (count > COMPACT_AFTER) {
      count = 0;
      void begin();
    }
    return written;
  }

  function cutTail(fromSeq: number): void {
    tail = tail.filter(({ seq }) => seq < fromSeq);
    ahead = reduceLogged(settled, tail);
    keptSeq = Math.min(keptSeq, last().seq);
    generation += 1;
  }

  return {
    settled: () => settled,
    settledAt: () => at,
    ahead: () => ahead,
    tail: (): readonly LoggedEvent[] => tail,
    last,
    lastKept: (): Place => keptTail().at(-1) ?? at,
    keptSeq: () => keptSeq,
    promised: () => promised,
    series: () => series,
    own: (): readonly Ticket[] => own,
    toWithdraw: (): readonly string[] => toWithdraw,
    /** Highest order of a letter this device itself gave out on a date. */
    usedOrder: (date: PlainDate, letter: string): number => (used.date === date ? (used.orders[letter] ?? 0) : 0),
    setSeries(next: number | null) {
      series = next;
    },
    /** In memory at once, so that the next decision sees it; resolves once it is durable, and false when it was cut off again. */
    async append(events: readonly LoggedEvent[]): Promise<Result<null, Failure>> {
      const mine = generation;
      push(events);
      const from = events[0]?.seq ?? 0;
      const through = events.at(-1)?.seq ?? 0;
      const kept = events.map((logged): SeatRecord => ({ kind: 'event', logged }));
      const noted: SeatRecord[] = at.seq > notedSeq ? [{ kind: 'settled', seq: at.seq }] : [];
      notedSeq = at.seq;
      const written = await write([...noted, ...kept]);
      if (mine !== generation) return fail('cut-off');
      if (written.ok) {
        keptSeq = Math.max(keptSeq, through);
        events.forEach(noteUsedIn);
        return written;
      }
      // Whatever was decided on top falls with it.
      cutTail(from);
      return written;
    },
    /** What the voices of the office have is settled. Returns what is new. */
    settle,
    /** Events after a place of a log like ours; undefined when ours does not go through that place, or it is too long ago. */
    after(place: Place, isWithTail: boolean): LoggedEvent[] | undefined {
      const kept = isWithTail ? keptTail() : [];
      const end = kept.at(-1) ?? at;
      if (place.seq === end.seq && place.epoch === end.epoch) return [];
      if (place.seq === at.seq && place.epoch === at.epoch) return kept;
      const known = place.seq > at.seq ? kept : recent;
      const found = place.seq - (known[0]?.seq ?? 0);
      const last = known[found];
      if (last === undefined || last.seq !== place.seq || last.epoch !== place.epoch) return undefined;
      return known === kept ? kept.slice(found + 1) : [...recent.slice(found + 1), ...kept];
    },
    snapshot: (isWithTail: boolean): Snapshot => ({ state: settled, at, tail: isWithTail ? keptTail() : [] }),
    /** Another device's queue in place of ours. Numbers that are used stay used. */
    async adopt(snapshot: Snapshot): Promise<Result<null, Failure>> {
      const before = ahead;
      // What this device gave out itself and the other never heard of is still in somebody's hand.
      const ours = settled.tickets.filter(({ state, number }) => (state === 'waiting' || state === 'held') && series !== null && isOf(number, series));
      const known = new Set([...snapshot.state.tickets.map(({ ticketId }) => ticketId), ...own.map(({ ticketId }) => ticketId)]);
      for (const { event } of snapshot.tail) if (event.type === 'ticket.issued') known.add(event.ticket.ticketId);
      own = [...own, ...ours.filter(({ ticketId, date }) => !known.has(ticketId) && date >= snapshot.state.date).map((ticket) => ticketSchema.parse(ticket))];
      settled = before.date === snapshot.state.date ? raiseNumbers(snapshot.state, before.numbers) : snapshot.state;
      at = snapshot.at;
      tail = [];
      ahead = settled;
      recent = [];
      generation += 1;
      push(snapshot.tail);
      keptSeq = 0;
      return begin();
    },
    /** Resolves once it is durable. */
    async promise(epoch: number): Promise<Result<null, Failure>> {
      if (epoch <= promised) return ok(null);
      promised = epoch;
      return write([{ kind: 'promise', epoch }]);
    },
    heardOf(epoch: number): void {
      promised = Math.max(promised, epoch);
    },
    async giveOwn(ticket: Ticket): Promise<Result<null, Failure>> {
      own = [...own, ticket];
      noteUsed(ticket);
      const kept = await write([{ kind: 'own', ticket }]);
      // Its number stays used: it may be on the disk after all.
      if (!kept.ok) own = own.filter((one) => one !== ticket);
      return kept.ok ? kept : fail(kept.failure.kind);
    },
    async noteWithdrawal(ticketId: string): Promise<void> {
      toWithdraw = [...toWithdraw, ticketId];
      await write([{ kind: 'withdraw', ticketId }]);
    },
    async handedIn(ticketIds: string[]): Promise<void> {
      forget(ticketIds);
      await write([{ kind: 'handed', ticketIds }]);
    },
    /** Orders of a day that are known from elsewhere to be used. */
    remember(date: PlainDate, orders: Readonly<Record<string, number>>): void {
      if (date < used.date) return;
      const merged = date === used.date ? { ...used.orders } : {};
      for (const [letter, order] of Object.entries(orders)) merged[letter] = Math.max(order, merged[letter] ?? 0);
      used = { date, orders: merged };
    },
    /** Tickets somebody holds although this log lost them. */
    recover(tickets: readonly Ticket[]): void {
      const known = new Set([...ahead.tickets, ...own].map(({ ticketId }) => ticketId));
      own = [...own, ...tickets.filter(({ ticketId }) => !known.has(ticketId))];
    },
    begin,
  };
}

const isOf = (number: string, series: number): boolean => {
  const { from, to } = rangeOf(series);
  return orderOf(number) >= from && orderOf(number) <= to;
};
