/** What a device remembers of what the province holds. Losing it costs only repetition: everything is offered again. */
import { z } from 'zod';
import { scansOf } from '../dossiers/scans-of.ts';
import type { JournalEntry } from '../journal/operation.ts';
import type { EntryAnswer, JournalAnswer, StatusAnswer } from './protocol.ts';

export const syncMemorySchema = z.object({
  /** Every entry up to here has been answered for good. */
  acknowledgedSeq: z.int().nonnegative(),
  /** Dossiers the province has, with the scans it must verify before they count as delivered. */
  unconfirmed: z.record(z.string(), z.array(z.string())),
  /** Entries refused for good, kept until mended. */
  rejected: z.array(
    z.object({
      operationId: z.string(),
      seq: z.int(),
      dossierId: z.string().optional(),
      code: z.string().optional(),
      reason: z.string(),
      field: z.string().optional(),
    }),
  ),
  /** Scans the province refused or the device lacks: digest → reason. */
  scanProblems: z.record(z.string(), z.string()).default({}),
});
export type SyncMemory = z.infer<typeof syncMemorySchema>;

export const emptyMemory: SyncMemory = { acknowledgedSeq: 0, unconfirmed: {}, rejected: [], scanProblems: {} };

/** Takes in the answers to a batch, in order, up to the first entry without an answer. */
export function acknowledge(memory: SyncMemory, entries: readonly JournalEntry[], answer: JournalAnswer): SyncMemory {
  const answers = new Map(answer.results.map((result) => [result.operationId, result]));
  const unconfirmed = { ...memory.unconfirmed };
  let rejected = memory.rejected;
  let acknowledgedSeq = memory.acknowledgedSeq;
  for (const entry of entries) {
    const result = answers.get(entry.operationId);
    // Nothing was stored and nothing refused: a newer app offers it again.
    if (result === undefined || result.status === 'needs-newer-app') break;
    acknowledgedSeq = entry.seq;
    const dossier = entry.operation.type === 'dossier.accepted' ? entry.operation.dossier : undefined;
    if (isHeld(result)) {
      rejected = rejected.filter((one) => one.operationId !== entry.operationId);
      if (dossier !== undefined) unconfirmed[dossier.dossierId] = scansOf(dossier);
    } else {
      const refusal = {
        operationId: entry.operationId,
        seq: entry.seq,
        dossierId: dossier?.dossierId,
        code: dossier?.code,
        reason: result.reason ?? result.status,
        field: result.field,
      };
      rejected = [...rejected.filter((one) => one.operationId !== entry.operationId), refusal];
    }
  }
  return { ...memory, acknowledgedSeq, unconfirmed, rejected };
}

const isHeld = ({ status }: EntryAnswer): boolean => status === 'applied' || status === 'duplicate';

export function confirm(memory: SyncMemory, answer: StatusAnswer): SyncMemory {
  const confirmed = answer.dossiers.filter((dossier) => dossier.confirmed && dossier.dossierId in memory.unconfirmed);
  if (confirmed.length === 0) return memory;
  const unconfirmed = { ...memory.unconfirmed };
  for (const { dossierId } of confirmed) delete unconfirmed[dossierId];
  return { ...memory, unconfirmed };
}

/** When the province's head is behind what it once acknowledged, everything after its head is offered again. */
export const forgetBehind = (memory: SyncMemory, { head }: StatusAnswer): SyncMemory =>
  head.seq < memory.acknowledgedSeq ? { ...memory, acknowledgedSeq: head.seq } : memory;
