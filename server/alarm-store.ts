/** Owns what must not have happened and did: kept until a supervisor has seen it; beside the features because any may raise one. */
import { sql } from 'kysely';
import { dateAt } from '../shared/lib/time.ts';
import type { Connection } from './db/database.ts';

/** The same alarm of the same device on the same day is counted, not kept again. */
export async function raiseAlarm(db: Connection, what: string, facts: Record<string, unknown>, nowMs: number): Promise<void> {
  const { deviceId } = facts;
  const at = new Date(nowMs);
  await sql`
    insert into alarms (what, device_id, day, facts, first_at, last_at)
    values (${what}, ${typeof deviceId === 'string' ? deviceId : null}::uuid, ${dateAt(nowMs)}::date, ${JSON.stringify(facts)}::jsonb, ${at}, ${at})
    on conflict (what, day, coalesce(device_id, '00000000-0000-0000-0000-000000000000'))
    do update set times = alarms.times + 1, last_at = excluded.last_at, facts = excluded.facts, seen_by = null, seen_at = null`.execute(db);
}
