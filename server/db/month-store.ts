/** Owns the tables that hold the journal's contents: one a month, and one for what is of none of them. */
import { sql } from 'kysely';
import type { Connection, Database } from './database.ts';
import { locks } from './locks.ts';
import { monthAfter, type Month } from './months.ts';

const nameOf = (month: Month): string => `journal_contents_${month.slice(0, 7).replace('-', '_')}`;
const tableOf = (month: Month) => sql.id(nameOf(month));

function monthNamed(table: string): Month | undefined {
  const [, year, nth] = /_(\d{4})_(\d\d)$/u.exec(table) ?? [];
  return year === undefined || nth === undefined ? undefined : `${year}-${nth}-01`;
}

/** Months that have a table of their own, in order. */
export async function monthsHeld(db: Connection): Promise<Month[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = to_regclass('journal_contents') order by 1`.execute(db);
  return rows.flatMap(({ name }) => monthNamed(name) ?? []);
}

type MonthTable = {
  /** Undefined: the table of other months. */ month: Month | undefined;
  /** False: taken out; its entries can be read in the table alone. */ isHeld: boolean;
  /** As PostgreSQL counted last; undefined when it never has. */ entries: number | undefined;
  bytes: number;
};

/** Every month's table, in order, also those taken out and not dropped yet. */
export async function monthTables(db: Connection): Promise<MonthTable[]> {
  const { rows } = await sql<{ name: string; isHeld: boolean; entries: number; bytes: number }>`
    select relname as name, relispartition as "isHeld", reltuples::float8 as entries, pg_total_relation_size(oid)::float8 as bytes
    from pg_class where relkind = 'r' and pg_table_is_visible(oid) and relname ~ '^journal_contents_(\\d{4}_\\d{2}|other)$' order by 1`.execute(db);
  return rows.map(({ name, entries, ...row }) => ({ ...row, month: monthNamed(name), entries: entries < 0 ? undefined : entries }));
}

/**
 * Makes the table of a month unless there is one of that name, also one taken out; entries of that month that came before it are
 * moved into it. Pushes into other months go on. Fails with `lock_not_available` rather than keep a push of this month waiting.
 */
export const makeMonth = (db: Database, month: Month): Promise<void> =>
  alone(db, async (trx) => {
    if (await isThere(trx, month)) return;
    // Not `partition of`, which would lock the whole journal.
    await sql`create table ${tableOf(month)} (like journal_contents including all)`.execute(trx);
    await attach(trx, month);
  });

/** Takes a month out: its table stays, to be dumped and dropped, or put back. Waits for pushes under way, two seconds at most. */
export const takeOutMonth = (db: Database, month: Month): Promise<void> =>
  alone(db, async (trx) => {
    await sql`alter table journal_contents detach partition ${tableOf(month)}`.execute(trx);
  });

/** Puts a month back that was taken out, with what came of it meanwhile. */
export const putBackMonth = (db: Database, month: Month): Promise<void> => alone(db, (trx) => attach(trx, month));

/** One server at a time, in one transaction, and nobody waits behind it for long. */
const alone = (db: Database, work: (trx: Connection) => Promise<void>): Promise<void> =>
  db.transaction().execute(async (trx) => {
    await sql`set local lock_timeout = '2s'`.execute(trx);
    await sql`select pg_advisory_xact_lock(${locks.months})`.execute(trx);
    await work(trx);
  });

async function isThere(trx: Connection, month: Month): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`select to_regclass(${nameOf(month)}) is not null as there`.execute(trx);
  return rows[0]?.there === true;
}

async function attach(trx: Connection, month: Month): Promise<void> {
  await sql`lock table journal_contents_other in access exclusive mode`.execute(trx);
  // Judged anew while its month was out.
  await sql`
    delete from ${tableOf(month)} held using journal_contents_other o
    where o.month = ${month}::date and held.device_id = o.device_id and held.seq = o.seq`.execute(trx);
  await sql`
    with strays as (delete from journal_contents_other where month = ${month}::date returning *)
    insert into ${tableOf(month)} select * from strays`.execute(trx);
  await sql`
    alter table journal_contents attach partition ${tableOf(month)}
    for values from (${sql.lit(month)}) to (${sql.lit(monthAfter(month))})`.execute(trx);
}
