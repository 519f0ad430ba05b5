/** Owns indexes that are added to tables in use: built beside the writers, outside the ladder's transaction, which would stop them. */
import { sql } from 'kysely';
import type { Database } from './database.ts';
import { locks } from './locks.ts';

/**
 * When the dossier was accepted that a journal entry says whole; null for every other entry. Worked out for entries that came
 * before the column, or one by one. `json`, not `jsonb`: a text is read through much quicker than it is taken apart.
 */
export const toldAcceptedAtMs = sql`(case when told_at_ms is not null then told_at_ms when operation::json ->> 'type' in ('dossier.accepted', 'dossier.corrected') then (operation::json #>> '{dossier,acceptedAtMs}')::bigint end)`;

const indexes = [
  // For the charts of a day.
  { name: 'dossiers_accepted', definition: sql`dossiers (accepted_at_ms)` },
  // For what a device took in on a date; in the journal `journal_contents_told` does it.
  { name: 'dossiers_of_device', definition: sql`dossiers (device_id, accepted_at_ms)` },
  // The same for what waits to be moved to its month, and what waits. Only what was applied is known to be JSON that PostgreSQL can
  // read; any other row would make its own receipt fail.
  { name: 'journal_entries_told_whole', definition: sql`journal_entries (${toldAcceptedAtMs}) where status = 'applied' and operation is not null` },
  { name: 'journal_entries_whole', definition: sql`journal_entries (device_id, seq) where operation is not null` },
  // For a citizen who still has the paper with the code that was taken.
  { name: 'dossiers_former_codes', definition: sql`dossiers using gin ((body -> 'formerCodes')) where body ? 'formerCodes'` },
  // For what an office asks again and again: what is new at the specialised systems.
  { name: 'upstream_deliveries_changed', definition: sql`upstream_deliveries (office_id, changed_at)` },
];
/** Of earlier versions. */
const outdated = ['journal_entries_accepted', 'journal_entries_dossiers', 'journal_entries_accepted_at', 'journal_entries_told_at'];

/**
 * Builds what is missing, and again what a server left half-built when it ended. One server at a time, the others go on
 * without: a build waits for every older transaction, so nobody may wait for the build inside one.
 */
export async function buildOnlineIndexes(db: Database): Promise<void> {
  await db.connection().execute(async (connection) => {
    const { rows: lock } = await sql<{ mine: boolean }>`select pg_try_advisory_lock(${locks.onlineIndexes}) as mine`.execute(connection);
    if (lock[0]?.mine !== true) return;
    try {
      for (const { name, definition } of indexes) {
        const { rows } = await sql<{ is_valid: boolean }>`
          select indisvalid as is_valid from pg_index where indexrelid = to_regclass(${name})`.execute(connection);
        if (rows[0]?.is_valid === true) continue;
        if (rows[0] !== undefined) await sql`drop index concurrently if exists ${sql.id(name)}`.execute(connection);
        await sql`create index concurrently if not exists ${sql.id(name)} on ${definition}`.execute(connection);
      }
      for (const name of outdated) await sql`drop index concurrently if exists ${sql.id(name)}`.execute(connection);
    } finally {
      await sql`select pg_advisory_unlock(${locks.onlineIndexes})`.execute(connection);
    }
  });
}
