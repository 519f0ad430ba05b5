/** Owns the move of contents that still lie in `journal_entries`, where servers of an earlier version put them, to their months. */
import { sql } from 'kysely';
import type { Connection, Database } from '../db/database.ts';
import { locks } from '../db/locks.ts';
import { type Month, monthAt, monthOf } from '../db/months.ts';
import { toldAcceptedAtMs } from '../db/online-indexes.ts';
import { columnsFrom, relationOf } from '../db/rows.ts';

/** The month since which contents may wait to be moved; undefined when none wait. */
export async function waitingSince(db: Connection): Promise<Month | undefined> {
  const { rows } = await sql<{ since: Date | null; waits: boolean }>`
    select exists (select from journal_entries where operation is not null) as waits, (select min(enrolled_at) from devices) as since`.execute(db);
  const [row] = rows;
  return row?.waits === true && row.since !== null ? monthAt(row.since.getTime()) : undefined;
}

/**
 * Moves up to `limit` contents in a transaction of its own and says how many; 0 also while another server moves them. Entries that
 * a push is about to change are left for later: nobody waits for anybody.
 */
export async function moveContents(db: Database, limit: number): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { rows: lock } = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(${locks.contentsMove}) as mine`.execute(trx);
    if (lock[0]?.mine !== true) return 0;
    const { rows } = await sql<{ deviceId: string; seq: number; atMs: number; toldAtMs: number | null; month: Month | null }>`
      select device_id as "deviceId", seq, at_ms as "atMs", month, case when status = 'applied' then ${toldAcceptedAtMs} end as "toldAtMs"
      from journal_entries where operation is not null order by device_id, seq limit ${limit} for update skip locked`.execute(trx);
    if (rows.length === 0) return 0;
    const of = columnsFrom(rows);
    const place = relationOf('place', [
      of('device_id', 'uuid', ({ deviceId }) => deviceId),
      of('seq', 'bigint', ({ seq }) => seq),
      of('month', 'date', (row) => monthOf(row, row.toldAtMs)),
      of('told_at_ms', 'bigint', ({ toldAtMs }) => toldAtMs),
    ]);
    // Of an entry that a server of this version had stored and one of the version before judged anew.
    if (rows.some(({ month }) => month !== null))
      await sql`delete from journal_contents c using ${place} where c.device_id = place.device_id and c.seq = place.seq`.execute(trx);
    await sql`
      insert into journal_contents (device_id, seq, month, at_ms, monotonic_ms, operator_id, previous_hash, body_hash, operation, told_at_ms)
      select device_id, seq, place.month, at_ms, monotonic_ms, operator_id, previous_hash, body_hash, operation, place.told_at_ms
      from journal_entries e join ${place} using (device_id, seq)`.execute(trx);
    await sql`
      update journal_entries e
      set month = place.month, at_ms = null, monotonic_ms = null, operator_id = null, previous_hash = null, body_hash = null, operation = null, told_at_ms = null
      from ${place} where e.device_id = place.device_id and e.seq = place.seq`.execute(trx);
    return rows.length;
  });
}
