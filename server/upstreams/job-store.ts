/** Owns the queues: one of pg-boss for each system, and beside it one for the dossiers it stopped at (dead letters). */
import { CompiledQuery } from 'kysely';
import PgBoss from 'pg-boss';
import type { UpstreamName } from '../../shared/upstreams/upstream.ts';
import type { Connection } from '../db/database.ts';

export type JobTerms = { /** A job not ended by then belongs to a server that is gone. */ expireInS: number };
export type Job = { id: string; dossierId: string };

export type Jobs = {
  /** In the transaction of `trx`: the job exists exactly when that commits. Least tried first; `tries` orders. */
  send(trx: Connection, upstream: UpstreamName, dossierId: string, when: { inMs: number; tries: number }): Promise<string>;
  sendDead(trx: Connection, upstream: UpstreamName, dossierId: string): Promise<string>;
  removeDead(trx: Connection, upstream: UpstreamName, jobId: string): Promise<void>;
  /** Each job to one caller. `isProbe`: also what is to wait longer. */
  fetch(upstream: UpstreamName, limit: number, isProbe: boolean): Promise<Job[]>;
  /** False when the job is not this caller's any more. */
  complete(trx: Connection, upstream: UpstreamName, jobId: string): Promise<boolean>;
  stop(): Promise<void>;
};

const queueOf = (upstream: UpstreamName): string => `upstream-${upstream}`;
const deadQueueOf = (upstream: UpstreamName): string => `upstream-${upstream}-stopped`;

/** A system may be away for long: pg-boss would drop what waits after two weeks. */
const KEEP_DAYS = 3_650;
/** Only servers that died use these up: what a system does is settled here. */
const RETRIES = 1_000_000;

/** Statements of pg-boss over our own pool, or inside a transaction. */
const executorOf = (db: Connection): PgBoss.Db => ({
  executeSql: async (text, values) => ({ rows: (await db.executeQuery(CompiledQuery.raw(text, values ?? []))).rows }),
});

type Options = {
  systems: ReadonlyMap<UpstreamName, JobTerms>;
  /** False for a command beside the servers, which has no jobs to look after. */
  supervise: boolean;
  superviseEveryS: number;
  onError(error: unknown): void;
};

/** Makes pg-boss's schema and the queues where they are missing. */
export async function openJobs(db: Connection, { systems, supervise, superviseEveryS, onError }: Options): Promise<Jobs> {
  const boss = new PgBoss({ db: executorOf(db), schedule: false, supervise, maintenanceIntervalSeconds: superviseEveryS });
  boss.on('error', onError);
  await boss.start();
  for (const [upstream, { expireInS }] of systems) {
    const terms = { retryLimit: RETRIES, retryDelay: 0, expireInSeconds: expireInS, retentionMinutes: KEEP_DAYS * 1_440 };
    for (const name of [deadQueueOf(upstream), queueOf(upstream)]) {
      await boss.createQueue(name, { name, ...terms });
      await boss.updateQueue(name, { name, ...terms });
    }
  }

  async function put(trx: Connection, queue: string, dossierId: string, options: PgBoss.SendOptions): Promise<string> {
    const id = await boss.send(queue, { dossierId }, { ...options, retentionDays: KEEP_DAYS, db: executorOf(trx) });
    if (id === null) throw new Error(`no queue ${queue}`);
    return id;
  }

  return {
    send: (trx, upstream, dossierId, { inMs, tries }) => put(trx, queueOf(upstream), dossierId, { startAfter: inMs / 1000, priority: -tries }),
    sendDead: (trx, upstream, dossierId) => put(trx, deadQueueOf(upstream), dossierId, {}),
    async removeDead(trx, upstream, jobId) {
      await boss.deleteJob(deadQueueOf(upstream), jobId, { db: executorOf(trx) });
    },
    async fetch(upstream, limit, isProbe) {
      const jobs = await boss.fetch<{ dossierId: string }>(queueOf(upstream), { batchSize: limit, ignoreStartAfter: isProbe });
      return jobs.map(({ id, data }) => ({ id, dossierId: data.dossierId }));
    },
    async complete(trx, upstream, jobId) {
      // Typed as void, answers the count (pg-boss 10, manager.js).
      const { affected } = (await boss.complete(queueOf(upstream), jobId, {}, { db: executorOf(trx) })) as unknown as { affected: number };
      return affected === 1;
    },
    async stop() {
      await boss.stop({ graceful: false, close: false });
    },
  };
}
