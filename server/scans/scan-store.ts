/** Owns the rows of scans: which digests the province holds, and which office sent them. */
import type { Connection } from '../db/database.ts';

export type VerifiedScan = { sha256: string; bytes: number; mediaType: string; officeId: string; deviceId: string; at: Date };

export async function markVerified(trx: Connection, scan: VerifiedScan): Promise<void> {
  await trx
    .insertInto('scans')
    .values({ sha256: scan.sha256, bytes: scan.bytes, media_type: scan.mediaType, stored_at: scan.at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await trx
    .insertInto('scan_offices')
    .values({ sha256: scan.sha256, office_id: scan.officeId, device_id: scan.deviceId, verified_at: scan.at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
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
