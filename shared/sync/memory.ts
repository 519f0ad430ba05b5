/** What a device remembers of what the province holds. Losing it costs only repetition: everything is offered again. */
import { z } from 'zod';
import { scansOf } from '../dossiers/scans-of.ts';
import { dossierOf, type JournalEntry } from '../journal/operation.ts';
import { headReceiptSchema, type EntryAnswer, type JournalAnswer, type StatusAnswer } from './protocol.ts';

const rejectionSchema = z.object({
  operationId: z.string(),
  seq: z.int(),
  dossierId: z.string().optional(),
  code: z.string().optional(),
  reason: z.string(),
  field: z.string().optional(),
  /** How often it was offered again, and when it is next (device time, ms); without a time only when the officer says so. */
  tries: z.int().nonnegative().default(0),
  nextTryAtMs: z.int().optional(),
});
export type Rejection = z.infer<typeof rejectionSchema>;

/**
 * Why this journal ends here and another must begin:
 * - `forked`: the province holds other entries in its place; this device or its journal was copied.
 * - `set-back`: the province holds entries this journal no longer has; the device was restored from an image.
 * - `unknown`: the province does not know the device; it was set back to a time before the enrolment.
 * - `gap`: entries the province lacks can no longer be read here.
 */
export const quarantineReasonSchema = z.enum(['forked', 'set-back', 'unknown', 'gap']);
export type QuarantineReason = z.infer<typeof quarantineReasonSchema>;

export const syncMemorySchema = z.object({
  /** The province's life this memory is of; 0 before the first answer. */
  epoch: z.int().nonnegative().default(0),
  /** Every entry up to here has been answered for good. */
  acknowledgedSeq: z.int().nonnegative(),
  /** Dossiers the province has, with the scans it must verify before they count as delivered; those without scans are delivered already. */
  unconfirmed: z.record(z.string(), z.array(z.string())),
  /** Entries refused for good, kept until mended. */
  rejected: z.array(rejectionSchema),
  /** Scans the province refused or the device lacks: digest → reason. */
  scanProblems: z.record(z.string(), z.string()).default({}),
  /** Dossiers of the entries after `after` up to `through` have to be asked about anew: the province was set back. */
  recheck: z.object({ after: z.int().nonnegative(), through: z.int().nonnegative() }).optional(),
  quarantine: z.object({ reason: quarantineReasonSchema, sinceMs: z.int() }).optional(),
  /** The province takes nothing from an app this old; offered again after an update. */
  needsNewerApp: z.boolean().default(false),
  /** What the province signed last about this journal: it cannot deny it after a restore. */
  receipt: headReceiptSchema.optional(),
});
export type SyncMemory = z.infer<typeof syncMemorySchema>;

export const emptyMemory: SyncMemory = { epoch: 0, acknowledgedSeq: 0, unconfirmed: {}, rejected: [], scanProblems: {}, needsNewerApp: false };

/** Offered again by itself: nothing in the entry has to be mended for the province to take it one day. */
const TRANSIENT = new Set(['wrong-hash', 'not-storable', 'unknown-operation']);
const FIRST_REOFFER_MS = 15_000;
const LONGEST_REOFFER_MS = 3_600_000;

/** What has to be known of a dossier to take in the answer to the entry that says it. */
export type SaidDossier = { dossierId: string; code: string; papers: ReadonlyArray<{ pages: ReadonlyArray<{ sha256: string }> }> };
/** The dossier an entry says whole. */
export type DossierIn = (entry: JournalEntry) => SaidDossier | undefined;

/** Takes in the answers to a batch, in order, up to the first entry without an answer. */
export function acknowledge(
  memory: SyncMemory,
  entries: readonly JournalEntry[],
  answer: JournalAnswer,
  nowMs: number,
  dossierIn: DossierIn = dossierOf,
): SyncMemory {
  const answers = new Map(answer.results.map((result) => [result.operationId, result]));
  let next: SyncMemory = { ...memory, unconfirmed: { ...memory.unconfirmed }, needsNewerApp: false };
  for (const entry of entries) {
    const result = answers.get(entry.operationId);
    if (result === undefined) break;
    // Nothing was stored and nothing refused: a newer app offers it again.
    if (result.status === 'needs-newer-app') return { ...next, needsNewerApp: true };
    if (result.reason === 'journal-forked') return quarantined(next, 'forked', nowMs);
    next = { ...settled(next, entry, result, nowMs, dossierIn), acknowledgedSeq: Math.max(next.acknowledgedSeq, entry.seq) };
  }
  return next;
}

/** One answer to one entry, wherever in the journal it stands. `memory.unconfirmed` is the caller's own copy. */
function settled(memory: SyncMemory, entry: JournalEntry, result: EntryAnswer, nowMs: number, dossierIn: DossierIn): SyncMemory {
  const dossier = dossierIn(entry);
  // Whatever became of it, a correction says the whole dossier: what was refused before it is not offered again.
  const isOvertaken = (one: Rejection): boolean => dossier !== undefined && one.dossierId === dossier.dossierId && one.seq < entry.seq;
  const others = memory.rejected.filter((one) => one.operationId !== entry.operationId && !isOvertaken(one));
  if (result.status === 'applied' || result.status === 'duplicate') {
    if (dossier !== undefined) {
      const scans = scansOf(dossier);
      // Applied with its idempotency record: one without scans has nothing left to be verified.
      if (scans.length > 0) memory.unconfirmed[dossier.dossierId] = scans;
      else delete memory.unconfirmed[dossier.dossierId];
    }
    return others.length === memory.rejected.length ? memory : { ...memory, rejected: others };
  }
  // Taken once, lost by a province that was set back, and refused now: its place is with the parked.
  if (dossier !== undefined) delete memory.unconfirmed[dossier.dossierId];
  const before = memory.rejected.find((one) => one.operationId === entry.operationId);
  const reason = result.reason ?? result.status;
  const tries = before === undefined ? 0 : before.tries + 1;
  const rejection: Rejection = {
    operationId: entry.operationId,
    seq: entry.seq,
    dossierId: dossier?.dossierId,
    code: dossier?.code,
    reason,
    field: result.field,
    tries,
    ...(TRANSIENT.has(reason) ? { nextTryAtMs: nowMs + Math.min(LONGEST_REOFFER_MS, FIRST_REOFFER_MS * 2 ** Math.min(tries, 10)) } : {}),
  };
  return { ...memory, rejected: [...others, rejection] };
}

/** What is parked and due to be offered again. A clock that was set back does not put it off for ever. */
export const dueAgain = (memory: SyncMemory, nowMs: number): Rejection[] =>
  memory.rejected.filter(({ nextTryAtMs }) => nextTryAtMs !== undefined && (nextTryAtMs <= nowMs || nextTryAtMs > nowMs + LONGEST_REOFFER_MS));

/** The officer wants all that is parked offered again at the next contact, whatever the reason was. */
export const offerAgain = (memory: SyncMemory): SyncMemory =>
  memory.rejected.length === 0 ? memory : { ...memory, rejected: memory.rejected.map((one) => ({ ...one, nextTryAtMs: 0 })) };

export function confirm(memory: SyncMemory, answer: StatusAnswer): SyncMemory {
  const confirmed = answer.dossiers.filter((dossier) => dossier.confirmed && dossier.dossierId in memory.unconfirmed);
  if (confirmed.length === 0) return memory;
  const unconfirmed = { ...memory.unconfirmed };
  for (const { dossierId } of confirmed) delete unconfirmed[dossierId];
  return { ...memory, unconfirmed };
}

/**
 * What a province that was set back says about dossiers it once had answered for. One it does not have at all although
 * its entry is behind the head had been refused when the backup was made, and taken later: it is parked, due at once.
 */
export function recheckedWith(memory: SyncMemory, entries: readonly JournalEntry[], { dossiers }: StatusAnswer): SyncMemory {
  const held = new Map(dossiers.map((dossier) => [dossier.dossierId, dossier.confirmed]));
  const parked = new Set(memory.rejected.map(({ operationId }) => operationId));
  const unconfirmed = { ...memory.unconfirmed };
  const rejected = [...memory.rejected];
  for (const { operationId, seq, ...entry } of entries) {
    const dossier = dossierOf(entry);
    if (dossier === undefined) continue;
    const { dossierId, code } = dossier;
    const isConfirmed = held.get(dossierId);
    if (isConfirmed === true) delete unconfirmed[dossierId];
    else if (isConfirmed === false) unconfirmed[dossierId] = scansOf(dossier);
    else {
      delete unconfirmed[dossierId];
      if (!parked.has(operationId)) rejected.push({ operationId, seq, dossierId, code, reason: 'forgotten', tries: 0, nextTryAtMs: 0 });
    }
  }
  return { ...memory, unconfirmed, rejected };
}

export const quarantined = (memory: SyncMemory, reason: QuarantineReason, nowMs: number): SyncMemory =>
  memory.quarantine === undefined ? { ...memory, quarantine: { reason, sinceMs: nowMs } } : memory;

/**
 * What an answer's epoch and head say about this journal, whose newest entry is `ownHeadSeq`.
 * Another epoch: the province lives on from a backup, so all it ever confirmed is asked about again. Behind what it
 * acknowledged: the rest is offered again. Ahead of everything that was ever written here: this journal was set back.
 */
export function alignWith(
  memory: SyncMemory,
  { epoch, head, receipt }: Pick<JournalAnswer, 'epoch' | 'head' | 'receipt'>,
  ownHeadSeq: number,
  nowMs: number,
): SyncMemory {
  let next = memory;
  if (epoch !== memory.epoch) {
    const through = Math.min(memory.acknowledgedSeq, head.seq);
    next = { ...next, epoch, ...(memory.epoch === 0 || through === 0 ? {} : { recheck: { after: 0, through } }) };
  }
  if (head.seq < next.acknowledgedSeq) next = { ...next, acknowledgedSeq: head.seq };
  if (head.seq > ownHeadSeq) next = quarantined(next, 'set-back', nowMs);
  if (receipt !== undefined && receipt.signature !== next.receipt?.signature) next = { ...next, receipt };
  return next;
}

/** Of what the province has confirmed meanwhile nothing is a problem any more. */
export function withScanProblems(memory: SyncMemory, problems: Record<string, string>): SyncMemory {
  const open = new Set(Object.values(memory.unconfirmed).flat());
  const scanProblems = Object.fromEntries(Object.entries(problems).filter(([sha256]) => open.has(sha256)));
  return JSON.stringify(scanProblems) === JSON.stringify(memory.scanProblems) ? memory : { ...memory, scanProblems };
}

/** No entry after this seq is known to be confirmed. */
export const surelyHeldSeq = ({ acknowledgedSeq, recheck }: SyncMemory): number => Math.min(acknowledgedSeq, recheck?.after ?? acknowledgedSeq);

/** Why the province will not have a dossier of which entry `seq` is the last word; a correction that waits has overtaken what was refused. */
export const refusalOf = ({ rejected }: SyncMemory, { dossierId, seq }: { dossierId: string; seq: number }): Rejection | undefined =>
  rejected.find((one) => one.dossierId === dossierId && one.seq >= seq);

/** How a dossier, accepted or corrected last by entry `seq`, stands with the province, as far as this device knows. */
export function standingOf(memory: SyncMemory, { dossierId, seq }: { dossierId: string; seq: number }): 'saved' | 'sent' | 'confirmed' | 'needs-fix' {
  if (refusalOf(memory, { dossierId, seq }) !== undefined) return 'needs-fix';
  if (seq > memory.acknowledgedSeq) return 'saved';
  return dossierId in memory.unconfirmed || seq > surelyHeldSeq(memory) ? 'sent' : 'confirmed';
}
