/** Owns the rows of devices, their one-time codes and the assertions they have used. */
import type { Connection, PublicJwk, Tables } from '../db/database.ts';
import type { Selectable } from 'kysely';

export type Device = Selectable<Tables['devices']>;

export async function findDevice(db: Connection, deviceId: string): Promise<Device | undefined> {
  return db.selectFrom('devices').selectAll().where('device_id', '=', deviceId).executeTakeFirst();
}

/** Holds the device's row until the transaction ends: requests of one device take turns. */
export async function lockDevice(trx: Connection, deviceId: string): Promise<Device | undefined> {
  return trx.selectFrom('devices').selectAll().where('device_id', '=', deviceId).forUpdate().executeTakeFirst();
}

export async function deviceOfJournal(db: Connection, journalId: string): Promise<Device | undefined> {
  return db.selectFrom('devices').selectAll().where('journal_id', '=', journalId).executeTakeFirst();
}

export async function touchDevice(db: Connection, deviceId: string, at: Date): Promise<void> {
  await db.updateTable('devices').set({ last_seen_at: at }).where('device_id', '=', deviceId).execute();
}

/** The next small number of the agency; holds the agency's row until the transaction ends. */
export async function takeInstance(trx: Connection, agencyCode: string): Promise<number> {
  const row = await trx
    .updateTable('agencies')
    .set((eb) => ({ next_instance: eb('next_instance', '+', 1) }))
    .where('agency_code', '=', agencyCode)
    .returning('next_instance')
    .executeTakeFirstOrThrow();
  return row.next_instance - 1;
}

export type NewDevice = {
  deviceId: string;
  journalId: string;
  officeId: string;
  agencyCode: string;
  instance: number;
  name: string;
  appVersion: string;
  publicKey: PublicJwk;
  at: Date;
};

export async function insertDevice(trx: Connection, device: NewDevice): Promise<void> {
  await trx
    .insertInto('devices')
    .values({
      device_id: device.deviceId,
      journal_id: device.journalId,
      office_id: device.officeId,
      agency_code: device.agencyCode,
      instance: device.instance,
      name: device.name,
      app_version: device.appVersion,
      public_key: JSON.stringify(device.publicKey),
      enrolled_at: device.at,
    })
    .execute();
}

export type EnrolmentCode = { officeId: string; agencyCode: string; expiresAt: Date; usedAt: Date | null; deviceId: string | null; replaces: string | null };

/** Holds the code's row until the transaction ends: a code raced by two devices enrols one. */
export async function lockCode(trx: Connection, codeHash: string): Promise<EnrolmentCode | undefined> {
  const row = await trx
    .selectFrom('enrolment_codes')
    .innerJoin('offices', 'offices.office_id', 'enrolment_codes.office_id')
    .select(['enrolment_codes.office_id', 'agency_code', 'expires_at', 'used_at', 'device_id', 'replaces'])
    .where('code_hash', '=', codeHash)
    .forUpdate('enrolment_codes')
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { office_id: officeId, agency_code: agencyCode, expires_at: expiresAt, used_at: usedAt, device_id: deviceId, replaces } = row;
  return { officeId, agencyCode, expiresAt, usedAt, deviceId, replaces };
}

export async function useCode(trx: Connection, codeHash: string, deviceId: string, at: Date): Promise<void> {
  await trx.updateTable('enrolment_codes').set({ used_at: at, device_id: deviceId }).where('code_hash', '=', codeHash).execute();
}

/** Its tokens and its journal are refused from now on. */
export async function revokeDevice(trx: Connection, deviceId: string, at: Date): Promise<void> {
  await trx.updateTable('devices').set({ revoked_at: at }).where('device_id', '=', deviceId).where('revoked_at', 'is', null).execute();
}

/**
 * Revokes a device whose keys are to be destroyed: `now` at its next contact; `when-delivered` lets it go on sending, without
 * new numbers, and destroys them itself when the province has everything.
 */
export async function revokeAndDestroy(db: Connection, deviceId: string, destroy: 'now' | 'when-delivered', at: Date): Promise<void> {
  await db
    .updateTable('devices')
    .set((eb) => ({ destroy, ...(destroy === 'now' ? { revoked_at: eb.fn.coalesce('revoked_at', eb.val(at)) } : {}) }))
    .where('device_id', '=', deviceId)
    .execute();
}

/** Stores a code, or makes a known one usable (again) for the office: the demo office enrols anew with the same code. */
export async function putCode(db: Connection, codeHash: string, officeId: string, expiresAt: Date, replaces: string | null = null): Promise<void> {
  const fresh = { office_id: officeId, expires_at: expiresAt, used_at: null, device_id: null, replaces };
  await db
    .insertInto('enrolment_codes')
    .values({ code_hash: codeHash, ...fresh })
    .onConflict((conflict) => conflict.column('code_hash').doUpdateSet(fresh))
    .execute();
}

/** False when the assertion was used before. Forgets those that have expired anyway. */
export async function rememberAssertion(db: Connection, deviceId: string, jti: string, expiresAt: Date, now: Date): Promise<boolean> {
  await db.deleteFrom('seen_assertions').where('expires_at', '<', now).execute();
  const inserted = await db
    .insertInto('seen_assertions')
    .values({ device_id: deviceId, jti, expires_at: expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .returning('jti')
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function setCatalogueVersion(trx: Connection, deviceId: string, version: string): Promise<void> {
  await trx.updateTable('devices').set({ catalogue_version: version }).where('device_id', '=', deviceId).execute();
}
