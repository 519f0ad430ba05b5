/** What this device's screens ask of the queue: its seat at the office's queue, on a durable log, with the journal told of what it settles. */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Operation } from '../../shared/journal/operation.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { dateAt, formatDateTime, type Clock } from '../../shared/lib/time.ts';
import type { Command } from '../../shared/queue/command.ts';
import { isBehind, type LoggedEvent } from '../../shared/queue/event.ts';
import { placeOf } from '../../shared/queue/day-index.ts';
import { seatRecordSchema, type SeatRecord } from '../../shared/queue/replica.ts';
import { createForecast } from '../../shared/queue/forecast.ts';
import { createSeat, BEAT_MS, type OfficeSeat } from '../../shared/queue/seat.ts';
import { orderOf, rangeOf } from '../../shared/queue/series.ts';
import { emptyQueue } from '../../shared/queue/state.ts';
import { ticketSchema, type IssuedTicket, type Priority, type QueueDay, type Ticket } from '../../shared/queue/ticket.ts';
import { boardOf, viewOf, type PublicBoard, type QueueLink, type QueueView } from '../../shared/queue/view.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import type { LookUpHere } from '../dossiers/look-up.ts';
import type { Journal } from '../journal/journal.ts';
import type { Vault } from '../keys/vault.ts';
import type { Log } from '../log.ts';
import { openAttachments } from './attachments.ts';
import { openOfficeIdentity } from './identity.ts';
import { createLoneOffice, openOffice, type ConnectedOffice, type Office } from './office.ts';
import { openRecordLog } from './record-log.ts';

/** Name of a device that has no others to be known to. */
const NOBODY = '0'.repeat(64);
/** Numbers left out where a log's end was torn and may have held some that were said aloud. */
const GAP = 20;
/** Screens are told at once, and then not more often than this; less often where telling takes long, as late on a day of thousands. */
const TELL_EVERY_MS = { least: 60, most: 250, share: 6 };
const PASSING_MS = 15_000;
const DROP_EVERY_MS = 30 * 60_000;
/** A window that closes does not wait longer than this for the hub to hear that its counter rests. */
const REST_PATIENCE_MS = 300;

export type QueueDesk = {
  view(): QueueView;
  board(): PublicBoard;
  /** Today's tickets; another day's are over. */
  day(): QueueDay;
  issue(input: { groupId: string; priority: Priority; appointmentAtMs?: number | undefined }): Promise<Result<IssuedTicket, Failure>>;
  /** Null: nobody is waiting in these groups. */
  callNext(groupIds: string[]): Promise<Result<Ticket | null, Failure>>;
  call(ticketId: string): Promise<Result<Ticket, Failure>>;
  step(type: 'recall' | 'finish' | 'no-show' | 'hold' | 'return', ticketId: string): Promise<Result<null, Failure>>;
  transfer(input: { ticketId: string; toGroupId?: string | undefined; toCounter?: string | undefined }): Promise<Result<null, Failure>>;
  setCounter(groupIds: string[], isOpen: boolean): Promise<Result<null, Failure>>;
  setDoors(isClosed: boolean): Promise<Result<null, Failure>>;
  takeOver(): Promise<Result<null, Failure>>;
  office: Office;
  stop(): Promise<void>;
};

export type QueueDeskOptions = {
  folder: string;
  vault: Vault;
  journal: Pick<Journal, 'transact' | 'state' | 'withReserve'>;
  settings: Settings;
  clock: Clock;
  newId: () => string;
  log: Log;
  /** How far a dossier is, as this device knows it. */
  lookUp: LookUpHere;
  /** `view` and `board` are others now. */
  onChange(now: { view(): QueueView; board(seen: QueueView): PublicBoard }): void;
};

export async function openQueueDesk(options: QueueDeskOptions): Promise<QueueDesk> {
  const { folder, vault, journal, settings, clock, newId, log, lookUp, onChange } = options;
  const { counter, queueGroups: groups, role } = settings;
  const { doorsCloseAt } = settings.queue;
  const isAfterHours = (atMs: number): boolean => doorsCloseAt !== undefined && formatDateTime(atMs).slice(11) >= doorsCloseAt;
  const file = await openRecordLog({ folder: join(folder, 'log'), vault, withReserve: journal.withReserve });
  const attachments = await openAttachments({ folder: join(folder, 'attachments'), vault, clock, log });
  const isAlone = settings.queue.seat === 'alone';
  const identity = isAlone ? undefined : await openOfficeIdentity(folder, vault, clock());
  let lines: ConnectedOffice | undefined;
  let isStopped = false;
  let tellAgainMs = Number.NEGATIVE_INFINITY;
  let telling: ReturnType<typeof setTimeout> | undefined;

  const seat = createSeat({
    me: { memberId: identity?.memberId ?? NOBODY, seat: settings.queue.seat, role, name: counterName(settings) },
    groups,
    isAfterHours,
    records: file.found.records.length === 0 ? firstRecords(journal) : readRecords(file.found.records, log),
    ports: {
      clockMs: clock,
      monoMs: () => performance.now(),
      newId,
      send: (memberId, frame) => lines?.send(memberId, frame),
      after(ms, run) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      keep: file.append,
      begin: file.begin,
      report,
      changed: tellSoon,
    },
  });
  recoverFromJournal(seat, journal, file.found.isTorn, groups);
  if (file.found.isTorn) log.warn('queue: the end of the log was torn');
  const begun = await seat.replica.begin();
  if (!begun.ok) log.error(`queue: log not begun: ${begun.failure.kind}`);

  /** The journal tells the province, and is what the day's statement is made of. */
  async function report(events: readonly LoggedEvent[]): Promise<void> {
    const written = events
      .filter((logged) => isBehind(journal.state().queueAt, logged))
      .map(async (logged) => {
        const operation = operationOf(logged);
        if (operation === undefined) return;
        const entry = await journal.transact(settings.operator.id, () => ok(operation));
        if (!entry.ok) log.error(`queue: not journalled: ${entry.failure.kind}`);
      });
    await Promise.all(written);
  }

  function operationOf({ event, epoch, seq }: LoggedEvent): Operation | undefined {
    const queueAt = { epoch, seq };
    switch (event.type) {
      case 'ticket.issued':
      case 'ticket.called':
      case 'ticket.recalled':
      case 'ticket.finished':
      case 'ticket.no-show':
        return { ...event, queueAt };
      case 'ticket.withdrawn': {
        // To the province nobody came with it, which is what a paper that was never printed comes to.
        const ticket = seat.replica.settled().tickets.find(({ ticketId }) => ticketId === event.ticketId);
        return ticket === undefined
          ? undefined
          : { type: 'ticket.no-show', ticketId: event.ticketId, number: ticket.number, counter, atMs: event.atMs, queueAt };
      }
      default:
        // What stays within the office.
        return undefined;
    }
  }

  /** Whoever is let in by nobody is to be paired again, whatever its log remembers. */
  const link = (): QueueLink => {
    const own = seat.link();
    return own.standing === 'lost' && lines?.isRefused() === true ? { ...own, standing: 'unpaired' } : own;
  };

  const forecast = createForecast(groups);
  const view = (): QueueView => {
    const now = clock();
    const state = seat.replica.settled();
    const own = seat.replica.own().filter(({ ticketId }) => placeOf(state.tickets, ticketId) < 0);
    const seen = viewOf(state, { groups, forecast, link: link(), nowMs: now });
    return {
      ...seen,
      tickets: [...seen.tickets, ...own.filter(({ date }) => date === seen.date).map((ticket) => ({ ...ticket, state: 'waiting' as const }))],
      isClosed: seen.isClosed || isAfterHours(now),
    };
  };
  const board = (seen = view()): PublicBoard => boardOf(seen, groups, settings.office.name, clock());

  function tellSoon(): void {
    if (telling !== undefined || isStopped) return;
    const waitMs = Math.max(0, tellAgainMs - performance.now());
    telling = setTimeout(() => {
      telling = undefined;
      const startedMs = performance.now();
      onChange({ view, board });
      const endedMs = performance.now();
      tellAgainMs = startedMs + Math.min(TELL_EVERY_MS.most, Math.max(TELL_EVERY_MS.least, TELL_EVERY_MS.share * (endedMs - startedMs)));
      lines?.changed();
      openCounterOnce();
    }, waitMs);
  }

  let isCounterAsked = false;
  /** An officer who is there serves; only resting is said by hand. */
  function openCounterOnce(): void {
    const { standing } = seat.link();
    if (role !== 'officer' || isCounterAsked || isStopped || (standing !== 'leading' && standing !== 'following')) return;
    isCounterAsked = true;
    const known = seat.replica.settled().counters.find((one) => one.counter === counter);
    if (known?.isOpen !== true) void seat.request({ type: 'set-counter', counter, groupIds: known?.groupIds ?? [], isOpen: true });
  }

  async function ask<T>(command: Command): Promise<Result<T, Failure>> {
    const { result } = await seat.request(command);
    return result as Result<T, Failure>;
  }

  if (identity !== undefined) {
    lines = await openOffice({
      folder,
      vault,
      identity,
      settings,
      name: counterName(settings),
      clock,
      newId,
      log,
      attachments,
      seat: () => seat,
      lookUp,
      onRefusal: tellSoon,
    });
  }
  const office: Office = lines ?? createLoneOffice(attachments);
  seat.start();
  const { address, pairingCode } = settings.queue;
  if (address !== undefined && pairingCode !== undefined && seat.link().standing === 'unpaired') {
    void office.pair(address, pairingCode).then((paired) => log.info(`queue: pairing by the settings: ${paired.ok ? 'done' : paired.failure.kind}`));
  }
  const ticking = setInterval(seat.tick, BEAT_MS / 2);
  // Midnight, closing time and waiting times pass without an event.
  const passing = setInterval(tellSoon, PASSING_MS);
  const dropping = setInterval(() => void attachments.dropOld(), DROP_EVERY_MS);

  return {
    office,
    view,
    board,
    day() {
      const { date, tickets } = seat.replica.settled();
      const today = dateAt(clock());
      const own = seat.replica.own().map((ticket) => ({ ...ticket, state: 'waiting' as const }));
      return date >= today ? { date, tickets: [...tickets, ...own] } : { date: today, tickets: own };
    },
    issue: ({ groupId, priority, appointmentAtMs }) => seat.issue({ groupId, priority, ...(appointmentAtMs === undefined ? {} : { appointmentAtMs }) }),
    async callNext(groupIds) {
      const called = await ask<Ticket>({ type: 'call-next', counter, groupIds });
      return !called.ok && called.failure.kind === 'nobody-waiting' ? ok(null) : called;
    },
    call: (ticketId) => ask<Ticket>({ type: 'call', counter, ticketId }),
    step: (type, ticketId) => ask<null>({ type, counter, ticketId }),
    transfer: ({ ticketId, toGroupId, toCounter }) => ask<null>({ type: 'transfer', counter, ticketId, toGroupId, toCounter }),
    setCounter: (groupIds, isOpen) => ask<null>({ type: 'set-counter', counter, groupIds, isOpen }),
    setDoors: (isClosed) => ask<null>({ type: 'set-doors', isClosed }),
    takeOver: () => (role === 'officer' ? seat.takeOver() : Promise.resolve(fail('not-allowed'))),
    async stop() {
      if (isCounterAsked)
        await seat.request(
          {
            type: 'set-counter',
            counter,
            groupIds:
              seat.replica
                .settled()
                .counters.find((one) => one.counter === counter)
                ?.groupIds.slice() ?? [],
            isOpen: false,
          },
          REST_PATIENCE_MS,
        );
      isStopped = true;
      clearInterval(ticking);
      clearInterval(passing);
      clearInterval(dropping);
      await office.stop();
      clearTimeout(telling);
      seat.stop();
      await file.close();
    },
  };
}

const counterName = ({ role, counter }: Settings): string => (role === 'officer' || role === 'postal' ? counter : `${role} ${counter}`);

function readRecords(found: readonly unknown[], log: Log): SeatRecord[] {
  const records: SeatRecord[] = [];
  for (const raw of found) {
    const parsed = seatRecordSchema.safeParse(raw);
    // What a newer version wrote and this one cannot read ends the log here; numbers are known from the journal too.
    if (!parsed.success) {
      log.error('queue: a record of the log cannot be read');
      break;
    }
    records.push(parsed.data);
  }
  return records;
}

/** A device that has no queue log yet goes on from its journal: today's tickets of an older version, or of a log that was lost. */
function firstRecords(journal: Pick<Journal, 'state'>): SeatRecord[] {
  const { queue, queueAt } = journal.state();
  const { date, tickets } = queue;
  const state = { ...emptyQueue, date, tickets };
  return [{ kind: 'base', state, at: queueAt, tail: [], promised: queueAt.epoch, series: null, used: { date: '', orders: {} }, own: [], toWithdraw: [] }];
}

/** The journal remembers the numbers this device gave out, whatever became of the queue's own log. */
function recoverFromJournal({ replica }: OfficeSeat, journal: Pick<Journal, 'state'>, isTorn: boolean, groups: Settings['queueGroups']): void {
  const { queue } = journal.state();
  const series = replica.series();
  if (series === null) return;
  const { from, to } = rangeOf(series);
  const ours = queue.tickets.filter(({ number }) => orderOf(number) >= from && orderOf(number) <= to);
  const orders: Record<string, number> = {};
  for (const { number } of ours) orders[number.slice(0, 1)] = Math.max(orders[number.slice(0, 1)] ?? 0, orderOf(number));
  if (queue.date !== '') replica.remember(queue.date, orders);
  if (!isTorn) return;
  const date = [replica.ahead().date, queue.date].sort().at(-1) ?? '';
  replica.recover(ours.filter((ticket) => ticket.date === date && ticket.state === 'waiting').map((ticket) => ticketSchema.parse(ticket)));
  replica.remember(date, Object.fromEntries(groups.map(({ letter }) => [letter, Math.max(replica.usedOrder(date, letter), from - 1) + GAP])));
}
