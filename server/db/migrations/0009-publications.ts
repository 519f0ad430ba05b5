/** What the province publishes for its counters: documents by their digest, and the order in which they were published. */
import { type Kysely, type Migration, sql } from 'kysely';

const statements = [
  sql`create table published_documents (
    sha256 text primary key,
    bytes integer not null check (bytes >= 1),
    packed bytea not null
  )`,
  // Packed already; read in slices, which PostgreSQL can cut out only of what it stores as it came.
  sql`alter table published_documents alter column packed set storage external`,

  // Nothing here is ever changed or removed. An office is text only: users may be published before its first device has a code.
  sql`create table publications (
    position bigint generated always as identity primary key,
    kind text not null,
    office_id text,
    version text not null,
    sha256 text not null references published_documents,
    published_at timestamptz not null
  )`,
  sql`create index publications_of_kind on publications (kind, office_id, position)`,
];

export const publications: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await statement.execute(db);
  },
};
