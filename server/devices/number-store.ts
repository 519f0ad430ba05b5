/** Owns the leases of dossier numbers: no two devices of an agency may ever hold one number on one day. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { NumberLease } from '../../shared/journal/operation.ts';
import { DAY_MS, dateAt } from '../../shared/lib/time.ts';
import type { Connection } from '../db/database.ts';
import { firstGap, LAST_NUMBER } from './number-gap.ts';

export type LeaseTerms = {
  /** How many numbers a lease holds, each usable once a day. */
  size: number;
  /** Days a lease is valid, today included. */
  days: number;
};

/** A number whose lease has ended rests this long before another device gets it, whatever a counter's clock says. */
const REST_DAYS = 7;

type LeaseRow = { lease_id: string; first: number; last: number; valid_from: string; valid_to: string; epoch: number };

const leaseColumns = sql<LeaseRow>`
  lease_id, lower(numbers) as first, upper(numbers) - 1 as last,
  lower(validity) as valid_from, upper(validity) - 1 as valid_to, epoch`;

const leaseOf = (row: LeaseRow): NumberLease => ({
  leaseId: row.lease_id,
  from: row.first,
  to: row.last,
  validFrom: row.valid_from,
  validTo: row.valid_to,
  epoch: row.epoch,
});

/** Leases of the device that are valid on the day of `nowMs`, oldest first. */
export async function leasesOf(db: Connection, deviceId: string, nowMs: number): Promise<NumberLease[]> {
  const { rows } = await sql<LeaseRow>`
    select ${leaseColumns} from number_leases
    where device_id = ${deviceId} and validity @> ${dateAt(nowMs)}::date order by leased_at, lease_id`.execute(db);
  return rows.map(leaseOf);
}

/** A valid lease whose receipt the device has not journalled: its answer may have been lost. */
export async function unconfirmedLease(db: Connection, deviceId: string, nowMs: number): Promise<NumberLease | undefined> {
  const { rows } = await sql<LeaseRow>`
    select ${leaseColumns} from number_leases
    where device_id = ${deviceId} and journaled_at is null and validity @> ${dateAt(nowMs)}::date
    order by leased_at desc, lease_id limit 1`.execute(db);
  return rows.map(leaseOf)[0];
}

/** A lease of another life is never larger than this; a device that claims more is not believed. */
const LARGEST_LEARNT = 1_000;

/**
 * The device has journalled the lease. One that was given out in a life the province has forgotten is taken as given out
 * again; false when its numbers have gone to someone else since.
 */
export async function confirmLease(trx: Connection, device: { deviceId: string; agencyCode: string }, lease: NumberLease, at: Date): Promise<boolean> {
  const { rows: known } = await sql`
    update number_leases set journaled_at = coalesce(journaled_at, ${at})
    where device_id = ${device.deviceId} and lease_id::text = ${lease.leaseId} returning lease_id`.execute(trx);
  if (known.length > 0 || lease.to - lease.from >= LARGEST_LEARNT || lease.to > LAST_NUMBER || lease.to < lease.from) return true;
  const { rows: learnt } = await sql`
    insert into number_leases (lease_id, agency_code, device_id, numbers, validity, epoch, leased_at, journaled_at)
    select ${lease.leaseId}::uuid, ${device.agencyCode}, ${device.deviceId}, int4range(${lease.from}::int, ${lease.to}::int, '[]'),
      daterange(${lease.validFrom}::date, ${lease.validTo}::date, '[]'), ${lease.epoch}::int, ${at}, ${at}
    from server_state where server_state.epoch > ${lease.epoch}::int
    on conflict do nothing returning lease_id`.execute(trx);
  if (learnt.length > 0) return true;
  const { rows: others } = await sql`
    select 1 from number_leases where agency_code = ${device.agencyCode} and device_id <> ${device.deviceId}
      and numbers && int4range(${lease.from}::int, ${lease.to}::int, '[]')
      and validity && daterange(${lease.validFrom}::date, ${lease.validTo}::date, '[]') limit 1`.execute(trx);
  return others.length === 0;
}

/** Ranges of the agency that nobody may get on the day of `nowMs`, in ascending order. */
export async function takenNumbers(trx: Connection, agencyCode: string, nowMs: number): Promise<Array<{ first: number; last: number }>> {
  const { rows } = await sql<{ first: number; last: number }>`
    select lower(numbers) as first, upper(numbers) - 1 as last from number_leases
    where agency_code = ${agencyCode} and upper(validity) + ${REST_DAYS}::int > ${dateAt(nowMs)}::date
    order by 1`.execute(trx);
  return rows;
}

/**
 * Leases the first free numbers of the agency in this life of the province to the device; undefined when the agency has none left.
 * Must run in a transaction: the agency's row is held so that two devices take turns.
 */
export async function leaseNumbers(
  trx: Connection,
  device: { deviceId: string; agencyCode: string },
  terms: LeaseTerms,
  epoch: number,
  nowMs: number,
): Promise<NumberLease | undefined> {
  const { number_start: start } = await trx
    .selectFrom('agencies')
    .select('number_start')
    .where('agency_code', '=', device.agencyCode)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const validFrom = dateAt(nowMs);
  const validTo = dateAt(nowMs + (terms.days - 1) * DAY_MS);
  const from = firstGap(await takenNumbers(trx, device.agencyCode, nowMs), terms.size, start);
  if (from === undefined) return undefined;
  const lease: NumberLease = { leaseId: randomUUID(), from, to: from + terms.size - 1, validFrom, validTo, epoch };
  await sql`
    insert into number_leases (lease_id, agency_code, device_id, numbers, validity, epoch, leased_at)
    values (${lease.leaseId}, ${device.agencyCode}, ${device.deviceId}, int4range(${lease.from}::int, ${lease.to}::int, '[]'),
      daterange(${validFrom}::date, ${validTo}::date, '[]'), ${epoch}, ${new Date(nowMs)})`.execute(trx);
  return lease;
}
