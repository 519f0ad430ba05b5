/** Delivers what waits for one system: its own queue, its own limits, its own breaker; nothing here waits for another system. */
import { performance } from 'node:perf_hooks';
import { dossierSchema } from '../../shared/dossiers/dossier.ts';
import type { Clock } from '../../shared/lib/time.ts';
import { admit, afterAnswer, afterFailure, probeUnused, type Admission, type BreakerTerms, type Health } from '../../shared/upstreams/health.ts';
import { settle, type Outcome, type Settlement } from '../../shared/upstreams/settle.ts';
import { needsScans, type UpstreamName } from '../../shared/upstreams/upstream.ts';
import type { Database } from '../db/database.ts';
import { lockComplete, markQueued, openDelivery, putSettlement, type OpenDelivery } from './delivery-store.ts';
import { changeHealth, readHealth } from './health-store.ts';
import { TransportFailure, WrongAnswer } from './http.ts';
import type { Job, Jobs } from './job-store.ts';
import type { KeptScan } from '../scans/scan-files.ts';
import type { Delivery, ScanFile, Upstream } from './upstream.ts';

export type Worker = { stop(): Promise<void> };

export type WorkerOptions = {
  name: UpstreamName;
  db: Database;
  jobs: Jobs;
  /** The system, with every request ended by the signal. */
  connect(signal: AbortSignal): Upstream;
  terms: BreakerTerms;
  concurrency: number;
  deadlineMs: number;
  pollMs: number;
  sweepEveryMs: number;
  /** Undefined when it is not there; throws while that cannot be known. */
  findScan(sha256: string): Promise<KeptScan | undefined>;
  clock: Clock;
  random(): number;
  onStatus(name: UpstreamName, health: Health): void;
  /** Something a person has to look into. */
  alarm(what: string, facts: Record<string, unknown>): void;
  onError(error: unknown): void;
};

/** How one try ended: by the system's own answer, by the system's failure, or by something on our side. */
type Tried = { outcome: Outcome; by: 'system' | 'us' | 'stop' };

const RELEASE_AT_ONCE = 100;

export function startWorker(options: WorkerOptions): Worker {
  const { name, db, jobs, terms, concurrency, deadlineMs, clock, random } = options;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pass: Promise<void> | undefined;
  let isWoken = false;
  let sweptAtMs = -Infinity;

  /** A claim of the one probe is stored before anything is fetched. */
  async function admission(): Promise<Admission> {
    const seen = admit(await readHealth(db, name), clock(), terms).admission;
    if (seen !== 'probe') return seen;
    let claimed: Admission = 'none';
    await changeHealth(db, name, (health) => {
      const { admission: now, next } = admit(health, clock(), terms);
      claimed = now;
      return next;
    });
    return claimed;
  }

  async function releaseComplete(): Promise<void> {
    if (!needsScans(name) || performance.now() - sweptAtMs < options.sweepEveryMs) return;
    sweptAtMs = performance.now();
    await db.transaction().execute(async (trx) => {
      for (const dossierId of await lockComplete(trx, name, RELEASE_AT_ONCE)) {
        await markQueued(trx, dossierId, name, await jobs.send(trx, name, dossierId, { inMs: 0, tries: 0 }), clock());
      }
    });
  }

  async function lookOnce(): Promise<void> {
    await releaseComplete();
    const free = concurrency - running.size;
    if (free <= 0) return;
    const admitted = await admission();
    if (admitted === 'none') return;
    const isProbe = admitted === 'probe';
    const fetched = await jobs.fetch(name, isProbe ? 1 : free, isProbe);
    if (isProbe && fetched.length === 0) await changeHealth(db, name, (health) => probeUnused(health, clock()));
    for (const job of fetched) {
      const run = carry(job, isProbe)
        .catch(options.onError)
        .finally(() => {
          running.delete(run);
          wake();
        });
      running.add(run);
    }
  }

  async function carry(job: Job, isProbe: boolean): Promise<void> {
    const open = await openDelivery(db, job.dossierId, name);
    if (open === undefined) {
      // Nothing is left to do for this job, e.g. after a restore from a backup.
      await db.transaction().execute((trx) => jobs.complete(trx, name, job.id));
      return;
    }
    const startedAtMs = performance.now();
    const { outcome, by } = await attempt(open);
    // The health first: if the row cannot be written either, the job is tried again and nothing was forgotten.
    if (by === 'system') await noteHealth(outcome, Math.round(performance.now() - startedAtMs));
    else if (isProbe) await changeHealth(db, name, (health) => probeUnused(health, clock()));

    const settlement: Settlement =
      by === 'stop'
        ? { state: open.state, tries: open.tries, againInMs: 0, reason: 'stopping' }
        : settle(outcome, { tries: open.tries, isProbe, isAccepted: open.state === 'accepted' }, random);
    await db.transaction().execute(async (trx) => {
      // Whoever took over a job that expired settles it; then nothing of ours is written.
      if (!(await jobs.complete(trx, name, job.id))) return;
      const jobId = await nextJob();
      await putSettlement(trx, job.dossierId, name, settlement, jobId, clock());

      async function nextJob(): Promise<string | null> {
        switch (settlement.state) {
          case 'delivered':
            return null;
          case 'refused':
          case 'failed':
            return jobs.sendDead(trx, name, job.dossierId);
          case 'accepted':
          case 'queued':
            return jobs.send(trx, name, job.dossierId, { inMs: settlement.againInMs, tries: settlement.tries });
        }
      }
    });
    if (settlement.state === 'failed') options.alarm('a dossier was given up for a specialised system', { upstream: name, dossierId: job.dossierId });
  }

  async function noteHealth(outcome: Outcome, tookMs: number): Promise<void> {
    const { before, after } = await changeHealth(db, name, (health) =>
      outcome.kind === 'retry' ? afterFailure(health, clock(), outcome.afterMs, terms, random) : afterAnswer(health, clock(), tookMs, terms),
    );
    if (before.status !== after.status) options.onStatus(name, after);
  }

  async function attempt({ body, scans, state, code }: OpenDelivery): Promise<Tried> {
    const dossier = dossierSchema.safeParse(body);
    if (!dossier.success) return { outcome: { kind: 'refused', reason: 'unreadable' }, by: 'us' };
    const files = needsScans(name) ? await scanFiles(dossier.data, scans) : [];
    if (files === undefined) {
      options.alarm('a verified scan is not as it was stored', { upstream: name, code });
      return { outcome: { kind: 'retry', reason: 'scan-missing' }, by: 'us' };
    }
    const ending = new AbortController();
    const end = (): void => ending.abort();
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
      end();
    }, deadlineMs);
    stopping.signal.addEventListener('abort', end);
    try {
      return { outcome: await options.connect(ending.signal).deliver({ dossier: dossier.data, scans: files, isAccepted: state === 'accepted' }), by: 'system' };
    } catch (error) {
      if (stopping.signal.aborted) return { outcome: { kind: 'retry', reason: 'stopping' }, by: 'stop' };
      if (error instanceof TransportFailure) return { outcome: { kind: 'retry', reason: isLate ? 'timeout' : error.reason }, by: 'system' };
      if (error instanceof WrongAnswer) return { outcome: { kind: 'retry', reason: 'wrong-answer' }, by: 'system' };
      options.onError(error);
      return { outcome: { kind: 'retry', reason: 'internal' }, by: 'us' };
    } finally {
      clearTimeout(deadline);
      stopping.signal.removeEventListener('abort', end);
    }
  }

  /** Undefined when one is not there as it was verified. */
  async function scanFiles(dossier: Delivery['dossier'], scans: OpenDelivery['scans']): Promise<ScanFile[] | undefined> {
    const papers = new Map(dossier.papers.flatMap((paper) => paper.pages.map(({ sha256 }) => [sha256, paper.name] as const)));
    const files: ScanFile[] = [];
    for (const scan of scans) {
      const kept = await options.findScan(scan.sha256);
      if (kept === undefined) return undefined;
      files.push({ ...scan, ...kept, paper: papers.get(scan.sha256) ?? '' });
    }
    return files;
  }

  function wake(): void {
    if (stopping.signal.aborted) return;
    isWoken = true;
    pass ??= look().finally(() => {
      pass = undefined;
      if (isWoken) wake();
    });
  }

  async function look(): Promise<void> {
    clearTimeout(timer);
    isWoken = false;
    // A database that is away is met again at the next look; what was begun stays in its queue.
    await lookOnce().catch(options.onError);
    if (!stopping.signal.aborted) timer = setTimeout(wake, options.pollMs);
  }

  wake();
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await pass;
      await Promise.all(running);
    },
  };
}
