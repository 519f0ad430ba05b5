import { describe, expect, it } from 'vitest';
import { instantOf } from '../../shared/lib/time.ts';
import vi from '../../shared/locales/vi/sync.json';
import type { NumberRanges } from '../../shared/sync/state.ts';
import { emergencyWords, nextRangeWords } from './number-words.ts';

const atMs = instantOf('2026-11-23', '09:12');
const ranges = (change: Partial<NumberRanges> = {}): NumberRanges => ({ ranges: [], emergencyToday: 0, isWanted: false, asked: null, ...change });
const online = { status: 'online', sinceMs: 1 } as const;
const offline = { status: 'offline', sinceMs: 1, reason: 'unreachable', nextTryAtMs: 2 } as const;

describe('words for numbers', () => {
  it.each([
    ['enough left', ranges(), online, 'nextNotYet'],
    ['half used without a line', ranges({ isWanted: true }), offline, 'nextSoon'],
    ['half used, about to be asked', ranges({ isWanted: true }), online, 'nextNow'],
    ['asked, line cut', ranges({ isWanted: true, asked: { atMs, answer: 'unanswered' } }), offline, 'nextUnanswered'],
    ['asked, agency exhausted', ranges({ isWanted: true, asked: { atMs, answer: 'refused' } }), online, 'nextRefused'],
    ['asked and given', ranges({ asked: { atMs, answer: 'given' } }), online, 'nextGiven'],
    ['given, and again half used', ranges({ isWanted: true, asked: { atMs, answer: 'given' } }), online, 'nextNow'],
  ] as const)('of the next range: %s', (_, state, connection, key) => {
    const words = nextRangeWords(state, connection);
    expect(words.key).toBe(key);
    expect(vi.numbers[key].includes('{{time}}')).toBe(words.values?.['time'] === '23/11/2026 09:12');
  });

  it.each([
    [false, 0, 'emergencyUnused'],
    [true, 0, 'emergencyNext'],
    [true, 3, 'emergencyInUse'],
    [false, 3, 'emergencyOver'],
  ] as const)('of the emergency series: exhausted %s, %i given out', (emergency, emergencyToday, key) => {
    const words = emergencyWords({ left: 0, daysLeft: 9, emergency }, ranges({ emergencyToday }));
    expect([words.key, vi.numbers[key].includes('{{count}}')]).toEqual([key, words.values !== undefined]);
  });
});
