/** Mending a dossier the province refused: which fields may be mended, and the decision to correct them or to give another code. */
import type { Catalogue } from '../catalogue/catalogue.ts';
import { selectionOf } from '../catalogue/resolve.ts';
import { validateForm } from '../eform/validate.ts';
import { computeFees } from '../fees/compute.ts';
import { feeCountsOf } from '../fees/counts.ts';
import type { CorrectFailureKind } from '../ipc/contract.ts';
import type { CounterState } from '../journal/counter-state.ts';
import type { Operation } from '../journal/operation.ts';
import { isStorable } from '../journal/storable.ts';
import { tidy } from '../lib/fold.ts';
import { fail, ok, type Failure, type Result } from '../lib/result.ts';
import { dateAt, type PlainDate } from '../lib/time.ts';
import { takeNumber } from './code.ts';
import { dossierSchema, type Dossier } from './dossier.ts';
import { formOf, partyProblems } from './intake-from-draft.ts';

/** `field`: JSON pointer (RFC 6901) in the dossier. An empty value leaves the field out. */
export type FieldChange = { field: string; value: string };

/** What the citizen told. Papers, fees and dates were decided from it and promised on paper: they are never mended here. */
const TOLD: ReadonlySet<string> = new Set(['applicant', 'submitter', 'formData', 'note']);

/** The province refused the code itself: another dossier has it. */
export const CODE_TAKEN = 'code-taken';

type Node = Record<string, unknown>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

export const stepsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

const pointerOf = (steps: readonly string[]): string => steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const valueAt = (dossier: Dossier, steps: readonly string[]): unknown =>
  steps.reduce<unknown>((node, step) => (isNode(node) && Object.hasOwn(node, step) ? node[step] : undefined), dossier);

const isText = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

/** May be typed anew: told by the citizen, a text or a number, and not what says which kind of party it is. */
function isMendable(dossier: Dossier, steps: readonly string[]): boolean {
  const [root, ...rest] = steps;
  const isPartyKind = root !== 'formData' && (rest[0] === 'kind' || rest[0] === 'sex' || rest[0] === 'relation');
  if (root === undefined || !TOLD.has(root) || isPartyKind || steps.includes('__proto__') || (rest.length === 0) !== (root === 'note')) return false;
  const value = valueAt(dossier, steps);
  return isText(value) || (value === undefined && isNode(valueAt(dossier, steps.slice(0, -1))));
}

/**
 * The fields to mend when the province refused `pointer` (of the operation: `/dossier/applicant/idNumber`), as they stand:
 * the one it names, or all texts under it; and whatever else cannot be stored, for it names only the first. None when it is
 * nothing an officer can type anew.
 */
export function fieldsToMend(dossier: Dossier, pointer: string): FieldChange[] {
  const [root, ...steps] = stepsOf(pointer);
  if (root !== 'dossier' || steps.length === 0) return [];
  const value = valueAt(dossier, steps);
  const named = isNode(value) ? leavesOf(value, steps) : [steps];
  const unstorable = leavesOf(dossier, []).filter((leaf) => !isStorable(String(valueAt(dossier, leaf))));
  const fields = new Map(
    [...named, ...unstorable]
      .filter((leaf) => isMendable(dossier, leaf))
      .map((leaf): [string, FieldChange] => [pointerOf(leaf), { field: pointerOf(leaf), value: String(valueAt(dossier, leaf) ?? '') }]),
  );
  return [...fields.values()];
}

const leavesOf = (node: Node, steps: readonly string[]): string[][] =>
  Object.entries(node).flatMap(([key, value]) => (isNode(value) ? leavesOf(value, [...steps, key]) : isText(value) ? [[...steps, key]] : []));

/** The dossier with one text replaced or left out; everything else is shared. */
function withText<T extends Node | unknown[]>(node: T, [step = '', ...rest]: readonly string[], text: string | number | undefined): T {
  const copy = (Array.isArray(node) ? [...node] : { ...node }) as T;
  const inner = (copy as Node)[step];
  if (rest.length > 0) (copy as Node)[step] = withText(inner as Node, rest, text);
  else if (text === undefined && !Array.isArray(copy)) Reflect.deleteProperty(copy, step);
  else (copy as Node)[step] = text ?? '';
  return copy;
}

export type CorrectInput = {
  dossier: Dossier;
  changes: readonly FieldChange[];
  /** Why the province refused it. */
  reason: string;
  catalogue: Catalogue;
  codePattern: string;
  atMs: number;
};

type DossierCorrected = Extract<Operation, { type: 'dossier.corrected' }>;

/**
 * A taken code is replaced by the next number of the day of the correction; everything else by what was typed. Only the fields
 * typed are judged, by the rules of the catalogue the intake began with: what was accepted beside them stands.
 */
export function decideCorrection(state: CounterState, input: CorrectInput): Result<DossierCorrected, Failure<CorrectFailureKind>> {
  const { dossier, changes, reason, catalogue, codePattern, atMs } = input;
  if (state.enrolment === null) return fail('not-enrolled');
  let corrected = dossier;
  for (const change of changes) {
    const steps = stepsOf(change.field);
    if (!isMendable(dossier, steps)) return fail('field-fixed', { field: change.field });
    const text = steps[0] === 'formData' || steps[0] === 'note' ? change.value.normalize('NFC').trim() : tidy(change.value);
    if (!isStorable(text)) return fail('field-wrong', { field: change.field, code: 'character' });
    const isNumber = typeof valueAt(dossier, steps) === 'number';
    if (isNumber && !Number.isFinite(Number(text || NaN))) return fail('field-wrong', { field: change.field, code: 'invalid' });
    corrected = withText(corrected, steps, text === '' ? undefined : isNumber ? Number(text) : text);
  }
  const wrong = firstWrong(corrected, changes, catalogue, dateAt(atMs));
  if (wrong !== undefined) return wrong;
  if (feesOf(corrected, catalogue) !== feesOf(dossier, catalogue)) return fail('fees-would-change');
  const type = 'dossier.corrected' as const;
  if (reason === CODE_TAKEN) {
    const { code, ...number } = takeNumber(state, { pattern: codePattern, agencyCode: dossier.agencyCode, date: dateAt(atMs) });
    return ok({ type, dossier: { ...corrected, code, formerCodes: [...(dossier.formerCodes ?? []), dossier.code] }, correctedAtMs: atMs, number });
  }
  if (JSON.stringify(corrected) === JSON.stringify(dossier)) return fail('nothing-corrected');
  return ok({ type, dossier: corrected, correctedAtMs: atMs });
}

function firstWrong(
  corrected: Dossier,
  changes: readonly FieldChange[],
  catalogue: Catalogue,
  today: PlainDate,
): { ok: false; failure: Failure<'field-wrong'> } | undefined {
  const changed = new Map(changes.map(({ field }) => [stepsOf(field).join('.'), field]));
  const problems = (['applicant', 'submitter'] as const).flatMap((prefix) => {
    const party = corrected[prefix];
    return party === undefined ? [] : partyProblems(prefix, party.kind, party, today);
  });
  const ofParty = problems.find(({ field }) => changed.has(field));
  if (ofParty !== undefined) return fail('field-wrong', { field: changed.get(ofParty.field) ?? '', code: ofParty.code });

  const procedure = catalogue.procedures.find(({ code }) => code === corrected.procedureCode);
  const form = procedure === undefined ? undefined : formOf(catalogue, procedure);
  const formProblems = form === undefined || ![...changed.keys()].some((path) => path.startsWith('formData.')) ? [] : validateForm(form, corrected.formData);
  const ofForm = formProblems.find(({ path }) => changed.has(['formData', ...path].join('.')));
  if (ofForm !== undefined) {
    const { path, rule, label, limit } = ofForm;
    const field = changed.get(['formData', ...path].join('.')) ?? '';
    return fail('field-wrong', { field, code: 'form', rule, label, ...(limit === undefined ? {} : { limit }) });
  }
  // What the checks above do not know by name is still told at its field.
  const issue = dossierSchema.safeParse(corrected).error?.issues[0];
  return issue === undefined
    ? undefined
    : fail('field-wrong', { field: pointerOf(issue.path.map(String)), code: issue.code === 'too_big' ? 'too-long' : 'invalid' });
}

/** What would be asked for, as text; the paper the citizen has says it. */
function feesOf(dossier: Dossier, catalogue: Catalogue): string {
  const procedure = catalogue.procedures.find(({ code }) => code === dossier.procedureCode);
  if (procedure === undefined) return '';
  const counts = feeCountsOf(formOf(catalogue, procedure), dossier.formData, dossier.feeInputs);
  return JSON.stringify(computeFees(procedure, { ...selectionOf(dossier, dossier.applicant.kind), ...dossier.feeInputs, counts }));
}
