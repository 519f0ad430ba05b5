/**
 * Owns the lives of the province. A province that was set back to a backup has forgotten what it answered since; it says so
 * to its devices by another epoch, and keeps away from the numbers it may have given out in the life it forgot.
 */
import { sql } from 'kysely';
import type { Connection, Database } from '../db/database.ts';
import { startAfterRestore } from './number-gap.ts';
import { takenNumbers } from './number-store.ts';

/** Instance numbers passed over in an agency: more than enrol between two backups. */
const INSTANCES_SKIPPED = 1_000;
const MINUTE_MS = 60_000;

export async function currentEpoch(db: Connection): Promise<number> {
  return (await db.selectFrom('server_state').select('epoch').executeTakeFirstOrThrow()).epoch;
}

/**
 * Begins another life, above every epoch heard of (`known`), and answers its epoch. An epoch is the minute it began, because
 * a backup of a backup would otherwise count to the same number twice. Raised already by another server since `from`, it
 * stays. `leaseSize`: numbers of a lease.
 */
export async function raiseEpoch(
  db: Database,
  { from, known, leaseSize, nowMs }: { from: number; known: number; leaseSize: number; nowMs: number },
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { epoch } = await trx.selectFrom('server_state').select('epoch').forUpdate().executeTakeFirstOrThrow();
    if (epoch !== from && epoch > known) return epoch;
    const raised = Math.max(epoch, known, Math.floor(nowMs / MINUTE_MS)) + 1;
    const agencies = await trx.selectFrom('agencies').select(['agency_code', 'number_start', 'next_instance']).orderBy('agency_code').forUpdate().execute();
    for (const agency of agencies) {
      const taken = await takenNumbers(trx, agency.agency_code, nowMs);
      await trx
        .updateTable('agencies')
        .set({ number_start: startAfterRestore(taken, leaseSize, agency.number_start), next_instance: agency.next_instance + INSTANCES_SKIPPED })
        .where('agency_code', '=', agency.agency_code)
        .execute();
    }
    await trx
      .updateTable('server_state')
      .set({ epoch: raised, database_mark: await markOf(trx) })
      .execute();
    return raised;
  });
}

/** The cluster and its timeline: a dump put into another cluster has another one, and so has one recovered to a point in time or a standby made primary. */
async function markOf(db: Connection): Promise<string | null> {
  const { rows } = await sql<{ mark: string }>`
    select system_identifier::text || '.' || timeline_id::text as mark from pg_control_system(), pg_control_checkpoint()`.execute(db);
  return rows[0]?.mark ?? null;
}

/** At a start: whether this database is not the one it was. Null when it may not be looked at; a copy of the cluster's files looks the same. */
export async function looksRestored(db: Connection): Promise<boolean | null> {
  const mark = await markOf(db).catch(() => null);
  if (mark === null) return null;
  const { database_mark: known } = await db.selectFrom('server_state').select('database_mark').executeTakeFirstOrThrow();
  if (known === null) await db.updateTable('server_state').set({ database_mark: mark }).execute();
  return known !== null && known !== mark;
}
