/** What the lane of scans holds in memory, counter and province in one process: no more for many large scans than for a few. `QMC_LANE_MB` for any size. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { startTestPostgres } from '../../fixtures/postgres.ts';
import { openShellDevice } from '../../fixtures/shell-device.ts';
import { startTestProvince } from '../../fixtures/test-province.ts';

const MB = 1024 * 1024;
const TOTAL_MB = Number(process.env['QMC_LANE_MB'] ?? 240);
const LARGE_MB = 40;
/** One large scan at a time (sealed, opened), three small ones beside it, and what the collector has not got round to. */
const MOST_MB = 280;

it(`stays bounded while ${TOTAL_MB} MB leave`, { timeout: 600_000 }, async () => {
  const postgres = await startTestPostgres();
  const province = await startTestProvince(postgres);
  const device = await openShellDevice({ url: province.url, code: await province.newCode() });
  const pdf = (bytes: number): Buffer => Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(bytes - 9)]);
  const large = Math.floor(TOTAL_MB / LARGE_MB) - 1;
  for (let nth = 0; nth < large; nth += 1) await device.accept([pdf(LARGE_MB * MB)]);
  for (let nth = 0; nth < LARGE_MB; nth += 4) await device.accept(Array.from({ length: 4 }, () => pdf(MB)));

  const used = (): number => (({ arrayBuffers, heapUsed }) => (arrayBuffers + heapUsed) / MB)(process.memoryUsage());
  let most = 0;
  const watching = setInterval(() => (most = Math.max(most, used())), 20);
  const before = used();
  const startedMs = Date.now();
  device.sync.start();
  for (;;) {
    await sleep(100);
    const { connection, waitingEntries } = device.sync.state();
    if (connection.status === 'online' && waitingEntries === 0 && Object.keys(device.sync.memory().unconfirmed).length === 0) break;
  }
  clearInterval(watching);
  const seconds = (Date.now() - startedMs) / 1000;
  const { rows } = await sql<{ bytes: number; scans: number }>`select sum(bytes)::float8 as bytes, count(*)::int as scans from scans`.execute(province.db);
  console.log(
    `lane: ${((rows[0]?.bytes ?? 0) / MB).toFixed(0)} MB in ${rows[0]?.scans} scans, ${seconds.toFixed(1)} s; memory ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most`,
  );
  expect(rows[0]?.scans).toBe(large + LARGE_MB);
  expect(most).toBeLessThan(before + MOST_MB);
  await device.remove();
  await province.stop();
  await postgres.stop();
});
