/** Owns the rows of the journal: places of entries, what they say, and the idempotency record of every operation. */
import { sql } from 'kysely';
import { dossierOf, type Operation } from '../../shared/journal/operation.ts';
import type { WireEntry } from '../../shared/sync/protocol.ts';
import type { Connection } from '../db/database.ts';
import { monthOf } from '../db/months.ts';
import { columnsFrom, namesOf, relationOf } from '../db/rows.ts';
import { slicesOf } from '../db/slices.ts';
import type { JournalHeadAt, StoredSlot } from './slot.ts';

export type Verdict = { status: 'applied' } | { status: 'rejected'; reason: string; field?: string };
export type KnownOperation = { bodyHash: string; verdict: Verdict };

export type JournalOwner = { deviceId: string; officeId: string; agencyCode: string; journalId: string; isRevoked: boolean; head: JournalHeadAt };

/** The device and the head of its journal; its row is held until the transaction ends, so requests of one device take turns. */
export async function lockJournal(trx: Connection, deviceId: string): Promise<JournalOwner | undefined> {
  const row = await trx
    .selectFrom('devices')
    .select(['office_id', 'agency_code', 'journal_id', 'revoked_at', 'head_seq', 'head_hash'])
    .where('device_id', '=', deviceId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    deviceId,
    officeId: row.office_id,
    agencyCode: row.agency_code,
    journalId: row.journal_id,
    isRevoked: row.revoked_at !== null,
    head: { seq: row.head_seq, hash: row.head_hash },
  };
}

/** The reason under which an entry is kept whose hash does not fit its content. */
export const WRONG_HASH = 'wrong-hash';

const verdictOf = (row: { status: 'applied' | 'rejected'; reason: string | null; field: string | null }): Verdict =>
  row.status === 'applied'
    ? { status: 'applied' }
    : { status: 'rejected', reason: row.reason ?? 'unknown', ...(row.field === null ? {} : { field: row.field }) };

const columnsOf = (verdict: Verdict) => ({
  status: verdict.status,
  reason: verdict.status === 'rejected' ? verdict.reason : null,
  field: verdict.status === 'rejected' ? (verdict.field ?? null) : null,
});

export async function slotsBetween(trx: Connection, deviceId: string, firstSeq: number, lastSeq: number): Promise<Map<number, StoredSlot>> {
  const rows = await trx
    .selectFrom('journal_entries')
    .select(['seq', 'hash', 'reason'])
    .where('device_id', '=', deviceId)
    .where('seq', '>=', firstSeq)
    .where('seq', '<=', lastSeq)
    .execute();
  return new Map(rows.map((row) => [row.seq, { hash: row.hash, wrongHash: row.reason === WRONG_HASH }]));
}

/** The record of an operation; waits while another transaction is deciding the same one. */
export async function claimOperation(trx: Connection, operationId: string, bodyHash: string, deviceId: string, at: Date): Promise<KnownOperation | undefined> {
  const claimed = await trx
    .insertInto('operations')
    .values({ operation_id: operationId, body_hash: bodyHash, device_id: deviceId, status: 'applied', decided_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .returning('operation_id')
    .executeTakeFirst();
  if (claimed !== undefined) return undefined;
  return findOperation(trx, operationId);
}

/** The claim of many operations at once. Throws a data error when one of them was decided before. */
export async function claimOperations(
  trx: Connection,
  operations: ReadonlyArray<{ operationId: string; bodyHash: string }>,
  deviceId: string,
  at: Date,
): Promise<void> {
  const of = columnsFrom(operations);
  const columns = [of('operation_id', 'uuid', ({ operationId }) => operationId), of('body_hash', 'hex', ({ bodyHash }) => bodyHash)];
  await sql`
    insert into operations (${namesOf(columns)}, device_id, status, decided_at)
    select ${namesOf(columns)}, ${deviceId}::uuid, 'applied', ${at} from ${relationOf('fresh', columns)}
    -- Of two devices that send the same ones, one waits; in any other order each would wait for the other.
    order by operation_id`.execute(trx);
}

export async function findOperation(trx: Connection, operationId: string): Promise<KnownOperation | undefined> {
  const row = await trx.selectFrom('operations').selectAll().where('operation_id', '=', operationId).forUpdate().executeTakeFirst();
  return row === undefined ? undefined : { bodyHash: row.body_hash, verdict: verdictOf(row) };
}

export async function settleOperation(trx: Connection, operationId: string, verdict: Verdict, at: Date): Promise<void> {
  await trx
    .updateTable('operations')
    .set({ ...columnsOf(verdict), decided_at: at })
    .where('operation_id', '=', operationId)
    .execute();
}

/** Its columns for what an entry says, as far as it does not lie there any more. */
const elsewhere = { at_ms: null, monotonic_ms: null, operator_id: null, previous_hash: null, body_hash: null, operation: null, told_at_ms: null };

type Told = { text: string; bodyHash: string; verdict: Verdict; at: Date };

/** Keeps the entry as it came, in a place nobody has taken. */
export async function putEntry(trx: Connection, deviceId: string, entry: WireEntry, { text, bodyHash, verdict, at }: Told): Promise<void> {
  // Only what was applied is known to be an operation.
  const toldAtMs = verdict.status === 'applied' ? (dossierOf({ operation: entry.operation as Operation })?.acceptedAtMs ?? null) : null;
  const month = monthOf(entry, toldAtMs);
  const place = { operation_id: entry.operationId, hash: entry.hash, month, ...columnsOf(verdict), received_at: at };
  const content = {
    at_ms: entry.atMs,
    monotonic_ms: entry.monotonicMs,
    operator_id: entry.operatorId.replaceAll('\0', '\uFFFD'),
    previous_hash: entry.previousHash,
    body_hash: bodyHash,
    operation: text,
    told_at_ms: toldAtMs,
  };
  await trx
    .with('place', (db) =>
      db
        .insertInto('journal_entries')
        .values({ device_id: deviceId, seq: entry.seq, ...place })
        .onConflict((conflict) => conflict.columns(['device_id', 'seq']).doUpdateSet({ ...place, ...elsewhere })),
    )
    .insertInto('journal_contents')
    .values({ device_id: deviceId, seq: entry.seq, month, ...content })
    .onConflict((conflict) => conflict.columns(['device_id', 'seq', 'month']).doUpdateSet(content))
    .execute();
}

/** The same for a place already taken: only the verdict or, on repair, the entry changes, and with it perhaps its month. */
export async function replaceEntry(trx: Connection, deviceId: string, entry: WireEntry, told: Told): Promise<void> {
  // Held before anything is looked for: what it says may be on its way to its month.
  await trx.selectFrom('journal_entries').select('seq').where('device_id', '=', deviceId).where('seq', '=', entry.seq).forUpdate().execute();
  await trx.deleteFrom('journal_contents').where('device_id', '=', deviceId).where('seq', '=', entry.seq).execute();
  await putEntry(trx, deviceId, entry, told);
}

export type NewEntry = {
  entry: WireEntry;
  /** Its operation, UTF-8. */ text: Buffer;
  bodyHash: string;
  /** Of the dossier it says whole. */ toldAtMs: number | null;
};

/** Keeps entries that were applied, in places nobody has taken. None of them holds NUL. */
export async function putAppliedEntries(trx: Connection, deviceId: string, entries: readonly NewEntry[], at: Date): Promise<void> {
  const slices = slicesOf(entries.map(({ text }) => text));
  const of = columnsFrom(entries);
  const seq = of('seq', 'bigint', ({ entry }) => entry.seq);
  const month = of('month', 'date', ({ entry, toldAtMs }) => monthOf(entry, toldAtMs));
  const places = [seq, of('operation_id', 'uuid', ({ entry }) => entry.operationId), of('hash', 'hex', ({ entry }) => entry.hash), month];
  const contents = [
    seq,
    month,
    of('at_ms', 'bigint', ({ entry }) => entry.atMs),
    of('monotonic_ms', 'double precision', ({ entry }) => entry.monotonicMs),
    of('operator_id', 'text', ({ entry }) => entry.operatorId),
    of('previous_hash', 'hex', ({ entry }) => entry.previousHash),
    of('body_hash', 'hex', ({ bodyHash }) => bodyHash),
    of('told_at_ms', 'bigint', ({ toldAtMs }) => toldAtMs),
  ];
  await sql`
    with places as (
      insert into journal_entries (device_id, ${namesOf(places)}, status, received_at)
      select ${deviceId}::uuid, ${namesOf(places)}, 'applied', ${at} from ${relationOf('fresh', places)}
    )
    insert into journal_contents (device_id, ${namesOf(contents)}, operation)
    select ${deviceId}::uuid, ${namesOf(contents)}, ${slices.text} from ${slices.join(contents)}`.execute(trx);
}

export async function setHead(trx: Connection, deviceId: string, head: JournalHeadAt, at: Date): Promise<void> {
  await trx.updateTable('devices').set({ head_seq: head.seq, head_hash: head.hash, last_seen_at: at }).where('device_id', '=', deviceId).execute();
}
