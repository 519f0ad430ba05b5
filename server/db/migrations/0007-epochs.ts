/** What a province needs to live on from a backup: where its database came from, and where its numbers begin in this life. */
import { type Kysely, type Migration, sql } from 'kysely';

export const epochs: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table server_state add column database_mark text`.execute(db);
    await sql`alter table agencies add column number_start integer not null default 1 check (number_start >= 1)`.execute(db);
  },
};
