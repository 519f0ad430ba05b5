/** Owns the rows of scans: which digests the province holds, and which office sent them. */
import { sql } from 'kysely';
import type { Connection } from '../db/database.ts';

export type VerifiedScan = { sha256: string; bytes: number; mediaType: string; officeId: string; deviceId: string; at: Date };

/** One statement, so that one flush of the database's log is all it waits for. */
export async function markVerified(db: Connection, { sha256, bytes, mediaType, officeId, deviceId, at }: VerifiedScan): Promise<void> {
  await sql`
    with held as (
      insert into scans (sha256, bytes, media_type, stored_at) values (${sha256}, ${bytes}, ${mediaType}, ${at}) on conflict do nothing
    )
    insert into scan_offices (sha256, office_id, device_id, verified_at) values (${sha256}, ${officeId}, ${deviceId}::uuid, ${at})
    on conflict do nothing`.execute(db);
}

/** A scan that the office has sent; undefined for one of another office too. */
export async function heldScan(db: Connection, officeId: string, sha256: string): Promise<{ bytes: number; mediaType: string } | undefined> {
  const row = await db
    .selectFrom('scan_offices')
    .innerJoin('scans', 'scans.sha256', 'scan_offices.sha256')
    .select(['scans.bytes', 'scans.media_type'])
    .where('scan_offices.office_id', '=', officeId)
    .where('scan_offices.sha256', '=', sha256)
    .executeTakeFirst();
  return row === undefined ? undefined : { bytes: row.bytes, mediaType: row.media_type };
}

/** All scans whose digests begin with these hex digits. */
export async function scansBeginning(db: Connection, digits: string): Promise<Array<{ sha256: string; bytes: number }>> {
  return db.selectFrom('scans').select(['sha256', 'bytes']).where('sha256', '>=', digits).where('sha256', '<', `${digits}g`).execute();
}

/** Those of the given digests that the office has at the province, verified. */
export async function verifiedScansOf(db: Connection, officeId: string, digests: readonly string[]): Promise<string[]> {
  if (digests.length === 0) return [];
  const rows = await db
    .selectFrom('scan_offices')
    .select('sha256')
    .where('office_id', '=', officeId)
    .where('sha256', 'in', [...new Set(digests)])
    .execute();
  return rows.map((row) => row.sha256);
}
