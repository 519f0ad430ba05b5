/** Judges a draft: either the intake it stands for, or every problem that keeps it from being one, each at its field. */
import type { Catalogue, EForm, PaperRequirement, Procedure } from '../catalogue/catalogue.ts';
import { missingPapers, resolveProcedure, selectionOf } from '../catalogue/resolve.ts';
import { labelOf, validateForm } from '../eform/validate.ts';
import { feeCountsOf } from '../fees/counts.ts';
import { computeFees } from '../fees/compute.ts';
import { tidy } from '../lib/fold.ts';
import { ok, type Result } from '../lib/result.ts';
import type { PlainDate } from '../lib/time.ts';
import { intakeSchema, organisationSchema, personSchema, plainDateSchema, sexes, type Intake, type Paper } from './dossier.ts';
import type { Draft } from './draft.ts';

export type ProblemCode =
  | 'required'
  | 'choose'
  | 'procedure-gone'
  | 'id-number'
  | 'tax-code'
  | 'date'
  | 'date-future'
  | 'sex'
  | 'phone'
  | 'email'
  | 'too-long'
  | 'paper-missing'
  | 'paper-may-be-owed'
  | 'fee-amount'
  | 'invalid'
  /** A rule of the e-form; `details` say which (`rule`, `limit`), of which field (`label`) in which part of the form (`part`). */
  | 'form';

/** `field` is the dotted path in the draft: `applicant.idNumber`, `formData.mother.fullName`, `papers.birth-notice`, `feeInputs.enteredVnd.late`. */
export type Problem = { field: string; code: ProblemCode; details?: Record<string, string | number> };

export type Incomplete = { kind: 'incomplete'; problems: Problem[] };

/** The form every procedure without one of its own is asked for with. */
const GENERIC_FORM = 'generic-request';

export const formOf = ({ forms }: Pick<Catalogue, 'forms'>, procedure: Pick<Procedure, 'formId'>): EForm | undefined =>
  forms.find(({ id }) => id === (procedure.formId ?? GENERIC_FORM));

type Loose = Record<string, string | undefined>;

/** Tidied, empty values left out. */
function tidyAll(values: Loose): Record<string, string> {
  const kept = Object.entries(values).flatMap(([key, value]): Array<[string, string]> => {
    const text = value === undefined ? '' : tidy(value);
    return text === '' ? [] : [[key, text]];
  });
  return Object.fromEntries(kept);
}

/** Text as it is stored: NFC and trimmed at every depth; line breaks of long answers stay. */
function tidyJson<T>(value: T): T {
  if (typeof value === 'string') return value.normalize('NFC').trim() as T;
  if (Array.isArray(value)) return value.map(tidyJson) as T;
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, inner]) => inner !== undefined)
        .map(([key, inner]) => [key, tidyJson(inner)]),
    ) as T;
  return value;
}

const isDate = (text: string): boolean => plainDateSchema.safeParse(text).success;

/** One line per way a typed field can be wrong; the first that applies is told. */
const partyChecks: Record<string, (text: string, today: PlainDate) => ProblemCode | undefined> = {
  fullName: (text) => (text.length > 200 ? 'too-long' : undefined),
  idNumber: (text) => (/^\d{12}$/u.test(text) ? undefined : 'id-number'),
  taxCode: (text) => (/^\d{10}(-?\d{3})?$/u.test(text) ? undefined : 'tax-code'),
  dateOfBirth: (text, today) => (isDate(text) ? (text > today ? 'date-future' : undefined) : 'date'),
  idIssuedOn: (text, today) => (isDate(text) ? (text > today ? 'date-future' : undefined) : 'date'),
  sex: (text) => ((sexes as readonly string[]).includes(text) ? undefined : 'sex'),
  phone: (text) => (/^\+?[\d\s.()-]{8,20}$/u.test(text) ? undefined : 'phone'),
  email: (text) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(text) && text.length <= 200 ? undefined : 'email'),
  residence: (text) => (text.length > 500 ? 'too-long' : undefined),
};

/** What is wrong with a person or an organisation as typed so far; also used while the officer is still typing. */
export function partyProblems(prefix: 'applicant' | 'submitter', kind: 'person' | 'organisation', values: Loose, today: PlainDate): Problem[] {
  const typed = tidyAll(values);
  const fields = Object.keys(kind === 'person' ? personSchema.shape : organisationSchema.shape);
  const problems = fields.flatMap((field): Problem[] => {
    const text = typed[field];
    if (text === undefined) return field === 'fullName' ? [{ field: `${prefix}.fullName`, code: 'required' }] : [];
    const code = partyChecks[field]?.(text, today);
    return code === undefined ? [] : [{ field: `${prefix}.${field}`, code }];
  });
  return prefix === 'submitter' && typed['relation'] === undefined ? [{ field: 'submitter.relation', code: 'choose' }, ...problems] : problems;
}

const feeProblems = ({ toEnter }: ReturnType<typeof computeFees>): Problem[] =>
  toEnter.map(({ rule, minVnd, maxVnd }) => ({ field: `feeInputs.enteredVnd.${rule.id}`, code: 'fee-amount', details: { name: rule.name, minVnd, maxVnd } }));

type DraftPaper = Draft['papers'][number];

/** A paper the e-form stands in for is there as soon as the form is right. */
export function draftPaperOf(requirement: PaperRequirement, papers: readonly DraftPaper[]): DraftPaper {
  const known = papers.find((paper) => paper.requirementId === requirement.id);
  const { id, name, originals, certifiedCopies, photocopies, filledByEForm } = requirement;
  if (known !== undefined) return { ...known, name, required: requirement.need === 'required' };
  return {
    requirementId: id,
    name,
    required: requirement.need === 'required',
    originals,
    certifiedCopies,
    photocopies,
    state: filledByEForm ? 'received' : 'missing',
    pages: [],
  };
}

/** Papers in the draft that this selection does not ask for: added by the officer, or left from another case and never thrown away. */
export const extraPapersOf = (requirements: readonly PaperRequirement[], papers: readonly DraftPaper[]): DraftPaper[] =>
  papers.filter(
    (paper) =>
      !requirements.some((requirement) => requirement.id === paper.requirementId) && (paper.requirementId.startsWith('extra-') || paper.pages.length > 0),
  );

function settledPapers(requirements: readonly PaperRequirement[], draft: Draft): Paper[] {
  const asked = requirements.map((requirement): Paper => {
    const paper = draftPaperOf(requirement, draft.papers);
    const state = paper.state === 'missing' || (paper.state === 'owed' && requirement.ifMissing !== 'owe') ? 'absent' : paper.state;
    return state === 'received' ? { ...paper, state } : { ...paper, state, originals: 0, certifiedCopies: 0, photocopies: 0 };
  });
  const extra = extraPapersOf(requirements, draft.papers)
    .filter((paper) => paper.state === 'received')
    .map((paper): Paper => ({
      ...paper,
      state: 'received',
      required: false,
      requirementId: paper.requirementId.startsWith('extra-') ? paper.requirementId : `extra-${paper.requirementId}`,
    }));
  return [...asked, ...extra];
}

function paperProblems(requirements: readonly PaperRequirement[], papers: readonly DraftPaper[]): Problem[] {
  return missingPapers(
    requirements,
    requirements.map((requirement) => draftPaperOf(requirement, papers)),
  ).flatMap(({ anyOf, shortBy, outcome }): Problem[] => {
    if (outcome === 'owed') return [];
    const code = outcome === 'blocks' ? 'paper-missing' : 'paper-may-be-owed';
    // A draft names one paper of a group; the words name them all.
    return [{ field: `papers.${anyOf[0]?.id ?? ''}`, code, details: { name: anyOf.map(({ name }) => name).join(' / '), ...shortBy } }];
  });
}

function choiceProblems(draft: Draft, procedure: Procedure): Problem[] {
  const problems: Problem[] = [];
  if (procedure.cases.length > 0 && !procedure.cases.some(({ id }) => id === draft.caseId)) problems.push({ field: 'caseId', code: 'choose' });
  if (procedure.objects.length > 0 && !procedure.objects.some(({ id }) => id === draft.feeInputs.objectId))
    problems.push({ field: 'feeInputs.objectId', code: 'choose' });
  return problems;
}

/**
 * `today` is the counter's date, against which dates of birth are judged.
 * Problems come in the order of the page, so that the first is where the officer should go.
 */
export function intakeFromDraft(draft: Draft, catalogue: Catalogue, today: PlainDate): Result<Intake, Incomplete> {
  const incomplete = (problems: Problem[]): { ok: false; failure: Incomplete } => ({ ok: false, failure: { kind: 'incomplete', problems } });
  const procedure = catalogue.procedures.find(({ code }) => code === draft.procedureCode);
  const parties = [
    ...partyProblems('applicant', draft.applicantKind, draft.applicant, today),
    ...(draft.submitter === undefined ? [] : partyProblems('submitter', 'person', draft.submitter, today)),
  ];
  if (procedure === undefined)
    return incomplete([{ field: 'procedureCode', code: draft.procedureCode === undefined ? 'choose' : 'procedure-gone' }, ...parties]);

  const selection = selectionOf(draft, draft.applicantKind);
  const { papers: requirements, fees } = resolveProcedure(procedure, selection);
  const form = formOf(catalogue, procedure);
  const formData = tidyJson(draft.formData);
  const formProblems = (form === undefined ? [] : validateForm(form, formData)).map(({ path, rule, limit, label }): Problem => {
    const part = path.length > 1 ? labelOf(form?.schema, path.slice(0, -1)) : undefined;
    return {
      field: ['formData', ...path].join('.'),
      code: 'form',
      details: { rule, label, ...(part === undefined ? {} : { part }), ...(limit === undefined ? {} : { limit }) },
    };
  });
  const problems = [
    ...choiceProblems(draft, procedure),
    ...parties,
    ...formProblems,
    ...paperProblems(requirements, draft.papers),
    ...feeProblems(computeFees(procedure, { ...selection, ...draft.feeInputs, counts: feeCountsOf(form, formData, draft.feeInputs) })),
  ];
  if (problems.length > 0) return incomplete(problems);

  const facts = draft.facts.filter((fact) => procedure.facts.some(({ id }) => id === fact));
  const entered = Object.entries(draft.feeInputs.enteredVnd).filter(([feeId]) => fees.some(({ id }) => id === feeId));
  const intake = intakeSchema.safeParse({
    procedureCode: procedure.code,
    procedureName: procedure.name,
    catalogueVersion: catalogue.version,
    caseId: procedure.cases.length > 0 ? draft.caseId : undefined,
    areaClass: draft.areaClass,
    channel: draft.channel,
    facts,
    applicant: { ...tidyAll(draft.applicant), kind: draft.applicantKind },
    submitter: draft.submitter === undefined ? undefined : { ...tidyAll(draft.submitter), kind: 'person' },
    formData,
    papers: settledPapers(requirements, draft),
    feeInputs: { ...draft.feeInputs, objectId: procedure.objects.length > 0 ? draft.feeInputs.objectId : undefined, enteredVnd: Object.fromEntries(entered) },
    sets: draft.sets,
    resultDelivery: draft.resultDelivery,
    note: draft.note === undefined || draft.note.trim() === '' ? undefined : draft.note.normalize('NFC').trim(),
    ticketId: draft.ticketId,
  });
  // What the checks above do not know by name is still told at its field, never thrown.
  if (!intake.success)
    return incomplete(intake.error.issues.map((issue) => ({ field: issue.path.join('.'), code: issue.code === 'too_big' ? 'too-long' : 'invalid' })));
  return ok(intake.data);
}
