/** Owns the counts of opinions. */
import { sql } from 'kysely';
import type { Rating } from '../../shared/lobby/rating.ts';
import type { PlainDate } from '../../shared/lib/time.ts';
import type { Connection } from '../db/database.ts';

/** Counts an opinion once for itself and once for each of its reasons. */
export async function countRating(trx: Connection, officeId: string, date: PlainDate, { score, reasons }: Rating): Promise<void> {
  await sql`
    insert into service_ratings as known (office_id, date, score, reason, count)
    select ${officeId}, ${date}::date, ${score}, reason, 1 from unnest(${['', ...reasons]}::text[]) as reason
    on conflict (office_id, date, score, reason) do update set count = known.count + 1`.execute(trx);
}
