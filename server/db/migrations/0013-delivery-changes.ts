/** When a delivery to a specialised system changed last, by the database's clock, which all servers share: counters ask by it. */
import { type Kysely, type Migration, sql } from 'kysely';

const statements = [
  // The same moment for all there are, so that no row is written anew.
  sql`alter table upstream_deliveries add column changed_at timestamptz not null default now()`,
  sql`alter table upstream_deliveries alter column changed_at set default clock_timestamp()`,
];

export const deliveryChanges: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await statement.execute(db);
  },
};
