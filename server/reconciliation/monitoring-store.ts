/** Owns the reading of accepted dossiers from the journal, for figures that stand on nothing else. */
import { sql } from 'kysely';
import { DAY_MS, instantOf, type PlainDate } from '../../shared/lib/time.ts';
import type { Connection } from '../db/database.ts';
import { toldAcceptedAtMs } from '../db/online-indexes.ts';
import { monthAt } from '../db/months.ts';

const PAGE = 500;

export type AcceptedEntry = { deviceId: string; seq: number; acceptedAtMs: number; operation: string };

/** Applied entries of dossiers accepted in the period (inclusive), whenever they came, a page at a time. */
export async function* acceptedEntries(db: Connection, from: PlainDate, to: PlainDate): AsyncGenerator<AcceptedEntry[]> {
  const startMs = instantOf(from, '00:00');
  const endMs = instantOf(to, '00:00') + DAY_MS;
  let after: Pick<AcceptedEntry, 'acceptedAtMs' | 'deviceId' | 'seq'> = {
    acceptedAtMs: startMs - 1,
    deviceId: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
    seq: Number.MAX_SAFE_INTEGER,
  };
  for (;;) {
    const behind = sql`(${after.acceptedAtMs}::bigint, ${after.deviceId}::uuid, ${after.seq}::bigint)`;
    const { rows } = await sql<AcceptedEntry>`
      (
        select device_id as "deviceId", seq, told_at_ms as "acceptedAtMs", operation from journal_contents
        where month between ${monthAt(startMs)}::date and ${monthAt(endMs)}::date
          and told_at_ms >= ${after.acceptedAtMs} and told_at_ms < ${endMs} and (told_at_ms, device_id, seq) > ${behind}
        order by told_at_ms, device_id, seq limit ${PAGE}
      ) union all (
        -- Not in their months yet.
        select device_id, seq, ${toldAcceptedAtMs}, operation from journal_entries
        where operation is not null and status = 'applied' and ${toldAcceptedAtMs} >= ${after.acceptedAtMs} and ${toldAcceptedAtMs} < ${endMs}
          and (${toldAcceptedAtMs}, device_id, seq) > ${behind}
        order by ${toldAcceptedAtMs}, device_id, seq limit ${PAGE}
      ) order by "acceptedAtMs", "deviceId", seq limit ${PAGE}`.execute(db);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last;
  }
}

/** Of these scans those each office had sent, verified, by `asOf`: `office/digest`. */
export async function verifiedBy(db: Connection, digests: readonly string[], asOf: Date): Promise<Set<string>> {
  if (digests.length === 0) return new Set();
  const { rows } = await sql<{ held: string }>`
    select office_id || '/' || sha256 as held from scan_offices where sha256 = any(${[...digests]}::text[]) and verified_at <= ${asOf}`.execute(db);
  return new Set(rows.map(({ held }) => held));
}
