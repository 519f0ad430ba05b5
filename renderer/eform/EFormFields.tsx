/** The e-form (tờ khai điện tử) on the screen: @rjsf decides what is asked, our own controls ask it. */
import { memo, useCallback, useId, useMemo } from 'react';
// Not the package's index: that one also loads a test registry which needs Ajv.
import withTheme from '@rjsf/core/lib/withTheme.js';
import { useTranslation } from 'react-i18next';
import { englishStringTranslator, TranslatableString, type UiSchema } from '@rjsf/utils';
import type { EForm } from '../../shared/catalogue/catalogue.ts';
import type { Whence } from '../../shared/eform/autofill.ts';
import type { FormProblem } from '../../shared/eform/validate.ts';
import { createFormValidator, toErrorSchema } from './form-validator.ts';
import { formProblemWords } from './problem-words.ts';
import { templates } from './templates.tsx';
import { widgets } from './widgets.tsx';

const Form = withTheme({ templates, widgets });

/** Element id of the control at a path of the form, so that a problem can be gone to. */
export const formFieldId = (path: readonly string[]): string => ['form', ...path].join('_');

/** Where values came from, by element id. Plain data: @rjsf takes all functions for equal and would not draw anew. */
export type EFormContext = { marks: Readonly<Record<string, string>> };

export const EFormFields = memo(function EFormFields({
  form,
  data,
  whence,
  problems,
  onChange,
  onBlur,
}: {
  form: EForm;
  data: Record<string, unknown>;
  whence: Record<string, Whence>;
  problems: FormProblem[];
  onChange(data: Record<string, unknown>): void;
  /** A control was left; `elementId` as `formFieldId` gives it. */
  onBlur(elementId: string): void;
}) {
  const { t, i18n } = useTranslation('eform');
  const name = useId();
  const words = useMemo(
    () =>
      formProblemWords(
        (key, values) => t(key, values ?? {}),
        (key) => i18n.exists(key, { ns: 'eform' }),
      ),
    [t, i18n],
  );
  const translateString = useCallback(
    (text: TranslatableString, values?: string[]) => {
      if (text === TranslatableString.YesLabel) return t('yes');
      return text === TranslatableString.NoLabel ? t('no') : englishStringTranslator(text, values);
    },
    [t],
  );
  const validator = useMemo(() => createFormValidator(words), [words]);
  const extraErrors = useMemo(() => toErrorSchema(problems, words), [problems, words]);
  const formContext = useMemo<EFormContext>(
    () => ({
      marks: Object.fromEntries(
        Object.entries(whence)
          .filter(([key]) => key.startsWith('formData.'))
          .map(([key, source]) => [formFieldId(key.split('.').slice(1)), t(`whence-${source}`)]),
      ),
    }),
    [whence, t],
  );
  return (
    <Form
      key={form.id}
      name={name}
      tagName="div"
      idPrefix="form"
      idSeparator="_"
      schema={form.schema}
      uiSchema={form.uiSchema as UiSchema}
      formData={data}
      formContext={formContext}
      translateString={translateString}
      validator={validator}
      extraErrors={extraErrors}
      noValidate
      showErrorList={false}
      experimental_defaultFormStateBehavior={{ emptyObjectFields: 'populateRequiredDefaults', constAsDefaults: 'never' }}
      onChange={(event) => onChange((event.formData ?? {}) as Record<string, unknown>)}
      onBlur={onBlur}
    >
      {/* No submit button of its own: the dossier is accepted as a whole. */}
      <></>
    </Form>
  );
});
