/** Puts the deliveries to specialised systems together: queues, one worker a system, and what takes dossiers in. */
import type { Clock } from '../../shared/lib/time.ts';
import { usualTerms, type Health } from '../../shared/upstreams/health.ts';
import type { UpstreamName } from '../../shared/upstreams/upstream.ts';
import type { Database } from '../db/database.ts';
import type { ProvinceState } from '../db/province-store.ts';
import { businessRegistry } from './adapters/business-registry.ts';
import { civilRegistry } from './adapters/civil-registry.ts';
import { igate } from './adapters/igate.ts';
import { land } from './adapters/land.ts';
import { vneid } from './adapters/vneid.ts';
import { createEnqueue, enqueueNothing, type Enqueue } from './enqueue.ts';
import { ensureHealth, putPlan } from './health-store.ts';
import { createUpstreamHttp } from './http.ts';
import { openJobs } from './job-store.ts';
import { deadlineOf, expiryOf, type SystemSettings, type UpstreamSettings } from './settings.ts';
import type { KeptScan } from '../scans/scan-files.ts';
import type { Adapter } from './upstream.ts';
import { startWorker, type Worker } from './worker.ts';

const adapters: Record<UpstreamName, Adapter> = { igate, 'civil-registry': civilRegistry, land, 'business-registry': businessRegistry, vneid };

export type Upstreams = { connected: readonly UpstreamName[]; enqueue: Enqueue; stop(): Promise<void> };

type Options = {
  db: Database;
  settings: UpstreamSettings;
  province: ProvinceState;
  findScan(sha256: string): Promise<KeptScan | undefined>;
  clock: Clock;
  alarm(what: string, facts: Record<string, unknown>): void;
  onStatus(name: UpstreamName, health: Health): void;
  onError(error: unknown): void;
};

/** The schema must be up to date. A province that has connected no system has no queue either. */
export async function openUpstreams(options: Options): Promise<Upstreams> {
  const { db, settings, province, clock, onError } = options;
  const systems = Object.entries(settings.systems) as Array<[UpstreamName, SystemSettings]>;
  const plan = { connected: systems.map(([name]) => name), routes: settings.routes };
  await putPlan(db, plan);
  if (systems.length === 0) return { connected: [], enqueue: enqueueNothing, stop: async () => undefined };

  const jobs = await openJobs(db, {
    systems: new Map(systems.map(([name, system]) => [name, { expireInS: expiryOf(name, system) }])),
    supervise: true,
    superviseEveryS: settings.sweepEveryS,
    onError,
  });
  const workers: Worker[] = [];
  for (const [name, system] of systems) {
    await ensureHealth(db, name, clock());
    const deadlineMs = deadlineOf(name, system);
    const http = createUpstreamHttp(system.url, { timeoutMs: system.timeoutMs, fileBytesPerS: system.fileBytesPerS, connections: system.concurrency });
    const secrets = { secret: system.secret, signingKey: province.signingKey };
    workers.push(
      startWorker({
        name,
        db,
        jobs,
        connect: (signal) => adapters[name](http(signal), secrets),
        terms: { ...usualTerms, ...system.breaker, probeMs: Math.ceil(deadlineMs * 1.5) },
        concurrency: system.concurrency,
        deadlineMs,
        pollMs: settings.pollMs,
        sweepEveryMs: Math.min(settings.sweepEveryS * 1000, 5_000),
        findScan: options.findScan,
        clock,
        random: Math.random,
        onStatus: options.onStatus,
        alarm: options.alarm,
        onError,
      }),
    );
  }
  return {
    connected: plan.connected,
    enqueue: createEnqueue(jobs, plan, clock),
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await jobs.stop();
    },
  };
}
