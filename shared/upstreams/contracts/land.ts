/**
 * The land system (đất đai): a filing in three steps, with the scans as files. HTTP Basic (`province:<secret>`).
 *
 * PUT  {url}/cadastre/filings/<dossierId>                        the filing; 200 {filingNumber, state, missing}: digests still to come
 * PUT  {url}/cadastre/filings/<dossierId>/attachments/<sha256>   the bytes of one scan; 204, 409 when they have another digest
 * POST {url}/cadastre/filings/<dossierId>/submit                 200 {filingNumber, state: 'submitted'}; 409 {missing} when not all came
 * Each may be repeated: the same filing number, nothing twice. 422 refused.
 */
import { z } from 'zod';
import { sha256Schema } from '../../scanning/scan.ts';

export const landFilingSchema = z.object({
  dossierCode: z.string(),
  procedureCode: z.string(),
  agencyCode: z.string(),
  caseId: z.string().optional(),
  applicant: z.object({ kind: z.enum(['person', 'organisation']), name: z.string(), number: z.string().optional(), address: z.string().optional() }),
  form: z.record(z.string(), z.json()),
  attachments: z.array(z.object({ sha256: sha256Schema, bytes: z.int().positive(), mediaType: z.string(), paper: z.string() })),
});
export type LandFiling = z.infer<typeof landFilingSchema>;

export const landFilingAnswerSchema = z.object({
  filingNumber: z.string().min(1).max(100),
  state: z.enum(['open', 'submitted']),
  missing: z.array(sha256Schema),
});
