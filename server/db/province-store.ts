/** Owns what is true of the whole province: its epoch, its signing key, its agencies and offices. */
import { generateKeyPairSync } from 'node:crypto';
import { sql } from 'kysely';
import type { Connection, PrivateJwk, PublicJwk } from './database.ts';

export type ProvinceState = { signingKey: PrivateJwk };

export const publicPart = ({ kty, crv, x, y }: PublicJwk): PublicJwk => ({ kty, crv, x, y });

function newSigningKey(): PrivateJwk {
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  return { kty: 'EC', crv: 'P-256', x: jwk.x as string, y: jwk.y as string, d: jwk.d as string };
}

/** The state of the province; made at the first start, the same for every server on this database. */
export async function provinceState(db: Connection): Promise<ProvinceState> {
  await db
    .insertInto('server_state')
    .values({ epoch: 1, signing_key: JSON.stringify(newSigningKey()) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db.selectFrom('server_state').select('signing_key').executeTakeFirstOrThrow();
  return { signingKey: row.signing_key };
}

export class OfficeOfAnotherAgency extends Error {}

/** Makes sure the office exists under the agency. Throws OfficeOfAnotherAgency when it is known under another one. */
export async function ensureOffice(db: Connection, officeId: string, agencyCode: string): Promise<void> {
  await db
    .insertInto('agencies')
    .values({ agency_code: agencyCode })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await db
    .insertInto('offices')
    .values({ office_id: officeId, agency_code: agencyCode })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const office = await db.selectFrom('offices').select('agency_code').where('office_id', '=', officeId).executeTakeFirstOrThrow();
  if (office.agency_code !== agencyCode) throw new OfficeOfAnotherAgency(`office ${officeId} belongs to agency ${office.agency_code}, not ${agencyCode}`);
}

/** Resolves when the database answers a query. */
export async function pingDatabase(db: Connection): Promise<void> {
  await sql`select 1`.execute(db);
}
