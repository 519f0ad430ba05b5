/** Part 3: the e-form of the procedure, filled as far as it is known. */
import { useCallback, useDeferredValue, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Draft } from '../../shared/dossiers/draft.ts';
import type { Problem } from '../../shared/dossiers/intake-from-draft.ts';
import type { FormProblem } from '../../shared/eform/validate.ts';
import { EFormFields } from '../eform/EFormFields.tsx';
import { fieldId } from './go-to-field.ts';
import { useIntake, useIntakeStore, useProblems, useReview, type DraftPart } from './intake-context.tsx';
import type { IntakeState } from './intake-store.ts';
import { Section } from './Section.tsx';
import styles from './sections.module.css';

const PART: readonly DraftPart[] = ['formData'];
const isShown = ({ field, details }: Problem, { showsAllProblems, touched }: IntakeState): boolean =>
  showsAllProblems || (details?.['rule'] !== 'required' && touched.has(fieldId(field)));

export function FormSection() {
  const { t } = useTranslation('intake');
  const store = useIntakeStore();
  const { form: newest, procedure } = useReview('form', 'procedure');
  // A long form is drawn in slices: the officer goes on typing meanwhile.
  const form = useDeferredValue(newest, undefined);
  // The form shows what is typed by itself; that the draft holds it now may be told to it a moment later.
  const formData = useDeferredValue(useIntake((state) => state.draft.formData));
  const whence = useIntake((state) => state.draft.whence);
  const left = useProblems(PART).length;
  const ofForm = useDeferredValue(useProblems(PART, isShown));
  const shown = useMemo(
    () =>
      ofForm.map(({ field, details = {} }): FormProblem => ({
        path: field.split('.').slice(1),
        rule: String(details['rule']),
        label: String(details['label']),
        ...(details['limit'] === undefined ? {} : { limit: details['limit'] }),
      })),
    [ofForm],
  );

  const change = useCallback((data: Record<string, unknown>) => store.setFormData(data as Draft['formData']), [store]);

  if (procedure === undefined) return null;
  return (
    <Section
      number={3}
      title={t('section.form')}
      isDone={left === 0}
      summary={form === undefined ? t('form.none') : left === 0 ? form.name : t('form.left', { count: left })}
    >
      {newest !== undefined && form === undefined ? null : form === undefined ? (
        <p className={styles.quiet}>{t('form.none-advice')}</p>
      ) : (
        <EFormFields form={form} data={formData} whence={whence} problems={shown} onChange={change} onBlur={store.finish} />
      )}
    </Section>
  );
}
