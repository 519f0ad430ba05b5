/** What the reconciliation remembers over a restart, sealed. Losing it costs reading the journal and asking the province again. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { outcomeSchema } from '../../shared/reconciliation/compare.ts';
import { dayBookSchema, emptyDayBook } from '../../shared/reconciliation/day-book.ts';
import { isMissing, writeDurably } from '../files.ts';
import type { Vault } from '../keys/vault.ts';
import type { Log } from '../log.ts';

const CONTEXT = 'reconciliation/book';

/** The province's last word on a day. */
const answerSchema = z.object({
  headSeq: z.int(),
  atMs: z.int(),
  /** How far the province had acknowledged the journal when it was asked. */
  acknowledgedSeq: z.int(),
  outcome: outcomeSchema.nullable(),
  refused: z.string().nullable(),
});
export type DayAnswer = z.infer<typeof answerSchema>;

const memorySchema = z.object({
  journalId: z.string(),
  book: dayBookSchema,
  /** Dates before this may have lost entries that left the journal before they were booked; null when none can have. */
  wholeFrom: z.iso.date().nullable(),
  answers: z.record(z.string(), answerSchema),
});
export type ReconciliationMemory = z.infer<typeof memorySchema>;

export type BookFile = { load(journalId: string): Promise<ReconciliationMemory>; save(memory: ReconciliationMemory): Promise<void> };

export const openBookFile = (path: string, vault: Vault, log: Log): BookFile => ({
  async load(journalId) {
    const empty: ReconciliationMemory = { journalId, book: emptyDayBook(), wholeFrom: null, answers: {} };
    try {
      const memory = memorySchema.parse(JSON.parse(vault.open(await readFile(path), CONTEXT).toString('utf8')));
      // A device that enrolled anew has a new journal, whose days are its own.
      return memory.journalId === journalId ? memory : empty;
    } catch (error) {
      if (!isMissing(error)) log.warn('reconciliation memory unreadable, the journal is read again');
      return empty;
    }
  },
  save: (memory) => writeDurably(path, vault.seal(Buffer.from(JSON.stringify(memory)), CONTEXT)),
});
