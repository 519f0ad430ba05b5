/** Owns the rows of dossiers, and the count of their scans that the province holds. */
import { sql } from 'kysely';
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import type { Connection } from '../db/database.ts';
import { columnsFrom, namesOf } from '../db/rows.ts';
import { slicesOf } from '../db/slices.ts';

export type NewDossier = { dossier: Dossier; body: object; deviceId: string; operationId: string; at: Date };

export type DossierOutcome = 'stored' | 'code-taken' | 'dossier-exists';

const rowOf = ({ dossier, body, deviceId, operationId, at }: NewDossier) => ({
  dossier_id: dossier.dossierId,
  code: dossier.code,
  office_id: dossier.officeId,
  agency_code: dossier.agencyCode,
  device_id: deviceId,
  operation_id: operationId,
  procedure_code: dossier.procedureCode,
  accepted_at_ms: dossier.acceptedAtMs,
  due_at_ms: dossier.dueAtMs,
  accepted_offline: dossier.acceptedOffline,
  body,
  received_at: at,
});

const scanRowsOf = ({ dossierId, papers }: Dossier) =>
  [...new Map(papers.flatMap((paper) => paper.pages).map((page) => [page.sha256, page])).values()].map((page) => ({
    dossier_id: dossierId,
    sha256: page.sha256,
    bytes: page.bytes,
    media_type: page.mediaType,
  }));

/** Of a run: `text` is the dossier as it came, UTF-8. */
export type TextedDossier = NewDossier & { text: Buffer };

/** Throws a data error when any of them cannot be stored: none is then, and each is to be stored alone to learn which. */
export async function insertDossiers(trx: Connection, dossiers: readonly TextedDossier[]): Promise<void> {
  if (dossiers.length === 0) return;
  const slices = slicesOf(dossiers.map(({ text }) => text));
  const of = columnsFrom(dossiers);
  const columns = [
    of('dossier_id', 'uuid', ({ dossier }) => dossier.dossierId),
    of('code', 'text', ({ dossier }) => dossier.code),
    of('office_id', 'text', ({ dossier }) => dossier.officeId),
    of('agency_code', 'text', ({ dossier }) => dossier.agencyCode),
    of('device_id', 'uuid', ({ deviceId }) => deviceId),
    of('operation_id', 'uuid', ({ operationId }) => operationId),
    of('procedure_code', 'text', ({ dossier }) => dossier.procedureCode),
    of('accepted_at_ms', 'bigint', ({ dossier }) => dossier.acceptedAtMs),
    of('due_at_ms', 'bigint', ({ dossier }) => dossier.dueAtMs),
    of('accepted_offline', 'boolean', ({ dossier }) => dossier.acceptedOffline),
    of('received_at', 'timestamptz', ({ at }) => at),
  ];
  await sql`
    insert into dossiers (${namesOf(columns)}, body)
    select ${namesOf(columns)}, ${slices.text}::jsonb from ${slices.join(columns)}`.execute(trx);
  const scans = dossiers.flatMap(({ dossier }) => scanRowsOf(dossier));
  if (scans.length > 0) {
    await sql`
      insert into dossier_scans (dossier_id, sha256, bytes, media_type)
      select * from json_to_recordset(${JSON.stringify(scans)}::json) as fresh (dossier_id uuid, sha256 text, bytes integer, media_type text)`.execute(trx);
  }
}

/** Stores a dossier with the scans it names. Two dossiers never share a code: the second is told so. */
export async function insertDossier(trx: Connection, given: NewDossier): Promise<DossierOutcome> {
  const { dossier, body } = given;
  const stored = await trx
    .insertInto('dossiers')
    .values({ ...rowOf(given), body: JSON.stringify(body) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('dossier_id')
    .executeTakeFirst();
  if (stored === undefined) {
    const same = await trx.selectFrom('dossiers').select('dossier_id').where('dossier_id', '=', dossier.dossierId).executeTakeFirst();
    return same === undefined ? 'code-taken' : 'dossier-exists';
  }
  await insertScans(trx, dossier);
  return 'stored';
}

/**
 * Makes a dossier what its device says it is now. One whose acceptance was refused is stored as the correction has it; one that
 * was taken after all (a province set back judges anew) is replaced, but only by a device in whose journal stands what is held.
 */
export async function correctDossier(trx: Connection, correction: NewDossier): Promise<DossierOutcome | 'replaced'> {
  const { dossier, body, deviceId, operationId } = correction;
  const { dossierId, code } = dossier;
  const held = await trx.selectFrom('dossiers').select('operation_id').where('dossier_id', '=', dossierId).forUpdate().executeTakeFirst();
  if (held === undefined) return insertDossier(trx, correction);
  const own = await trx
    .selectFrom('journal_entries')
    .select('seq')
    .where('operation_id', '=', held.operation_id)
    .where('device_id', '=', deviceId)
    .executeTakeFirst();
  if (own === undefined) return 'dossier-exists';
  const other = await trx.selectFrom('dossiers').select('dossier_id').where('code', '=', code).where('dossier_id', '!=', dossierId).executeTakeFirst();
  if (other !== undefined) return 'code-taken';
  await trx
    .updateTable('dossiers')
    .set({
      ...{ code, operation_id: operationId, procedure_code: dossier.procedureCode, accepted_offline: dossier.acceptedOffline },
      ...{ accepted_at_ms: dossier.acceptedAtMs, due_at_ms: dossier.dueAtMs, body: JSON.stringify(body) },
    })
    .where('dossier_id', '=', dossierId)
    .execute();
  await trx.deleteFrom('dossier_scans').where('dossier_id', '=', dossierId).execute();
  await insertScans(trx, dossier);
  return 'replaced';
}

async function insertScans(trx: Connection, dossier: Dossier): Promise<void> {
  const scans = scanRowsOf(dossier);
  if (scans.length > 0) await trx.insertInto('dossier_scans').values(scans).execute();
}

export type DossierProgress = { dossierId: string; scansExpected: number; scansVerified: number };
export type DossierRow = DossierProgress & { arrival: number; code: string; procedureCode: string; acceptedAtMs: number; dueAtMs: number | null };

const progressOf = (officeId: string) => sql`
  left join lateral (
    select count(*)::int as expected, count(held.sha256)::int as verified
    from dossier_scans wanted
    left join scan_offices held on held.sha256 = wanted.sha256 and held.office_id = ${officeId}
    where wanted.dossier_id = dossiers.dossier_id
  ) scans on true`;

/** Those of the given dossiers that the office has at the province. */
export async function progressOfDossiers(db: Connection, officeId: string, dossierIds: readonly string[]): Promise<DossierProgress[]> {
  if (dossierIds.length === 0) return [];
  const { rows } = await sql<DossierProgress>`
    select dossier_id as "dossierId", scans.expected as "scansExpected", scans.verified as "scansVerified"
    from dossiers ${progressOf(officeId)}
    where office_id = ${officeId} and dossier_id = any(${[...dossierIds]}::uuid[])
    order by arrival`.execute(db);
  return rows;
}

/** The office's dossiers in order of arrival, from behind `afterArrival`. */
export async function dossiersOfOffice(db: Connection, officeId: string, afterArrival: number, limit: number): Promise<DossierRow[]> {
  const { rows } = await sql<DossierRow>`
    select dossier_id as "dossierId", arrival, code, procedure_code as "procedureCode", accepted_at_ms as "acceptedAtMs",
      due_at_ms as "dueAtMs", scans.expected as "scansExpected", scans.verified as "scansVerified"
    from dossiers ${progressOf(officeId)}
    where office_id = ${officeId} and arrival > ${afterArrival}
    order by arrival limit ${limit}`.execute(db);
  return rows;
}

type BodyRow = { arrival: number; dossier: object; scansExpected: number; scansVerified: number };

const bodyColumns = sql`arrival, body as dossier, scans.expected as "scansExpected", scans.verified as "scansVerified"`;

/** Undefined for a dossier of another office too. */
export async function bodyOfDossier(db: Connection, officeId: string, dossierId: string): Promise<BodyRow | undefined> {
  const { rows } = await sql<BodyRow>`
    select ${bodyColumns} from dossiers ${progressOf(officeId)}
    where office_id = ${officeId} and dossier_id = ${dossierId}::uuid`.execute(db);
  return rows[0];
}

/** Whose place a device took, whose place that one had taken, and so on. */
const predecessorsOf = (deviceId: string) => sql`(
  with recursive predecessors (device_id) as (
    select replaces from enrolment_codes where device_id = ${deviceId} and replaces is not null
    union
    select code.replaces from enrolment_codes code join predecessors using (device_id) where code.replaces is not null
  )
  select device_id from predecessors)`;

type Successor = { officeId: string; deviceId: string };

/** Bodies of what the devices took in whose place this one took, the last to arrive first, from before `beforeArrival`. */
export async function bodiesOfPredecessors(db: Connection, { officeId, deviceId }: Successor, beforeArrival: number, limit: number): Promise<BodyRow[]> {
  const { rows } = await sql<BodyRow>`
    select ${bodyColumns} from dossiers ${progressOf(officeId)}
    where office_id = ${officeId} and arrival < ${beforeArrival} and device_id in ${predecessorsOf(deviceId)}
    order by arrival desc limit ${limit}`.execute(db);
  return rows;
}

export async function countOfPredecessors(db: Connection, { officeId, deviceId }: Successor): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from dossiers where office_id = ${officeId} and device_id in ${predecessorsOf(deviceId)}`.execute(db);
  return rows[0]?.count ?? 0;
}
