/** What the province gives back for a take-away file: its answers, signed, for the counter to take in without a line. */
import { z } from 'zod';
import { journalAnswerSchema, statusAnswerSchema } from '../sync/protocol.ts';

/** `typ` of the compact JWS (RFC 7515, ES256, the province's key) that is the receipt file. */
export const RECEIPT_TYPE = 'qmc-takeaway-receipt+jws';
export const MAX_RECEIPT_BYTES = 64 * 1024 * 1024;

export const receiptSchema = z.object({
  version: z.literal(1),
  exportId: z.uuid(),
  deviceId: z.uuid(),
  journalId: z.uuid(),
  atMs: z.int().nonnegative(),
  journal: journalAnswerSchema,
  status: statusAnswerSchema,
  /** Scans in the file that the province did not take: digest → reason. */
  refusedScans: z.record(z.string(), z.string()),
});
export type TakeawayReceipt = z.infer<typeof receiptSchema>;
