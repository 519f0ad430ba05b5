/** What a citizen declares in the lobby beforehand; the officer begins the intake with it, and may change all of it. */
import { z } from 'zod';
import { draftSchema } from '../dossiers/draft.ts';

const { procedureCode, catalogueVersion, caseId, applicantKind, applicant, formData } = draftSchema.shape;

export const declarationSchema = z.strictObject({
  procedureCode: procedureCode.unwrap(),
  catalogueVersion: catalogueVersion.unwrap(),
  caseId,
  applicantKind,
  applicant,
  formData,
});
export type Declaration = z.infer<typeof declarationSchema>;
