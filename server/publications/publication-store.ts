/** Owns the rows of what was published, and the documents themselves. */
import { sql } from 'kysely';
import type { PublicationKind } from '../../shared/publications/publication.ts';
import type { Connection } from '../db/database.ts';

export type Publication = {
  position: number;
  kind: PublicationKind;
  officeId: string | null;
  version: string;
  sha256: string;
  bytes: number;
  packedBytes: number;
  publishedAt: Date;
  /** Null: published before that was noted. */
  publishedBy: string | null;
};

const columns = sql`p.position, p.kind, p.office_id as "officeId", p.version, p.sha256, d.bytes, octet_length(d.packed) as "packedBytes",
  p.published_at as "publishedAt", p.published_by as "publishedBy"`;

const concerns = (officeId: string) => sql`(p.office_id is null or p.office_id = ${officeId})`;

/** The newest of each kind that concerns the office, of those behind `after`; in order. */
export async function newestOfOffice(db: Connection, officeId: string, after: number, limit: number): Promise<Publication[]> {
  const { rows } = await sql<Publication>`
    select ${columns} from (
      select distinct on (kind) * from publications p where ${concerns(officeId)} order by kind, position desc
    ) p join published_documents d using (sha256)
    where p.position > ${after} order by p.position limit ${limit}`.execute(db);
  return rows;
}

/** 0 before anything was published. */
export async function newestPosition(db: Connection, officeId: string): Promise<number> {
  const { rows } = await sql<{ position: number }>`
    select coalesce(max(position), 0)::bigint as position from publications p where ${concerns(officeId)}`.execute(db);
  return rows[0]?.position ?? 0;
}

/** Everything ever published, in order. */
export async function allPublications(db: Connection): Promise<Publication[]> {
  return (await sql<Publication>`select ${columns} from publications p join published_documents d using (sha256) order by p.position`.execute(db)).rows;
}

type SupervisedPublication = Pick<Publication, 'position' | 'kind' | 'officeId' | 'version' | 'publishedAt' | 'publishedBy'> & {
  isInForce: boolean;
  /** Devices in use that said they have it, of those it is for. */
  having: number;
  concerned: number;
};

/** The last to be published, the newest first, with how far each has come. */
export async function latestPublications(db: Connection, limit: number): Promise<SupervisedPublication[]> {
  const { rows } = await sql<SupervisedPublication>`
    select p.position, p.kind, p.office_id as "officeId", p.version, p.published_at as "publishedAt", p.published_by as "publishedBy",
      not exists (
        select from publications later where later.kind = p.kind and later.office_id is not distinct from p.office_id and later.position > p.position
      ) as "isInForce",
      reach.concerned, reach.having
    from (select * from publications order by position desc limit ${limit}) p
    cross join lateral (
      select count(*)::int as concerned,
        (count(*) filter (where told.report -> 'documents' @> jsonb_build_array(jsonb_build_object('kind', p.kind, 'sha256', p.sha256))))::int as having
      from devices left join device_reports told using (device_id)
      where revoked_at is null and (p.office_id is null or p.office_id = devices.office_id)
    ) reach
    order by p.position desc`.execute(db);
  return rows;
}

/** What devices of the office may have: an older document too, which they may have begun to fetch. */
export async function packedSlice(
  db: Connection,
  officeId: string,
  sha256: string,
  range: { from: number; length: number },
): Promise<{ slice: Buffer; packedBytes: number } | undefined> {
  const { rows } = await sql<{ slice: Buffer; packedBytes: number }>`
    select substring(d.packed from ${range.from + 1}::int for ${range.length}::int) as slice, octet_length(d.packed) as "packedBytes"
    from published_documents d
    where d.sha256 = ${sha256} and exists (select from publications p where p.sha256 = d.sha256 and ${concerns(officeId)})`.execute(db);
  return rows[0];
}

/** The newest of a kind, for one office (null: for every office), with its document. */
export async function newestOfKind(
  db: Connection,
  kind: PublicationKind,
  officeId: string | null,
): Promise<{ position: number; version: string; sha256: string; packed: Buffer } | undefined> {
  return db
    .selectFrom('publications')
    .innerJoin('published_documents', 'published_documents.sha256', 'publications.sha256')
    .select(['position', 'version', 'publications.sha256', 'packed'])
    .where('kind', '=', kind)
    .where('office_id', 'is not distinct from', officeId)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Digests that were published under a version. */
export async function digestsOfVersion(db: Connection, kind: PublicationKind, officeId: string | null, version: string): Promise<string[]> {
  const rows = await db
    .selectFrom('publications')
    .select('sha256')
    .where('kind', '=', kind)
    .where('office_id', 'is not distinct from', officeId)
    .where('version', '=', version)
    .execute();
  return rows.map(({ sha256 }) => sha256);
}

/** Offices that have users published for them. */
export async function officesWithUsers(db: Connection): Promise<string[]> {
  const rows = await db.selectFrom('publications').select('office_id').distinct().where('kind', '=', 'users').execute();
  return rows.flatMap(({ office_id: officeId }) => officeId ?? []);
}

export async function knownOffices(db: Connection): Promise<Set<string>> {
  const rows = await db.selectFrom('offices').select('office_id').execute();
  return new Set(rows.map(({ office_id: officeId }) => officeId));
}

/** Until the transaction ends nobody else publishes: positions become visible in the order they were given. */
export async function takePublishingTurn(trx: Connection): Promise<void> {
  await sql`lock table publications in share row exclusive mode`.execute(trx);
}

export async function insertPublication(
  trx: Connection,
  {
    kind,
    officeId,
    version,
    sha256,
    bytes,
    packed,
    at,
    by,
  }: { kind: PublicationKind; officeId: string | null; version: string; sha256: string; bytes: number; packed: Buffer; at: Date; by: string | null },
): Promise<number> {
  await trx
    .insertInto('published_documents')
    .values({ sha256, bytes, packed })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await trx
    .insertInto('publications')
    .values({ kind, office_id: officeId, version, sha256, published_at: at, published_by: by })
    .returning('position')
    .executeTakeFirstOrThrow();
  return row.position;
}
