/** Which choices a procedure needs from the officer: only what changes its time limit, papers or fees is asked. */
import type { Condition, FeeRule, Procedure } from '../catalogue/catalogue.ts';

const conditionsOf = (procedure: Procedure): Condition[] => [...procedure.timeLimits, ...procedure.papers, ...procedure.fees, ...procedure.agencies].map((rule) => rule.when);

/** Area matters where a rule names one, or adds days for one. */
export const asksArea = (procedure: Procedure): boolean =>
  conditionsOf(procedure).some((when) => when.areaClasses !== undefined) || procedure.timeLimits.some((limit) => limit.extraByArea.length > 0 || (limit.mayBeLongerIn ?? []).length > 0);

export const asksCopies = (fees: readonly FeeRule[]): boolean => fees.some((fee) => fee.price.type === 'per-copy' || fee.price.type === 'per-page');
export const asksPages = (fees: readonly FeeRule[]): boolean => fees.some((fee) => fee.price.type === 'per-page');

/** Exemptions of all fees that apply, each once. */
export const exemptionsOf = (fees: readonly FeeRule[]): FeeRule['exemptions'] => [...new Map(fees.flatMap((fee) => fee.exemptions).map((exemption) => [exemption.id, exemption])).values()];
