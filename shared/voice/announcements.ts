/** The order of announcements: one at a time, none over another, no number twice in the line. Pure; the player asks for the next. */
import type { VoiceLanguage } from './clips.ts';
import type { Call } from './speech.ts';

/** With more than this many citizens waiting to be announced, each is called in the first language only. */
const CALM_LINE = 2;

export type AnnouncementLine = readonly Call[];

/** A number already in the line keeps its place and gets the newest counter: a recall is not said twice. */
export function withCall(line: AnnouncementLine, call: Call): AnnouncementLine {
  const waiting = line.findIndex(({ ticketId }) => ticketId === call.ticketId);
  if (waiting === -1) return [...line, call];
  // Not yet announced, so nothing is repeated.
  return line.map((other, index) => (index === waiting ? { ...call, isAgain: other.isAgain } : other));
}

/** Whose turn is over before it was announced (no-show, transferred, finished) is not called any more. */
export const withoutTickets = (line: AnnouncementLine, isCalled: (ticketId: string) => boolean): AnnouncementLine =>
  line.every(({ ticketId }) => isCalled(ticketId)) ? line : line.filter(({ ticketId }) => isCalled(ticketId));

/** In which languages the first of the line is said. */
export const languagesFor = (line: AnnouncementLine, languages: readonly VoiceLanguage[]): readonly VoiceLanguage[] =>
  line.length > CALM_LINE ? languages.slice(0, 1) : languages;

/** When and where each ticket was last called. Null: nothing seen yet. */
export type SeenCalls = ReadonlyMap<string, { calledAtMs: number; counter: string }> | null;

/** A board that was away does not shout a whole morning: of what it missed only the calls this much older than the newest. */
const MISSED_WITHIN_MS = 60_000;

/** `isAtCounter`: called and not finished. */
export type HeardCall = { ticketId: string; number: string; counter: string; calledAtMs: number; isAtCounter: boolean };

/** What is new since the last look, oldest first; at the first look nothing is, whoever stands at the counters now. */
export function newCalls(seen: SeenCalls, called: readonly HeardCall[]): { seen: NonNullable<SeenCalls>; calls: Call[] } {
  const now = new Map(called.map(({ ticketId, calledAtMs, counter }) => [ticketId, { calledAtMs, counter }]));
  if (seen === null) return { seen: now, calls: [] };
  const fresh = called.filter(({ ticketId, calledAtMs, isAtCounter }) => isAtCounter && calledAtMs > (seen.get(ticketId)?.calledAtMs ?? -Infinity));
  const newest = Math.max(...fresh.map(({ calledAtMs }) => calledAtMs));
  const calls = fresh
    .filter(({ calledAtMs }) => calledAtMs >= newest - MISSED_WITHIN_MS)
    .sort((a, b) => a.calledAtMs - b.calledAtMs)
    .map(({ ticketId, number, counter }) => ({ ticketId, number, counter, isAgain: seen.get(ticketId)?.counter === counter }));
  return { seen: now, calls };
}
