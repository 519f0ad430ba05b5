/** The decision to accept an intake: its code, due date and fees, or the reason it cannot be accepted. */
import { computeDueDate } from '../calendar/due-date.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { missingPapers, resolveProcedure, selectionOf } from '../catalogue/resolve.ts';
import { computeFees } from '../fees/compute.ts';
import { feeCountsOf } from '../fees/counts.ts';
import type { AcceptFailureKind } from '../ipc/contract.ts';
import type { CounterState } from '../journal/counter-state.ts';
import type { Operation } from '../journal/operation.ts';
import { fail, ok, type Failure, type Result } from '../lib/result.ts';
import { dateAt } from '../lib/time.ts';
import type { Settings } from '../settings/settings.ts';
import { takeNumber } from './code.ts';
import type { DossierId, Intake } from './dossier.ts';
import { formOf } from './intake-from-draft.ts';

export type AcceptInput = {
  dossierId: DossierId;
  intake: Intake;
  /** The catalogue version the intake began with: a change of catalogue never changes a deadline already promised. */
  catalogue: Catalogue;
  settings: Pick<Settings, 'office' | 'operator' | 'codePattern'>;
  atMs: number;
  isOnline: boolean;
};

type DossierAccepted = Extract<Operation, { type: 'dossier.accepted' }>;

export function decideAcceptance(state: CounterState, input: AcceptInput): Result<DossierAccepted, Failure<AcceptFailureKind>> {
  const { intake, catalogue, settings, atMs } = input;
  if (state.enrolment === null) return fail('not-enrolled');
  const procedure = catalogue.procedures.find(({ code }) => code === intake.procedureCode);
  if (procedure === undefined) return fail('unknown-procedure');

  const selection = selectionOf(intake, intake.applicant.kind);
  const resolved = resolveProcedure(procedure, selection);
  const blocking = missingPapers(resolved.papers, intake.papers).find(({ outcome }) => outcome === 'blocks');
  if (blocking !== undefined) return fail('paper-missing', { name: blocking.anyOf.map(({ name }) => name).join(' / ') });

  const due =
    resolved.timeLimit === null
      ? null
      : computeDueDate({ acceptedAtMs: atMs, timeLimit: resolved.timeLimit, areaClass: intake.areaClass, calendar: catalogue.calendar });
  const counts = feeCountsOf(formOf(catalogue, procedure), intake.formData, intake.feeInputs);
  const fees = computeFees(procedure, { ...selection, ...intake.feeInputs, counts });
  const open = fees.toEnter[0];
  if (open !== undefined) return fail('fee-missing', { name: open.rule.name });
  const { agencyCode } = settings.office;
  const number = takeNumber(state, { pattern: settings.codePattern, agencyCode, date: dateAt(atMs) });
  const dossier = {
    ...intake,
    dossierId: input.dossierId,
    code: number.code,
    acceptedAtMs: atMs,
    dueAtMs: due?.dueAtMs ?? null,
    dueRule: due?.rule ?? null,
    fees: fees.lines,
    officeId: settings.office.id,
    agencyCode,
    operatorId: settings.operator.id,
    operatorName: settings.operator.name,
    acceptedOffline: !input.isOnline,
  };
  return ok({ type: 'dossier.accepted', dossier, number: { leaseId: number.leaseId, order: number.order } });
}
