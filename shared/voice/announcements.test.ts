import { describe, expect, it } from 'vitest';
import { languagesFor, newCalls, withCall, withoutTickets, type AnnouncementLine } from './announcements.ts';
import type { Call } from './speech.ts';

const call = (ticketId: string, more: Partial<Call> = {}): Call => ({ ticketId, number: ticketId, counter: '1', isAgain: false, ...more });
const lineOf = (...calls: Call[]): AnnouncementLine => calls.reduce<AnnouncementLine>(withCall, []);

describe('the line of announcements', () => {
  it('keeps the order of calls', () => {
    expect(lineOf(call('A1'), call('B1'), call('A2')).map(({ ticketId }) => ticketId)).toEqual(['A1', 'B1', 'A2']);
  });

  it('says a number once that was called and called again before its turn, to the last counter', () => {
    expect(lineOf(call('A1'), call('B1'), call('A1', { counter: '4', isAgain: true }))).toEqual([call('A1', { counter: '4' }), call('B1')]);
  });

  it('still says again what had been said before', () => {
    expect(lineOf(call('A1', { isAgain: true }), call('A1', { isAgain: true }))).toEqual([call('A1', { isAgain: true })]);
  });

  it('drops who need not come any more', () => {
    const line = lineOf(call('A1'), call('B1'));
    expect(withoutTickets(line, (id) => id !== 'A1')).toEqual([call('B1')]);
    expect(withoutTickets(line, () => true)).toBe(line);
  });

  it('is brief when many wait', () => {
    expect(languagesFor(lineOf(call('1'), call('2')), ['vi', 'en'])).toEqual(['vi', 'en']);
    expect(languagesFor(lineOf(call('1'), call('2'), call('3')), ['vi', 'en'])).toEqual(['vi']);
    expect(languagesFor(lineOf(call('1'), call('2'), call('3')), ['en', 'vi'])).toEqual(['en']);
  });
});

describe('newCalls', () => {
  const at = (ticketId: string, calledAtMs: number, more: { isAtCounter?: boolean; counter?: string } = {}) => ({
    ticketId,
    number: ticketId,
    counter: '1',
    calledAtMs,
    isAtCounter: true,
    ...more,
  });

  it('hears nothing new at its first look', () => {
    expect(newCalls(null, [at('A1', 10)]).calls).toEqual([]);
  });

  it('hears what was called since, oldest first, and a recall as such', () => {
    const { seen } = newCalls(null, [at('A1', 10)]);
    const { seen: later, calls } = newCalls(seen, [at('A2', 40), at('A1', 30)]);
    expect(calls).toEqual([call('A1', { isAgain: true }), call('A2')]);
    expect(newCalls(later, [at('A2', 40), at('A1', 30)]).calls).toEqual([]);
  });

  it('does not say "again" to who was sent on to another counter', () => {
    const { seen } = newCalls(null, [at('A1', 10)]);
    expect(newCalls(seen, [at('A1', 30, { counter: '2' })]).calls).toEqual([call('A1', { counter: '2' })]);
  });

  it('calls nobody who has been served in between', () => {
    const { seen } = newCalls(null, []);
    expect(newCalls(seen, [at('A1', 10, { isAtCounter: false })]).calls).toEqual([]);
  });

  it('after an absence says only what was called last', () => {
    const { seen } = newCalls(null, []);
    expect(newCalls(seen, [at('A1', 0), at('A2', 500_000), at('A3', 530_000)]).calls.map(({ ticketId }) => ticketId)).toEqual(['A2', 'A3']);
  });
});
