/** A thermal printer behind a queue of the operating system (CUPS, Windows): the same bytes, handed over raw. */
import { setTimeout as wait } from 'node:timers/promises';
import { jobPieces, type JobFormat } from './escpos-job.ts';
import type { Printer } from './printer.ts';
import type { SystemQueue } from './system-queue.ts';

export type QueuePrinterOptions = { queue: SystemQueue; format: JobFormat; lookEveryMs?: number; giveUpMs?: number };

/**
 * A queue that took a job would print it some day, also after we print it again. So a job that is still in the queue when we give
 * up is taken back first, and what became of it is asked of the officer.
 */
export function createQueuePrinter({ queue, format, lookEveryMs = 500, giveUpMs = 60_000 }: QueuePrinterOptions): Printer {
  return {
    async status() {
      const state = await queue.state();
      return state === 'ready' ? { kind: 'ready', isPaperNearEnd: false } : { kind: 'problem', problem: state };
    },
    async print(raster, hooks, opensDrawer) {
      const state = await queue.state();
      if (state !== 'ready') return { kind: 'not-sent', problem: state };
      const bytes = Buffer.concat(await jobPieces(raster, format, opensDrawer));
      await hooks.willSend();
      const job = await queue.sendRaw(bytes);
      if (job === null) return { kind: 'not-sent', problem: 'offline' };
      for (const deadline = Date.now() + giveUpMs; Date.now() < deadline; await wait(lookEveryMs)) {
        if (!(await queue.isWaiting(job))) {
          hooks.onProgress?.(bytes.byteLength, bytes.byteLength);
          return { kind: 'printed', isPaperNearEnd: false };
        }
        if ((await queue.state()) !== 'ready') break;
      }
      await queue.takeBack(job);
      return { kind: 'unknown', problem: 'interrupted' };
    },
  };
}
