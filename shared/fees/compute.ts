/** What an intake costs: one line per fee (phí, lệ phí) that applies, and which amounts the officer still has to enter. */
import type { EForm, FeeRule, Procedure } from '../catalogue/catalogue.ts';
import { resolveProcedure, type Selection } from '../catalogue/resolve.ts';
import type { FeeLine } from '../dossiers/dossier.ts';
import { unreachable } from '../lib/result.ts';
import type { FeeCount } from './counts.ts';

export type FeeInputs = FeeCount & {
  /** When the e-form lists what is copied, row by row; absent: `copies` and `pages` stand for all. */
  counts?: readonly FeeCount[];
  exemptionId?: string | undefined;
  /** Amounts for fees published as a range or as about so much, by fee id, before any exemption. */
  enteredVnd?: Readonly<Record<string, number>> | undefined;
};

export type FeeToEnter = {
  rule: FeeRule;
  minVnd: number;
  maxVnd: number;
  /** The amount entered that is no whole number of đồng or lies outside the range. */
  refusedVnd?: number;
};

export type Fees = { lines: FeeLine[]; totalVnd: number; toEnter: FeeToEnter[] };

/** Amounts are whole đồng; an exemption rounds half a đồng up. A fee waiting for its amount has no line and is not in the total. */
export function computeFees(procedure: Procedure, inputs: Selection & FeeInputs): Fees {
  const lines: FeeLine[] = [];
  const toEnter: FeeToEnter[] = [];
  for (const rule of resolveProcedure(procedure, inputs).fees) {
    const exemption = rule.exemptions.find(({ id }) => id === inputs.exemptionId);
    const wholeVnd = exemption?.percentOff === 100 ? 0 : priceOf(rule, inputs);
    if (typeof wholeVnd !== 'number') {
      toEnter.push(wholeVnd);
      continue;
    }
    lines.push({
      feeId: rule.id,
      kind: rule.kind,
      name: rule.name,
      quantity: countsCopies(rule) ? countsOf(inputs).reduce((all, { copies }) => all + copies, 0) : 1,
      amountVnd: exemption === undefined ? wholeVnd : Math.round((wholeVnd * (100 - exemption.percentOff)) / 100),
      ...(exemption === undefined ? {} : { exemption: exemption.name }),
    });
  }
  return { lines, totalVnd: lines.reduce((total, { amountVnd }) => total + amountVnd, 0), toEnter };
}

export type FeeQuestions = {
  copies: boolean;
  /** What `copies` counts where it is not copies, e.g. "Giấy chứng nhận". */
  counted?: string;
  pages: boolean;
  exemptions: Array<{ id: string; name: string }>;
};

/** What has to be asked before the fees of this selection can be computed; what the e-form counts itself is not asked again. */
export function feeQuestions(procedure: Procedure, selection: Selection, form?: Pick<EForm, 'feeCounts'>): FeeQuestions {
  const rules = resolveProcedure(procedure, selection).fees;
  const counted = rules.flatMap(({ price }) => (price.type === 'per-copy' && price.counted !== undefined ? [price.counted] : []))[0];
  const exemptions = new Map(rules.flatMap((rule) => rule.exemptions.map(({ id, name }) => [id, name] as const)));
  return {
    copies: form?.feeCounts === undefined && rules.some(countsCopies),
    ...(counted === undefined ? {} : { counted }),
    pages: form?.feeCounts?.pages === undefined && rules.some(({ price }) => price.type === 'per-page'),
    exemptions: [...exemptions].map(([id, name]) => ({ id, name })),
  };
}

const countsCopies = ({ price }: FeeRule): boolean => price.type === 'per-copy' || price.type === 'per-page';

const countsOf = ({ counts, copies, pages }: FeeInputs): readonly FeeCount[] => counts ?? [{ copies, pages }];

function priceOf(rule: FeeRule, inputs: FeeInputs): number | FeeToEnter {
  const { price } = rule;
  const { enteredVnd } = inputs;
  const counts = countsOf(inputs);
  const entered = enteredVnd !== undefined && Object.hasOwn(enteredVnd, rule.id) ? enteredVnd[rule.id] : undefined;
  switch (price.type) {
    case 'fixed':
      return price.approximate === true && entered !== undefined && Number.isSafeInteger(entered) && entered >= 0 ? entered : price.amountVnd;
    case 'range': {
      const { minVnd, maxVnd } = price;
      if (minVnd === maxVnd) return minVnd;
      if (entered === undefined) return { rule, minVnd, maxVnd };
      return Number.isInteger(entered) && entered >= minVnd && entered <= maxVnd ? entered : { rule, minVnd, maxVnd, refusedVnd: entered };
    }
    case 'per-copy':
      return price.amountVnd * Math.max(0, counts.reduce((all, { copies }) => all + copies, 0) - price.free);
    case 'per-page':
      return counts.reduce((sum, { copies, pages }) => sum + copies * Math.min(pagesVnd(price.steps, pages), price.maxPerCopyVnd ?? Infinity), 0);
    default:
      return unreachable(price);
  }
}

/** Pages beyond the last bounded step are not charged. */
function pagesVnd(steps: ReadonlyArray<{ upToPage: number | null; amountVnd: number }>, pages: number): number {
  let charged = 0;
  let total = 0;
  for (const { upToPage, amountVnd } of steps) {
    const until = Math.min(pages, upToPage ?? pages);
    total += Math.max(0, until - charged) * amountVnd;
    charged = Math.max(charged, until);
  }
  return total;
}
