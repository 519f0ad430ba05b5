/** A device may be told to destroy its keys: when it is revoked, or before, once it has delivered everything. */
import { type Kysely, type Migration, sql } from 'kysely';

export const destroyOrders: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`alter table devices add column destroy text check (destroy in ('now', 'when-delivered'))`.execute(db);
  },
};
