/** Owns the rows of supervisors: accounts, failed sign-ins, sessions, and what each of them did. */
import { sql } from 'kysely';
import type { AuditAction } from '../../shared/supervisor/contract.ts';
import { DAY_MS } from '../../shared/lib/time.ts';
import type { Connection } from '../db/database.ts';

/** False when there is such an account already. */
export async function insertSupervisor(db: Connection, name: string, passwordHash: string, at: Date): Promise<boolean> {
  const inserted = await db
    .insertInto('supervisors')
    .values({ name, password_hash: passwordHash, created_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .returning('name')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** With its sessions; false when there is no such account. */
export async function deleteSupervisor(db: Connection, name: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('supervisors').where('name', '=', name).executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function passwordHashOf(db: Connection, name: string): Promise<string | undefined> {
  return (await db.selectFrom('supervisors').select('password_hash').where('name', '=', name).executeTakeFirst())?.password_hash;
}

export async function lockedUntil(db: Connection, name: string): Promise<Date | undefined> {
  return (await db.selectFrom('supervisor_failures').select('locked_until').where('name', '=', name).executeTakeFirst())?.locked_until;
}

/**
 * Counts a failed sign-in; from the fifth in a row each locks the name for twice as long, 30 s to 15 min. A day without one forgets them.
 */
export async function countFailure(db: Connection, name: string, at: Date): Promise<void> {
  await sql`delete from supervisor_failures where last_at < ${new Date(at.getTime() - DAY_MS)}`.execute(db);
  await sql`
    insert into supervisor_failures (name, failures, locked_until, last_at) values (${name}, 1, ${at}, ${at})
    on conflict (name) do update set
      failures = supervisor_failures.failures + 1,
      last_at = excluded.last_at,
      locked_until = case when supervisor_failures.failures + 1 < 5 then excluded.last_at
        else excluded.last_at + least(interval '15 minutes', interval '30 seconds' * power(2, least(supervisor_failures.failures - 4, 10))) end`.execute(db);
}

export async function forgetFailures(db: Connection, name: string): Promise<void> {
  await db.deleteFrom('supervisor_failures').where('name', '=', name).execute();
}

export async function insertSession(db: Connection, tokenHash: string, supervisor: string, at: Date, expired: Date): Promise<void> {
  await db.deleteFrom('supervisor_sessions').where('created_at', '<', expired).execute();
  await db.insertInto('supervisor_sessions').values({ token_hash: tokenHash, supervisor, created_at: at }).execute();
}

/** Whose session it is, if it began after `expired`. */
export async function supervisorOfSession(db: Connection, tokenHash: string, expired: Date): Promise<string | undefined> {
  const row = await db
    .selectFrom('supervisor_sessions')
    .select('supervisor')
    .where('token_hash', '=', tokenHash)
    .where('created_at', '>', expired)
    .executeTakeFirst();
  return row?.supervisor;
}

export async function deleteSession(db: Connection, tokenHash: string): Promise<void> {
  await db.deleteFrom('supervisor_sessions').where('token_hash', '=', tokenHash).execute();
}

export async function audit(
  db: Connection,
  entry: { at: Date; supervisor: string; action: AuditAction; facts: { subject: string } & Record<string, unknown> },
): Promise<void> {
  await db
    .insertInto('supervisor_audit')
    .values({ ...entry, facts: JSON.stringify(entry.facts) })
    .execute();
}

export async function lastAudit(db: Connection, limit: number): Promise<Array<{ atMs: number; supervisor: string; action: AuditAction; subject: string }>> {
  const rows = await db.selectFrom('supervisor_audit').select(['at', 'supervisor', 'action', 'facts']).orderBy('audit_id', 'desc').limit(limit).execute();
  return rows.map(({ at, supervisor, action, facts }) => ({
    atMs: at.getTime(),
    supervisor,
    action: action as AuditAction,
    subject: String((facts as { subject?: unknown }).subject ?? ''),
  }));
}
