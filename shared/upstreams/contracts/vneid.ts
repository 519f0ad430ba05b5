/**
 * VNeID: whether the applicant is who the dossier says (định danh). No scans, no form: four facts.
 *
 * POST {url}/identity/v1/verifications · `x-timestamp: <ms>` · `x-signature: <hex HMAC-SHA256(secret, timestamp + "." + body)>`
 * 200 {verificationId, result}; the same requestId again: the same answer. 401: wrong signature or a timestamp more than 5 min off.
 */
import { z } from 'zod';

export const verificationRequestSchema = z.object({
  requestId: z.uuid(),
  idNumber: z.string().regex(/^\d{12}$/u),
  fullName: z.string(),
  dateOfBirth: z.iso.date().optional(),
});
export type VerificationRequest = z.infer<typeof verificationRequestSchema>;

export const verificationAnswerSchema = z.object({
  verificationId: z.string().min(1).max(100),
  result: z.enum(['match', 'mismatch', 'unknown-number']),
  /** Which of the facts differ. */
  differing: z.array(z.enum(['fullName', 'dateOfBirth'])).default([]),
});

/** The text that is signed. */
export const signedText = (timestampMs: number, body: string): string => `${timestampMs}.${body}`;
