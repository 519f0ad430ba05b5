/** Part 3: the e-form of the procedure, filled as far as it is known. */
import { useMemo } from 'react';
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
  const { form, procedure, problems } = useReview();
  const formData = useIntake((state) => state.draft.formData);
  const whence = useIntake((state) => state.draft.whence);
  const showsAll = useIntake((state) => state.showsAllProblems);
  const touched = useIntake((state) => state.touched);

  const ofForm = problems.filter(({ code }) => code === 'form');
  const shownKey = ofForm.map(({ field, details }) => `${field}=${details?.['rule'] ?? ''}`).join(' ');
  const shown = useMemo(
    () =>
      ofForm
        .filter(({ field, details }) => showsAll || (details?.['rule'] !== 'required' && touched.has(fieldId(field))))
        .map(({ field, details = {} }): FormProblem => ({ path: field.split('.').slice(1), rule: String(details['rule']), label: String(details['label']), ...(details['limit'] === undefined ? {} : { limit: details['limit'] }) })),
    // The list is made anew with every letter typed; what it says is what counts.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [shownKey, showsAll, touched],
  );

  if (procedure === undefined) return null;
  return (
    <Section number={3} title={t('section.form')} isDone={ofForm.length === 0} summary={form === undefined ? t('form.none') : ofForm.length === 0 ? form.name : t('form.left', { count: ofForm.length })}>
      {form === undefined ? (
        <p className={styles.quiet}>{t('form.none-advice')}</p>
      ) : (
        <EFormFields form={form} data={formData} whence={whence} problems={shown} onChange={(data) => store.setFormData(data as Draft['formData'])} onBlur={(elementId) => store.finish(elementId)} />
      )}
    </Section>
  );
}
