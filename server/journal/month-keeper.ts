/** Owns that the months to come have their tables in time, and that contents of an earlier version find their way to theirs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../shared/lib/time.ts';
import type { Database } from '../db/database.ts';
import { moveContents, waitingSince } from './content-moving-store.ts';
import { makeMonth, monthsHeld, takeOutMonth } from '../db/month-store.ts';
import { type Month, monthAfter, monthAt, monthsBetween } from '../db/months.ts';

/** A server that is down for all of these comes back to a full table of other months, which the first start empties. */
const AHEAD = 3;
const EVERY_MS = 6 * 60 * 60_000;
const MOVED_AT_ONCE = 500;

export type MonthKeeper = {
  /** Resolves when nothing is under way. */
  stop(): Promise<void>;
};

/** Makes what is missing of the month before this one, in which counters still write, up to those ahead. Any number of servers may at once. */
export async function keepMonths(db: Database, nowMs: number, since?: Month): Promise<void> {
  const before = monthAfter(monthAt(nowMs), -1);
  const held = new Set(await monthsHeld(db));
  for (const month of monthsBetween(since !== undefined && since < before ? since : before, monthAfter(before, 1 + AHEAD))) {
    if (!held.has(month)) await makeMonth(db, month);
  }
}

/** Throws when counters may still write into the month. */
export async function archiveMonth(db: Database, month: Month, nowMs: number): Promise<void> {
  if (month >= monthAfter(monthAt(nowMs), -1)) throw new Error(`${month.slice(0, 7)} is not over for long enough: the month before this one stays too`);
  await takeOutMonth(db, month);
}

/** Does it once before it resolves, and from then on every few hours; what fails is told and done the next time: no push needs it. */
export async function startMonthKeeper({ db, clock, onError }: { db: Database; clock: Clock; onError(error: unknown): void }): Promise<MonthKeeper> {
  let isStopping = false;
  await keepMonths(db, clock()).catch(onError);

  async function move(): Promise<void> {
    const since = await waitingSince(db);
    if (since === undefined) return;
    await keepMonths(db, clock(), since);
    while (!isStopping) {
      const began = performance.now();
      if ((await moveContents(db, MOVED_AT_ONCE)) === 0) return;
      // Half of the time is the counters'.
      await sleep(performance.now() - began);
    }
  }

  let underWay = move().catch(onError);
  const timer = setInterval(() => {
    underWay = underWay
      .then(() => keepMonths(db, clock()))
      .then(move)
      .catch(onError);
  }, EVERY_MS);
  timer.unref();
  return {
    async stop() {
      isStopping = true;
      clearInterval(timer);
      await underWay;
    },
  };
}
