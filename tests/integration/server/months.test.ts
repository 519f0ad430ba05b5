/** The journal's contents by month, on a real PostgreSQL: exactly once over the months, strange clocks, servers side by side, and the way there. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../server/db/database.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { moveContents } from '../../../server/journal/content-moving-store.ts';
import { archiveMonth, keepMonths } from '../../../server/journal/month-keeper.ts';
import { makeMonth, monthsHeld, monthTables } from '../../../server/db/month-store.ts';
import { type Month, monthAfter, monthAt } from '../../../server/db/months.ts';
import { monitoringOf } from '../../../server/reconciliation/monitoring.ts';
import { acceptedEntries } from '../../../server/reconciliation/monitoring-store.ts';
import { acceptedBefore, entriesBetween } from '../../../server/reconciliation/statement-store.ts';
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import { DAY_MS, dateAt, instantOf } from '../../../shared/lib/time.ts';
import type { WireEntry } from '../../../shared/sync/protocol.ts';
import { accepted } from '../../fixtures/dossiers.ts';
import { buildServer } from '../../fixtures/province.ts';
import { postgresForAll } from '../../fixtures/postgres.ts';
import { sha256, statuses, type TestDevice } from '../../fixtures/test-device.ts';
import { provinceForAll, startTestProvince } from '../../fixtures/test-province.ts';

const postgres = postgresForAll();
const province = provinceForAll(postgres);

beforeAll(buildServer);

const acceptedAt = (acceptedAtMs: number, change: Partial<Dossier> = {}) => accepted({ acceptedAtMs, ...change });

/** What `tablesOf` calls the table of a month. */
const tableOf = (month: Month): string => month.slice(0, 7).replace('-', '_');

/** In which table the content of each entry lies, in order. */
async function tablesOf({ deviceId }: TestDevice): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select tableoid::regclass::text as name from journal_contents where device_id = ${deviceId} order by seq`.execute(province.db);
  return rows.map(({ name }) => name.replace('journal_contents_', ''));
}

/** A day of the month before this one, so that its table is there whenever this runs. */
const lastMonth = monthAfter(monthAt(Date.now()), -1);
const turnMs = instantOf(monthAt(Date.now()), '00:00');

describe('exactly once over the months', () => {
  it('holds for a batch over the turn of the month at the counter, and for the same entries weeks later', async () => {
    const device = await province.newDevice();
    for (const atMs of [turnMs - 2, turnMs - 1, turnMs, turnMs + 1]) device.append(acceptedAt(atMs), { atMs });
    // Alone too, and a dossier of last month that is only told in this one.
    device.append(acceptedAt(turnMs - 1), { atMs: turnMs + DAY_MS });
    expect(statuses(await device.push(device.entries.slice(0, 4)))).toEqual(['applied', 'applied', 'applied', 'applied']);
    expect(statuses(await device.push(device.entries.slice(4)))).toEqual(['applied']);
    const [before, now] = [tableOf(lastMonth), tableOf(monthAt(Date.now()))];
    expect(await tablesOf(device)).toEqual([before, before, now, now, before]);

    province.advance(45 * DAY_MS);
    await province.restart();
    const nowS = Math.floor(Date.now() / 1000) + 45 * 86_400;
    const { token } = (await device.askToken(device.assertion({ claims: { iat: nowS, exp: nowS + 120 } }))).body;
    const later = { authorization: `Bearer ${token}` };
    expect(statuses(await device.push(device.entries, later))).toEqual(device.entries.map(() => 'duplicate'));
    expect(await province.dossiersOf(device)).toHaveLength(5);

    // Another entry in a place taken last month, whatever month it says it is of.
    for (const atMs of [turnMs - 1, turnMs + 45 * DAY_MS]) {
      const copy = Object.assign(Object.create(device) as TestDevice, { entries: device.entries.slice(0, 1) });
      copy.append(acceptedAt(atMs), { atMs });
      expect((await device.push(copy.entries.slice(1), later)).body.results).toMatchObject([{ status: 'rejected', reason: 'journal-forked' }]);
    }
    expect(await tablesOf(device)).toEqual([before, before, now, now, before]);
    province.advance(-45 * DAY_MS);
    await province.restart();
  });

  it('holds when what was refused is taken later: it is in one month only, that of its dossier', async () => {
    const device = await province.newDevice();
    const entry = device.append(acceptedAt(turnMs - DAY_MS), { atMs: turnMs + DAY_MS });
    await device.push([{ ...entry, operatorId: 'changed on its way' }]);
    const [before, now] = [tableOf(lastMonth), tableOf(monthAt(Date.now()))];
    expect(await tablesOf(device)).toEqual([now]);
    expect(statuses(await device.push())).toEqual(['applied']);
    expect(await tablesOf(device)).toEqual([before]);
    const [held] = await province.db.selectFrom('journal').selectAll().where('device_id', '=', device.deviceId).execute();
    expect(held).toMatchObject({ status: 'applied', operator_id: entry.operatorId, month: lastMonth });
  });
});

describe('a clock that is years off', () => {
  const strange = [1, instantOf('1999-12-31', '23:59'), instantOf('2091-03-15', '08:00'), 8_640_000_000_000_000, Number.MAX_SAFE_INTEGER];
  it('costs no entry, together or alone, and its month is made when it comes', async () => {
    const device = await province.newDevice();
    for (const atMs of strange) device.append({ type: 'catalogue.installed', version: '7', procedures: 2 }, { atMs });
    device.append(acceptedAt(instantOf('2091-03-16', '08:00')));
    expect(statuses(await device.push())).toEqual(['applied', 'applied', 'applied', 'applied', 'applied', 'applied']);
    for (const atMs of strange) expect(statuses(await device.push([device.append({ type: 'keys.rotated', keyId: 'k' }, { atMs })]))).toEqual(['applied']);
    expect(new Set(await tablesOf(device))).toEqual(new Set(['other']));
    // Not even an operation that is about its date stops what is behind it.
    const rating = { type: 'service.rated', rating: { score: 5, reasons: [] } };
    expect(statuses(await device.push([device.append(rating, { atMs: Number.MAX_SAFE_INTEGER })]))).toEqual(['rejected']);
    expect(statuses(await device.push([device.append(rating)]))).toEqual(['applied']);

    const figures = () => monitoringOf(province.db, { from: '2091-03-01', to: '2091-03-31', asOfMs: instantOf('2091-04-01', '00:00') });
    const before = await figures();
    expect(before).not.toEqual([]);
    await makeMonth(province.db, '2091-03-01');
    expect((await tablesOf(device)).filter((name) => name === '2091_03')).toHaveLength(3);
    expect(statuses(await device.push())).toEqual(
      device.entries.map(({ atMs, operation }) =>
        (operation as { type: string }).type === 'service.rated' && atMs === Number.MAX_SAFE_INTEGER ? 'rejected' : 'duplicate',
      ),
    );
    expect(await figures()).toEqual(before);
  });
});

describe('two servers', () => {
  it('make the same months at once, each once, while counters write into them', async () => {
    const [one, other] = [openDatabase(province.databaseUrl, () => undefined), openDatabase(province.databaseUrl, () => undefined)];
    const device = await province.newDevice();
    const atMs = instantOf('2071-05-10', '09:00');
    let isOver = false;
    const writing = (async () => {
      for (let day = 0; !isOver || day < 20; day += 1) {
        const entry = device.append(acceptedAt(atMs + (day % 200) * DAY_MS), { atMs });
        expect(statuses(await device.push([entry]))).toEqual(['applied']);
      }
    })();
    await Promise.all([one, other, one, other].map((db) => keepMonths(db, atMs + 90 * DAY_MS, '2071-05-01')));
    isOver = true;
    await writing;
    const made = (await monthsHeld(province.db)).filter((month) => month.startsWith('2071'));
    expect(made).toEqual(['05', '06', '07', '08', '09', '10', '11'].map((nth) => `2071-${nth}-01`));
    const tables = await tablesOf(device);
    expect(tables).toEqual(device.entries.map(({ operation }) => tableOf(monthAt((operation as { dossier: Dossier }).dossier.acceptedAtMs))));
    await one.destroy();
    await other.destroy();
  });
});

describe('what is asked of days', () => {
  /** Which tables of contents a query looks into, by PostgreSQL's own count. */
  async function lookedInto(ask: (trx: Database) => Promise<unknown>): Promise<string[]> {
    return province.db.connection().execute(async (connection) => {
      const looks = async (): Promise<Map<string, number>> => {
        const { rows } = await sql<{ name: string; looks: number }>`
          select relname as name, seq_scan + coalesce(idx_scan, 0) as looks from pg_stat_xact_user_tables
          where relname like 'journal\\_contents\\_%' order by 1`.execute(connection);
        return new Map(rows.map(({ name, looks: count }) => [name.replace('journal_contents_', ''), count]));
      };
      await sql`begin`.execute(connection);
      const before = await looks();
      await ask(connection);
      const after = await looks();
      await sql`commit`.execute(connection);
      return [...after].filter(([name, count]) => count > (before.get(name) ?? 0)).map(([name]) => name);
    });
  }

  it('looks into the months concerned and no other', async () => {
    const device = await province.newDevice();
    await keepMonths(province.db, instantOf('2061-06-01', '00:00'), '2061-01-01');
    // Of a size at which PostgreSQL's plans are those of a province.
    for (let batch = 0; batch < 4; batch += 1) {
      const from = device.entries.length;
      for (let count = 0; count < 300; count += 1) {
        const atMs = instantOf('2061-02-01', '08:00') + (from + count) * 3 * 60 * 60_000;
        device.append(acceptedAt(atMs), { atMs });
      }
      await device.push(device.entries.slice(from));
    }
    await sql`analyze`.execute(province.db);
    const first = device.entries.findIndex(({ atMs }) => dateAt(atMs) === '2061-04-10') + 1;
    expect(await lookedInto((trx) => entriesBetween(trx, device.deviceId, first, first + 7))).toEqual(['2061_04']);
    expect(await lookedInto((trx) => acceptedBefore(trx, device.deviceId, '2061-03-10', first))).toEqual(['2061_03']);
    const pages = async (trx: Database, from: string, to: string): Promise<number> => {
      let count = 0;
      for await (const page of acceptedEntries(trx, from, to)) count += page.length;
      return count;
    };
    const counts: number[] = [];
    expect(await lookedInto(async (trx) => counts.push(await pages(trx, '2061-03-10', '2061-04-09')))).toEqual(['2061_03', '2061_04']);
    expect(counts).toEqual([31 * 8]);
    expect(await lookedInto((trx) => pages(trx, '2061-05-02', '2061-05-02'))).toEqual(['2061_05']);
  });
});

describe('a month that is over for long', () => {
  it('can be taken out and put back: nothing is applied again meanwhile, and no statement is judged by what cannot be read', async () => {
    const [month, date] = ['2051-01-01', '2051-01-15'];
    const atMs = instantOf(date, '09:00');
    await keepMonths(province.db, atMs, month);
    const device = await province.newDevice();
    for (let count = 0; count < 5; count += 1) device.append(acceptedAt(atMs + count), { atMs: atMs + count });
    const refused = device.append(acceptedAt(atMs + 5), { atMs: atMs + 5 });
    await device.push(device.entries.slice(0, 5));
    await device.push([{ ...refused, operatorId: 'changed on its way' }]);
    const figures = () => monitoringOf(province.db, { from: date, to: date, asOfMs: atMs + DAY_MS });
    expect((await device.close(date)).body.outcome.status).toBe('differs');
    expect(await figures()).toMatchObject([{ accepted: 5 }]);

    await expect(archiveMonth(province.db, month, instantOf('2051-02-28', '23:59'))).rejects.toThrow('2051-01');
    await archiveMonth(province.db, month, instantOf('2051-03-01', '00:00'));
    const isHeld = async () => (await monthTables(province.db)).find((table) => table.month === month)?.isHeld;
    expect(await isHeld()).toBe(false);
    const alarms = async () => (await province.db.selectFrom('alarms').select('what').where('device_id', '=', device.deviceId).execute()).length;
    // Of the entry that was changed on its way, as it came and as the day was judged; an alarm is written behind the answer.
    await expect.poll(alarms).toBe(2);
    expect((await device.close(date)).body.outcome.status).toBe('differs');
    expect(await figures()).toEqual([]);
    expect(statuses(await device.push(device.entries.slice(0, 5)))).toEqual(Array.from({ length: 5 }, () => 'duplicate'));
    // What was refused may still be mended, and a counter that was away for all that time still delivers.
    expect(statuses(await device.push([refused]))).toEqual(['applied']);
    expect(statuses(await device.push([device.append(acceptedAt(atMs + 6), { atMs: atMs + 6 })]))).toEqual(['applied']);
    await keepMonths(province.db, atMs, month);
    expect(await isHeld()).toBe(false);
    expect(await figures()).toMatchObject([{ accepted: 2 }]);
    expect(await alarms()).toBe(2);

    const asked = ['partitions', '--attach', '2051-01', '--database-url', province.databaseUrl];
    const { stdout } = await promisify(execFile)(process.execPath, [resolve('out/server/main.cjs'), ...asked]);
    expect(stdout.split('\n')[0]).toMatch(/^\{"month":"\d{4}-\d\d","attached":true,.*"bytes":\d+\}$/u);
    expect(await isHeld()).toBe(true);
    expect(await figures()).toMatchObject([{ accepted: 7 }]);
    expect((await device.close(date)).body.outcome).toEqual({ status: 'agrees' });
    expect(statuses(await device.push())).toEqual(device.entries.map(() => 'duplicate'));
    expect(await province.dossiersOf(device)).toHaveLength(7);
  });
});

/** Makes of a database what the version before the months had left. */
async function setBackBeforeMonths(db: Database): Promise<void> {
  await db.transaction().execute(async (trx) => {
    for (const statement of [
      sql`update journal_entries e set at_ms = c.at_ms, monotonic_ms = c.monotonic_ms, operator_id = c.operator_id, previous_hash = c.previous_hash,
        body_hash = c.body_hash, operation = c.operation, told_at_ms = case when e.seq % 2 = 0 then c.told_at_ms end
        from journal_contents c where c.device_id = e.device_id and c.seq = e.seq`,
      sql`drop view journal`,
      sql`drop table journal_contents`,
      sql`drop index journal_entries_whole, journal_entries_told_whole`,
      sql`alter table journal_entries drop column month, alter column at_ms set not null, alter column monotonic_ms set not null,
        alter column operator_id set not null, alter column previous_hash set not null, alter column body_hash set not null,
        alter column operation set not null`,
      sql`delete from kysely_migration where name >= '0014'`,
    ])
      await statement.execute(trx);
  });
}

/** What a server of the version before does for an entry whose operation has no effect. */
async function storeAsBefore(db: Database, { deviceId }: TestDevice, entry: WireEntry): Promise<void> {
  const text = JSON.stringify(entry.operation);
  const bodyHash = sha256(text);
  await db.transaction().execute(async (trx) => {
    await sql`select from devices where device_id = ${deviceId} for update`.execute(trx);
    await sql`select seq, hash, reason from journal_entries where device_id = ${deviceId} and seq between ${entry.seq - 1} and ${entry.seq}`.execute(trx);
    await sql`insert into operations (operation_id, body_hash, device_id, status, decided_at)
      values (${entry.operationId}, ${bodyHash}, ${deviceId}, 'applied', now())`.execute(trx);
    await sql`insert into journal_entries (device_id, seq, operation_id, at_ms, monotonic_ms, operator_id, previous_hash, hash, body_hash, operation,
        told_at_ms, status, reason, field, received_at)
      values (${deviceId}, ${entry.seq}, ${entry.operationId}, ${entry.atMs}, ${entry.monotonicMs}, ${entry.operatorId}, ${entry.previousHash},
        ${entry.hash}, ${bodyHash}, ${text}, null, 'applied', null, null, now())
      on conflict (device_id, seq) do update set status = excluded.status`.execute(trx);
    await sql`update devices set head_seq = ${entry.seq}, head_hash = ${entry.hash} where device_id = ${deviceId}`.execute(trx);
  });
}

describe('a province of the version before', () => {
  it('comes over while counters write, to servers of both versions, in steps that may be cut anywhere', async () => {
    const day = dateAt(turnMs - 5 * DAY_MS);
    const own = await startTestProvince(postgres);
    const device = await own.newDevice();
    const atOld = await own.newDevice();
    for (let count = 0; count < 60; count += 1)
      device.append(acceptedAt(turnMs - 5 * DAY_MS + count, { officeId: 'nguyen-hue' }), { atMs: turnMs - 5 * DAY_MS + count });
    device.append(acceptedAt(instantOf('2031-05-05', '09:00')), { atMs: instantOf('2031-05-05', '09:00') });
    await device.push();
    device.append({ type: 'dossier.teleported' }, { atMs: turnMs });
    await device.push();
    const figures = () => monitoringOf(own.db, { from: day, to: day, asOfMs: turnMs });
    const before = await figures();
    expect(before).not.toEqual([]);
    await setBackBeforeMonths(own.db);

    const waiting = async (): Promise<number> => (await own.db.selectFrom('journal_entries').select('seq').where('operation', 'is not', null).execute()).length;
    const old = openDatabase(own.databaseUrl, () => undefined);
    let longestMs = 0;
    let isOver = false;
    let written = 0;
    const writing = (async () => {
      while (!isOver) {
        const entry = atOld.append({ type: 'keys.rotated', keyId: `k${written}` }, { atMs: turnMs + written });
        const began = performance.now();
        await storeAsBefore(old, atOld, entry);
        longestMs = Math.max(longestMs, performance.now() - began);
        written += 1;
      }
    })();
    await expect.poll(() => written, { timeout: 20_000 }).toBeGreaterThan(20);
    await migrate(own.db);
    const migrated = written;

    // Half-way: the move was cut, and everything is where somebody asks for it.
    expect(await moveContents(own.db, 25)).toBe(25);
    expect(await figures()).toEqual(before);
    expect((await device.close(day)).body.outcome).toEqual({ status: 'agrees' });
    expect(statuses(await device.push())).toEqual([...Array.from({ length: 61 }, () => 'duplicate'), 'rejected']);

    await own.restart();
    device.append(acceptedAt(turnMs - 5 * DAY_MS + 1_000), { atMs: turnMs + DAY_MS });
    expect(statuses(await device.push(device.entries.slice(-1)))).toEqual(['applied']);
    await expect.poll(() => written, { timeout: 20_000 }).toBeGreaterThan(migrated + 20);
    isOver = true;
    await writing;
    // What the old server wrote after the last look is moved at the next one, here that of a start.
    await own.restart();
    await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
    // Nobody waits longer than the migration waits for a lock, two seconds, and what a busy machine adds.
    expect(longestMs).toBeLessThan(10_000);

    expect((await figures()).map(({ accepted: count }) => count)).toEqual(before.map(({ accepted: count }) => count + 1));
    expect((await device.close(day)).body.outcome).toEqual({ status: 'agrees' });
    for (const one of [device, atOld]) {
      const rows = await own.db
        .selectFrom('journal')
        .select(['seq', 'hash', 'operation', 'month'])
        .where('device_id', '=', one.deviceId)
        .orderBy('seq')
        .execute();
      expect(rows.map(({ seq, hash, operation }) => ({ seq, hash, operation }))).toEqual(
        one.entries.map(({ seq, hash, operation }) => ({ seq, hash, operation: JSON.stringify(operation) })),
      );
      expect(new Set(statuses(await one.push()))).toEqual(new Set(one === device ? ['duplicate', 'rejected'] : ['duplicate']));
    }
    expect(await monthsHeld(own.db)).not.toContain('2031-05-01');
    await old.destroy();
    await own.stop();
  });
});
