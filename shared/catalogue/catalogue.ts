/** The model of published procedures (thủ tục hành chính): cases, papers, time limits, fees, agencies; no free-text escapes. */
import { z } from 'zod';
import { plainDateSchema } from '../dossiers/dossier.ts';

const id = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,79}$/u);
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/u);
const words = z.string().trim().min(1).max(500);

/** When a rule applies. Every condition given must hold; an empty list inside one never holds. */
export const conditionSchema = z.object({
  cases: z.array(id).optional(),
  applicantKinds: z.array(z.enum(['individual', 'organisation'])).optional(),
  channels: z.array(z.enum(['counter', 'post', 'online'])).optional(),
  areaClasses: z.array(id).optional(),
  objects: z.array(id).optional(),
  /** Facts the officer ticks, ids from the procedure's `facts` (e.g. `by-representative`, `survey-wanted`). */
  facts: z.array(id).optional(),
  /** Holds only while none of these facts is ticked ("trừ trường hợp …"). */
  unlessFacts: z.array(id).min(1).optional(),
});
export type Condition = z.infer<typeof conditionSchema>;

export const durationSchema = z.object({
  amount: z.number().nonnegative().max(1000),
  unit: z.enum(['working-hours', 'working-days', 'days', 'months']),
});
export type Duration = z.infer<typeof durationSchema>;

export const timeLimitSchema = z.object({
  when: conditionSchema.default({}),
  /** What the citizen is promised. `{amount: 0, unit: 'working-days'}` is "within the working day". Null: set by an approved project. */
  limit: durationSchema.nullable(),
  /** Upper bound when the published limit is a range ("05 - 10 ngày"); the promise uses it. */
  upTo: durationSchema.optional(),
  /** "Received after 15:00 → result next working day"; `HH:mm`. */
  cutoff: clockTime.optional(),
  /** Longest allowed extension and its ground ("không quá 03 ngày nếu có lý do chính đáng"). */
  extension: z.object({ limit: durationSchema, ground: words }).optional(),
  /** Periods that do not count (e.g. 30 days of public notice). */
  excludes: z.array(z.object({ id, name: words, duration: durationSchema })).default([]),
  /** Days added in a class of areas (remote, island …). */
  extraByArea: z.array(z.object({ areaClass: id, extra: durationSchema })).default([]),
  /** Areas where more time is allowed but the published list does not say how much: the promise stays, the screen says so. */
  mayBeLongerIn: z.array(id).optional(),
});
export type TimeLimit = z.infer<typeof timeLimitSchema>;

export const paperRequirementSchema = z.object({
  id,
  name: words,
  /** Empty: always asked for. */
  when: conditionSchema.default({}),
  /** `if-any`: handed in when the applicant has it ("nếu có"). */
  need: z.enum(['required', 'if-any']),
  originals: z.int().min(0).max(99).default(0),
  certifiedCopies: z.int().min(0).max(99).default(0),
  photocopies: z.int().min(0).max(99).default(0),
  /** The kinds that count when the list leaves the choice or names none; absent: exactly the kinds counted above. */
  acceptedAs: z
    .array(z.enum(['original', 'certified-copy', 'photocopy']))
    .min(1)
    .optional(),
  /** Requirements of one group stand in for each other: any one is enough. */
  oneOfGroup: id.optional(),
  /** A missing required paper either blocks acceptance or is recorded as owed (nợ). */
  ifMissing: z.enum(['block', 'owe']).default('block'),
  /** Number of the printed form (e.g. "Mẫu số 18"). */
  formNumber: z.string().max(60).optional(),
  /** True where the e-form stands in for this paper. */
  filledByEForm: z.boolean().default(false),
});
export type PaperRequirement = z.infer<typeof paperRequirementSchema>;

export const feeRuleSchema = z.object({
  id,
  kind: z.enum(['phi', 'le-phi']),
  name: words,
  when: conditionSchema.default({}),
  price: z.discriminatedUnion('type', [
    /** `approximate`: published as "~60.000đ"; the officer may correct it. */
    z.object({ type: z.literal('fixed'), amountVnd: z.int().nonnegative(), approximate: z.boolean().optional() }),
    /** Lệ phí published as a range; the officer enters the amount within it. */
    z.object({ type: z.literal('range'), minVnd: z.int().nonnegative(), maxVnd: z.int().nonnegative() }),
    /** `free` units cost nothing (e.g. certificate of the first parcel); `counted` names the unit ("Giấy chứng nhận"), absent: copies. */
    z.object({ type: z.literal('per-copy'), amountVnd: z.int().nonnegative(), free: z.int().nonnegative().default(0), counted: words.optional() }),
    /** Per page in steps, each up to `upToPage` (null: all further pages), times copies, capped per copy. */
    z.object({
      type: z.literal('per-page'),
      steps: z.array(z.object({ upToPage: z.int().positive().nullable(), amountVnd: z.int().nonnegative() })).min(1),
      maxPerCopyVnd: z.int().nonnegative().optional(),
    }),
  ]),
  exemptions: z.array(z.object({ id, name: words, percentOff: z.number().min(0).max(100) })).default([]),
});
export type FeeRule = z.infer<typeof feeRuleSchema>;

export const namedOptionSchema = z.object({ id, name: words, hint: z.string().max(500).optional() });

export const agencyRoleSchema = z.object({ role: z.enum(['receives', 'decides', 'performs', 'cooperates']), name: words, when: conditionSchema.default({}) });

export const procedureSchema = z.object({
  code: z.string().regex(/^\d\.\d{6}$/u),
  name: words,
  field: id,
  level: z.enum(['province', 'commune', 'both']),
  /** Everyday words people use for it ("sổ đỏ", "giấy khai sinh"), for search. */
  alsoKnownAs: z.array(words).default([]),
  cases: z.array(namedOptionSchema).default([]),
  /** What the fee depends on (land / assets / both …). */
  objects: z.array(namedOptionSchema).default([]),
  facts: z.array(namedOptionSchema).default([]),
  timeLimits: z.array(timeLimitSchema).min(1),
  papers: z.array(paperRequirementSchema),
  fees: z.array(feeRuleSchema),
  /** False where the published list says nothing of fees: the screen must not claim that it is free. */
  feesStated: z.boolean().optional(),
  agencies: z.array(agencyRoleSchema).min(1),
  /** Id of an e-form in the catalogue; absent: the generic request form. */
  formId: id.optional(),
  result: z.string().max(500).optional(),
  legalBasis: z.array(z.string().max(500)).default([]),
  /** Which of the two kinds of online service (một phần / toàn trình) it is published as. */
  onlineLevel: z.enum(['none', 'partial', 'full']).default('partial'),
  /** `recalled` data must be confirmed by the province before use. */
  trust: z.enum(['published', 'recalled']).default('published'),
});
export type Procedure = z.infer<typeof procedureSchema>;

/** Public holidays and swaps are data with a version, never code (Bộ luật Lao động art. 112). */
export const calendarSchema = z.object({
  version: z.string().min(1).max(60),
  /** Dates that are off although weekdays. */
  holidays: z.array(z.object({ date: plainDateSchema, id, name: words })),
  /** Saturdays or Sundays that are worked in exchange for a day off. */
  workedWeekends: z.array(z.object({ date: plainDateSchema, name: words })).default([]),
  /** Sessions of a working day at the counter, in order and apart (`HH:mm`). */
  workingHours: z
    .array(z.object({ from: clockTime, to: clockTime }))
    .min(1)
    .refine((sessions) => sessions.every(({ from, to }, at) => from < to && (sessions[at - 1]?.to ?? '') <= from), 'sessions out of order'),
  /** Years the table is complete for; a due date beyond them is computed but flagged. */
  yearsCovered: z.array(z.int()),
});
export type Calendar = z.infer<typeof calendarSchema>;

/** A JSON Schema (2020-12 subset) with Vietnamese labels; `autofill` maps a dotted form path (`mother.fullName`) to what is already known. */
export const eFormSchema = z.object({
  id,
  name: words,
  schema: z.record(z.string(), z.json()),
  uiSchema: z.record(z.string(), z.json()).default({}),
  /** Where the form itself says what fees are counted by, so that the officer is not asked twice; `list`: one row per paper. */
  feeCounts: z.object({ list: z.string().optional(), copies: z.string(), pages: z.string().optional() }).optional(),
  autofill: z
    .record(
      z.string(),
      z.enum([
        'applicant.fullName',
        'applicant.idNumber',
        'applicant.dateOfBirth',
        'applicant.sex',
        'applicant.residence',
        'applicant.phone',
        'applicant.email',
        'applicant.idIssuedOn',
        'submitter.fullName',
        'submitter.idNumber',
        'submitter.phone',
      ]),
    )
    .default({}),
});
export type EForm = z.infer<typeof eFormSchema>;

export const catalogueSchema = z.object({
  version: z.string().min(1).max(100),
  publishedBy: words,
  fields: z.array(namedOptionSchema),
  areaClasses: z.array(namedOptionSchema),
  procedures: z.array(procedureSchema).max(20_000),
  forms: z.array(eFormSchema),
  calendar: calendarSchema,
});
export type Catalogue = z.infer<typeof catalogueSchema>;
