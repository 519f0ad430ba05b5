/** Puts a dossier on its way to the systems it belongs to, in the very transaction that takes it in. */
import { bundledCatalogue } from '../../shared/catalogue/bundled.ts';
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import type { Clock } from '../../shared/lib/time.ts';
import { upstreamsOf } from '../../shared/upstreams/routing.ts';
import { needsScans } from '../../shared/upstreams/upstream.ts';
import type { Connection } from '../db/database.ts';
import { hasAllScans, insertDelivery } from './delivery-store.ts';
import type { Plan } from './health-store.ts';
import { openJobs, type Jobs } from './job-store.ts';

/** Runs in the transaction of the dossier: both are there, or neither. */
export type Enqueue = (trx: Connection, dossier: Dossier) => Promise<void>;

export function createEnqueue(jobs: Jobs, { connected, routes }: Plan, clock: Clock): Enqueue {
  const names = new Set(connected);
  const fields = new Map(bundledCatalogue().procedures.map(({ code, field }) => [code, field]));
  return async (trx, dossier) => {
    const { dossierId, officeId } = dossier;
    for (const upstream of upstreamsOf(dossier, fields.get(dossier.procedureCode), routes, names)) {
      const isReady = !needsScans(upstream) || (await hasAllScans(trx, dossierId, officeId));
      const jobId = isReady ? await jobs.send(trx, upstream, dossierId, { inMs: 0, tries: 0 }) : null;
      await insertDelivery(trx, { dossierId, upstream, officeId, jobId, nowMs: clock() });
    }
  };
}

export const enqueueNothing: Enqueue = async () => undefined;

/** For a command beside the servers: routes by the plan they stored. `stop` it at the end. */
export async function openEnqueue(db: Connection, plan: Plan, clock: Clock): Promise<{ enqueue: Enqueue; stop(): Promise<void> }> {
  if (plan.connected.length === 0) return { enqueue: enqueueNothing, stop: async () => undefined };
  // Queues exist since a server stored the plan.
  const jobs = await openJobs(db, { systems: new Map(), supervise: false, superviseEveryS: 60, onError: () => undefined });
  return { enqueue: createEnqueue(jobs, plan, clock), stop: () => jobs.stop() };
}
