/** Words for a broken form rule, from the `eform` locale. */
import type { FormProblem } from '../../shared/eform/validate.ts';
import type { ProblemWords } from './form-validator.ts';

type Translate = (key: string, values?: Record<string, unknown>) => string;

export function formProblemWords(translate: Translate, exists: (key: string) => boolean): ProblemWords {
  return ({ rule, limit, label }: FormProblem) => {
    const specific = rule === 'format' ? `format-${limit ?? ''}` : `rule-${rule}`;
    return translate(exists(specific) ? specific : 'rule-other', { limit, label });
  };
}
