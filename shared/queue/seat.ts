/**
 * One device's seat at the office's queue: holds it, follows who holds it, or goes on by itself. Pure but for its ports.
 *
 * The hub, the standby and a third device, the witness, have a voice each. Whoever holds the queue (for one term, counted by the
 * epoch) settles an event when two of the three have it on disk; whoever wants to hold it needs two voices, promised for its
 * epoch and refused to all before. Two such pairs always share a device, so a device that was replaced can settle nothing more,
 * and its successor knows all it settled: no citizen is called twice, whatever the network does.
 * With fewer than three voices there is no such pair: whoever holds the queue settles alone, and goes on or takes over without the
 * other's voice on a person's word only.
 * Numbers need no voice: each belongs to the series of the device that gives it.
 *
 * A standby that holds the queue offers it back to the hub when that one has the whole log and nothing has happened for a while;
 * the hub then asks for it as it always does, and has the standby's own voice.
 */
import { fail, ok, type Failure, type Result } from '../lib/result.ts';
import { dateAt } from '../lib/time.ts';
import type { QueueGroup, Role } from '../settings/settings.ts';
import { decideCommand, mayAsk, MOST_HANDED_IN, type Command } from './command.ts';
import { issueTicket, waitingIn } from './decide.ts';
import { isBehind, type LoggedEvent, type Member, type Place, type QueueEvent } from './event.ts';
import { createForecast } from './forecast.ts';
import type { Frame } from './frame.ts';
import { ticketOf } from './day-index.ts';
import { createReplica, type Keep, type SeatRecord } from './replica.ts';
import { freeSeries, HUB_SERIES, STANDBY_SERIES } from './series.ts';
import type { Seat } from './seat-kinds.ts';
import { officeDate, type QueueState } from './state.ts';
import type { IssuedTicket, Ticket } from './ticket.ts';
import type { LinkStanding, QueueLink } from './view.ts';

/** A beat says that the holder is there. */
export const BEAT_MS = 500;
/** Silence after which the hub, and later the standby, asks for the others' voices. */
const SILENCE_MS = { hub: 1_500, standby: 2_500 };
const VOTE_WITHIN_MS = 1_000;
/** A device that still hears the holder gives its voice to nobody else. */
const HEARD_WITHIN_MS = 1_200;
const RETRY_AFTER_MS = 700;
/** How long a citizen at the kiosk, and an officer, wait for the holder. */
const ISSUE_PATIENCE_MS = 1_500;
const COMMAND_PATIENCE_MS = 6_000;
const SHORT_PATIENCE_MS = 500;
/** After this much silence a number is given at once from the device's own series. */
const LOST_FOR_MS = 3_000;
/** Devices hear of what is settled at once, and then not more often than this; a device that asked hears with its answer. */
const SPREAD_EVERY_MS = 40;
/** The hub goes on without a standby that hears it and does not answer. */
const STANDBY_WITHIN_MS = 2_000;
/** A hub that is there, and a queue in which nothing happens, for so long: it goes back to the hub. */
const QUIET_MS = 10_000;
/** A device that claims to have heard of a term this far ahead is not believed. */
const FARTHEST_EPOCH = 1_000_000;

export type SeatPorts = Keep & {
  clockMs(): number;
  /** Never runs backwards. */
  monoMs(): number;
  newId(): string;
  /** To a device that is connected; lost without a word otherwise. */
  send(memberId: string, frame: Frame): void;
  after(ms: number, run: () => void): () => void;
  /** What this device settled as the holder, in order, before whoever asked is answered: for the journal. */
  report(events: readonly LoggedEvent[]): Promise<void>;
  /** Something a screen may show has changed. */
  changed(): void;
};

export type SeatOptions = {
  me: { memberId: string; seat: Seat; role: Role; name: string };
  groups: readonly QueueGroup[];
  /** Kiosks give no more numbers at this instant. */
  isAfterHours(atMs: number): boolean;
  records: readonly SeatRecord[];
  ports: SeatPorts;
};

/** `isOffered`: to the hub, which need only ask. */
type Term = { epoch: number; isSole: boolean; hasBegun: boolean; isOffered: boolean };
/** `told`: what it was told is settled. */
type Peer = { sinceMs: number; sent: Place | undefined; told: number; stored: number };
type Asking = { epoch: number; isWord: boolean; end(isWon: boolean): void };
type Pending = { command: Command; inFlight: boolean; wasSent: boolean; resolve(result: Result<unknown, Failure>): void };
type Waiter = { seq: number; resolve(outcome: Result<null, Failure>): void };

export type OfficeSeat = ReturnType<typeof createSeat>;

export function createSeat({ me, groups, isAfterHours, records, ports }: SeatOptions) {
  const ownSeries = me.seat === 'standby' ? STANDBY_SERIES : me.seat === 'member' ? null : HUB_SERIES;
  const replica = createReplica({ keep: ports, records, series: ownSeries });
  const mayHold = me.seat !== 'member';
  const peers = new Map<string, Peer>();
  const pending = new Map<string, Pending>();
  const underWay = new Map<string, Promise<Result<unknown, Failure>>>();
  let waiters: Waiter[] = [];
  let term: Term | undefined;
  let leader: { memberId: string; epoch: number; isSynced: boolean } | undefined;
  let heardMs = ports.monoMs();
  let standingSinceMs = ports.clockMs();
  let standingSinceMonoMs = ports.monoMs();
  let standing: LinkStanding = 'lost';
  let asking: Asking | undefined;
  let triedMs = Number.NEGATIVE_INFINITY;
  let waitingSinceMs = 0;
  let isHandingIn = false;
  let clockOffsetMs = 0;
  let reporting: Promise<void> = Promise.resolve();
  let unreported: LoggedEvent[] = [];
  let isKeeping = false;
  let quietSinceMs = ports.monoMs();
  let spreading: 'at-once' | 'resting' | 'again' = 'at-once';
  const forecast = createForecast(groups);
  let knownVoices: { ahead: readonly Member[]; settled: readonly Member[]; ids: readonly string[] } | undefined;
  let isStopped = false;

  const memberOf = (memberId: string): Member | undefined => replica.ahead().members.find((member) => member.memberId === memberId);
  const myMember = (): Member | undefined => memberOf(me.memberId);
  /** Settled and coming: a voice that is being added or taken away counts in both. */
  const voices = (): readonly string[] => {
    const [ahead, settled] = [replica.ahead().members, replica.settled().members];
    if (knownVoices === undefined || knownVoices.ahead !== ahead || knownVoices.settled !== settled) {
      const held = [...ahead, ...settled].filter(({ seat, isWitness }) => seat !== 'member' || isWitness);
      knownVoices = { ahead, settled, ids: [...new Set(held.map(({ memberId }) => memberId))] };
    }
    return knownVoices.ids;
  };
  const otherVoices = (): string[] => voices().filter((memberId) => memberId !== me.memberId);
  /** Two of three must have what is settled. */
  const needsOthers = (): boolean => term?.isSole !== true && voices().length > 2;
  const hears = (memberId: string): boolean => peers.has(memberId);
  const canSettle = (): boolean => term?.hasBegun === true && (!needsOthers() || otherVoices().some(hears));
  const isLeaderHeard = (): boolean => leader !== undefined && hears(leader.memberId);
  const nowMs = (): number => ports.clockMs() + (term === undefined ? clockOffsetMs : 0);
  const send = (memberId: string, frame: Frame): void => (hears(memberId) ? ports.send(memberId, frame) : undefined);
  const isVoice = (memberId: string): boolean => voices().includes(memberId);

  /** Standby terms are odd, the hub's even: two devices never begin the same one. */
  function nextEpoch(): number {
    const next = Math.max(replica.promised(), replica.last().epoch) + 1;
    const isOdd = me.seat === 'standby';
    return next % 2 === (isOdd ? 1 : 0) ? next : next + 1;
  }

  function noteStanding(): void {
    const next = standingNow();
    if (next !== standing) {
      standing = next;
      standingSinceMs = ports.clockMs();
      standingSinceMonoMs = ports.monoMs();
    }
    ports.changed();
  }

  function standingNow(): LinkStanding {
    if (term !== undefined) return canSettle() ? 'leading' : 'unsure';
    if (isLeaderHeard()) return 'following';
    if (me.seat !== 'hub' && me.seat !== 'alone' && myMember() === undefined) return 'unpaired';
    return mayHold ? 'unsure' : 'lost';
  }

  const isAwayForLong = (): boolean => standing !== 'leading' && standing !== 'following' && ports.monoMs() - standingSinceMonoMs > LOST_FOR_MS;

  // ── holding the queue ────────────────────────────────────────────────────────────────────────────────────────────────

  async function begin(epoch: number, isSole: boolean): Promise<void> {
    asking?.end(false);
    const mine: Term = { epoch, isSole, hasBegun: false, isOffered: false };
    term = mine;
    leader = undefined;
    const promised = await replica.promise(epoch);
    if (!promised.ok || term !== mine) return stepDown();
    const events: QueueEvent[] = [{ type: 'term.began', memberId: me.memberId, isSole, atMs: ports.clockMs() }];
    if (me.seat === 'hub' && myMember() === undefined) events.push({ type: 'member.set', member: hubMember() });
    for (const peer of peers.values()) [peer.stored, peer.told] = [0, 0];
    const { kept } = write(events.map((event) => ({ event, series: null })));
    for (const memberId of peers.keys()) greet(memberId);
    if (!(await kept).ok && term === mine) stepDown();
  }

  const hubMember = (): Member => ({ memberId: me.memberId, name: me.name, seat: 'hub', role: me.role, series: HUB_SERIES, isWitness: false, addresses: [] });

  function stepDown(): void {
    const wasHolding = term !== undefined;
    term = undefined;
    for (const { resolve } of waiters) resolve(fail('no-hub'));
    waiters = [];
    if (wasHolding) for (const memberId of peers.keys()) greet(memberId);
    for (const one of pending.values()) one.inFlight = false;
    noteStanding();
    pump();
  }

  type Written = { kept: Promise<Result<null, Failure>>; settled: Promise<Result<null, Failure>> };

  /** `kept`: on this disk. `settled`: for good, or `no-hub` when it may never be. */
  function write(decided: ReadonlyArray<{ event: QueueEvent; series: number | null }>, commandId?: string): Written {
    const mine = term;
    const away = Promise.resolve(fail('no-hub'));
    if (mine === undefined) return { kept: away, settled: away };
    quietSinceMs = ports.monoMs();
    const from = replica.last().seq;
    const events = decided.map(({ event, series }, nth): LoggedEvent => {
      const isLast = nth === decided.length - 1;
      return { epoch: mine.epoch, seq: from + nth + 1, series, ...(commandId !== undefined && isLast ? { commandId } : {}), event };
    });
    if (replica.tail().length === 0) waitingSinceMs = ports.monoMs();
    const settled = new Promise<Result<null, Failure>>((resolve) => waiters.push({ seq: from + events.length, resolve }));
    const kept = replica.append(events).then((written) => {
      if (!written.ok) {
        // Not on disk: it must not be told to anyone, and what waits for it or for anything behind it is told so.
        const fallen = waiters.filter(({ seq }) => seq > from);
        waiters = waiters.filter(({ seq }) => seq <= from);
        for (const { resolve } of fallen) resolve(written.failure.kind === 'cut-off' ? fail('no-hub') : written);
        // Another may have been sent what this disk refused: its place in the log is never used for anything else.
        if (term === mine) stepDown();
      } else if (term === mine) keptMore();
      return written;
    });
    return { kept, settled };
  }

  /** Commands that shared one write to the disk are told of, and settled, together. */
  function keptMore(): void {
    if (isKeeping) return;
    isKeeping = true;
    void Promise.resolve().then(() => {
      isKeeping = false;
      if (term === undefined) return;
      for (const memberId of otherVoices()) feed(memberId);
      advance();
    });
  }

  /**
   * Without a witness the hub does not need the standby, but while that one follows, it waits for it for a moment: what was
   * said aloud is then known to it, should a person ever give it the queue.
   */
  function isStandbyFollowing(): boolean {
    const others = otherVoices();
    const peer = peers.get(others[0] ?? '');
    if (term?.isSole === true || others.length !== 1 || peer === undefined || peer.stored === 0) return false;
    return ports.monoMs() - waitingSinceMs < STANDBY_WITHIN_MS;
  }

  /** Settles what enough voices have. Only an event of this term says that all before it has its two voices too. */
  function advance(): void {
    const mine = term;
    if (mine === undefined) return;
    const stored =
      needsOthers() || isStandbyFollowing()
        ? Math.min(replica.keptSeq(), Math.max(0, ...otherVoices().map((memberId) => peers.get(memberId)?.stored ?? 0)))
        : replica.keptSeq();
    const ofTerm = replica.tail().find(({ epoch }) => epoch === mine.epoch);
    if (ofTerm !== undefined && stored < ofTerm.seq) return;
    const moved = replica.settle(stored);
    if (moved.length === 0) return;
    waitingSinceMs = ports.monoMs();
    mine.hasBegun = true;
    unreported.push(...moved);
    reporting = reporting.then(reportAll).catch(() => undefined);
    const through = replica.settledAt().seq;
    const done = waiters.filter(({ seq }) => seq <= through);
    waiters = waiters.filter(({ seq }) => seq > through);
    void reporting.then(() => done.forEach(({ resolve }) => resolve(ok(null))));
    spread();
    noteStanding();
    pump();
  }

  /** All that was settled while the last report was under way is one report. */
  async function reportAll(): Promise<void> {
    const events = unreported;
    unreported = [];
    if (events.length > 0) await ports.report(events);
  }

  function spread(): void {
    if (spreading !== 'at-once') {
      spreading = 'again';
      return;
    }
    spreading = 'resting';
    ports.after(SPREAD_EVERY_MS, () => {
      const isMore = spreading === 'again';
      spreading = 'at-once';
      if (isMore) spread();
    });
    for (const memberId of peers.keys()) tell(memberId);
  }

  /** What is settled, with the events when the other does not have them yet. */
  function tell(memberId: string): void {
    feed(memberId);
    const peer = peers.get(memberId);
    if (peer !== undefined && peer.told < replica.settledAt().seq) beat(memberId);
  }

  function beat(memberId: string): void {
    const peer = peers.get(memberId);
    if (term === undefined || peer === undefined) return;
    const settled = replica.settledAt().seq;
    const through = isVoice(memberId) ? replica.lastKept().seq : settled;
    peer.told = settled;
    send(memberId, { t: 'beat', epoch: term.epoch, settled, through, atMs: ports.clockMs() });
  }

  /** What the other has not been sent yet; the tail only to those whose voice can settle it. */
  function feed(memberId: string, isAsked = false): void {
    const peer = peers.get(memberId);
    // Until it has said where its log ends, it would have to be sent the whole queue.
    if (term === undefined || peer?.sent === undefined || memberOf(memberId) === undefined) return;
    const isWithTail = isVoice(memberId);
    const settled = replica.settledAt().seq;
    const events = replica.after(peer.sent, isWithTail);
    if (events !== undefined) {
      // Nothing new is an answer too: their logs are one.
      if (events.length > 0 || isAsked) send(memberId, { t: 'events', epoch: term.epoch, after: peer.sent, events, settled });
    } else {
      send(memberId, { t: 'snapshot', epoch: term.epoch, snapshot: replica.snapshot(isWithTail), settled });
    }
    if (events === undefined || events.length > 0 || isAsked) peer.told = settled;
    peer.sent = isWithTail ? replica.lastKept() : replica.settledAt();
  }

  // ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  function answerOf(command: Command, ticketId: string): Result<unknown, Failure> {
    if (command.type === 'issue' || command.type === 'call' || command.type === 'call-next') {
      const ticket = ticketOf(replica.ahead().tickets, ticketId);
      if (ticket === undefined) return fail('ticket-unknown');
      return ok(command.type === 'issue' ? issuedOf(ticket) : ticket);
    }
    return ok(null);
  }

  const issuedOf = (ticket: Ticket): IssuedTicket => {
    const state = replica.ahead();
    const waits = forecast(state, ports.clockMs());
    return { ...ticket, waitingAhead: Math.max(0, waitingIn(state, ticket.groupId) - 1), expectedWaitMs: waits[ticket.groupId] ?? null };
  };

  /** `no-hub`: this device does not hold the queue (any more); what was asked may be settled yet, and is not done twice. */
  async function carryOut(id: string, command: Command, asker: Pick<Member, 'role' | 'series'>): Promise<Result<unknown, Failure>> {
    const before = underWay.get(id);
    if (before !== undefined) return before;
    const done = replica.ahead().carriedOut.find((one) => one[0] === id);
    if (done !== undefined) return afterSettling(() => answerOf(command, done[1]));
    if (!canSettle()) return fail('no-hub');
    if (!mayAsk(asker.role, command)) return fail('not-allowed');
    const atMs = ports.clockMs();
    const rules = { groups, atMs, series: ownSeries ?? HUB_SERIES, isAfterHours: isAfterHours(atMs) };
    const decided = decideCommand(numbered(atMs), command, asker, rules);
    if (!decided.ok) return decided;
    const first = decided.value[0]?.event;
    if (first === undefined) return afterSettling(() => answerOf(command, 'ticketId' in command ? command.ticketId : ''));
    const ticketId = first.type === 'ticket.issued' ? first.ticket.ticketId : 'ticketId' in first ? first.ticketId : '';
    const { settled } = write(decided.value, id);
    // What the citizen is told is of the moment of the decision, not of the moment the disk was done.
    const answer = answerOf(command, ticketId);
    const working = settled.then((outcome) => (outcome.ok ? answer : outcome)).finally(() => underWay.delete(id));
    underWay.set(id, working);
    return working;
  }

  /** An answer from what is decided but not settled would be a promise nobody can keep yet. */
  async function afterSettling(answer: () => Result<unknown, Failure>): Promise<Result<unknown, Failure>> {
    if (replica.tail().length === 0) await reporting;
    else {
      const outcome = await new Promise<Result<null, Failure>>((resolve) => waiters.push({ seq: replica.last().seq, resolve }));
      if (!outcome.ok) return outcome;
    }
    return answer();
  }

  /** The queue as the next decision sees it, with the numbers this device remembers of its own. */
  function numbered(atMs: number): QueueState {
    const state = replica.ahead();
    const date = officeDate(state, Math.max(atMs, 0));
    const numbers: QueueState['numbers'] = {};
    for (const { letter } of groups) {
      const used = replica.usedOrder(date, letter);
      if (used > 0 && ownSeries !== null) numbers[ownSeries === 0 ? letter : `${letter}${ownSeries}`] = used;
    }
    if (Object.keys(numbers).length === 0) return state;
    if (state.date !== date) return { ...state, date, tickets: [], numbers };
    const merged = { ...state.numbers };
    for (const [key, order] of Object.entries(numbers)) merged[key] = Math.max(order, merged[key] ?? 0);
    return { ...state, numbers: merged };
  }

  /** Asks whoever holds the queue, again and again until it answers or patience ends (`no-hub`). */
  function request(
    command: Command,
    patienceMs = isAwayForLong() ? SHORT_PATIENCE_MS : COMMAND_PATIENCE_MS,
  ): Promise<{ result: Result<unknown, Failure>; wasSent: boolean }> {
    const id = ports.newId();
    return new Promise((done) => {
      const one: Pending = {
        command,
        inFlight: false,
        wasSent: false,
        resolve(result) {
          if (!pending.delete(id)) return;
          cancel();
          done({ result, wasSent: one.wasSent });
        },
      };
      const cancel = ports.after(patienceMs, () => one.resolve(fail(standing === 'unsure' ? 'queue-unsure' : 'no-hub')));
      pending.set(id, one);
      pump();
    });
  }

  function pump(): void {
    for (const [id, one] of pending) {
      if (one.inFlight) continue;
      if (canSettle()) {
        one.inFlight = true;
        one.wasSent = true;
        void carryOut(id, one.command, { role: me.role, series: replica.series() }).then((result) => {
          one.inFlight = false;
          if (result.ok || result.failure.kind !== 'no-hub') one.resolve(result);
        });
      } else if (leader !== undefined && isLeaderHeard()) {
        one.inFlight = true;
        one.wasSent = true;
        send(leader.memberId, { t: 'command', id, command: one.command });
        ports.after(RETRY_AFTER_MS, () => {
          one.inFlight = false;
          if (pending.has(id)) pump();
        });
      }
    }
  }

  // ── numbers without a hub ────────────────────────────────────────────────────────────────────────────────────────────

  async function issueOwn(input: { groupId: string; priority: Ticket['priority']; appointmentAtMs?: number }): Promise<Result<IssuedTicket, Failure>> {
    const series = replica.series();
    if (series === null) return fail('no-hub');
    const atMs = nowMs();
    if (me.role === 'lobby' && isAfterHours(atMs)) return fail('doors-closed');
    const state = replica.ahead();
    const date = state.date > dateAt(atMs) ? state.date : dateAt(atMs);
    const day = state.date === date ? state : { ...state, date, tickets: [], numbers: {} };
    const letter = groups.find(({ id }) => id === input.groupId)?.letter ?? '';
    const numbers = { ...day.numbers };
    const key = series === 0 ? letter : `${letter}${series}`;
    numbers[key] = Math.max(numbers[key] ?? 0, replica.usedOrder(date, letter));
    const issued = issueTicket({ ...day, numbers }, groups, { ...input, ticketId: ports.newId(), atMs, series, isSelfService: me.role === 'lobby' });
    if (!issued.ok) return issued;
    const { ticket } = issued.value;
    const kept = await replica.giveOwn(ticket);
    if (!kept.ok) return kept;
    noteStanding();
    return ok({
      ...ticket,
      waitingAhead: waitingIn(day, ticket.groupId) + replica.own().filter(({ groupId }) => groupId === ticket.groupId).length - 1,
      expectedWaitMs: null,
    });
  }

  async function handIn(): Promise<void> {
    const tickets = replica.own().slice(0, MOST_HANDED_IN);
    const withdrawn = replica.toWithdraw().slice(0, MOST_HANDED_IN);
    if (isHandingIn || tickets.length + withdrawn.length === 0 || !(canSettle() || isLeaderHeard())) return;
    isHandingIn = true;
    const { result } = await request({ type: 'hand-in', tickets, withdrawn });
    isHandingIn = false;
    if (!result.ok) return;
    await replica.handedIn([...tickets.map(({ ticketId }) => ticketId), ...withdrawn]);
    noteStanding();
  }

  // ── voices ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  function standForOffice(): void {
    const count = voices().length;
    const silence = SILENCE_MS[me.seat === 'standby' ? 'standby' : 'hub'];
    const now = ports.monoMs();
    if (me.seat === 'alone' || (me.seat === 'hub' && count < 2)) return void begin(nextEpoch(), false);
    if (!isVoice(me.memberId) || now - heardMs < silence || now - triedMs < silence) return;
    if (count === 2 && me.seat === 'standby') return;
    if (!otherVoices().some(hears)) return;
    void ask(false).then((isWon) => (isWon ? begin(replica.promised(), false) : undefined));
  }

  /** A hub that comes and goes, and an office at work, are left alone. */
  function handBack(): void {
    const hub = replica.settled().members.find(({ seat }) => seat === 'hub');
    const peer = peers.get(hub?.memberId ?? '');
    if (me.seat !== 'standby' || term?.hasBegun !== true || hub === undefined || peer === undefined) return;
    const isWhole = replica.tail().length === 0 && peer.stored >= replica.last().seq;
    const now = ports.monoMs();
    if (!isWhole || underWay.size > 0 || pending.size > 0 || now - Math.max(quietSinceMs, peer.sinceMs) < QUIET_MS) return;
    // Once in a while, should the offer or the answer be lost.
    quietSinceMs = now;
    term.isOffered = true;
    send(hub.memberId, { t: 'hand-back', epoch: term.epoch });
  }

  /** Resolves with whether two of three (or both of two) want this device to hold the queue in the term of `replica.promised()`. */
  function ask(isWord: boolean): Promise<boolean> {
    triedMs = ports.monoMs();
    asking?.end(false);
    const epoch = nextEpoch();
    return new Promise((done) => {
      const mine: Asking = {
        epoch,
        isWord,
        end(isWon) {
          if (asking === mine) asking = undefined;
          stop();
          done(isWon);
        },
      };
      const stop = ports.after(VOTE_WITHIN_MS, () => mine.end(false));
      asking = mine;
      void replica.promise(epoch).then((promised) => {
        if (!promised.ok) return mine.end(false);
        for (const memberId of otherVoices()) send(memberId, { t: 'ask', epoch, last: replica.lastKept(), isWord });
      });
    });
  }

  async function heardAsk(from: string, { epoch, last, isWord }: Extract<Frame, { t: 'ask' }>): Promise<void> {
    const isHolderThere =
      (term !== undefined && !term.isOffered && canSettle()) || (isLeaderHeard() && leader?.memberId !== from && ports.monoMs() - heardMs < HEARD_WITHIN_MS);
    const isRefused =
      epoch <= replica.promised() || !isVoice(from) || !isVoice(me.memberId) || epoch - replica.promised() > FARTHEST_EPOCH || (isHolderThere && !isWord);
    if (isRefused) return send(from, { t: 'vote', epoch, isGranted: false, promised: replica.promised() });
    const newer = isBehind(last, replica.lastKept()) ? { newer: replica.snapshot(true) } : {};
    // From here on nothing of an earlier term is stored, so what is handed over is all there can be.
    leader = undefined;
    heardMs = ports.monoMs();
    const kept = replica.promise(epoch);
    if (term !== undefined) stepDown();
    if ((await kept).ok) send(from, { t: 'vote', epoch, isGranted: true, promised: epoch, ...newer });
  }

  async function heardVote({ epoch, isGranted, promised, newer }: Extract<Frame, { t: 'vote' }>): Promise<void> {
    if (promised - replica.promised() <= FARTHEST_EPOCH) replica.heardOf(promised);
    const mine = asking;
    if (mine === undefined || mine.epoch !== epoch || !isGranted || replica.promised() !== epoch) return;
    if (newer !== undefined && isBehind(replica.last(), newer.tail.at(-1) ?? newer.at)) {
      const adopted = await replica.adopt(newer);
      if (!adopted.ok || asking !== mine) return;
    }
    // One voice and our own are two of three, and of two both.
    mine.end(true);
  }

  // ── following ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** False: it is of a term that is over, and is told so. */
  function follow(from: string, epoch: number): boolean {
    if (epoch < replica.promised() || epoch - replica.promised() > FARTHEST_EPOCH || memberOf(from)?.seat === 'member') {
      send(from, { t: 'stale', promised: replica.promised() });
      return false;
    }
    replica.heardOf(epoch);
    if (term !== undefined) {
      if (term.epoch >= epoch) return false;
      stepDown();
    }
    if (leader?.memberId !== from || leader.epoch !== epoch) {
      leader = { memberId: from, epoch, isSynced: false };
      for (const one of pending.values()) one.inFlight = false;
      noteStanding();
    }
    heardMs = ports.monoMs();
    return true;
  }

  function settleAt(seq: number): void {
    if (leader?.isSynced !== true || replica.settle(seq).length === 0) return;
    noteMe();
    noteStanding();
  }

  /** What the office knows of this device. */
  function noteMe(): void {
    const mine = myMember();
    if (mine !== undefined && me.seat === 'member' && mine.series !== replica.series()) replica.setSeries(mine.series);
  }

  async function stored(from: string, epoch: number, kept: Promise<Result<null, Failure>>): Promise<void> {
    const isKept = (await kept).ok;
    if (leader?.memberId !== from || leader.epoch !== epoch) return;
    // What the disk refused is asked for again with the next beat, or the others might wait for this voice for ever.
    if (!isKept) leader.isSynced = false;
    // Nobody waits for the word of a device that has none.
    else if (isVoice(me.memberId)) send(from, { t: 'stored', epoch, seq: replica.keptSeq() });
  }

  function heardEvents(from: string, { epoch, after, events, settled }: Extract<Frame, { t: 'events' }>): void {
    if (!follow(from, epoch)) return;
    const last = replica.last();
    if (last.seq !== after.seq || last.epoch !== after.epoch) return send(from, { t: 'resync', last });
    if (leader !== undefined) leader.isSynced = true;
    void stored(from, epoch, replica.append(events));
    settleAt(settled);
    pump();
  }

  function heardSnapshot(from: string, { epoch, snapshot, settled }: Extract<Frame, { t: 'snapshot' }>): void {
    if (!follow(from, epoch)) return;
    void stored(from, epoch, replica.adopt(snapshot));
    if (leader !== undefined) leader.isSynced = true;
    noteMe();
    settleAt(settled);
    noteStanding();
    pump();
  }

  function greet(memberId: string): void {
    const state = replica.ahead();
    send(memberId, {
      t: 'hello',
      last: replica.last(),
      settled: replica.settledAt().seq,
      promised: replica.promised(),
      leads: term?.epoch ?? null,
      date: state.date,
      numbers: state.numbers,
    });
  }

  function heardHello(from: string, hello: Extract<Frame, { t: 'hello' }>): void {
    if (hello.promised - replica.promised() > FARTHEST_EPOCH) return;
    const peer = peers.get(from);
    if (peer !== undefined) peer.sent = hello.last;
    if (term !== undefined && hello.promised > term.epoch) {
      replica.heardOf(hello.promised);
      stepDown();
    }
    replica.heardOf(hello.promised);
    // A hub whose disk was lost hears from the others which numbers it gave.
    if (hello.date === replica.ahead().date || replica.ahead().date === '') raise(hello.date, hello.numbers);
    if (hello.leads !== null && follow(from, hello.leads)) return pump();
    if (term !== undefined) feed(from, true);
    noteStanding();
    pump();
  }

  function raise(date: string, numbers: Record<string, number>): void {
    if (term === undefined || !canSettle()) return;
    const known = replica.ahead();
    const higher = Object.entries(numbers).filter(([key, order]) => order > (known.numbers[key] ?? 0) && /^[A-Z]\d{0,2}$/u.test(key) && order <= 9999);
    if (higher.length > 0 && date !== '' && date <= dateAt(ports.clockMs()))
      write([{ event: { type: 'numbers.raised', date, numbers: Object.fromEntries(higher) }, series: null }]);
  }

  function heardResync(from: string, last: Place): void {
    const peer = peers.get(from);
    if (peer === undefined || term === undefined) return;
    // A log that does not end where ours was is given the whole queue, unless ours goes through its end.
    peer.sent = last;
    feed(from, true);
  }

  noteMe();

  return {
    replica,
    request,
    /** Begins at once where no one else can hold the queue. */
    start(): void {
      if (me.seat === 'alone' || (me.seat === 'hub' && voices().length < 2)) void begin(nextEpoch(), false);
      noteStanding();
    },
    stop(): void {
      isStopped = true;
      asking?.end(false);
      for (const one of [...pending.values()]) one.resolve(fail('no-hub'));
    },
    /** To be called every `BEAT_MS` or sooner. */
    tick(): void {
      if (isStopped) return;
      if (term !== undefined) {
        for (const memberId of peers.keys()) {
          feed(memberId);
          beat(memberId);
        }
        advance();
        handBack();
      } else if (mayHold && asking === undefined && (!isLeaderHeard() || ports.monoMs() - heardMs > SILENCE_MS.standby)) standForOffice();
      void handIn();
      if (standing !== standingNow()) noteStanding();
    },
    connected(memberId: string): void {
      peers.set(memberId, { sinceMs: ports.monoMs(), sent: undefined, told: 0, stored: 0 });
      greet(memberId);
      noteStanding();
    },
    disconnected(memberId: string): void {
      peers.delete(memberId);
      advance();
      if (leader?.memberId === memberId) for (const one of pending.values()) one.inFlight = false;
      noteStanding();
    },
    received(from: string, frame: Frame): void {
      if (isStopped || !hears(from)) return;
      switch (frame.t) {
        case 'hello':
          return heardHello(from, frame);
        case 'beat':
          if (!follow(from, frame.epoch)) return;
          clockOffsetMs = frame.atMs - ports.clockMs();
          settleAt(frame.settled);
          // Frames come in order, so what is missing now was sent and did not reach this disk.
          if (leader?.isSynced !== true || replica.last().seq < frame.through) send(from, { t: 'resync', last: replica.last() });
          return;
        case 'events':
          return heardEvents(from, frame);
        case 'snapshot':
          return heardSnapshot(from, frame);
        case 'stored': {
          const peer = peers.get(from);
          if (term?.epoch !== frame.epoch || peer === undefined) return;
          peer.stored = Math.max(peer.stored, frame.seq);
          // A person's word stood for the others' voices until one of them is heard again.
          if (term.isSole && isVoice(from)) term.isSole = false;
          return advance();
        }
        case 'resync':
          return heardResync(from, frame.last);
        case 'stale':
          if (frame.promised - replica.promised() <= FARTHEST_EPOCH) replica.heardOf(frame.promised);
          if (term !== undefined && frame.promised > term.epoch) stepDown();
          return;
        case 'ask':
          return void heardAsk(from, frame);
        case 'vote':
          return void heardVote(frame);
        case 'hand-back':
          if (me.seat !== 'hub' || leader?.memberId !== from || leader.epoch !== frame.epoch || asking !== undefined) return;
          return void ask(false).then((isWon) => (isWon ? begin(replica.promised(), false) : undefined));
        case 'command': {
          const member = memberOf(from);
          if (member === undefined) return;
          return void carryOut(frame.id, frame.command, member).then((result) => {
            if (!result.ok && result.failure.kind === 'no-hub') return;
            // Whoever hears the answer has seen what it comes from.
            tell(from);
            send(from, { t: 'answer', id: frame.id, result });
          });
        }
        case 'attach':
        case 'attachment':
        case 'look-up':
          // Not of the queue itself: electron/queue/office.ts.
          return;
        case 'answer':
          return pending.get(frame.id)?.resolve(frame.result as Result<unknown, Failure>);
      }
    },
    /** A number for the citizen who stands here: from whoever holds the queue, or else from this device's own series. */
    async issue(input: { groupId: string; priority: Ticket['priority']; appointmentAtMs?: number }): Promise<Result<IssuedTicket, Failure>> {
      if (isAwayForLong()) return issueOwn(input);
      const ticketId = ports.newId();
      const { result, wasSent } = await request({ type: 'issue', ticketId, ...input }, ISSUE_PATIENCE_MS);
      if (result.ok) return result as Result<IssuedTicket, Failure>;
      if (result.failure.kind !== 'no-hub' && result.failure.kind !== 'queue-unsure') return result;
      if (wasSent) await replica.noteWithdrawal(ticketId);
      return issueOwn(input);
    },
    /**
     * On a person's word that whoever held the queue is off. With three voices it stands for none: the two that were not asked
     * could come back without this device, and call whom it called.
     */
    async takeOver(): Promise<Result<null, Failure>> {
      if (!mayHold) return fail('not-allowed');
      if (term !== undefined && canSettle()) return ok(null);
      const isVoted = otherVoices().some(hears) && (await ask(true));
      if (!isVoted && voices().length > 2) return fail('queue-unsure');
      await begin(isVoted ? replica.promised() : nextEpoch(), !isVoted);
      return ok(null);
    },
    /** A device that was paired, or is known anew. Returns the member as the office knows it; undefined when this device does not hold the queue. */
    async admit(member: Omit<Member, 'series' | 'isWitness'>): Promise<Member | undefined> {
      if (!canSettle()) return undefined;
      const { members } = replica.ahead();
      const before = members.find(({ memberId }) => memberId === member.memberId);
      const series =
        member.seat === 'hub'
          ? HUB_SERIES
          : member.seat === 'standby'
            ? STANDBY_SERIES
            : (before?.series ?? freeSeries(new Set(members.map((one) => one.series ?? -1))));
      const admitted: Member = { ...member, series: member.role === 'board' ? null : series, isWitness: before?.isWitness ?? false };
      const others = members.filter(({ memberId }) => memberId !== member.memberId);
      const all = [...others, admitted];
      const hasWitness = all.some(({ isWitness }) => isWitness);
      const witness = all.some(({ seat }) => seat === 'standby') && !hasWitness ? all.find(({ seat }) => seat === 'member') : undefined;
      const events: QueueEvent[] = [{ type: 'member.set', member: { ...admitted, isWitness: admitted.isWitness || witness === admitted } }];
      if (witness !== undefined && witness !== admitted) events.push({ type: 'member.set', member: { ...witness, isWitness: true } });
      // Not until it is settled: its own voice may be the one that is missing.
      const kept = await write(events.map((event) => ({ event, series: null }))).kept;
      for (const memberId of peers.keys()) feed(memberId);
      return kept.ok ? memberOf(member.memberId) : undefined;
    },
    /** Voices cannot be taken away while their silence may mean that they hold the queue elsewhere. */
    mayRemove: (memberId: string): boolean => !isVoice(memberId) || voices().length < 3 || term?.isSole === true,
    isHolding: canSettle,
    heldBy: (): string | undefined => (term !== undefined ? me.memberId : leader?.memberId),
    link(): QueueLink {
      const holder = term === undefined && isLeaderHeard() ? memberOf(leader?.memberId ?? '')?.name : undefined;
      return {
        seat: me.seat,
        standing,
        ...(holder === undefined ? {} : { leader: holder }),
        sinceMs: standingSinceMs,
        mayTakeOver: mayHold && me.seat !== 'alone' && standing === 'unsure',
        hasOwnNumbers: replica.series() !== null,
        toHandIn: replica.own().length,
        members: replica
          .ahead()
          .members.filter(({ memberId }) => memberId !== me.memberId)
          .map(({ memberId, name, seat, isWitness }) => ({ memberId, name, seat, isWitness, isHeard: hears(memberId) })),
      };
    },
  };
}
