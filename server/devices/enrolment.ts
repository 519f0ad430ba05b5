/** Owns how a device becomes known: one code, one device, one transaction. */
import { randomUUID } from 'node:crypto';
import { importJWK } from 'jose';
import type { NumberLease } from '../../shared/journal/operation.ts';
import type { EnrolAnswer, EnrolRequest } from '../../shared/sync/protocol.ts';
import type { Connection, Database, PublicJwk } from '../db/database.ts';
import { ensureOffice, publicPart, type ProvinceState } from '../db/province-store.ts';
import { Problem } from '../problem.ts';
import { deviceOfJournal, findDevice, insertDevice, lockCode, putCode, revokeDevice, takeInstance, useCode } from './device-store.ts';
import { currentEpoch } from './epoch-store.ts';
import { codeHash, newEnrolmentCode } from './enrolment-code.ts';
import { type LeaseTerms, leaseNumbers, leasesOf } from './number-store.ts';

export const numbersExhausted = (): Problem => new Problem(409, 'numbers-exhausted', 'the agency has no free range of numbers left');

const sameKey = (a: PublicJwk, b: PublicJwk): boolean => a.x === b.x && a.y === b.y;

/**
 * Enrols a device, or repeats the answer when the same device (same key and journal) asks again with its code
 * because the first answer was lost. Throws a Problem.
 */
export async function enrol(db: Database, province: ProvinceState, terms: LeaseTerms, request: EnrolRequest, nowMs: number): Promise<EnrolAnswer> {
  const publicKey = publicPart(request.publicKey);
  await importJWK({ ...publicKey }, 'ES256').catch(() => {
    throw new Problem(400, 'invalid', 'publicKey is not a point on P-256');
  });
  const hash = codeHash(request.code);
  const at = new Date(nowMs);
  const epoch = await currentEpoch(db);
  const leaseFor = async (trx: Connection, deviceId: string, agencyCode: string): Promise<NumberLease> => {
    const lease = await leaseNumbers(trx, { deviceId, agencyCode }, terms, epoch, nowMs);
    if (lease === undefined) throw numbersExhausted();
    return lease;
  };

  return db.transaction().execute(async (trx) => {
    const code = await lockCode(trx, hash);
    if (code === undefined) throw new Problem(403, 'code-unknown', 'no such enrolment code');

    const known = await deviceOfJournal(trx, request.journalId);
    if (code.deviceId !== null && code.deviceId !== known?.device_id) throw new Problem(403, 'code-used', 'this enrolment code was used by another device');
    if (known !== undefined) {
      if (known.revoked_at !== null || known.office_id !== code.officeId || !sameKey(known.public_key, publicKey)) {
        throw new Problem(409, 'journal-known', 'this journal belongs to an enrolled device; a copied or re-enrolled device begins a journal of its own');
      }
      const lease = (await leasesOf(trx, known.device_id, nowMs))[0] ?? (await leaseFor(trx, known.device_id, code.agencyCode));
      return answerOf(province, epoch, { ...code, deviceId: known.device_id, instance: known.instance, lease });
    }
    if (code.expiresAt.getTime() <= nowMs) throw new Problem(403, 'code-expired', 'this enrolment code has expired');

    const deviceId = randomUUID();
    const instance = await takeInstance(trx, code.agencyCode);
    await insertDevice(trx, {
      deviceId,
      journalId: request.journalId,
      officeId: code.officeId,
      agencyCode: code.agencyCode,
      instance,
      name: request.deviceName.replaceAll('\0', ''),
      appVersion: request.appVersion.replaceAll('\0', ''),
      publicKey,
      at,
    });
    const lease = await leaseFor(trx, deviceId, code.agencyCode);
    // One counter, one device: the old one no longer speaks for the office once the new one does.
    if (code.replaces !== null) await revokeDevice(trx, code.replaces, at);
    await useCode(trx, hash, deviceId, at);
    return answerOf(province, epoch, { ...code, deviceId, instance, lease });
  });
}

type Enrolled = { deviceId: string; instance: number; officeId: string; agencyCode: string; replaces: string | null; lease: EnrolAnswer['lease'] };

const answerOf = (province: ProvinceState, epoch: number, { deviceId, instance, officeId, agencyCode, replaces, lease }: Enrolled): EnrolAnswer => ({
  deviceId,
  instance,
  officeId,
  agencyCode,
  epoch,
  serverKey: publicPart(province.signingKey),
  ...(replaces === null ? {} : { replaces }),
  lease,
});

/** Makes a code for the office (created when new) and stores it; `given` fixes it, as the demo office does; enrolling with it revokes the device it `replaces`. `lifeMs` from `nowMs`. */
export async function createEnrolmentCode(
  db: Database,
  office: { officeId: string; agencyCode: string },
  nowMs: number,
  lifeMs: number,
  { given, replaces }: { given?: string; replaces?: string } = {},
): Promise<string> {
  const code = given ?? newEnrolmentCode();
  await db.transaction().execute(async (trx) => {
    await ensureOffice(trx, office.officeId, office.agencyCode);
    const old = replaces === undefined ? undefined : await findDevice(trx, replaces);
    if (replaces !== undefined && old?.office_id !== office.officeId) throw new Error(`office ${office.officeId} has no device ${replaces}`);
    await putCode(trx, codeHash(code), office.officeId, new Date(nowMs + lifeMs), replaces);
  });
  return code;
}
