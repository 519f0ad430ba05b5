/** Holds all uploads of scans together to the rate of the hour: a bucket of tokens that holds one piece. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Clock } from '../../shared/lib/time.ts';
import { kbpsAt, paceAt, type PaceNow, type ScanHours } from '../../shared/sync/scan-hours.ts';
import type { Pace } from './http-json.ts';

/** What is under way when a window closes is ended at this rate rather than cut in the middle (kbit/s). */
const ENDING_KBPS = 64;

export type ScanPace = {
  now(): PaceNow;
  /** Whether there is any rate to keep to. */
  isFree(): boolean;
  /** Whether an upload may begin or go on with its next chunk. */
  isOpen(): boolean;
  /** Resolves when these bytes may leave. */
  take: Pace;
};

type Time = { monotonicMs(): number; sleep(ms: number): Promise<unknown> };
const realTime: Time = { monotonicMs: () => performance.now(), sleep: (ms) => sleepFor(ms) };

export function createScanPace(hours: ScanHours, clock: Clock, { monotonicMs, sleep }: Time = realTime): ScanPace {
  let freeAtMs = -Infinity;
  const kbpsNow = (): number | null => kbpsAt(hours, clock());
  return {
    now: () => paceAt(hours, clock()),
    isFree: () => kbpsNow() === null,
    isOpen: () => kbpsNow() !== 0,
    async take(bytes) {
      const kbps = kbpsNow();
      if (kbps === null) return;
      const nowMs = monotonicMs();
      const turnMs = Math.max(nowMs, freeAtMs);
      // 1 kbit/s is one bit a millisecond.
      freeAtMs = turnMs + (bytes * 8) / Math.max(kbps, ENDING_KBPS);
      if (turnMs > nowMs) await sleep(turnMs - nowMs);
    },
  };
}
