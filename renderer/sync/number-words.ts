/** Where the next range of numbers stands and what the emergency series does: which words, with which values. */
import type { NumberRanges, NumbersState, SyncState } from '../../shared/sync/state.ts';
import { formatDateTime } from '../../shared/lib/time.ts';

/** `key` is a key of the locale file `sync`, under `numbers`. */
export type Words = { key: string; values?: Record<string, string | number> };

export function nextRangeWords({ asked, isWanted }: NumberRanges, connection: SyncState['connection']): Words {
  if (!isWanted) return asked?.answer === 'given' ? { key: 'nextGiven', values: { time: formatDateTime(asked.atMs) } } : { key: 'nextNotYet' };
  if (asked?.answer === 'refused') return { key: 'nextRefused', values: { time: formatDateTime(asked.atMs) } };
  if (asked?.answer === 'unanswered') return { key: 'nextUnanswered', values: { time: formatDateTime(asked.atMs) } };
  return { key: connection.status === 'online' ? 'nextNow' : 'nextSoon' };
}

export function emergencyWords({ emergency }: NumbersState, { emergencyToday }: NumberRanges): Words {
  if (emergency) return emergencyToday === 0 ? { key: 'emergencyNext' } : { key: 'emergencyInUse', values: { count: emergencyToday } };
  return emergencyToday === 0 ? { key: 'emergencyUnused' } : { key: 'emergencyOver', values: { count: emergencyToday } };
}
