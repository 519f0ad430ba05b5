/** Owns the ladder of schema versions; a released rung is never edited, only followed by another. */
import { Migrator } from 'kysely';
import type { Database } from './database.ts';
import { foundation } from './migrations/0001-foundation.ts';
import { replacement } from './migrations/0002-replacement.ts';
import { upstreams } from './migrations/0003-upstreams.ts';
import { reconciliation } from './migrations/0004-reconciliation.ts';

const ladder = {
  '0001-foundation': foundation,
  '0002-replacement': replacement,
  '0003-upstreams': upstreams,
  '0004-reconciliation': reconciliation,
};

/** Brings the schema up to date in one transaction under an advisory lock, so servers that start together take turns. */
export async function migrate(db: Database): Promise<void> {
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => ladder } }).migrateToLatest();
  if (error !== undefined) throw new Error('the database schema could not be brought up to date', { cause: error });
}
