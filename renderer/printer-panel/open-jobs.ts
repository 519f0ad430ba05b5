import type { PrintJob, PrintJobState } from '../../shared/printing/paper.ts';

const rank: Record<PrintJobState, number | null> = { unknown: 0, failed: 1, printing: 2, queued: 3, printed: null, cancelled: null };

/** Jobs not finished, first those that ask something of the officer, then by age. */
export const openJobs = (jobs: readonly PrintJob[]): PrintJob[] =>
  jobs.filter((job) => rank[job.state] !== null).sort((a, b) => (rank[a.state] ?? 0) - (rank[b.state] ?? 0) || a.createdAtMs - b.createdAtMs);
