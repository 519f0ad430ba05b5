/** What the lobby kiosks send: guesses at dossiers, so that they can be limited, and anonymous counts of opinions. */
import { type Kysely, type Migration, sql } from 'kysely';

const statements = [
  // The digest of office and code: what was typed wrong may be anything.
  sql`create table look_up_guesses (
    subject text primary key,
    guesses integer not null,
    since timestamptz not null
  )`,
  sql`create index look_up_guesses_since on look_up_guesses (since)`,

  // Counts alone: no row can be led back to who gave it. A reason of '' counts the opinions themselves.
  sql`create table service_ratings (
    office_id text not null,
    date date not null,
    score smallint not null check (score between 1 and 5),
    reason text not null default '',
    count integer not null,
    primary key (office_id, date, score, reason)
  )`,
];

export const lobby: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await statement.execute(db);
  },
};
