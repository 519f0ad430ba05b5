/** Owns the tables that hold the journal's contents, one a month, and what no month's table takes. */
import { sql } from 'kysely';
import type { Connection, Database } from './database.ts';
import { monthAfter, type Month } from './months.ts';

/** Of our own choosing; kept apart from those of the schema. */
const LOCK = 7_140_226_002;

const tableOf = (month: Month): string => `journal_contents_${month.slice(0, 7).replace('-', '_')}`;

/** Months that have a table of their own, in order. */
export async function monthsHeld(db: Connection): Promise<Month[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = to_regclass('journal_contents') order by 1`.execute(db);
  return rows.flatMap(({ name }) => {
    const [, year, nth] = /_(\d{4})_(\d\d)$/u.exec(name) ?? [];
    return year === undefined || nth === undefined ? [] : [`${year}-${nth}-01`];
  });
}

/**
 * Makes the table of a month unless there is one of that name, also a detached one; entries of that month that came before it are
 * moved into it. Pushes into other months go on. Fails with `lock_not_available` rather than keep a push of this month waiting.
 */
export async function makeMonth(db: Database, month: Month): Promise<void> {
  const table = sql.id(tableOf(month));
  await db.transaction().execute(async (trx) => {
    await sql`set local lock_timeout = '2s'`.execute(trx);
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(trx);
    const { rows } = await sql<{ held: string | null }>`select to_regclass(${tableOf(month)})::text as held`.execute(trx);
    if (rows[0]?.held !== null) return;
    // Not `partition of`, which would lock the whole journal.
    await sql`create table ${table} (like journal_contents including all)`.execute(trx);
    await sql`lock table journal_contents_other in access exclusive mode`.execute(trx);
    await sql`
      with strays as (delete from journal_contents_other where month = ${month}::date returning *)
      insert into ${table} select * from strays`.execute(trx);
    await sql`
      alter table journal_contents attach partition ${table}
      for values from (${sql.lit(month)}) to (${sql.lit(monthAfter(month))})`.execute(trx);
  });
}
