/** An intake in progress: everything optional, kept at every field the officer finished. */
import { z } from 'zod';
import { whences } from '../eform/autofill.ts';
import { formDataSchema, intakeSchema, paperSchema } from './dossier.ts';

/** Loose on purpose: a draft holds what was typed, right or wrong; acceptance is where it is judged. */
const looseParty = z.record(z.string().max(60), z.union([z.string().max(1000), z.undefined()]));

export const draftSchema = z.object({
  draftId: z.uuid(),
  updatedAtMs: z.int().nonnegative(),
  startedAtMs: z.int().nonnegative(),
  procedureCode: z.string().max(40).optional(),
  catalogueVersion: z.string().max(100).optional(),
  caseId: z.string().max(100).optional(),
  areaClass: z.string().max(100).optional(),
  facts: intakeSchema.shape.facts,
  channel: intakeSchema.shape.channel.default('counter'),
  applicantKind: z.enum(['person', 'organisation']).default('person'),
  applicant: looseParty.default({}),
  submitter: looseParty.optional(),
  formData: formDataSchema.default({}),
  papers: z.array(paperSchema.extend({ state: paperSchema.shape.state.or(z.literal('missing')) })).default([]),
  feeInputs: intakeSchema.shape.feeInputs.default({ copies: 1, pages: 1, enteredVnd: {} }),
  sets: z.int().min(1).max(99).default(1),
  resultDelivery: intakeSchema.shape.resultDelivery.default('counter'),
  note: z.string().max(2000).optional(),
  ticketId: z.uuid().optional(),
  ticketNumber: z.string().max(20).optional(),
  /** Fields as autofill left them (`applicant.phone`, `formData.mother.fullName`) and where their values came from. */
  whence: z.record(z.string().max(200), z.enum(whences)).default({}),
});
export type Draft = z.infer<typeof draftSchema>;
