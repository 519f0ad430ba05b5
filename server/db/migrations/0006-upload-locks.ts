/** Whose turn it is with a growing upload, among all servers: a lease, so that a server that died frees it without anyone's help. */
import { type Kysely, type Migration, sql } from 'kysely';

export const uploadLocks: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`create table upload_locks (
      upload_id text primary key,
      holder uuid not null,
      held_until timestamptz not null,
      is_wanted boolean not null default false
    )`.execute(db);
  },
};
