/** Hands the store of the intake on the screen to its sections, and the words and problems of their fields. */
import { createContext, useCallback, useContext, useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { Draft } from '../../shared/dossiers/draft.ts';
import type { Problem } from '../../shared/dossiers/intake-from-draft.ts';
import { formatVnd } from '../../shared/lib/money.ts';
import { formProblemWords } from '../eform/problem-words.ts';
import type { IntakeState, IntakeStore } from './intake-store.ts';
import type { Review } from './review.ts';

const IntakeContext = createContext<IntakeStore | null>(null);
export const IntakeProvider = IntakeContext.Provider;

export function useIntakeStore(): IntakeStore {
  const store = useContext(IntakeContext);
  if (store === null) throw new Error('useIntakeStore outside IntakeProvider');
  return store;
}

export const useIntake = <T,>(select: (state: IntakeState) => T): T => useStore(useIntakeStore(), select);

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>;
}

/** Parts of the review; drawn anew only when one of them changes. */
export function useReview<K extends keyof Review>(...keys: K[]): Pick<Review, K> {
  const store = useIntakeStore();
  return useStore(
    store,
    useShallow(() => pick(store.review(), keys)),
  );
}

/** As `useReview`, for what may follow a moment after the key that changed it: what is being typed is drawn first. */
export function useCalmReview<K extends keyof Review>(...keys: K[]): Pick<Review, K> {
  return useDeferredValue(useReview(...keys));
}

/** Parts of the draft; drawn anew only when one of them changes. */
export function useDraft<K extends keyof Draft>(...keys: K[]): Pick<Draft, K> {
  return useStore(
    useIntakeStore(),
    useShallow((state) => pick(state.draft, keys)),
  );
}

export type ProblemWords = { where: string; what: string };

/** A problem in words: the field as the officer sees it named, and what is wrong with it. */
export function useProblemWords(): (problem: Problem) => ProblemWords {
  const { t, i18n } = useTranslation(['intake', 'identity', 'eform']);
  return useCallback(
    ({ field, code, details = {} }: Problem): ProblemWords => {
      if (code === 'form') {
        const { rule, label, part, limit } = details;
        const where = part === undefined ? String(label) : `${part}: ${label}`;
        if (rule === 'required') return { where, what: t('intake:problem.required') };
        const words = formProblemWords(
          (key, values) => t(`eform:${key}`, values ?? {}),
          (key) => i18n.exists(`eform:${key}`),
        );
        return { where, what: words({ path: [], rule: String(rule), label: String(label), limit }) };
      }
      const [root = '', leaf = ''] = field.split('.');
      if (root === 'papers') return { where: String(details['name'] ?? ''), what: t(`intake:problem.${code}`) };
      if (code === 'fee-amount')
        return {
          where: String(details['name']),
          what: t('intake:problem.fee-amount', { min: formatVnd(Number(details['minVnd'])), max: formatVnd(Number(details['maxVnd'])) }),
        };
      if (root === 'applicant' || root === 'submitter') {
        const name = t(`identity:field.${leaf}`);
        return { where: root === 'submitter' ? t('intake:of-submitter', { field: name }) : name, what: t(`identity:problem.${code}`) };
      }
      return { where: t(`intake:field.${field.split('.').at(-1) ?? root}`), what: t(`intake:problem.${code}`) };
    },
    [t, i18n],
  );
}

export type DraftPart = 'procedureCode' | 'caseId' | 'feeInputs' | 'applicant' | 'submitter' | 'formData' | 'papers';

/** The problems of some parts of the draft; drawn anew only when one of these changes. */
export function useProblems(parts: readonly DraftPart[], isWanted: (problem: Problem, state: IntakeState) => boolean = () => true): Problem[] {
  const store = useIntakeStore();
  return useStore(
    store,
    useShallow((state) =>
      store.review().problems.filter((problem) => parts.some((part) => problem.field.split('.', 1)[0] === part) && isWanted(problem, state)),
    ),
  );
}

const isEmpty = ({ code }: Problem): boolean => code === 'required' || code === 'choose';
const isShown = (problem: Problem, { showsAllProblems, touched }: IntakeState): boolean =>
  showsAllProblems || (touched.has(problem.field) && !isEmpty(problem));

/** What to show beside a field: nothing until it was left or acceptance was asked for, and never "required" before that. */
export function useProblemAt(...parts: DraftPart[]): (field: string) => string | undefined {
  const shown = useProblems(parts, isShown);
  const words = useProblemWords();
  return (field) => {
    const problem = shown.find((candidate) => candidate.field === field);
    return problem === undefined ? undefined : words(problem).what;
  };
}
