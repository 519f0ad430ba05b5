/** What stands beside the page, always true: the procedure's rules for this draft, due date, fees, and every problem left. */
import { computeDueDate, type DueDate } from '../../shared/calendar/due-date.ts';
import type { Catalogue, EForm, Procedure } from '../../shared/catalogue/catalogue.ts';
import { resolveProcedure, selectionOf, type ResolvedProcedure } from '../../shared/catalogue/resolve.ts';
import type { Intake } from '../../shared/dossiers/dossier.ts';
import type { Draft } from '../../shared/dossiers/draft.ts';
import { formOf, intakeFromDraft, type Problem } from '../../shared/dossiers/intake-from-draft.ts';
import { computeFees } from '../../shared/fees/compute.ts';
import { feeCountsOf } from '../../shared/fees/counts.ts';
import { dateAt } from '../../shared/lib/time.ts';
import { askedOf } from '../eform/asked.ts';

export type Fees = ReturnType<typeof computeFees>;

export type Review = {
  procedure: Procedure | undefined;
  resolved: ResolvedProcedure | undefined;
  form: EForm | undefined;
  /** Undefined while no limit applies yet; null when the law sets none that can be computed. */
  due: DueDate | null | undefined;
  fees: Fees | undefined;
  problems: Problem[];
  intake: Intake | undefined;
};

export function reviewOf(draft: Draft, catalogue: Catalogue, nowMs: number): Review {
  const procedure = catalogue.procedures.find(({ code }) => code === draft.procedureCode);
  const form = procedure === undefined ? undefined : formOf(catalogue, procedure);
  const judged = intakeFromDraft(form === undefined ? draft : { ...draft, formData: askedOf(form, draft.formData) }, catalogue, dateAt(nowMs));
  const outcome = judged.ok ? { problems: [], intake: judged.value } : { problems: judged.failure.problems, intake: undefined };
  if (procedure === undefined) return { procedure, resolved: undefined, form, due: undefined, fees: undefined, ...outcome };
  const selection = selectionOf(draft, draft.applicantKind);
  const resolved = resolveProcedure(procedure, selection);
  const due =
    resolved.timeLimit === null
      ? undefined
      : computeDueDate({ acceptedAtMs: nowMs, timeLimit: resolved.timeLimit, areaClass: draft.areaClass, calendar: catalogue.calendar });
  const fees = computeFees(procedure, { ...selection, ...draft.feeInputs, counts: feeCountsOf(form, draft.formData, draft.feeInputs) });
  return { procedure, resolved, form, due, fees, ...outcome };
}

const isSame = (one: unknown, other: unknown): boolean => one === other || JSON.stringify(one) === JSON.stringify(other);

/** The new review with every part that says the same as before kept as it was, so that only what changed is drawn anew. */
export function keepUnchanged(before: Review | undefined, after: Review): Review {
  if (before === undefined) return after;
  const problems = after.problems.map((problem) => before.problems.find((known) => known.field === problem.field && isSame(known, problem)) ?? problem);
  const keep = <K extends keyof Review>(key: K): Review[K] => (isSame(before[key], after[key]) ? before[key] : after[key]);
  return {
    ...after,
    resolved: keep('resolved'),
    due: keep('due'),
    fees: keep('fees'),
    problems: isSame(before.problems, problems) ? before.problems : problems,
  };
}
