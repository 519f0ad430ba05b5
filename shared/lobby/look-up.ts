/** What a citizen is told of a dossier in the lobby: how far it is, and nothing that names a person. */
import { z } from 'zod';

/** Digits of the ID number (or tax code) of who is named in the dossier, asked beside its code. */
export const SECOND_FACTOR_DIGITS = 4;

export const lookUpRequestSchema = z.strictObject({
  code: z.string().trim().min(4).max(64),
  lastDigits: z.string().regex(/^\d{4}$/u),
});
export type LookUpRequest = z.infer<typeof lookUpRequestSchema>;

/** `being-checked`: a specialised system would not take it as it is; the office looks into it and asks the citizen if it must. */
export const dossierStages = ['received', 'passed-on', 'being-checked'] as const;

export const dossierStatusSchema = z.object({
  code: z.string(),
  procedureName: z.string(),
  acceptedAtMs: z.int(),
  /** Null when the law sets no date that can be computed. */
  dueAtMs: z.int().nullable(),
  stage: z.enum(dossierStages),
});
export type DossierStatus = z.infer<typeof dossierStatusSchema>;

/** `isOfOffice`: the province could not be asked; it is what the office's own devices know, and may have gone further. */
export type LookedUp = DossierStatus & { isOfOffice: boolean };

/** `not-found`: no such dossier of this office, or other digits; nobody is told which. `too-many`: guessed at too often for a day. */
export type LookUpFailureKind = 'not-found' | 'too-many' | 'busy' | 'offline';
