/**
 * The business registry (hộ kinh doanh): takes a submission at once and decides later; its result is asked for.
 *
 * POST {url}/enterprise/submissions · `x-client-secret: <secret>` → 202 {submissionId, state: 'processing', checkAfterS};
 *      the same submissionId again → 200 with its state.
 * GET  {url}/enterprise/submissions/<dossierId> → 200 with its state; 404 never submitted.
 */
import { z } from 'zod';

export const submissionSchema = z.object({
  submissionId: z.uuid(),
  dossierCode: z.string(),
  procedureCode: z.string(),
  owner: z.object({ name: z.string(), idNumber: z.string().optional(), address: z.string().optional(), phone: z.string().optional() }),
  details: z.record(z.string(), z.json()),
});
export type Submission = z.infer<typeof submissionSchema>;

export const submissionAnswerSchema = z.discriminatedUnion('state', [
  z.object({ submissionId: z.uuid(), state: z.literal('processing'), checkAfterS: z.number().positive().max(86_400) }),
  z.object({ submissionId: z.uuid(), state: z.literal('registered'), registrationNumber: z.string().min(1).max(100) }),
  z.object({ submissionId: z.uuid(), state: z.literal('rejected'), reason: z.string().min(1).max(200), field: z.string().max(300).optional() }),
]);
