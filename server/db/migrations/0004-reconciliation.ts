/** End-of-day statements with what came of comparing them. */
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
];

export const reconciliation: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await statement.execute(db);
  },
};
