/** Owns the ladder of schema versions; a released rung is never edited, only followed by another. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Migration, Migrator, sql } from 'kysely';
import type { Database } from './database.ts';
import { foundation } from './migrations/0001-foundation.ts';
import { replacement } from './migrations/0002-replacement.ts';
import { upstreams } from './migrations/0003-upstreams.ts';
import { reconciliation } from './migrations/0004-reconciliation.ts';
import { supervisor } from './migrations/0005-supervisor.ts';
import { uploadLocks } from './migrations/0006-upload-locks.ts';
import { epochs } from './migrations/0007-epochs.ts';
import { destroyOrders } from './migrations/0008-destroy-orders.ts';
import { publications } from './migrations/0009-publications.ts';
import { quickIntake } from './migrations/0010-quick-intake.ts';
import { lobby } from './migrations/0011-lobby.ts';
import { publishers } from './migrations/0012-publishers.ts';
import { deliveryChanges } from './migrations/0013-delivery-changes.ts';
import { journalMonths } from './migrations/0014-journal-months.ts';
import { buildOnlineIndexes } from './online-indexes.ts';
import { sqlStateOf } from './sqlstate.ts';

const ladder = {
  '0001-foundation': foundation,
  '0002-replacement': replacement,
  '0003-upstreams': upstreams,
  '0004-reconciliation': reconciliation,
  '0005-supervisor': supervisor,
  '0006-upload-locks': uploadLocks,
  '0007-epochs': epochs,
  '0008-destroy-orders': destroyOrders,
  '0009-publications': publications,
  '0010-quick-intake': quickIntake,
  '0011-lobby': lobby,
  '0012-publishers': publishers,
  '0013-delivery-changes': deliveryChanges,
  '0014-journal-months': journalMonths,
};

/** `lock_not_available` of PostgreSQL's appendix A. */
const LOCK_TIMED_OUT = '55P03';
const TRIES = 20;

/**
 * A statement that waits for a table's lock makes everyone behind it wait too. So it waits briefly, gives way and tries
 * again: servers of the version before go on working while this one changes the schema.
 */
const givingWay = ({ up }: Migration): Migration => ({
  async up(db) {
    await sql`set local lock_timeout = '2s'`.execute(db);
    await up(db);
  },
});

const migrations = Object.fromEntries(Object.entries(ladder).map(([name, rung]) => [name, givingWay(rung)]));

/** Brings the schema up to date in one transaction under an advisory lock, so servers that start together take turns; writers go on meanwhile. */
export async function migrate(db: Database): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  for (let attempt = 1; ; attempt += 1) {
    const { error } = await migrator.migrateToLatest();
    if (error === undefined) break;
    if (attempt >= TRIES || sqlStateOf(error) !== LOCK_TIMED_OUT) throw new Error('the database schema could not be brought up to date', { cause: error });
    await sleep(Math.random() * 2_000);
  }
  await buildOnlineIndexes(db);
}
