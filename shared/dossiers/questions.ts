/** Which choices a procedure needs from the officer: only what changes its time limit, papers or fees is asked (fees: see `feeQuestions`). */
import type { Condition, Procedure } from '../catalogue/catalogue.ts';

const conditionsOf = (procedure: Procedure): Condition[] =>
  [...procedure.timeLimits, ...procedure.papers, ...procedure.fees, ...procedure.agencies].map((rule) => rule.when);

/** Area matters where a rule names one, or adds days for one. */
export const asksArea = (procedure: Procedure): boolean =>
  conditionsOf(procedure).some((when) => when.areaClasses !== undefined) ||
  procedure.timeLimits.some((limit) => limit.extraByArea.length > 0 || (limit.mayBeLongerIn ?? []).length > 0);
