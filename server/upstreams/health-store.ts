/** Owns the health of each system as all servers of the province see it, and the plan of what goes where. */
import { type Health, newHealth } from '../../shared/upstreams/health.ts';
import type { Route } from '../../shared/upstreams/routing.ts';
import type { UpstreamName } from '../../shared/upstreams/upstream.ts';
import type { Connection, Database } from '../db/database.ts';

export type Plan = { connected: UpstreamName[]; routes: Route[] };

export async function putPlan(db: Connection, plan: Plan): Promise<void> {
  await db
    .insertInto('upstream_plan')
    .values({ plan: JSON.stringify(plan) })
    .onConflict((conflict) => conflict.column('singleton').doUpdateSet({ plan: JSON.stringify(plan) }))
    .execute();
}

/** Nothing is connected before the first server has started. */
export async function readPlan(db: Connection): Promise<Plan> {
  const row = await db.selectFrom('upstream_plan').select('plan').executeTakeFirst();
  return row?.plan ?? { connected: [], routes: [] };
}

export async function ensureHealth(db: Connection, upstream: UpstreamName, nowMs: number): Promise<void> {
  await db
    .insertInto('upstream_health')
    .values({ upstream, health: JSON.stringify(newHealth(nowMs)) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function readHealth(db: Connection, upstream: UpstreamName): Promise<Health> {
  return (await db.selectFrom('upstream_health').select('health').where('upstream', '=', upstream).executeTakeFirstOrThrow()).health;
}

export async function allHealth(db: Connection): Promise<Map<UpstreamName, Health>> {
  const rows = await db.selectFrom('upstream_health').selectAll().execute();
  return new Map(rows.map(({ upstream, health }) => [upstream, health]));
}

/** Servers take turns: `change` sees what the last one left. Answers what is stored now. */
export async function changeHealth(db: Database, upstream: UpstreamName, change: (health: Health) => Health): Promise<{ before: Health; after: Health }> {
  return db.transaction().execute(async (trx) => {
    const { health: before } = await trx.selectFrom('upstream_health').select('health').where('upstream', '=', upstream).forUpdate().executeTakeFirstOrThrow();
    const after = change(before);
    await trx
      .updateTable('upstream_health')
      .set({ health: JSON.stringify(after) })
      .where('upstream', '=', upstream)
      .execute();
    return { before, after };
  });
}
