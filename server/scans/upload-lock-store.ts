/** Owns the rows of upload locks; times are the database's own, which all servers share. */
import { sql } from 'kysely';
import type { Connection } from '../db/database.ts';

const LEASE = sql`interval '30 seconds'`;
/** A lock need not outlive the power: waiting for the disk at every turn would be most of what a small scan costs. */
const UNFLUSHED = sql`(select set_config('synchronous_commit', 'off', true)) unflushed`;

/** True when the lock is now the holder's. Otherwise whoever holds it will see that it is wanted. */
export async function takeUploadLock(db: Connection, uploadId: string, holder: string): Promise<boolean> {
  const { rows } = await sql`
    insert into upload_locks (upload_id, holder, held_until) select ${uploadId}, ${holder}::uuid, clock_timestamp() + ${LEASE} from ${UNFLUSHED}
    on conflict (upload_id) do update set holder = excluded.holder, held_until = excluded.held_until, is_wanted = false
    where upload_locks.held_until < clock_timestamp()
    returning holder`.execute(db);
  if (rows.length > 0) return true;
  await sql`update upload_locks set is_wanted = true where upload_id = ${uploadId} and not is_wanted`.execute(db);
  return false;
}

/** Holds it for another while; says whether someone else wants it. Undefined: it is no longer the holder's. */
export async function renewUploadLock(db: Connection, uploadId: string, holder: string): Promise<{ isWanted: boolean } | undefined> {
  const { rows } = await sql<{ is_wanted: boolean }>`
    update upload_locks set held_until = clock_timestamp() + ${LEASE} from ${UNFLUSHED}
    where upload_id = ${uploadId} and holder = ${holder}::uuid returning is_wanted`.execute(db);
  return rows[0] === undefined ? undefined : { isWanted: rows[0].is_wanted };
}

export async function releaseUploadLock(db: Connection, uploadId: string, holder: string): Promise<void> {
  await sql`delete from upload_locks using ${UNFLUSHED} where upload_id = ${uploadId} and holder = ${holder}::uuid`.execute(db);
}
