/**
 * The durable print spool: what was submitted is printed once, or someone is asked.
 *
 *   queued → printing → printed
 *      ↑        ├→ queued     nothing was sent (printer off, no paper …): tried again
 *      │        └→ unknown    something may have come out: the officer is asked
 *      └── print again ──┘    (as a reprint)
 *   queued → failed           the paper could not be drawn
 *   queued, unknown, failed → cancelled
 *
 * `printing` is on disk before the first byte leaves, so a job found in it at start is `unknown`.
 */
import { randomUUID } from 'node:crypto';
import { fail, ok, unreachable, type Failure, type Result } from '../../shared/lib/result.ts';
import { DAY_MS, type Clock } from '../../shared/lib/time.ts';
import {
  subjectOf,
  titleOf,
  type Paper,
  type PrinterProblem,
  type PrinterState,
  type PrintingState,
  type PrintJob,
  type PrintMedium,
} from '../../shared/printing/paper.ts';
import type { SheetSize } from '../../shared/printing/medium.ts';
import type { Log } from '../log.ts';
import { openJobFiles, type Sealer, type StoredJob } from './job-files.ts';
import type { Printer, PrinterStatus, PrintHooks, PrintOutcome } from './printer.ts';

type AboutPrinter = {
  id: string;
  name: string;
  isVirtual: boolean;
  /** Papers for the one never go to a printer of the other. */
  medium: PrintMedium;
  /** Its cash drawer opens with a fee receipt. */ hasDrawer?: boolean;
};
/** A paper made ready for one printer: prints it, as often as it is called. */
type ReadyPrint = (hooks: PrintHooks, opensDrawer: boolean) => Promise<PrintOutcome>;
export type SpoolPrinter = AboutPrinter & {
  status(): Promise<PrinterStatus>;
  /** Rejects when the paper cannot be drawn. */
  prepare(paper: Paper, job: PrintJob): Promise<ReadyPrint>;
};

/** A printer and what draws for it; what the drawing is, dots or a document, stays between the two. */
export const spoolPrinter = <Content>(
  about: AboutPrinter,
  printer: Printer<Content>,
  draw: (paper: Paper, job: PrintJob) => Promise<Content>,
): SpoolPrinter => ({
  ...about,
  status: () => printer.status(),
  async prepare(paper, job) {
    const content = await draw(paper, job);
    return (hooks, opensDrawer) => printer.print(content, hooks, opensDrawer);
  },
});

export type ResolveAnswer = 'printed' | 'print-again' | 'cancel';
export type ResolveFailure = Failure<'job-unknown' | 'job-settled'>;

/** With a `size` the paper goes on a sheet; without a `printerId` to the first printer of its medium. */
export type SubmitOptions = {
  jobId?: string;
  /** `if-out`: when the same paper has come out of a printer of this medium, may have, or is about to. */
  isReprint?: boolean | 'if-out';
  printerId?: string;
  size?: SheetSize;
};

export type Spool = {
  /**
   * Resolves when the job is on disk. A `jobId` that is known already changes nothing, so a caller that does not
   * know whether its last attempt succeeded simply asks again. Rejects with the file system's error.
   */
  submit(paper: Paper, options?: SubmitOptions): Promise<{ jobId: string }>;
  state(): PrintingState;
  /** The officer's word on a job that waits for it; `cancel` also takes back a job still in the queue. */
  resolve(jobId: string, answer: ResolveAnswer): Promise<Result<null, ResolveFailure>>;
  /** Waits for the job under way for up to five seconds; one that takes longer is asked about at the next start. */
  stop(): Promise<void>;
};

export type SpoolOptions = {
  dir: string;
  /** Jobs of a printer that is gone from the settings move to the first of their medium. */
  printers: readonly SpoolPrinter[];
  sealer: Sealer;
  clock: Clock;
  onChange(state: PrintingState): void;
  log: Log;
  /** Pauses between tries while a printer is not ready; the last repeats. */
  retryDelaysMs?: readonly number[];
  /** How often an idle printer is asked how it is. */
  statusEveryMs?: number;
};

const FINISHED_KEPT_MS = 30 * DAY_MS;
const FINISHED_KEPT = 2000;
const FINISHED_SHOWN = 50;
const DRAW_TRIES = 3;

export async function createSpool(options: SpoolOptions): Promise<Spool> {
  const { printers, clock, log, retryDelaysMs = [1000, 2000, 3000, 5000], statusEveryMs = 20_000 } = options;
  const files = await openJobFiles(options.dir, options.sealer);
  const jobs = new Map<string, StoredJob>();
  const submitting = new Map<string, Promise<{ jobId: string }>>();
  const statuses = new Map<string, PrinterState['status']>(printers.map(({ id }) => [id, 'ready']));
  const wakers = new Map<string, () => void>();
  let order = 0;
  let isStopping = false;

  const state = (): PrintingState => {
    const all = [...jobs.values()].map(({ job }) => job);
    const shown = new Set(all.filter(isFinished).slice(-FINISHED_SHOWN));
    return {
      printers: printers.map(({ id, name, medium, isVirtual }) => ({
        printerId: id,
        name,
        medium,
        virtual: isVirtual,
        status: statuses.get(id) ?? 'ready',
        waiting: all.filter((job) => job.printerId === id && (job.state === 'queued' || job.state === 'printing')).length,
      })),
      jobs: all.filter((job) => !isFinished(job) || shown.has(job)),
    };
  };
  const changed = (): void => options.onChange(state());

  /** On disk first, then in sight. */
  const put = async (stored: StoredJob): Promise<void> => {
    await files.save(stored);
    jobs.set(stored.job.jobId, stored);
    changed();
  };
  const move = (jobId: string, change: Partial<PrintJob>): Promise<void> => {
    const stored = jobs.get(jobId)!;
    const job: PrintJob = { ...stored.job, reason: undefined, ...change };
    if (isFinished(job)) job.finishedAtMs = clock();
    // A finished job needs no citizen's data any more.
    return put({ ...stored, job, paper: isFinished(job) ? undefined : stored.paper });
  };

  const prune = async (): Promise<void> => {
    const finished = [...jobs.values()].filter(({ job }) => isFinished(job));
    const tooMany = finished.length - FINISHED_KEPT;
    const old = finished.filter(({ job }, index) => index < tooMany || clock() - (job.finishedAtMs ?? job.createdAtMs) > FINISHED_KEPT_MS);
    for (const { job } of old) {
      await files.remove(job.jobId);
      jobs.delete(job.jobId);
    }
  };

  const setStatus = (printerId: string, status: PrinterState['status']): void => {
    if (statuses.get(printerId) === status) return;
    statuses.set(printerId, status);
    log.info(`printer ${printerId}: ${status}`);
    changed();
  };

  const pause = (printerId: string, delayMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(wake, delayMs);
      function wake(): void {
        clearTimeout(timer);
        wakers.delete(printerId);
        resolve();
      }
      wakers.set(printerId, wake);
    });
  const wake = (printerId: string): void => wakers.get(printerId)?.();

  const nextFor = (printerId: string): StoredJob | undefined => [...jobs.values()].find(({ job }) => job.printerId === printerId && job.state === 'queued');

  /** One job on a printer. False: the printer is not ready, wait before the next try. */
  const run = async (target: SpoolPrinter, stored: StoredJob, drawings: Map<string, ReadyPrint>): Promise<boolean> => {
    const { jobId } = stored.job;
    const drawing = `${jobId}/${stored.job.reprint}`;
    let print = drawings.get(drawing);
    if (print === undefined) {
      print = await drawn(stored, target);
      if (print === undefined) {
        if (jobs.get(jobId)?.job.state === 'queued') await move(jobId, { state: 'failed', reason: 'drawing-failed' });
        return true;
      }
      drawings.clear();
      drawings.set(drawing, print);
    }
    const willSend = async (): Promise<void> => {
      if (isStopping || jobs.get(jobId)?.job.state !== 'queued') throw new JobWithdrawn();
      await move(jobId, { state: 'printing' });
    };
    const opensDrawer = target.hasDrawer === true && stored.job.kind === 'fee-receipt' && stored.job.reprint === 0;
    const outcome = await print({ willSend }, opensDrawer).catch((error: unknown): PrintOutcome | null => {
      if (error instanceof JobWithdrawn) return null;
      if (jobs.get(jobId)?.job.state !== 'printing') throw error;
      // It broke after the first byte may have left.
      log.error(`printer ${target.id}: ${error instanceof Error ? error.message : 'unknown error'}`);
      return { kind: 'unknown', problem: 'interrupted' };
    });
    if (outcome === null) return true;
    switch (outcome.kind) {
      case 'printed':
        setStatus(target.id, outcome.isPaperNearEnd ? 'paper-near-end' : 'ready');
        await move(jobId, { state: 'printed' });
        return true;
      case 'not-sent':
        setStatus(target.id, outcome.problem);
        await backInLine(jobId, outcome.problem);
        return false;
      case 'unknown':
        log.warn(`print job ${jobId}: ${outcome.problem} while sending, the officer is asked`);
        setStatus(target.id, outcome.problem === 'interrupted' ? 'unreachable' : outcome.problem);
        await move(jobId, { state: 'unknown', reason: outcome.problem });
        return true;
      default:
        return unreachable(outcome);
    }
  };

  /** Nothing of it was sent; a queue that did not take it may have said so only after `willSend`. */
  const backInLine = async (jobId: string, problem: PrinterProblem): Promise<void> => {
    const job = jobs.get(jobId)?.job;
    if (job?.state === 'printing' || (job?.state === 'queued' && job.reason !== problem)) await move(jobId, { state: 'queued', reason: problem });
  };

  const drawn = async (stored: StoredJob, target: SpoolPrinter): Promise<ReadyPrint | undefined> => {
    for (let attempt = 1; attempt <= DRAW_TRIES && stored.paper !== undefined; attempt += 1) {
      try {
        return await target.prepare(stored.paper, stored.job);
      } catch (error) {
        log.error(`print job ${stored.job.jobId}: drawing failed, try ${attempt}: ${error instanceof Error ? error.name : 'unknown error'}`);
      }
    }
    return undefined;
  };

  const serve = async (target: SpoolPrinter): Promise<void> => {
    const drawings = new Map<string, ReadyPrint>();
    let failures = 0;
    while (!isStopping) {
      const stored = nextFor(target.id);
      let isReady = true;
      try {
        if (stored === undefined) setStatus(target.id, shownStatus(await target.status()));
        else isReady = await run(target, stored, drawings);
      } catch (error) {
        // The disk refused the record, or a bug: the job stays as it was on disk, and others go on.
        log.error(`printer ${target.id}: ${error instanceof Error ? error.message : 'unknown error'}`);
        isReady = false;
      }
      failures = isReady ? 0 : failures + 1;
      if (isStopping) return;
      if (!isReady) await pause(target.id, retryDelaysMs[Math.min(failures, retryDelaysMs.length) - 1] ?? 1000);
      else if (nextFor(target.id) === undefined) await pause(target.id, statusEveryMs);
    }
  };

  const firstFor = (size: SheetSize | undefined): string | undefined => printers.find(({ medium }) => medium === (size === undefined ? 'roll' : 'sheet'))?.id;
  /** Where a job that waits can be printed; its own printer may have gone. */
  const homeOf = ({ printerId, size }: PrintJob): string => (printers.some(({ id }) => id === printerId) ? printerId : (firstFor(size) ?? printerId));

  const submit = async (
    paper: Paper,
    jobId: string,
    { size, isReprint = false, printerId = firstFor(size) ?? '' }: SubmitOptions,
  ): Promise<{ jobId: string }> => {
    if (!printers.some(({ id }) => id === printerId)) throw new Error(`no printer "${printerId}" to submit to`);
    const subjectId = subjectOf(paper);
    const earlier = [...jobs.values()].filter((stored) => stored.subjectId === subjectId && stored.job.kind === paper.kind);
    const mayBeOut = ({ job }: StoredJob): boolean => job.state !== 'cancelled' && job.state !== 'failed' && (job.size === undefined) === (size === undefined);
    const isCopy = isReprint === 'if-out' ? earlier.some(mayBeOut) : isReprint;
    const reprint = isCopy ? Math.max(0, ...earlier.map(({ job }) => job.reprint)) + 1 : 0;
    order += 1;
    await put({
      version: 1,
      subjectId,
      order,
      paper,
      job: { jobId, kind: paper.kind, title: titleOf(paper), printerId, size, state: 'queued', reprint, createdAtMs: clock() },
    });
    wake(printerId);
    return { jobId };
  };

  const { jobs: stored, damaged } = await files.load();
  for (const jobId of damaged) log.error(`print job ${jobId}: its file is damaged and was set aside`);
  for (const each of stored) {
    jobs.set(each.job.jobId, each);
    order = Math.max(order, each.order);
  }
  for (const { job } of stored) {
    if (job.state === 'printing') await move(job.jobId, { state: 'unknown', reason: 'interrupted' });
    if (job.state === 'queued' && homeOf(job) !== job.printerId) await move(job.jobId, { printerId: homeOf(job) });
  }
  await prune();
  const loops = printers.map((target) => serve(target));
  const pruning = setInterval(() => void prune().catch((error: Error) => log.warn(`spool not pruned: ${error.name}`)), 60 * 60 * 1000);
  pruning.unref();

  return {
    state,
    submit(paper, { jobId = randomUUID(), ...wanted } = {}) {
      if (jobs.has(jobId)) return Promise.resolve({ jobId });
      const underWay = submitting.get(jobId);
      if (underWay !== undefined) return underWay;
      const submitted = submit(paper, jobId, wanted).finally(() => submitting.delete(jobId));
      submitting.set(jobId, submitted);
      return submitted;
    },
    async resolve(jobId, answer) {
      const job = jobs.get(jobId)?.job;
      if (job === undefined) return fail('job-unknown');
      const isAsked = job.state === 'unknown' || job.state === 'failed';
      if (!isAsked && !(job.state === 'queued' && answer === 'cancel')) return fail('job-settled');
      switch (answer) {
        case 'printed':
          await move(jobId, { state: 'printed' });
          break;
        case 'cancel':
          await move(jobId, { state: 'cancelled' });
          break;
        case 'print-again':
          // After `unknown` a first copy may be in somebody's hand; after `failed` there is none.
          await move(jobId, { state: 'queued', printerId: homeOf(job), reprint: job.state === 'unknown' ? job.reprint + 1 : job.reprint });
          wake(homeOf(job));
          break;
        default:
          unreachable(answer);
      }
      return ok(null);
    },
    async stop() {
      isStopping = true;
      clearInterval(pruning);
      for (const wakeUp of [...wakers.values()]) wakeUp();
      await Promise.race([Promise.all(loops), new Promise((resolve) => setTimeout(resolve, 5000).unref())]);
    },
  };
}

/** Thrown through a printer's `willSend` when the job was cancelled, or the app closes, before its first byte. */
class JobWithdrawn extends Error {}

const isFinished = (job: PrintJob): boolean => job.state === 'printed' || job.state === 'cancelled';

const shownStatus = (status: PrinterStatus): PrinterState['status'] =>
  status.kind === 'problem' ? status.problem : status.isPaperNearEnd ? 'paper-near-end' : 'ready';
