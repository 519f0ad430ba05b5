/** Dossiers that a system stopped at, put on their way again by a person who has mended the cause. */
import type { UpstreamName } from '../../shared/upstreams/upstream.ts';
import type { Database } from '../db/database.ts';
import { lockStopped, markQueued } from './delivery-store.ts';
import { openJobs, type Jobs } from './job-store.ts';

/** All of the system, or the one dossier; answers how many. Beside running servers, which take them at once. */
export async function requeueStopped(db: Database, upstream: UpstreamName, dossierId: string | undefined, nowMs: number): Promise<number> {
  const jobs = await openJobs(db, { systems: new Map(), supervise: false, superviseEveryS: 60, onError: () => undefined });
  try {
    return await db.transaction().execute(async (trx) => {
      const stopped = await lockStopped(trx, upstream, dossierId);
      for (const one of stopped) await requeue(jobs, one);
      return stopped.length;

      async function requeue(queues: Jobs, { dossierId: id, jobId }: { dossierId: string; jobId: string | null }): Promise<void> {
        if (jobId !== null) await queues.removeDead(trx, upstream, jobId);
        await markQueued(trx, id, upstream, await queues.send(trx, upstream, id, { inMs: 0, tries: 0 }), nowMs);
      }
    });
  } finally {
    await jobs.stop();
  }
}
