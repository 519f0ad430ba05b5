/** A form filled in beforehand: who it is for, then the e-form; whatever is left open the officer asks at the counter. */
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Procedure } from '../../shared/catalogue/catalogue.ts';
import { formOf } from '../../shared/dossiers/intake-from-draft.ts';
import { autofillForm, keepTrueMarks, type Whence } from '../../shared/eform/autofill.ts';
import { validateForm } from '../../shared/eform/validate.ts';
import { parseCccdQr } from '../../shared/identity/cccd.ts';
import type { Declaration } from '../../shared/lobby/declaration.ts';
import { useCardReader } from '../app/useCardReader.ts';
import { EFormFields } from '../eform/EFormFields.tsx';
import { RadioCards } from '../ui/Choices.tsx';
import { DateField } from '../ui/DateField.tsx';
import { Notice } from '../ui/Notice.tsx';
import { TextField } from '../ui/TextField.tsx';
import { Next, Question, Waiting } from './parts.tsx';
import { useCatalogue, useVisit } from './visit-context.ts';
import styles from './lobby.module.css';

type Person = Declaration['applicant'];
type FormData = Declaration['formData'];

export function Declare({ procedure, part }: { procedure: Procedure; part: 'who' | 'form' }) {
  const { t } = useTranslation('lobby');
  const { back, go, wishFor } = useVisit();
  const catalogue = useCatalogue();
  const [applicant, setApplicant] = useState<Person>({});
  const [formData, setFormData] = useState<FormData>({});
  const [whence, setWhence] = useState<Record<string, Whence>>({});

  const form = catalogue === null ? undefined : formOf(catalogue, procedure);
  const problems = useMemo(() => (form === undefined ? [] : validateForm(form, formData)), [form, formData]);
  // What is not filled in is no mistake here; what is filled in wrongly is said.
  const wrong = useMemo(() => problems.filter(({ rule }) => rule !== 'required' && rule !== 'minItems'), [problems]);
  const change = useCallback(
    (data: Record<string, unknown>) => {
      setFormData(data as FormData);
      setWhence((marks) => keepTrueMarks(marks, formData, data));
    },
    [formData],
  );

  if (catalogue === null) return <Waiting words={t('oneMoment')} />;
  const declare = () =>
    wishFor(procedure, { procedureCode: procedure.code, catalogueVersion: catalogue.version, applicantKind: 'person', applicant, formData });
  const toForm = () => {
    if (form === undefined) return declare();
    const filled = autofillForm(form, { applicant, submitter: undefined }, formData, whence);
    setFormData(filled.formData as FormData);
    setWhence(filled.whence);
    go({ name: 'declare', procedure, part: 'form' });
  };

  if (part === 'who' || form === undefined)
    return (
      <Question words={t('declare.who')} hint={procedure.name} onBack={back} next={<Next onPress={toForm}>{t('next')}</Next>}>
        <Who person={applicant} onChange={setApplicant} />
      </Question>
    );
  return (
    <Question words={form.name} hint={t('declare.formHint')} onBack={back} next={<Next onPress={declare}>{t('declare.takeNumber')}</Next>}>
      <EFormFields form={form} data={formData} whence={noMarks} problems={wrong} onChange={change} onBlur={nothing} />
      <p className={styles.hint} role="status">
        {t('declare.left', { count: problems.length - wrong.length })}
      </p>
    </Question>
  );
}

/** Where a value came from is the officer's question. */
const noMarks = {};
const nothing = () => undefined;

const digitsOnly = (text: string): string => text.replace(/\D/gu, '');

function Who({ person, onChange }: { person: Person; onChange: (person: Person) => void }) {
  const { t } = useTranslation(['identity', 'lobby', 'eform']);
  const [isUnreadable, setIsUnreadable] = useState(false);
  useCardReader((text) => {
    const read = parseCccdQr(text);
    setIsUnreadable(!read.ok);
    if (read.ok) onChange({ ...person, ...read.value.card });
  });
  const set = (field: string) => (value: string | undefined) => onChange({ ...person, [field]: value === '' ? undefined : value });
  return (
    <div className={styles.fields}>
      <Notice tone={isUnreadable ? 'warning' : 'info'} title={t(isUnreadable ? 'card.unreadable' : 'lobby:declare.card')}>
        {isUnreadable && t('card.unreadable-advice')}
      </Notice>
      <TextField label={t('field.fullName')} value={person['fullName'] ?? ''} onChange={set('fullName')} maxLength={200} autoFocus />
      <TextField
        label={t('field.idNumber')}
        value={person['idNumber'] ?? ''}
        onChange={(typed) => set('idNumber')(digitsOnly(typed))}
        inputMode="numeric"
        maxLength={12}
      />
      <DateField label={t('field.dateOfBirth')} placeholder={t('eform:date-placeholder')} value={person['dateOfBirth']} onChange={set('dateOfBirth')} />
      <RadioCards
        label={t('field.sex')}
        options={[
          { value: 'male', label: t('sex.male') },
          { value: 'female', label: t('sex.female') },
        ]}
        value={person['sex'] ?? null}
        onChange={set('sex')}
      />
      <TextField label={t('field.residence')} value={person['residence'] ?? ''} onChange={set('residence')} maxLength={500} />
      <TextField label={t('field.phone')} value={person['phone'] ?? ''} onChange={set('phone')} inputMode="tel" maxLength={20} />
    </div>
  );
}
