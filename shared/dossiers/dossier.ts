/** The dossier (hồ sơ) as it is taken in: who, which procedure, which papers, which fees, due when. */
import { z } from 'zod';
import { paperPageSchema } from '../scanning/scan.ts';
import type { Branded } from '../lib/brand.ts';

export type DossierId = Branded<string, 'DossierId'>;
export const dossierIdSchema = z.uuid().transform((id) => id as DossierId);

const name = z.string().trim().min(1).max(200);
const optionalText = (max: number) => z.string().trim().max(max).optional();
export const plainDateSchema = z.iso.date();

export const sexes = ['male', 'female'] as const;

export const personSchema = z.object({
  kind: z.literal('person'),
  fullName: name,
  /** Số định danh cá nhân / CCCD, 12 digits. */
  idNumber: z
    .string()
    .regex(/^\d{12}$/u)
    .optional(),
  oldIdNumber: optionalText(12),
  dateOfBirth: plainDateSchema.optional(),
  sex: z.enum(sexes).optional(),
  residence: optionalText(500),
  idIssuedOn: plainDateSchema.optional(),
  phone: optionalText(20),
  email: optionalText(200),
});
export type Person = z.infer<typeof personSchema>;

export const organisationSchema = z.object({
  kind: z.literal('organisation'),
  fullName: name,
  /** Mã số thuế / mã số doanh nghiệp: 10 digits, or 13 with a branch suffix. */
  taxCode: z
    .string()
    .regex(/^\d{10}(-?\d{3})?$/u)
    .optional(),
  residence: optionalText(500),
  phone: optionalText(20),
  email: optionalText(200),
});

export const applicantSchema = z.discriminatedUnion('kind', [personSchema, organisationSchema]);
export type Applicant = z.infer<typeof applicantSchema>;

/** The person at the counter when it is not the applicant (representative, or authorised under giấy uỷ quyền). */
export const submitterSchema = personSchema.extend({ relation: z.enum(['representative', 'authorised', 'relative']) });

export const paperSchema = z.object({
  /** Id of the requirement in the catalogue, or `extra-…` for a paper the officer added. */
  requirementId: z.string().min(1).max(100),
  name: z.string().min(1).max(500),
  required: z.boolean(),
  originals: z.int().min(0).max(999),
  certifiedCopies: z.int().min(0).max(999),
  photocopies: z.int().min(0).max(999),
  /** `owed` (nợ): accepted without it, to be handed in later; `absent`: optional and not handed in. */
  state: z.enum(['received', 'owed', 'absent']),
  pages: z.array(paperPageSchema).max(500),
});
export type Paper = z.infer<typeof paperSchema>;

export const feeLineSchema = z.object({
  feeId: z.string().max(100),
  /** Phí and lệ phí are separate in law (Luật Phí và lệ phí 2015) and on paper. */
  kind: z.enum(['phi', 'le-phi']),
  name: z.string().max(500),
  quantity: z.int().min(0).max(100_000),
  amountVnd: z.int().min(0).max(1_000_000_000_000),
  /** Set when an exemption made the amount what it is. */
  exemption: z.string().max(300).optional(),
});
export type FeeLine = z.infer<typeof feeLineSchema>;

export const channels = ['counter', 'post', 'online'] as const;
export type Channel = (typeof channels)[number];

const durationUnit = z.enum(['working-hours', 'working-days', 'days', 'months']);

/** How a due date was found, printed on the receipt: enough to recompute it by hand. */
export const dueRuleSchema = z.object({
  /** The time limit in law, e.g. `{amount: 5, unit: 'working-days'}`. */
  limit: z.object({ amount: z.number().nonnegative(), unit: durationUnit }),
  /** Already in the due date; in the unit of the limit unless `extraUnit` says otherwise. */
  extraDaysByArea: z.number().nonnegative(),
  extraUnit: durationUnit.optional(),
  /** Periods that did not count (e.g. 30 days of public notice), passed before the limit began to run. */
  excluded: z.array(z.object({ name: z.string(), amount: z.number().nonnegative(), unit: durationUnit })).optional(),
  /** Set when the dossier came after the cut-off hour (usually 15:00) and the count starts the next working day. */
  cutoff: z.string().optional(),
  /** Non-working weekdays passed over, each with its holiday's id. */
  skippedHolidays: z.array(z.object({ date: plainDateSchema, holiday: z.string() })),
  /** Saturdays and Sundays that counted because they were worked in exchange for a day off. */
  workedWeekends: z.array(plainDateSchema).optional(),
  calendarVersion: z.string(),
});
export type DueRule = z.infer<typeof dueRuleSchema>;

/** JSON values of an e-form (tờ khai điện tử). */
export const formDataSchema = z.record(z.string().max(200), z.json());

/** What the officer fills in, before acceptance. */
export const intakeSchema = z.object({
  procedureCode: z.string().min(1).max(40),
  procedureName: z.string().min(1).max(500),
  catalogueVersion: z.string().min(1).max(100),
  caseId: z.string().max(100).optional(),
  areaClass: z.string().max(100).optional(),
  /** What the officer ticked, ids from the procedure's `facts`. */
  facts: z.array(z.string().max(80)).default([]),
  channel: z.enum(channels),
  applicant: applicantSchema,
  submitter: submitterSchema.optional(),
  formData: formDataSchema,
  papers: z.array(paperSchema).max(200),
  feeInputs: z.object({
    objectId: z.string().max(100).optional(),
    copies: z.int().min(0).max(10_000),
    pages: z.int().min(0).max(100_000),
    exemptionId: z.string().max(100).optional(),
    /** Amounts the officer entered for fees published as a range, by fee id. */
    enteredVnd: z.record(z.string().max(80), z.int().min(0).max(1_000_000_000_000)).default({}),
  }),
  sets: z.int().min(1).max(99),
  resultDelivery: z.enum(['counter', 'post', 'electronic']),
  note: z.string().max(2000).optional(),
  ticketId: z.uuid().optional(),
});
export type Intake = z.infer<typeof intakeSchema>;

/** The dossier from acceptance on. `code` is its public name; `dossierId` its technical one. */
export const dossierSchema = intakeSchema.extend({
  dossierId: dossierIdSchema,
  code: z.string().min(1).max(64),
  /** Codes on papers given out before, the oldest first: another dossier had them, and a correction gave this one its own. */
  formerCodes: z.array(z.string().min(1).max(64)).max(20).optional(),
  acceptedAtMs: z.int().nonnegative(),
  /** Null when the law sets no date that can be computed (e.g. time set by an approved project). */
  dueAtMs: z.int().nonnegative().nullable(),
  dueRule: dueRuleSchema.nullable(),
  fees: z.array(feeLineSchema).max(100),
  officeId: z.string().min(1).max(60),
  agencyCode: z.string().min(1).max(60),
  operatorId: z.string().min(1).max(100),
  operatorName: z.string().min(1).max(200),
  /** True when the province could not be reached at the moment of acceptance. */
  acceptedOffline: z.boolean(),
});
export type Dossier = z.infer<typeof dossierSchema>;

/** Where a dossier stands on its way to the province. */
export type DeliveryState = 'saved' | 'sent' | 'confirmed' | 'needs-fix';
