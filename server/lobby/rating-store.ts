/** Owns the counts of opinions. */
import { sql } from 'kysely';
import { ratingReasons, scores, type Rating } from '../../shared/lobby/rating.ts';
import type { PlainDate } from '../../shared/lib/time.ts';
import type { AskedPeriod, RatingsAnswer } from '../../shared/supervisor/contract.ts';
import type { Connection } from '../db/database.ts';

/** Counts an opinion once for itself and once for each of its reasons. */
export async function countRating(trx: Connection, officeId: string, date: PlainDate, { score, reasons }: Rating): Promise<void> {
  await sql`
    insert into service_ratings as known (office_id, date, score, reason, count)
    select ${officeId}, ${date}::date, ${score}, reason, 1 from unnest(${['', ...reasons]}::text[]) as reason
    on conflict (office_id, date, score, reason) do update set count = known.count + 1`.execute(trx);
}

/** Of every office, both days included. */
export async function ratingsOf(db: Connection, { from, to }: AskedPeriod): Promise<Pick<RatingsAnswer, 'days' | 'reasons'>> {
  const { rows } = await sql<{ date: string; officeId: string; score: number; reason: string; count: number }>`
    select date::text as date, office_id as "officeId", score, reason, count from service_ratings
    where date between ${from}::date and ${to}::date order by date desc, office_id`.execute(db);
  const days = new Map<string, RatingsAnswer['days'][number]>();
  const byReason = new Map<string, number>();
  for (const { date, officeId, score, reason, count } of rows) {
    if (reason !== '') {
      byReason.set(reason, (byReason.get(reason) ?? 0) + count);
      continue;
    }
    const day = days.get(`${date} ${officeId}`) ?? { date, officeId, byScore: scores.map(() => 0) };
    day.byScore[score - 1] = count;
    days.set(`${date} ${officeId}`, day);
  }
  const reasons = ratingReasons.flatMap((reason) => {
    const count = byReason.get(reason);
    return count === undefined ? [] : [{ reason, count }];
  });
  return { days: [...days.values()], reasons: reasons.sort((a, b) => b.count - a.count) };
}
