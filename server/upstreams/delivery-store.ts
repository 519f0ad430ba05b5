/** Owns the rows of deliveries: where each dossier stands on its way to each system. */
import { type Selectable, sql } from 'kysely';
import type { Settlement } from '../../shared/upstreams/settle.ts';
import type { DossierUpstreams, UpstreamName } from '../../shared/upstreams/upstream.ts';
import type { Connection, Tables } from '../db/database.ts';
import type { Change } from './delivery-cursor.ts';

/** What PostgreSQL cannot store, and what a screen shall not show, of words that came from a system. */
const clean = (text: string): string => text.replace(/[\p{Cc}\p{Surrogate}]+/gu, ' ').slice(0, 300);

/** The database's clock: there is one of it, however many servers. */
const NOW = sql<Date>`clock_timestamp()`;

export async function insertDelivery(
  trx: Connection,
  delivery: { dossierId: string; upstream: UpstreamName; officeId: string; jobId: string | null; nowMs: number },
): Promise<void> {
  const { dossierId, upstream, officeId, jobId, nowMs } = delivery;
  await trx
    .insertInto('upstream_deliveries')
    .values({ dossier_id: dossierId, upstream, office_id: officeId, state: jobId === null ? 'awaiting-scans' : 'queued', since_ms: nowMs, job_id: jobId })
    .execute();
}

export async function hasAllScans(db: Connection, dossierId: string, officeId: string): Promise<boolean> {
  const { rows } = await sql<{ complete: boolean }>`
    select not exists (
      select from dossier_scans wanted
      left join scan_offices held on held.sha256 = wanted.sha256 and held.office_id = ${officeId}
      where wanted.dossier_id = ${dossierId}::uuid and held.sha256 is null
    ) as complete`.execute(db);
  return rows[0]?.complete === true;
}

/** Dossiers whose last scan has come; held until the transaction ends, and passed over by other servers meanwhile. */
export async function lockComplete(trx: Connection, upstream: UpstreamName, limit: number): Promise<string[]> {
  const { rows } = await sql<{ dossierId: string }>`
    select dossier_id as "dossierId" from upstream_deliveries delivery
    where upstream = ${upstream} and state = 'awaiting-scans' and not exists (
      select from dossier_scans wanted
      left join scan_offices held on held.sha256 = wanted.sha256 and held.office_id = delivery.office_id
      where wanted.dossier_id = delivery.dossier_id and held.sha256 is null
    )
    order by since_ms limit ${limit}
    for update skip locked`.execute(trx);
  return rows.map(({ dossierId }) => dossierId);
}

/** To the queue, from awaiting scans or from the dead letters; its tries begin anew. */
export async function markQueued(trx: Connection, dossierId: string, upstream: UpstreamName, jobId: string, nowMs: number): Promise<void> {
  await trx
    .updateTable('upstream_deliveries')
    .set({ state: 'queued', since_ms: nowMs, tries: 0, job_id: jobId, reason: null, field: null, changed_at: NOW })
    .where('dossier_id', '=', dossierId)
    .where('upstream', '=', upstream)
    .execute();
}

export type Stopped = { dossierId: string; upstream: UpstreamName; jobId: string | null };

/** Dossiers a system refused or that were given up; held until the transaction ends. */
export async function lockStopped(trx: Connection, upstream: UpstreamName, dossierId: string | undefined): Promise<Stopped[]> {
  let query = trx
    .selectFrom('upstream_deliveries')
    .select(['dossier_id as dossierId', 'upstream', 'job_id as jobId'])
    .where('upstream', '=', upstream)
    .where('state', 'in', ['refused', 'failed'])
    .orderBy('since_ms');
  if (dossierId !== undefined) query = query.where('dossier_id', '=', dossierId);
  return query.forUpdate().execute();
}

export type OpenDelivery = {
  state: 'queued' | 'accepted';
  tries: number;
  code: string;
  body: object;
  scans: Array<{ sha256: string; bytes: number; mediaType: string }>;
};

/** Undefined when the dossier is not on its way there. */
export async function openDelivery(db: Connection, dossierId: string, upstream: UpstreamName): Promise<OpenDelivery | undefined> {
  const row = await db
    .selectFrom('upstream_deliveries as delivery')
    .innerJoin('dossiers', 'dossiers.dossier_id', 'delivery.dossier_id')
    .select(['delivery.state', 'delivery.tries', 'dossiers.code', 'dossiers.body'])
    .where('delivery.dossier_id', '=', dossierId)
    .where('delivery.upstream', '=', upstream)
    .executeTakeFirst();
  if (row?.state !== 'queued' && row?.state !== 'accepted') return undefined;
  const { state } = row;
  const scans = await db
    .selectFrom('dossier_scans')
    .select(['sha256', 'bytes', 'media_type as mediaType'])
    .where('dossier_id', '=', dossierId)
    .orderBy('sha256')
    .execute();
  return { ...row, state, scans };
}

/** `jobId`: the job that carries it on, or its dead letter. */
export async function putSettlement(
  trx: Connection,
  dossierId: string,
  upstream: UpstreamName,
  settlement: Settlement,
  jobId: string | null,
  nowMs: number,
): Promise<void> {
  const field = 'field' in settlement && settlement.field !== undefined ? clean(settlement.field) : null;
  await trx
    .updateTable('upstream_deliveries')
    .set((row) => ({
      state: settlement.state,
      // Trying again is not a new state: it waits since it was queued.
      since_ms: row.case().when('state', '=', settlement.state).then(row.ref('since_ms')).else(nowMs).end(),
      job_id: jobId,
      reason: 'reason' in settlement && settlement.reason !== undefined ? clean(settlement.reason) : null,
      field,
      changed_at: NOW,
      ...('tries' in settlement ? { tries: settlement.tries } : {}),
      ...('reference' in settlement ? { reference: clean(settlement.reference) } : {}),
    }))
    .where('dossier_id', '=', dossierId)
    .where('upstream', '=', upstream)
    .execute();
}

type Count = { upstream: UpstreamName; waiting: number; stopped: number };

/** Without an office: of the whole province. Only systems that have any. */
export async function countOpen(db: Connection, officeId?: string): Promise<Count[]> {
  const { rows } = await sql<Count>`
    select upstream,
      count(*) filter (where state in ('awaiting-scans', 'queued', 'accepted'))::int as waiting,
      count(*) filter (where state in ('refused', 'failed'))::int as stopped
    from upstream_deliveries
    where state <> 'delivered' ${officeId === undefined ? sql`` : sql`and office_id = ${officeId}`}
    group by upstream`.execute(db);
  return rows;
}

/** Undefined for a dossier that the office does not have. */
export async function deliveriesOfDossier(db: Connection, officeId: string, dossierId: string): Promise<DossierUpstreams | undefined> {
  const dossier = await db.selectFrom('dossiers').select('dossier_id').where('dossier_id', '=', dossierId).where('office_id', '=', officeId).executeTakeFirst();
  if (dossier === undefined) return undefined;
  const rows = await db
    .selectFrom('upstream_deliveries')
    .select(['upstream', 'state', 'since_ms', 'reference', 'reason', 'field'])
    .where('dossier_id', '=', dossierId)
    .orderBy('upstream')
    .execute();
  return rows.map(deliveryOf);
}

type DeliveryRow = Pick<Selectable<Tables['upstream_deliveries']>, 'upstream' | 'state' | 'since_ms' | 'reference' | 'reason' | 'field'>;

const deliveryOf = ({ upstream, state, since_ms: sinceMs, reference, reason, field }: DeliveryRow): DossierUpstreams[number] => ({
  upstream,
  state,
  sinceMs,
  ...(reference === null ? {} : { reference }),
  ...(reason === null ? {} : { reason }),
  ...(field === null ? {} : { field }),
});

/** Longer than any transaction that changes a delivery: what was not to be seen yet is seen the next time. */
const UNSETTLED_MS = 60_000;

type ChangedDeliveries = { deliveries: Array<DossierUpstreams[number] & { dossierId: string }>; last: Change | undefined; more: boolean };

/** Of the office, behind `after` (undefined: all), in order of the change; `last` to go on from next. */
export async function deliveriesChanged(db: Connection, officeId: string, after: Change | undefined, limit: number): Promise<ChangedDeliveries> {
  const behind =
    after === undefined
      ? sql`true`
      : sql`(changed_at, dossier_id, upstream) > (timestamptz 'epoch' + ${after.atUs} * interval '1 microsecond', ${after.dossierId}::uuid, ${after.upstream})`;
  const { rows } = await sql<DeliveryRow & { dossier_id: string; changed_us: number; now_us: number }>`
    select dossier_id, upstream, state, since_ms, reference, reason, field,
      (extract(epoch from changed_at) * 1000000)::bigint as changed_us, (extract(epoch from clock_timestamp()) * 1000000)::bigint as now_us
    from upstream_deliveries
    where office_id = ${officeId} and ${behind}
    order by changed_at, dossier_id, upstream limit ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  const more = rows.length > limit;
  const end = page.at(-1);
  const deliveries = page.map((row) => ({ dossierId: row.dossier_id, ...deliveryOf(row) }));
  if (end === undefined) return { deliveries, last: after, more };
  const reached: Change = { atUs: end.changed_us, dossierId: end.dossier_id, upstream: end.upstream };
  const settledUs = end.now_us - UNSETTLED_MS * 1000;
  if (more || reached.atUs <= settledUs) return { deliveries, last: reached, more };
  return { deliveries, last: { ...reached, atUs: settledUs }, more };
}
