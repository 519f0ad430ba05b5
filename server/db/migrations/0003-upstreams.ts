/** Deliveries to specialised systems, and the health of each system as all servers see it. The jobs themselves are pg-boss's (schema `pgboss`). */
import { type Kysely, type Migration, sql } from 'kysely';

const statements = [
  sql`create table upstream_deliveries (
    dossier_id uuid not null references dossiers,
    upstream text not null,
    office_id text not null references offices,
    state text not null check (state in ('awaiting-scans', 'queued', 'accepted', 'delivered', 'refused', 'failed')),
    since_ms bigint not null,
    tries integer not null default 0,
    -- The live job, or the one in the dead-letter queue; null while scans are awaited and once it is delivered.
    job_id uuid,
    reference text,
    reason text,
    field text,
    primary key (dossier_id, upstream)
  )`,
  // What is delivered, nearly everything after a while, is in neither index.
  sql`create index upstream_deliveries_open on upstream_deliveries (office_id, upstream, state) where state <> 'delivered'`,
  sql`create index upstream_deliveries_awaiting on upstream_deliveries (upstream, since_ms) where state = 'awaiting-scans'`,

  sql`create table upstream_health (upstream text primary key, health jsonb not null)`,

  // Which systems are connected and what goes where, as the last server started knows it: a command-line import routes by it too.
  sql`create table upstream_plan (singleton boolean primary key default true check (singleton), plan jsonb not null)`,
];

export const upstreams: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of statements) await statement.execute(db);
  },
};
