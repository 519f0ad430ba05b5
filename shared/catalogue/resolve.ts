/** What of a procedure applies to one intake: its time limit, papers, fees and agencies, and which papers are still missing. */
import type { Paper } from '../dossiers/dossier.ts';
import type { Condition, FeeRule, PaperRequirement, Procedure, TimeLimit } from './catalogue.ts';

/** What the officer has chosen so far; `individual` covers households (hộ gia đình, cá nhân). */
export type Selection = {
  caseId?: string | undefined;
  applicantKind: 'individual' | 'organisation';
  channel: 'counter' | 'post' | 'online';
  areaClass?: string | undefined;
  objectId?: string | undefined;
  facts: readonly string[];
};

export type ResolvedProcedure = {
  /** Null while no published limit fits, e.g. the case is not chosen yet. A limit of null inside it is another thing: set by an approved project. */
  timeLimit: TimeLimit | null;
  papers: PaperRequirement[];
  fees: FeeRule[];
  agencies: Procedure['agencies'];
};

type Choices = {
  caseId?: string | undefined;
  areaClass?: string | undefined;
  channel: Selection['channel'];
  facts: readonly string[];
  feeInputs: { objectId?: string | undefined };
};

/** The selection a draft or an intake stands for. */
export const selectionOf = (choices: Choices, applicantKind: 'person' | 'organisation'): Selection => ({
  caseId: choices.caseId,
  applicantKind: applicantKind === 'person' ? 'individual' : 'organisation',
  channel: choices.channel,
  areaClass: choices.areaClass,
  objectId: choices.feeInputs.objectId,
  facts: choices.facts,
});

const includes = (allowed: readonly string[] | undefined, chosen: string | undefined): boolean =>
  allowed === undefined || (chosen !== undefined && allowed.includes(chosen));

/** Every list given must be met by one of its members; what is not chosen yet meets no list. */
export const conditionHolds = (when: Condition, selection: Selection): boolean =>
  includes(when.cases, selection.caseId) &&
  includes(when.applicantKinds, selection.applicantKind) &&
  includes(when.channels, selection.channel) &&
  includes(when.areaClasses, selection.areaClass) &&
  includes(when.objects, selection.objectId) &&
  (when.facts === undefined || when.facts.some((fact) => selection.facts.includes(fact))) &&
  !(when.unlessFacts ?? []).some((fact) => selection.facts.includes(fact));

/** How many things a condition asks about. */
const specificity = (when: Condition): number => Object.values(when).filter((list) => list !== undefined).length;

/** The most specific rule that holds; of equally specific ones the first published. */
function mostSpecific<R extends { when: Condition }>(rules: readonly R[], selection: Selection): R | null {
  let best: R | null = null;
  for (const rule of rules) {
    if (!conditionHolds(rule.when, selection)) continue;
    if (best === null || specificity(rule.when) > specificity(best.when)) best = rule;
  }
  return best;
}

/** Papers, fees and agencies add up; of the time limits the most specific one counts. */
export function resolveProcedure(procedure: Procedure, selection: Selection): ResolvedProcedure {
  const applies = (rule: { when: Condition }): boolean => conditionHolds(rule.when, selection);
  return {
    timeLimit: mostSpecific(procedure.timeLimits, selection),
    papers: procedure.papers.filter(applies),
    fees: procedure.fees.filter(applies),
    agencies: procedure.agencies.filter(applies),
  };
}

type Counts = Pick<Paper, 'originals' | 'certifiedCopies' | 'photocopies'>;
export type HandedPaper = Counts & { requirementId: string; state: Paper['state'] | 'missing' };

export type MissingPaper = {
  /** One requirement, or the members of a one-of group, any of which would do. */
  anyOf: PaperRequirement[];
  /** What is short of the nearest member, by form. All zero when nothing but the paper's own presence is asked for. */
  shortBy: Counts;
  /** `blocks`: no acceptance without it; `may-be-owed`: the officer may record it as owed; `owed`: recorded so already. */
  outcome: 'blocks' | 'may-be-owed' | 'owed';
};

/** What must be there at least: where the list accepts several kinds, that many of the weakest. */
function leastOf(requirement: PaperRequirement): Counts {
  if (requirement.acceptedAs === undefined) return requirement;
  const pieces = sum(requirement);
  if (requirement.acceptedAs.includes('photocopy')) return { ...nothing, photocopies: pieces };
  return requirement.acceptedAs.includes('certified-copy') ? { ...nothing, certifiedCopies: pieces } : { ...nothing, originals: pieces };
}

/** An original stands in for a certified copy, either stands in for a photocopy; never the other way round. */
function shortfall(required: Counts, handed: Counts): Counts {
  const originals = Math.max(0, required.originals - handed.originals);
  const spareOriginals = Math.max(0, handed.originals - required.originals);
  const strong = handed.certifiedCopies + spareOriginals;
  const certifiedCopies = Math.max(0, required.certifiedCopies - strong);
  const spareStrong = Math.max(0, strong - required.certifiedCopies);
  return { originals, certifiedCopies, photocopies: Math.max(0, required.photocopies - handed.photocopies - spareStrong) };
}

const sum = (counts: Counts): number => counts.originals + counts.certifiedCopies + counts.photocopies;
const nothing: Counts = { originals: 0, certifiedCopies: 0, photocopies: 0 };

/**
 * The required papers not handed in, in the order published. A group of alternatives is one entry, asked for when
 * any member is required; it may be owed when one of its required members may. A paper filled by the e-form is never
 * missing: the form's own check judges it.
 */
export function missingPapers(requirements: readonly PaperRequirement[], papers: readonly HandedPaper[]): MissingPaper[] {
  const handedOf = new Map(papers.map((paper) => [paper.requirementId, paper]));
  const groups = new Map<string, PaperRequirement[]>();
  for (const requirement of requirements) {
    const key = requirement.oneOfGroup === undefined ? `paper ${requirement.id}` : `group ${requirement.oneOfGroup}`;
    groups.set(key, [...(groups.get(key) ?? []), requirement]);
  }

  const missing: MissingPaper[] = [];
  for (const anyOf of groups.values()) {
    const required = anyOf.filter((requirement) => requirement.need === 'required');
    if (required.length === 0) continue;

    const shortOf = (requirement: PaperRequirement): Counts | null => {
      if (requirement.filledByEForm) return null;
      const handed = handedOf.get(requirement.id);
      const received = handed?.state === 'received';
      const short = shortfall(leastOf(requirement), received ? handed : nothing);
      return received && sum(short) === 0 ? null : short;
    };
    const shorts = anyOf.map(shortOf);
    if (shorts.includes(null)) continue;

    const shortBy = shorts.reduce<Counts>((least, short) => (short !== null && sum(short) < sum(least) ? short : least), shorts[0] ?? nothing);
    const owable = required.filter((requirement) => requirement.ifMissing === 'owe');
    const owed = owable.some((requirement) => handedOf.get(requirement.id)?.state === 'owed');
    missing.push({ anyOf, shortBy, outcome: owed ? 'owed' : owable.length > 0 ? 'may-be-owed' : 'blocks' });
  }
  return missing;
}
