/** An enrolment code may say which device the new one takes the place of. */
import { type Kysely, type Migration, sql } from 'kysely';

export const replacement: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table enrolment_codes add column replaces uuid references devices`.execute(db);
  },
};
