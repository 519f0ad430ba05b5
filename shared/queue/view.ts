/** What screens know of the queue: the office's for its own staff and kiosk, and the public one for boards, with no more than number, counter and group. */
import type { QueueGroup } from '../settings/settings.ts';
import { dateAt } from '../lib/time.ts';
import { countWaiting, linesOf } from './day-index.ts';
import type { Waits } from './forecast.ts';
import { groupsOf } from './line.ts';
import type { Seat } from './seat-kinds.ts';
import { officeDate, type CounterStanding, type QueueState } from './state.ts';
import type { QueuedTicket } from './ticket.ts';

/**
 * - `leading`: this device holds the queue (always, when alone).
 * - `following`: another holds it and is heard; `leader` names it.
 * - `lost`: nobody is heard since `sinceMs`. Numbers go on from this device's own series (if it has one); nobody is called.
 * - `unsure`: this device would hold it, but cannot know that no other does. Numbers go on; calling waits for the others, or
 *   for the officer's word (`queue:take-over`).
 * - `unpaired`: not made known to the hub yet.
 */
export type LinkStanding = 'leading' | 'following' | 'lost' | 'unsure' | 'unpaired';

export type QueueLink = {
  seat: Seat;
  standing: LinkStanding;
  leader?: string;
  sinceMs: number;
  /** An officer here may say that the other device is off: `queue:take-over`. */
  mayTakeOver: boolean;
  /** This device can give numbers without a hub. */
  hasOwnNumbers: boolean;
  /** Given out here without a hub and not handed in yet. */
  toHandIn: number;
  /** The office's other devices, for the hub's and the standby's screens. */
  members: Array<{ memberId: string; name: string; seat: Exclude<Seat, 'alone'>; isWitness: boolean; isHeard: boolean }>;
};

export type GroupStanding = {
  groupId: string;
  waiting: number;
  /** Of the one who waits longest. */
  waitingSinceMs: number | null;
  /** For someone who takes a number now; null: no counter is open for the group. */
  expectedWaitMs: number | null;
  /** Open counters that call from this group. */
  counters: string[];
};

/** For staff and kiosk. `date` and `tickets` are those of today, empty before the first number. */
export type QueueView = {
  date: string;
  tickets: readonly QueuedTicket[];
  counters: readonly CounterStanding[];
  groups: GroupStanding[];
  /** Kiosks give no more numbers today. */
  isClosed: boolean;
  link: QueueLink;
};

/** One call on the board. `calls` rises with every recall: what has a new `calledAtMs` blinks and is announced. */
export type BoardCall = { ticketId: string; number: string; counter: string; calledAtMs: number; calls: number; isAtCounter: boolean };
/** Nothing here is about a person: it is shown to the street. */
export type PublicBoard = {
  date: string;
  officeName: string;
  atMs: number;
  /** The newest first. */
  called: BoardCall[];
  groups: Array<{ groupId: string; letter: string; name: string; waiting: number; expectedWaitMs: number | null }>;
  isClosed: boolean;
  /** Nobody calls at the moment, because the devices cannot reach each other. */
  isLost: boolean;
};

const BOARD_CALLS = 24;

/** Another day's tickets are over. */
const ofToday = (state: QueueState, nowMs: number): QueueState =>
  state.date >= dateAt(nowMs) ? state : { ...state, date: dateAt(nowMs), tickets: [], numbers: {} };

function standings(state: QueueState, groups: readonly QueueGroup[], waits: Waits): GroupStanding[] {
  return groups.map(({ id }) => {
    const firsts = [...linesOf(state.tickets)].flatMap(([first]) => (first?.groupId === id ? [first.issuedAtMs] : []));
    return {
      groupId: id,
      waiting: countWaiting(state.tickets, id),
      waitingSinceMs: firsts.length === 0 ? null : Math.min(...firsts),
      expectedWaitMs: waits[id] ?? null,
      counters: state.counters.filter(({ counter, isOpen }) => isOpen && (groupsOf(state, counter)?.includes(id) ?? true)).map(({ counter }) => counter),
    };
  });
}

type Seen = { groups: readonly QueueGroup[]; forecast: (state: QueueState, nowMs: number) => Waits; link: QueueLink; nowMs: number };

export function viewOf(state: QueueState, { groups, forecast, link, nowMs }: Seen): QueueView {
  const today = ofToday(state, nowMs);
  return {
    date: today.date,
    tickets: today.tickets,
    counters: today.counters,
    groups: standings(today, groups, forecast(today, nowMs)),
    isClosed: today.closedOn === officeDate(today, nowMs),
    link,
  };
}

/** In one pass: a day has thousands, and the board changes with every call. */
function newestCalls(tickets: readonly QueuedTicket[]): QueuedTicket[] {
  const newest: QueuedTicket[] = [];
  for (const ticket of tickets) {
    const { state, calledAtMs, counter } = ticket;
    if ((state !== 'called' && state !== 'served') || calledAtMs === undefined || counter === undefined) continue;
    let at = newest.length;
    while (at > 0 && (newest[at - 1]?.calledAtMs ?? 0) < calledAtMs) at -= 1;
    if (at >= BOARD_CALLS) continue;
    newest.splice(at, 0, ticket);
    if (newest.length > BOARD_CALLS) newest.pop();
  }
  return newest;
}

export function boardOf(view: QueueView, groups: readonly QueueGroup[], officeName: string, nowMs: number): PublicBoard {
  return {
    date: view.date,
    officeName,
    atMs: nowMs,
    called: newestCalls(view.tickets).map(({ ticketId, number, counter = '', calledAtMs = 0, calls = 1, state }) => ({
      ticketId,
      number,
      counter,
      calledAtMs,
      calls,
      isAtCounter: state === 'called',
    })),
    groups: view.groups.flatMap(({ groupId, waiting, expectedWaitMs }) => {
      const group = groups.find(({ id }) => id === groupId);
      return group === undefined ? [] : [{ groupId, letter: group.letter, name: group.name, waiting, expectedWaitMs }];
    }),
    isClosed: view.isClosed,
    isLost: view.link.standing !== 'leading' && view.link.standing !== 'following',
  };
}
