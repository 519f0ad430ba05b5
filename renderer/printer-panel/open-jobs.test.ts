import { describe, expect, it } from 'vitest';
import type { PrintJob } from '../../shared/printing/paper.ts';
import { openJobs } from './open-jobs.ts';

const job = (jobId: string, state: PrintJob['state'], createdAtMs: number): PrintJob => ({
  jobId,
  kind: 'receipt',
  title: jobId,
  printerId: 'p',
  state,
  reprint: 0,
  createdAtMs,
});

describe('openJobs', () => {
  it('asks first, then shows what waits in order, and leaves out what is done', () => {
    const jobs = [
      job('queued-2', 'queued', 5),
      job('done', 'printed', 1),
      job('queued-1', 'queued', 4),
      job('asked', 'unknown', 9),
      job('gone', 'cancelled', 2),
      job('failed', 'failed', 3),
    ];
    expect(openJobs(jobs).map(({ jobId }) => jobId)).toEqual(['asked', 'failed', 'queued-1', 'queued-2']);
  });
});
