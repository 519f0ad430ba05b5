/** What makes a batch of entries cheap to take in: no index worked out of a text, no slow compression. */
import { type Kysely, type Migration, sql } from 'kysely';

const statements = [
  sql`alter table journal_entries add column told_at_ms bigint`,
  // Longer texts than 2 KB are compressed by what costs least; PostgreSQL's own old way costs more than everything else about a row.
  sql`do $$ begin
    if exists (select from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals)) then
      alter table journal_entries alter column operation set compression lz4;
      alter table dossiers alter column body set compression lz4;
    else
      alter table journal_entries alter column operation set storage external;
      alter table dossiers alter column body set storage external;
    end if;
  end $$`,
];

export const quickIntake: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await statement.execute(db);
  },
};
