/**
 * iGate, the province's one-stop register: every dossier, as one JSON document.
 *
 * POST {url}/api/v1/dossiers · `authorization: Bearer <secret>` · `idempotency-key: <dossierId>`
 * 201 taken; 200 the same key again: the same answer. 422 refused. Other statuses: try again.
 */
import { z } from 'zod';

export const igateDossierSchema = z.object({
  dossierCode: z.string(),
  procedureCode: z.string(),
  procedureName: z.string(),
  agencyCode: z.string(),
  acceptedAt: z.iso.datetime(),
  dueAt: z.iso.datetime().nullable(),
  channel: z.enum(['counter', 'post', 'online']),
  applicant: z.object({ name: z.string(), idNumber: z.string().optional(), taxCode: z.string().optional(), phone: z.string().optional() }),
  papers: z.array(z.object({ name: z.string(), originals: z.int(), copies: z.int(), owed: z.boolean() })),
  feesVnd: z.int().nonnegative(),
});
export type IgateDossier = z.infer<typeof igateDossierSchema>;

export const igateAnswerSchema = z.object({ code: z.string().min(1).max(100), state: z.literal('received') });
