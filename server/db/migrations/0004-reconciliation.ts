/** End-of-day statements with what came of comparing them, and the ways to a day's entries and dossiers. */
import { type Kysely, type Migration, sql } from 'kysely';

const statements = [
  sql`create table day_statements (
    device_id uuid not null references devices,
    date date not null,
    head_seq bigint not null check (head_seq >= 1),
    digest text not null,
    statement text not null,
    signature text not null,
    received_at timestamptz not null,
    outcome text not null check (outcome in ('agrees', 'waiting', 'differs')),
    differences jsonb not null,
    judged_at timestamptz not null,
    primary key (device_id, date, head_seq)
  )`,
  sql`create index day_statements_date on day_statements (date)`,
  sql`create index day_statements_unsettled on day_statements (device_id) where outcome <> 'agrees'`,
  // Only what was applied is known to be JSON that PostgreSQL can read; any other row would make its own receipt fail.
  sql`create index journal_entries_accepted on journal_entries (
    (case when operation::jsonb ->> 'type' = 'dossier.accepted' then (operation::jsonb #>> '{dossier,acceptedAtMs}')::bigint end)
  ) where status = 'applied'`,
  sql`create index dossiers_of_device on dossiers (device_id, accepted_at_ms)`,
];

export const reconciliation: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await statement.execute(db);
  },
};
