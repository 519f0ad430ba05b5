/** Part 3: the e-form of the procedure, filled as far as it is known. */
import { useCallback, useDeferredValue, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Draft } from '../../shared/dossiers/draft.ts';
import type { FormProblem } from '../../shared/eform/validate.ts';
import { EFormFields } from '../eform/EFormFields.tsx';
import { fieldId } from './go-to-field.ts';
import { useIntake, useIntakeStore, useReview } from './intake-context.tsx';
import { Section } from './Section.tsx';
import styles from './sections.module.css';

export function FormSection() {
  const { t } = useTranslation('intake');
  const store = useIntakeStore();
  const { form: newest, procedure, problems } = useReview('form', 'procedure', 'problems');
  // A long form is drawn in slices: the officer goes on typing meanwhile.
  const form = useDeferredValue(newest, undefined);
  const formData = useIntake((state) => state.draft.formData);
  const whence = useIntake((state) => state.draft.whence);
  const showsAll = useIntake((state) => state.showsAllProblems);
  const touched = useIntake((state) => state.touched);

  const ofForm = useMemo(() => problems.filter(({ code }) => code === 'form'), [problems]);
  const shown = useMemo(
    () =>
      ofForm
        .filter(({ field, details }) => showsAll || (details?.['rule'] !== 'required' && touched.has(fieldId(field))))
        .map(({ field, details = {} }): FormProblem => ({
          path: field.split('.').slice(1),
          rule: String(details['rule']),
          label: String(details['label']),
          ...(details['limit'] === undefined ? {} : { limit: details['limit'] }),
        })),
    [ofForm, showsAll, touched],
  );

  const change = useCallback((data: Record<string, unknown>) => store.setFormData(data as Draft['formData']), [store]);

  if (procedure === undefined) return null;
  return (
    <Section
      number={3}
      title={t('section.form')}
      isDone={ofForm.length === 0}
      summary={form === undefined ? t('form.none') : ofForm.length === 0 ? form.name : t('form.left', { count: ofForm.length })}
    >
      {newest !== undefined && form === undefined ? null : form === undefined ? (
        <p className={styles.quiet}>{t('form.none-advice')}</p>
      ) : (
        <EFormFields form={form} data={formData} whence={whence} problems={shown} onChange={change} onBlur={store.finish} />
      )}
    </Section>
  );
}
