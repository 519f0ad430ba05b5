import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Migration, Migrator, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../server/db/database.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { foundation } from '../../../server/db/migrations/0001-foundation.ts';
import { createEnrolmentCode } from '../../../server/devices/enrolment.ts';
import { paths } from '../../../shared/sync/protocol.ts';
import { accepted } from '../../fixtures/dossiers.ts';
import { postgresForAll } from '../../fixtures/postgres.ts';
import { buildServer } from '../../fixtures/province.ts';
import { startServerProcess, type ServerProcess } from '../../fixtures/server-process.ts';
import { enrolledDevice, send } from '../../fixtures/test-device.ts';
import { startTestProvince } from '../../fixtures/test-province.ts';

const postgres = postgresForAll();
let databaseUrl: string;
let db: Database;
let dataDir: string;
let server: ServerProcess;

beforeAll(async () => {
  await buildServer();
  databaseUrl = await postgres.createDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'qmc-operations-'));
  server = await startServerProcess({ databaseUrl, dataDir, args: ['--metrics-port', '0'] });
  db = openDatabase(databaseUrl, () => undefined);
});
afterAll(async () => {
  await server.end();
  await db.destroy();
  await rm(dataDir, { recursive: true, force: true });
});

const newCode = () => createEnrolmentCode(db, { officeId: 'nguyen-hue', agencyCode: 'H36.12' }, Date.now(), 86_400_000);
const metrics = async (): Promise<string> => (await fetch(server.metrics as string)).text();
const valueOf = (text: string, series: string): number => {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  if (line === undefined) throw new Error(`no ${series}`);
  return Number(line.split(' ')[1]);
};

const CANARIES = ['Nguyễn Thị Chim Hoàng Yến', '079199000777', '0987000777'];

describe('metrics', () => {
  it('count what happens, by route and reason', async () => {
    const device = await enrolledDevice(server.url, await newCode());
    device.append(accepted());
    device.append(accepted());
    device.append({ type: 'no-such-operation' });
    await device.push();
    const text = await metrics();
    expect(valueOf(text, 'qmc_journal_entries_total{status="applied",reason=""}')).toBe(2);
    expect(valueOf(text, 'qmc_journal_entries_total{status="rejected",reason="unknown-operation"}')).toBe(1);
    expect(valueOf(text, 'qmc_journal_batch_entries_sum')).toBe(3);
    expect(valueOf(text, `qmc_request_seconds_count{method="POST",route="${paths.journal}",status="200"}`)).toBe(1);
    expect(valueOf(text, 'qmc_devices{contact="within-5-minutes"}')).toBe(1);
    expect(valueOf(text, 'qmc_figures_readable')).toBe(1);
    expect(valueOf(text, 'qmc_journal_months_ahead')).toBe(3);
    expect(valueOf(text, 'qmc_database_connections{state="total"}')).toBeGreaterThan(0);
  });

  it('are not to be had where counters ask, and are nothing but metrics where Prometheus does', async () => {
    expect((await send(server.url, '/metrics', { method: 'GET' })).status).toBe(404);
    expect((await fetch(new URL('/v1/hello', server.metrics))).status).toBe(404);
  });
});

describe('what the server leaves behind of a citizen outside its database', () => {
  it('is nothing: not in its log, not in its metrics, whatever goes wrong', async () => {
    const [fullName, idNumber, phone] = CANARIES;
    const applicant = { kind: 'person', fullName, idNumber, phone };
    const device = await enrolledDevice(server.url, await newCode());
    const headers = await device.authorisation();
    device.append(accepted({ applicant } as never));
    await device.push();
    // Refused for its content, for its form, for its hash, for being no JSON, for its address.
    await device.push([device.append(accepted({ applicant: { ...applicant, sex: fullName } } as never))]);
    await device.push([device.append(accepted({ applicant: { ...applicant, fullName: `${fullName}\u0000` } } as never))]);
    await device.push([{ ...device.append(accepted({ applicant } as never)), hash: 'f'.repeat(64) }]);
    await send(server.url, paths.journal, { text: `{"journalId": "${fullName}`, headers });
    await send(server.url, paths.journal, { body: { journalId: device.journalId, entries: [{ seq: idNumber, operation: { applicant } }] }, headers });
    await send(server.url, `/v1/offices/${encodeURIComponent(fullName as string)}/dossiers?after=${idNumber}`, { method: 'GET', headers });
    await send(server.url, `/nowhere/${phone}`, { method: 'GET', headers });
    await send(server.url, '/giam-sat/api/session', { body: { name: fullName, password: idNumber }, headers: { origin: server.url } });
    const told = server.logged() + (await metrics());
    expect(server.logged()).toContain('"alarm"');
    expect(CANARIES.filter((canary) => told.includes(canary))).toEqual([]);
  });
});

describe('limits', () => {
  it('stand at every door: size, depth, rate', async () => {
    const device = await enrolledDevice(server.url, await newCode());
    const headers = await device.authorisation();
    const big = 'x'.repeat(300 * 1024);
    const tooLarge = [paths.hello, paths.enrol, paths.token, paths.numbers, paths.deviceReport, '/giam-sat/api/session'];
    for (const path of tooLarge) {
      const answer = await send(server.url, path, { body: { big }, headers: { ...headers, origin: server.url } });
      expect([path, answer.status]).toEqual([path, path === '/giam-sat/api/session' ? 413 : 413]);
    }
    expect((await send(server.url, paths.status, { body: { big: 'x'.repeat(3 * 1024 * 1024) }, headers })).status).toBe(413);
    expect((await send(server.url, paths.journal, { text: '['.repeat(100_000), headers })).body).toMatchObject({ kind: 'too-deep' });

    const strict = await startTestProvince(postgres, { limits: { all: 40, credentials: 8 } });
    const tried = async (path: string, body: object, times: number): Promise<number[]> => {
      const statuses: number[] = [];
      for (let time = 0; time < times; time += 1) statuses.push((await send(strict.url, path, { body, headers: { origin: strict.url } })).status);
      return statuses;
    };
    // A quarter of the credentials' share: each try costs the server an Argon2id.
    expect(await tried('/giam-sat/api/session', { name: 'lan', password: 'x' }, 4)).toEqual([401, 401, 429, 429]);
    expect((await tried(paths.enrol, { code: 'AAAA' }, 12)).filter((status) => status === 429)).toHaveLength(4);
    expect((await tried(paths.hello, { nonce: 'n'.repeat(20) }, 45)).at(-1)).toBe(429);
    await strict.stop();
  });
});

describe('behind a proxy', () => {
  it('callers are told apart by what a known proxy says of them, and by nothing a stranger says', async () => {
    const limits = { all: 1_000, credentials: 3 };
    const behind = await startTestProvince(postgres, { limits, trustProxy: ['127.0.0.0/8', '::1'] });
    const open = await startTestProvince(postgres, { limits });
    const from = async (url: string, address: string): Promise<number> =>
      (await send(url, paths.enrol, { body: { code: 'AAAA' }, headers: { 'x-forwarded-for': address } })).status;
    const tries = async (url: string): Promise<number[]> => {
      const statuses: number[] = [];
      for (const address of ['203.0.113.1', '203.0.113.1', '203.0.113.1', '203.0.113.1', '203.0.113.2']) statuses.push(await from(url, address));
      return statuses;
    };
    const [told, untold] = [await tries(behind.url), await tries(open.url)];
    expect(told.map((status) => status === 429)).toEqual([false, false, false, true, false]);
    expect(untold.map((status) => status === 429)).toEqual([false, false, false, true, true]);
    await behind.stop();
    await open.stop();
  });
});

describe('migrations', () => {
  it('run while a writer writes, whose longest wait stays short, and give way to one who holds a table', async () => {
    const url = await postgres.createDatabase();
    const writer = openDatabase(url, () => undefined);
    const migrating = openDatabase(url, () => undefined);
    // A province of the first version at work.
    const first: Migration = foundation;
    await new Migrator({ db: writer, provider: { getMigrations: async () => ({ '0001-foundation': first }) } }).migrateToLatest();
    await sql`insert into agencies values ('H36', 1)`.execute(writer);
    await sql`insert into offices values ('xa', 'H36')`.execute(writer);
    await sql`insert into enrolment_codes (code_hash, office_id, expires_at) select 'old' || n, 'xa', now() from generate_series(1, 20000) n`.execute(writer);

    let longestMs = 0;
    let written = 0;
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        const began = performance.now();
        await sql`insert into enrolment_codes (code_hash, office_id, expires_at) values (${randomUUID()}, 'xa', now())`.execute(writer);
        longestMs = Math.max(longestMs, performance.now() - began);
        written += 1;
      }
    })();
    // Somebody reads for long: without giving way, the change of the table would wait for it and every writer for the change.
    const reading = await writer.startTransaction().execute();
    await sql`select count(*) from enrolment_codes`.execute(reading);
    const migrated = migrate(migrating);
    await new Promise((done) => setTimeout(done, 3_500));
    const writtenWhileBlocked = written;
    await reading.commit().execute();
    await migrated;
    isOver = true;
    await writing;
    expect(writtenWhileBlocked).toBeGreaterThan(10);
    expect(longestMs).toBeLessThan(4_000);
    const { rows } = await sql<{ valid: boolean }>`select indisvalid as valid from pg_index where indexrelid = to_regclass('dossiers_accepted')`.execute(
      writer,
    );
    expect(rows).toEqual([{ valid: true }]);
    await migrate(migrating);
    await writer.destroy();
    await migrating.destroy();
  });
});
