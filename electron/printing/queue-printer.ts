/** Printers behind a queue of the operating system (CUPS, Windows): a thermal one gets its bytes raw, one for documents a PDF. */
import { setTimeout as wait } from 'node:timers/promises';
import type { SheetSize } from '../../shared/printing/medium.ts';
import { jobPieces, type JobFormat, type RollContent } from './escpos-job.ts';
import type { Printer } from './printer.ts';
import type { Handed, SystemQueue } from './system-queue.ts';

/** A paper on A4 or A5. */
export type Sheet = { pdf: Uint8Array; size: SheetSize };

type Waiting = { lookEveryMs?: number; giveUpMs?: number };

export const createQueuePrinter = ({ queue, format, ...waiting }: Waiting & { queue: SystemQueue; format: JobFormat }): Printer<RollContent> =>
  behind<RollContent>(queue, { lookEveryMs: 500, giveUpMs: 60_000, ...waiting }, async (content, opensDrawer) => {
    const bytes = Buffer.concat(await jobPieces(content, format, opensDrawer));
    return { bytes: bytes.byteLength, hand: () => queue.sendRaw(bytes) };
  });

/** It may be shared by the whole office, so others' papers come first for a while. */
export const createDocumentPrinter = ({ queue, ...waiting }: Waiting & { queue: SystemQueue }): Printer<Sheet> =>
  behind<Sheet>(queue, { lookEveryMs: 2000, giveUpMs: 10 * 60_000, ...waiting }, ({ pdf, size }) =>
    Promise.resolve({ bytes: pdf.byteLength, hand: () => queue.sendPdf(pdf, size) }),
  );

/**
 * A queue that took a job would print it some day, also after we print it again. So a job that is still in the queue when we give
 * up is taken back first, and what became of it is asked of the officer.
 */
function behind<Content>(
  queue: SystemQueue,
  { lookEveryMs, giveUpMs }: Required<Waiting>,
  made: (content: Content, opensDrawer: boolean | undefined) => Promise<{ bytes: number; hand(): Promise<Handed> }>,
): Printer<Content> {
  return {
    async status() {
      const state = await queue.state();
      return state === 'ready' ? { kind: 'ready', isPaperNearEnd: false } : { kind: 'problem', problem: state };
    },
    async print(content, hooks, opensDrawer) {
      const state = await queue.state();
      if (state !== 'ready') return { kind: 'not-sent', problem: state };
      const { bytes, hand } = await made(content, opensDrawer);
      await hooks.willSend();
      const handed = await hand();
      if (handed === 'refused') return { kind: 'not-sent', problem: 'offline' };
      if (handed === 'unsure') return { kind: 'unknown', problem: 'interrupted' };
      for (const deadline = Date.now() + giveUpMs; Date.now() < deadline; await wait(lookEveryMs)) {
        if (!(await queue.isWaiting(handed.job))) {
          hooks.onProgress?.(bytes, bytes);
          return { kind: 'printed', isPaperNearEnd: false };
        }
        if ((await queue.state()) !== 'ready') break;
      }
      await queue.takeBack(handed.job);
      return { kind: 'unknown', problem: 'interrupted' };
    },
  };
}
