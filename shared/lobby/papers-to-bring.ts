/** What a citizen should have along for a procedure, said before anyone has asked about the case. */
import type { Procedure } from '../catalogue/catalogue.ts';
import { resolveProcedure } from '../catalogue/resolve.ts';

export type PaperToBring = { name: string; isRequired: boolean };

/** Of one who comes in person and has chosen nothing yet: papers asked for only in some cases are left to the counter, and so is the form, which is filled in there. Papers any one of which will do are one line. Required ones first. */
export function papersToBring(procedure: Procedure, areaClass: string | undefined): PaperToBring[] {
  const { papers } = resolveProcedure(procedure, { applicantKind: 'individual', channel: 'counter', areaClass, facts: [] });
  const own = papers.filter(({ filledByEForm }) => !filledByEForm);
  const listed = own
    .filter(({ oneOfGroup }, at) => oneOfGroup === undefined || own.findIndex((other) => other.oneOfGroup === oneOfGroup) === at)
    .map(({ name, need, oneOfGroup }) => ({
      name: oneOfGroup === undefined ? name : own.flatMap((other) => (other.oneOfGroup === oneOfGroup ? [other.name] : [])).join(' / '),
      isRequired: need === 'required',
    }));
  return [...listed.filter(({ isRequired }) => isRequired), ...listed.filter(({ isRequired }) => !isRequired)];
}
