/**
 * Many counters come back after an outage: no burst of errors, no peak, and everything confirmed. Light and quick by itself;
 * the full size is `npm run faults -- --only herd` (QMC_HERD counters, in real time).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { startTcpProxy } from '../../fakes/tcp-proxy.ts';
import { forAllTests } from '../../fixtures/for-all-tests.ts';
import { openLightCounter, type LightCounter } from '../../fixtures/light-counter.ts';
import { postgresForAll } from '../../fixtures/postgres.ts';
import { provinceForAll, startTestProvince } from '../../fixtures/test-province.ts';

const full = process.env['QMC_HERD'];
/** `speed`: how much faster than real the counters' own waiting times pass; the outage is so much shorter, too. */
const size = full === undefined ? { counters: 100, dossiers: 10, speed: 12 } : { counters: Number(full), dossiers: 50, speed: 1 };
const OUTAGE_MS = 75_000 / size.speed;
const EVERYDAY_MS = 30_000 / size.speed;
const WINDOW_MS = 1_000;
const LIMIT_MS = full === undefined ? 60_000 : 400_000;

const postgres = postgresForAll();
const province = provinceForAll(postgres, { lease: { size: 10, days: 60 } });
const line = forAllTests(() => startTcpProxy({ host: '127.0.0.1', port: province.port }));

const isOnline = (counter: LightCounter): boolean => counter.connection().status === 'online';
const isDone = (counter: LightCounter): boolean => isOnline(counter) && counter.waiting() === 0;

const open = (count: number, url: string, newCode: () => Promise<string>, speed: number): Promise<LightCounter[]> =>
  Promise.all(Array.from({ length: count }, async () => openLightCounter({ url, code: await newCode(), speed })));

/** What keeps those that are not done, in words. */
const keeping = (counters: LightCounter[]): string[] =>
  counters.filter((counter) => !isDone(counter)).map((counter) => JSON.stringify([counter.connection(), counter.waiting(), counter.failures.at(-1)?.failure]));
const allDone = (counters: LightCounter[]): Promise<void> => expect.poll(() => keeping(counters), { timeout: LIMIT_MS, interval: 100 }).toEqual([]);

/** Most requests in any window, a second. */
function peakOf(atMs: readonly number[]): number {
  let most = 0;
  let from = 0;
  for (let to = 0; to < atMs.length; to += 1) {
    while ((atMs[to] ?? 0) - (atMs[from] ?? 0) >= WINDOW_MS) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return (most * 1000) / WINDOW_MS;
}
const requestsSince = (atMs: number, untilMs = Infinity): number[] =>
  line.requests().flatMap((request) => (request.atMs >= atMs && request.atMs < untilMs ? [request.atMs] : []));

it(
  `${size.counters} counters with ${size.dossiers} dossiers each come back after an outage as calmly as they work every day`,
  async () => {
    const counters = await open(size.counters, line.url, () => province.newCode(), size.speed);
    // As people come to work: not in the same second, or their everyday would be a herd by itself.
    for (const counter of counters) void sleep(Math.random() * (EVERYDAY_MS / 2)).then(counter.start);
    await allDone(counters);
    const everydayFromMs = Date.now();
    await sleep(EVERYDAY_MS);
    const everyday = (requestsSince(everydayFromMs).length * 1000) / (Date.now() - everydayFromMs);

    line.set({ kind: 'down' });
    for (const counter of counters) for (let taken = 0; taken < size.dossiers; taken += 1) counter.accept();
    await sleep(OUTAGE_MS);
    expect(counters.filter(isOnline)).toEqual([]);

    const backAtMs = Date.now();
    line.set({ kind: 'up' });
    await allDone(counters);
    const doneAtMs = Date.now();
    await Promise.all(counters.map((counter) => counter.stop()));

    const peak = peakOf(requestsSince(backAtMs, doneAtMs));
    // A pass may have been cut by the outage's own end.
    const failures = counters.flatMap((counter) => counter.failures.filter(({ atMs }) => atMs > backAtMs + 100));
    const { rows } = await sql<{ dossiers: number; entries: number; operations: number }>`
      select (select count(*)::int from dossiers) dossiers, (select count(*)::int from journal_entries) entries,
        (select count(distinct operation_id)::int from journal_entries) operations`.execute(province.db);
    const wanted = size.counters * size.dossiers;
    console.log(
      `herd: ${size.counters} counters, ${wanted} dossiers confirmed ${((doneAtMs - backAtMs) / 1000).toFixed(1)} s after the line came back; ` +
        `requests a second: everyday ${everyday.toFixed(0)}, peak ${peak} (${(peak / everyday).toFixed(2)} ×); failures ${failures.length}`,
    );
    expect(rows[0]).toEqual({ dossiers: wanted, entries: wanted + 2 * size.counters, operations: wanted + 2 * size.counters });
    expect(failures).toEqual([]);
    expect(peak).toBeLessThanOrEqual(2 * everyday);
  },
  2 * LIMIT_MS,
);

it(
  'a province that is asked for more than it can do in one second gives each a time of his own, and refuses nobody otherwise',
  async () => {
    const small = await startTestProvince(postgres, { lease: { size: 10, days: 60 }, admission: { turns: 2, places: 6 } });
    const counters = await open(full === undefined ? 40 : Number(full), small.url, () => small.newCode(), 1);
    for (const counter of counters) for (let taken = 0; taken < 20; taken += 1) counter.accept();
    for (const counter of counters) counter.start();
    await allDone(counters);
    await Promise.all(counters.map((counter) => counter.stop()));
    const failures = counters.flatMap((counter) => counter.failures.map(({ failure }) => failure));
    expect(failures.length).toBeGreaterThan(0);
    expect(failures.filter((failure) => failure.kind !== 'busy' || failure.retryAfterMs === undefined)).toEqual([]);
    const visits = Math.max(...counters.map((counter) => counter.failures.length));
    console.log(`turned away ${failures.length} times in all, no counter more than ${visits} times`);
    expect(visits).toBeLessThanOrEqual(full === undefined ? 4 : 10);
    const { rows } = await sql<{ dossiers: number }>`select count(*)::int dossiers from dossiers`.execute(small.db);
    expect(rows[0]?.dossiers).toBe(counters.length * 20);
    await small.stop();
  },
  2 * LIMIT_MS,
);
