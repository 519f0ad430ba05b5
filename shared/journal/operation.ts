/** The operations a journal entry may carry; the journal is write-ahead log, outbox, audit log and reconciliation at once. */
import { z } from 'zod';
import { dossierSchema, plainDateSchema, type Dossier } from '../dossiers/dossier.ts';
import { placeSchema } from '../queue/event.ts';
import { ratingSchema } from '../lobby/rating.ts';
import { ticketSchema } from '../queue/ticket.ts';
import { sha256Schema } from '../scanning/scan.ts';

export const numberLeaseSchema = z.object({
  leaseId: z.string().min(1).max(64),
  /** Order numbers within a day, inclusive; the same numbers serve every day of the lease because the code carries the date. */
  from: z.int().min(1),
  to: z.int().min(1),
  validFrom: plainDateSchema,
  validTo: plainDateSchema,
  epoch: z.int().nonnegative(),
});
export type NumberLease = z.infer<typeof numberLeaseSchema>;

/** Dossiers in one hand-over. */
export const MAX_HANDED_OVER = 1000;

/** Where a code's order number came from, so that counters go on from the journal alone. */
const numberSchema = z.object({ leaseId: z.string().min(1).max(64), order: z.int().min(1) });

/** Where the event stands in the office's queue log, so that none is journalled twice after a start; absent in entries of older versions. */
const queueAt = placeSchema.optional();
const ticketRef = z.object({ ticketId: z.uuid(), number: z.string(), counter: z.string().max(60), atMs: z.int(), queueAt });

export const operationSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('device.enrolled'), deviceId: z.string(), instance: z.int().min(1), officeId: z.string() }),
  z.object({ type: z.literal('numbers.leased'), lease: numberLeaseSchema }),
  /**
   * Someone else may be giving out this journal's numbers: from here on only the emergency series of `series`, a label drawn
   * at random because instance and leases are in the copy too.
   */
  z.object({ type: z.literal('device.quarantined'), reason: z.string().max(40), series: z.string().min(1).max(20) }),
  z.object({ type: z.literal('ticket.issued'), ticket: ticketSchema, queueAt }),
  z.object({ type: z.literal('ticket.called'), ...ticketRef.shape }),
  z.object({ type: z.literal('ticket.recalled'), ...ticketRef.shape }),
  z.object({ type: z.literal('ticket.finished'), ...ticketRef.shape }),
  z.object({ type: z.literal('ticket.no-show'), ...ticketRef.shape }),
  z.object({
    type: z.literal('dossier.accepted'),
    dossier: dossierSchema,
    number: numberSchema,
  }),
  /** The whole dossier as it is from now on, after the province refused what was said of it before; `number` when it got another code. */
  z.object({ type: z.literal('dossier.corrected'), dossier: dossierSchema, correctedAtMs: z.int().nonnegative(), number: numberSchema.optional() }),
  /** The post office has handed the papers of these over to the agency it works for (QĐ 45/2016/QĐ-TTg). */
  z.object({ type: z.literal('dossiers.handed-over'), handOverId: z.uuid(), dossierIds: z.array(z.uuid()).min(1).max(MAX_HANDED_OVER) }),
  /** A citizen's opinion, nobody's: neither ticket nor dossier stands in it. */
  z.object({ type: z.literal('service.rated'), rating: ratingSchema }),
  z.object({ type: z.literal('catalogue.installed'), version: z.string(), procedures: z.int() }),
  /** Entries after this one are sealed with the data key of this id. */
  z.object({ type: z.literal('keys.rotated'), keyId: z.string().max(20) }),
  /** The statement of a date was written as the journal stood at `head`; `statement` is the digest of its text. */
  z.object({ type: z.literal('day.closed'), date: plainDateSchema, head: z.object({ seq: z.int().min(1), hash: sha256Schema }), statement: sha256Schema }),
]);
export type Operation = z.infer<typeof operationSchema>;

/** The dossier an entry says whole: one taken in, or one corrected. */
export const dossierOf = ({ operation }: { operation: Operation }): Dossier | undefined =>
  operation.type === 'dossier.accepted' || operation.type === 'dossier.corrected' ? operation.dossier : undefined;

/** One entry as the screens and the province see it; `hash` chains it to the one before. */
export const journalEntrySchema = z.object({
  seq: z.int().min(1),
  /** UUIDv7 of the operation, the idempotency key. */
  operationId: z.uuid(),
  atMs: z.int().nonnegative(),
  monotonicMs: z.number().nonnegative(),
  operatorId: z.string().max(100),
  /** Hex SHA-256 of the previous entry as stored (64 zeros for the first). */
  previousHash: z.string().regex(/^[0-9a-f]{64}$/u),
  hash: z.string().regex(/^[0-9a-f]{64}$/u),
  operation: operationSchema,
});
export type JournalEntry = z.infer<typeof journalEntrySchema>;

export type JournalHead = { journalId: string; seq: number; hash: string };

/**
 * An entry as today's screens expect it: fields a newer version added have their defaults. The journal gives entries as they
 * were written, because only those bytes have the entry's hash; only such may go to the province.
 */
export const inTodaysForm = (entry: JournalEntry): JournalEntry => ({ ...entry, operation: operationSchema.parse(entry.operation) });
