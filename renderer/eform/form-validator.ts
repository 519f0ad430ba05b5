/** What @rjsf asks of a validator, answered by our own judge: no generated code, so the page's CSP needs no `unsafe-eval`. */
import { Validator } from '@cfworker/json-schema';
import { ErrorSchemaBuilder, type ErrorSchema, type RJSFSchema, type ValidatorType } from '@rjsf/utils';
import { validateAgainst, type FormProblem } from '../../shared/eform/validate.ts';

export type ProblemWords = (problem: FormProblem) => string;

/** The problems where @rjsf shows them: beside each field. */
export function toErrorSchema(problems: FormProblem[], words: ProblemWords): ErrorSchema {
  const builder = new ErrorSchemaBuilder();
  for (const problem of problems) builder.addErrors(words(problem), problem.path);
  return builder.ErrorSchema;
}

/** Following a schema's references costs more than judging by it, and @rjsf asks about the same conditions at every key. */
const conditions = new WeakMap<object, WeakMap<object, Validator>>();
function conditionOf(schema: object, rootSchema: RJSFSchema): Validator {
  const ofRoot = conditions.get(rootSchema) ?? new WeakMap<object, Validator>();
  conditions.set(rootSchema, ofRoot);
  const known = ofRoot.get(schema);
  if (known !== undefined) return known;
  const { $defs, definitions } = rootSchema;
  const made = new Validator({ ...schema, ...($defs && { $defs }), ...(definitions && { definitions }) }, '2020-12', true);
  ofRoot.set(schema, made);
  return made;
}

export function createFormValidator(words: ProblemWords): ValidatorType {
  return {
    validateFormData(formData, schema) {
      const problems = validateAgainst(schema, formData);
      return {
        errors: problems.map((problem) => ({
          name: problem.rule,
          property: `.${problem.path.join('.')}`,
          message: words(problem),
          stack: `${problem.label}: ${words(problem)}`,
        })),
        errorSchema: toErrorSchema(problems, words),
      };
    },
    isValid: (schema, formData, rootSchema: RJSFSchema) => (typeof schema === 'boolean' ? schema : conditionOf(schema, rootSchema).validate(formData).valid),
    rawValidation: (schema, formData) => ({ errors: validateAgainst(schema, formData) as never[] }),
  };
}
