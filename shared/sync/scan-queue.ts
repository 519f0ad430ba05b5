/** Which scan goes next: small before large, a way that stays free for the small, and one that failed out of the way of the others. */
import type { Clock } from '../lib/time.ts';
import { fullJitterMs, restLeftMs, type Rest } from './back-off.ts';

const AT_ONCE = { least: 2, most: 4 };
/** Where scans arrive within this time, more of them go at once. */
const QUICK_MS = 1_000;
/** From here on a scan is large (bytes): only one of them is under way at a time. */
const LARGE_BYTES = 4 * 1024 * 1024;
/** A scan the province refuses is sent whole before it says so: not often. */
const FIRST_AFTER_REFUSAL_MS = 60_000;
const LONGEST_AFTER_REFUSAL_MS = 3_600_000;

type Waiting = { sha256: string; bytes: number };
type Trouble = { tries: number; rest: Rest; refusal?: string };

export type ScanQueue = {
  /** Scans the province lacks. What is under way, or rests after a failure, is left as it is. */
  offer(scans: readonly Waiting[]): void;
  /** The next to be sent now, which is under way until it is settled; undefined when none may begin. */
  take(): string | undefined;
  arrived(sha256: string): void;
  /** Only this scan did not get across: the others go on. */
  failed(sha256: string): void;
  refused(sha256: string, reason: string): void;
  /** Nothing waits any more; what rests after a failure keeps its time. */
  clear(): void;
  /** An officer wants everything tried again now. */
  hurry(): void;
  /** Digest → why the province (or this device) will not have it. */
  refusals(): Record<string, string>;
};

export function createScanQueue(clock: Clock, random: () => number): ScanQueue {
  /** Small before large. */
  let waiting: Waiting[] = [];
  const underWay = new Map<string, { isLarge: boolean; sinceMs: number }>();
  let atOnce = AT_ONCE.least;
  const troubles = new Map<string, Trouble>();

  const isResting = (sha256: string): boolean => {
    const trouble = troubles.get(sha256);
    return trouble !== undefined && restLeftMs(trouble.rest, clock()) > 0;
  };
  const triesOf = (sha256: string): number => troubles.get(sha256)?.tries ?? 0;

  return {
    offer(scans) {
      const known = new Set(waiting.map(({ sha256 }) => sha256));
      waiting.push(...scans.filter(({ sha256 }) => !known.has(sha256) && !underWay.has(sha256)));
      waiting.sort((a, b) => a.bytes - b.bytes);
    },
    take() {
      if (underWay.size >= atOnce) return undefined;
      const isLargeFree = ![...underWay.values()].some(({ isLarge }) => isLarge);
      const mayGo = waiting.filter(({ sha256, bytes }) => (isLargeFree || bytes < LARGE_BYTES) && !isResting(sha256));
      const next = mayGo.reduce<Waiting | undefined>((best, one) => (best === undefined || triesOf(one.sha256) < triesOf(best.sha256) ? one : best), undefined);
      if (next === undefined) return undefined;
      waiting = waiting.filter((one) => one !== next);
      underWay.set(next.sha256, { isLarge: next.bytes >= LARGE_BYTES, sinceMs: clock() });
      return next.sha256;
    },
    arrived(sha256) {
      const tookMs = clock() - (underWay.get(sha256)?.sinceMs ?? -Infinity);
      atOnce = tookMs < QUICK_MS ? Math.min(AT_ONCE.most, atOnce + 1) : AT_ONCE.least;
      underWay.delete(sha256);
      troubles.delete(sha256);
    },
    failed(sha256) {
      atOnce = AT_ONCE.least;
      underWay.delete(sha256);
      const tries = triesOf(sha256);
      troubles.set(sha256, { tries: tries + 1, rest: { sinceMs: clock(), forMs: fullJitterMs(tries, random) } });
    },
    refused(sha256, refusal) {
      underWay.delete(sha256);
      const tries = triesOf(sha256);
      const forMs = Math.min(LONGEST_AFTER_REFUSAL_MS, FIRST_AFTER_REFUSAL_MS * 2 ** Math.min(tries, 10));
      troubles.set(sha256, { tries: tries + 1, rest: { sinceMs: clock(), forMs }, refusal });
    },
    clear() {
      waiting = [];
    },
    hurry: () => troubles.forEach(({ rest }) => void (rest.forMs = 0)),
    refusals: () => Object.fromEntries([...troubles].flatMap(([sha256, { refusal }]) => (refusal === undefined ? [] : [[sha256, refusal]]))),
  };
}
