/** Who published: the account of the server's machine that gave the command. */
import { type Kysely, type Migration, sql } from 'kysely';

export const publishers: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table publications add column published_by text`.execute(db);
  },
};
