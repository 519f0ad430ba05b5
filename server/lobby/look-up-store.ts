/** Owns how often a dossier was guessed at, and finds what may be told of one. */
import { sql } from 'kysely';
import type { UpstreamDeliveryState } from '../../shared/upstreams/upstream.ts';
import type { Connection } from '../db/database.ts';

/** Counts one more guess, and how many there are of the subject in the window; one statement, so that guesses made at once all count. */
export async function countGuess(db: Connection, subject: string, at: Date, windowMs: number): Promise<number> {
  const from = new Date(at.getTime() - windowMs);
  const { rows } = await sql<{ guesses: number }>`
    insert into look_up_guesses as known (subject, guesses, since) values (${subject}, 1, ${at})
    on conflict (subject) do update set
      guesses = case when known.since < ${from} then 1 else known.guesses + 1 end,
      since = case when known.since < ${from} then ${at} else known.since end
    returning guesses`.execute(db);
  return rows[0]?.guesses ?? 1;
}

/** It was right, so it was no guess. */
export async function takeGuessBack(db: Connection, subject: string): Promise<void> {
  await sql`update look_up_guesses set guesses = greatest(guesses - 1, 0) where subject = ${subject}`.execute(db);
}

export async function forgetGuesses(db: Connection, before: Date): Promise<void> {
  await sql`delete from look_up_guesses where since < ${before}`.execute(db);
}

/** More dossiers than this never had the same code. */
const MOST_OF_ONE_CODE = 10;

export type LookedUp = {
  code: string;
  procedureName: string;
  acceptedAtMs: number;
  dueAtMs: number | null;
  /** ID numbers and the tax code of who is named in it. */
  numbers: string[];
  deliveries: UpstreamDeliveryState[];
};

/**
 * Whoever has this code now, and then those that had it before: a code is replaced because another dossier has it, so which of
 * them is meant, the digits tell.
 */
export async function dossiersOfCode(db: Connection, officeId: string, code: string): Promise<LookedUp[]> {
  const { rows } = await sql<LookedUp>`
    select code, body ->> 'procedureName' as "procedureName", accepted_at_ms as "acceptedAtMs", due_at_ms as "dueAtMs",
      array_remove(array[body #>> '{applicant,idNumber}', body #>> '{applicant,taxCode}', body #>> '{submitter,idNumber}'], null) as numbers,
      array(select state from upstream_deliveries delivery where delivery.dossier_id = dossiers.dossier_id) as deliveries
    from dossiers where office_id = ${officeId} and (code = ${code} or (body ? 'formerCodes' and body -> 'formerCodes' ? ${code}))
    order by code <> ${code}, accepted_at_ms desc limit ${MOST_OF_ONE_CODE}`.execute(db);
  return rows;
}
