/** The answers to what the form asks right now; answers to sections that a condition has hidden stay in the draft but not in the dossier. */
import { createSchemaUtils, type RJSFSchema } from '@rjsf/utils';
import type { EForm } from '../../shared/catalogue/catalogue.ts';
import type { Draft } from '../../shared/dossiers/draft.ts';
import { createFormValidator } from './form-validator.ts';

const validator = createFormValidator(({ rule }) => rule);
const known = new WeakMap<EForm, WeakMap<Draft['formData'], Draft['formData']>>();

export function askedOf(form: EForm, formData: Draft['formData']): Draft['formData'] {
  const ofForm = known.get(form) ?? new WeakMap<Draft['formData'], Draft['formData']>();
  known.set(form, ofForm);
  const before = ofForm.get(formData);
  if (before !== undefined) return before;
  const schema = form.schema as RJSFSchema;
  const asked = (createSchemaUtils(validator, schema).omitExtraData(schema, formData) ?? {}) as Draft['formData'];
  ofForm.set(formData, asked);
  return asked;
}
