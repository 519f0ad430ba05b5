/** Owns the rows of end-of-day statements, and the reading of what the province itself holds of a day. */
import { sql } from 'kysely';
import type { Difference, Outcome } from '../../shared/reconciliation/compare.ts';
import type { ChainLink } from '../../shared/journal/chain.ts';
import { DAY_MS, instantOf, type PlainDate } from '../../shared/lib/time.ts';
import type { Connection } from '../db/database.ts';
import { toldAcceptedAtMs } from '../db/online-indexes.ts';
import { monthsHeld } from '../db/month-store.ts';
import { type Month, monthAt } from '../db/months.ts';

const JUDGED_AT_ONCE = 50;

export type StatementKey = { deviceId: string; date: PlainDate; headSeq: number };
export type StoredStatement = StatementKey & { digest: string; statement: string; outcome: Outcome };

const outcomeOfRow = ({ outcome, differences }: { outcome: Outcome['status']; differences: Difference[] }): Outcome =>
  outcome === 'differs' ? { status: outcome, differences } : { status: outcome };

/** Keeps a statement that has not been compared yet. Gives the digest of the one held at its place: another's is not replaced. */
export async function putStatement(
  db: Connection,
  { deviceId, date, headSeq }: StatementKey,
  { digest, statement, signature }: { digest: string; statement: string; signature: string },
  at: Date,
): Promise<string> {
  await db
    .insertInto('day_statements')
    .values({
      ...{ device_id: deviceId, date, head_seq: headSeq, digest, statement, signature },
      ...{ received_at: at, outcome: 'waiting', differences: '[]', judged_at: at },
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const held = await keyed(db, { deviceId, date, headSeq }).select('digest').executeTakeFirstOrThrow();
  return held.digest;
}

const keyed = (db: Connection, { deviceId, date, headSeq }: StatementKey) =>
  db.selectFrom('day_statements').where('device_id', '=', deviceId).where('date', '=', date).where('head_seq', '=', headSeq);

/** Holds the row until the transaction ends, so that of two comparisons the one that read later is kept. */
export async function lockStatement(trx: Connection, key: StatementKey): Promise<StoredStatement | undefined> {
  const row = await keyed(trx, key).select(['digest', 'statement', 'outcome', 'differences']).forUpdate().executeTakeFirst();
  return row === undefined ? undefined : { ...key, digest: row.digest, statement: row.statement, outcome: outcomeOfRow(row) };
}

export async function settleStatement(trx: Connection, { deviceId, date, headSeq }: StatementKey, outcome: Outcome, at: Date): Promise<void> {
  await trx
    .updateTable('day_statements')
    .set({ outcome: outcome.status, differences: JSON.stringify(outcome.status === 'differs' ? outcome.differences : []), judged_at: at })
    .where('device_id', '=', deviceId)
    .where('date', '=', date)
    .where('head_seq', '=', headSeq)
    .execute();
}

/** Statements of the device that did not agree when they were last compared and that no later one supersedes, those that waited longest first. */
export async function unsettledStatements(db: Connection, deviceId: string): Promise<StatementKey[]> {
  const { rows } = await sql<StatementKey>`
    select device_id as "deviceId", date, s.head_seq as "headSeq" from day_statements s join devices using (device_id)
    where device_id = ${deviceId} and (outcome = 'differs' or (outcome = 'waiting' and s.head_seq <= devices.head_seq))
      and not exists (
        select 1 from day_statements later where later.device_id = s.device_id and later.date = s.date and later.head_seq > s.head_seq
      )
    order by judged_at limit ${JUDGED_AT_ONCE}`.execute(db);
  return rows;
}

export type DayAtProvince = StatementKey & {
  officeId: string;
  deviceName: string;
  outcome: Outcome;
  receivedAtMs: number;
  judgedAtMs: number;
};

/** The newest statement of each device and date of the period. */
export async function statementsBetween(db: Connection, from: PlainDate, to: PlainDate): Promise<DayAtProvince[]> {
  const { rows } = await sql<
    StatementKey & {
      officeId: string;
      deviceName: string;
      outcome: Outcome['status'];
      differences: Difference[];
      received_at: Date;
      judged_at: Date;
    }
  >`
    select distinct on (date, device_id) device_id as "deviceId", date, s.head_seq as "headSeq", office_id as "officeId",
      name as "deviceName", outcome, differences, received_at, judged_at
    from day_statements s join devices using (device_id)
    where date between ${from}::date and ${to}::date
    order by date, device_id, s.head_seq desc`.execute(db);
  return rows.map(({ outcome, differences, received_at, judged_at, ...row }) => ({
    ...row,
    outcome: outcomeOfRow({ outcome, differences }),
    receivedAtMs: received_at.getTime(),
    judgedAtMs: judged_at.getTime(),
  }));
}

type DayTakenIn = Pick<StatementKey, 'deviceId' | 'date'> & { officeId: string; deviceName: string; dossiers: number; sinceClosing: number };

/** What each device took in on each date of the period, and how much of it behind the head of its newest statement of that date. */
export async function takenInBetween(db: Connection, from: PlainDate, to: PlainDate): Promise<DayTakenIn[]> {
  const fromMs = instantOf(from, '00:00');
  const endMs = instantOf(to, '00:00') + DAY_MS;
  const { rows } = await sql<DayTakenIn>`
    with closed as (
      select device_id, date, max(head_seq) as head_seq from day_statements where date between ${from}::date and ${to}::date group by 1, 2
    ), taken as (
      select device_id, operation_id, ${from}::date + ((accepted_at_ms - ${fromMs}) / ${DAY_MS})::int as date
      from dossiers where accepted_at_ms >= ${fromMs} and accepted_at_ms < ${endMs}
    )
    select device_id as "deviceId", date, devices.office_id as "officeId", devices.name as "deviceName", count(*)::int as dossiers,
      (count(*) filter (where e.seq > closed.head_seq))::int as "sinceClosing"
    from taken join devices using (device_id) left join closed using (device_id, date)
      left join journal_entries e using (device_id, operation_id)
    group by 1, 2, 3, 4`.execute(db);
  return rows;
}

export type HeldEntry = ChainLink & { hash: string; operation: string; isApplied: boolean };

const entryColumns = sql`
  seq, operation_id as "operationId", at_ms as "atMs", monotonic_ms as "monotonicMs", operator_id as "operatorId",
  previous_hash as "previousHash", hash, operation, status = 'applied' as "isApplied"`;

/** The device's entries from `firstSeq` to `lastSeq`, in order; undefined when the month of one of them was taken out of the database. */
export async function entriesBetween(db: Connection, deviceId: string, firstSeq: number, lastSeq: number): Promise<HeldEntry[] | undefined> {
  const { rows } = await sql<Omit<HeldEntry, 'operation'> & { operation: string | null; month: Month }>`
    select ${entryColumns}, month from journal
    where device_id = ${deviceId} and seq between ${firstSeq} and ${lastSeq} order by seq`.execute(db);
  const lost = rows.filter(({ operation }) => operation === null);
  if (lost.length > 0) {
    const held = await monthsHeld(db);
    if (lost.some(({ month }) => !held.includes(month))) return undefined;
  }
  // What is gone from a month that is there fits no hash, and is named.
  return rows.map((row) => ({ ...row, operation: row.operation ?? '' }));
}

/** Dossiers of the date that the device journalled before `seq`: none, if the statement is whole. */
export async function acceptedBefore(db: Connection, deviceId: string, date: PlainDate, seq: number): Promise<HeldEntry[]> {
  const startMs = instantOf(date, '00:00');
  const { rows } = await sql<HeldEntry>`
    select ${entryColumns} from journal_contents join (select device_id, seq, operation_id, hash, status from journal_entries) place using (device_id, seq)
    where month = ${monthAt(startMs)}::date and told_at_ms >= ${startMs} and told_at_ms < ${startMs + DAY_MS}
      and device_id = ${deviceId} and seq < ${seq}
    union all
    -- Not in its month yet.
    select ${entryColumns} from journal_entries
    where operation is not null and status = 'applied' and ${toldAcceptedAtMs} >= ${startMs} and ${toldAcceptedAtMs} < ${startMs + DAY_MS}
      and device_id = ${deviceId} and seq < ${seq}
    order by seq`.execute(db);
  return rows;
}

export async function headSeqOf(db: Connection, deviceId: string): Promise<number> {
  const row = await db.selectFrom('devices').select('head_seq').where('device_id', '=', deviceId).executeTakeFirstOrThrow();
  return row.head_seq;
}

export type HeldDossier = { dossierId: string; code: string; procedureCode: string; body: object };

/** Rows of these dossiers, and whatever else the table says the device took in on that date up to the head. */
export async function dossiersOfDay(db: Connection, { deviceId, date, headSeq }: StatementKey, dossierIds: readonly string[]): Promise<HeldDossier[]> {
  const startMs = instantOf(date, '00:00');
  const { rows } = await sql<HeldDossier>`
    select dossier_id as "dossierId", code, procedure_code as "procedureCode", body from dossiers
    where dossier_id = any(${[...dossierIds]}::uuid[])
    union
    select dossier_id, code, procedure_code, body from dossiers d
    where device_id = ${deviceId} and accepted_at_ms >= ${startMs} and accepted_at_ms < ${startMs + DAY_MS}
      and not exists (
        select 1 from journal_entries e where e.device_id = d.device_id and e.operation_id = d.operation_id and e.seq > ${headSeq}
      )`.execute(db);
  return rows;
}
