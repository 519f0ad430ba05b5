/** A form filled in beforehand: which case it is, who it is for, then the e-form; whatever is left open the officer asks at the counter. */
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Procedure } from '../../shared/catalogue/catalogue.ts';
import { formOf } from '../../shared/dossiers/intake-from-draft.ts';
import { autofillForm, keepTrueMarks, type Whence } from '../../shared/eform/autofill.ts';
import { validateForm } from '../../shared/eform/validate.ts';
import { parseCccdQr } from '../../shared/identity/cccd.ts';
import { isForOrganisationsToo } from '../../shared/lobby/applicants.ts';
import type { Declaration } from '../../shared/lobby/declaration.ts';
import { useCardReader } from '../app/useCardReader.ts';
import { EFormFields } from '../eform/EFormFields.tsx';
import { RadioCards } from '../ui/Choices.tsx';
import { DateField } from '../ui/DateField.tsx';
import { Notice } from '../ui/Notice.tsx';
import { TextField } from '../ui/TextField.tsx';
import type { DeclarePart } from './lobby-store.ts';
import { Choice, Choices, Next, Question, Waiting } from './parts.tsx';
import { useCatalogue, useVisit } from './visit-context.ts';
import styles from './lobby.module.css';

type Party = Declaration['applicant'];
type ApplicantKind = Declaration['applicantKind'];
type FormData = Declaration['formData'];

export function Declare({ procedure, part }: { procedure: Procedure; part: DeclarePart }) {
  const { t } = useTranslation('lobby');
  const { back, go, wishFor } = useVisit();
  const catalogue = useCatalogue();
  const [caseId, setCaseId] = useState(procedure.cases.length === 1 ? procedure.cases[0]?.id : undefined);
  const [applicantKind, setApplicantKind] = useState<ApplicantKind>('person');
  const [applicant, setApplicant] = useState<Party>({});
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
  const declare = () => wishFor(procedure, { procedureCode: procedure.code, catalogueVersion: catalogue.version, caseId, applicantKind, applicant, formData });
  const toForm = () => {
    if (form === undefined) return declare();
    const filled = autofillForm(form, { applicant, submitter: undefined }, formData, whence);
    setFormData(filled.formData as FormData);
    setWhence(filled.whence);
    go({ name: 'declare', procedure, part: 'form' });
  };

  const isOfCase = (id: string | undefined) => {
    setCaseId(id);
    go({ name: 'declare', procedure, part: 'who' });
  };
  if (part === 'case')
    return (
      <Question words={t('declare.case')} hint={procedure.name} onBack={back}>
        <Choices>
          {procedure.cases.map(({ id, name, hint }) => (
            <Choice key={id} isOn={id === caseId || undefined} onPress={() => isOfCase(id)}>
              <span>
                {name}
                {hint !== undefined && <span className={styles.choiceHint}>{hint}</span>}
              </span>
            </Choice>
          ))}
          <Choice onPress={() => isOfCase(undefined)}>{t('declare.caseUnknown')}</Choice>
        </Choices>
      </Question>
    );
  const isKind = (kind: ApplicantKind) => {
    setApplicantKind(kind);
    // What names a person names no organisation.
    setApplicant(({ phone }) => ({ phone }));
  };
  if (part === 'who' || form === undefined)
    return (
      <Question words={t('declare.who')} hint={procedure.name} onBack={back} next={<Next onPress={toForm}>{t('next')}</Next>}>
        {isForOrganisationsToo(procedure) && (
          <Choices>
            {(['person', 'organisation'] as const).map((kind) => (
              <Choice key={kind} isOn={kind === applicantKind} onPress={() => kind !== applicantKind && isKind(kind)}>
                {t(`declare.kind.${kind}`)}
              </Choice>
            ))}
          </Choices>
        )}
        {applicantKind === 'person' ? <Person party={applicant} onChange={setApplicant} /> : <Organisation party={applicant} onChange={setApplicant} />}
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

type PartyProps = { party: Party; onChange: (party: Party) => void };

const setterOf =
  ({ party, onChange }: PartyProps) =>
  (field: string) =>
  (value: string | undefined) =>
    onChange({ ...party, [field]: value === '' ? undefined : value });

function Person({ party, onChange }: PartyProps) {
  const { t } = useTranslation(['identity', 'lobby', 'eform']);
  const [isUnreadable, setIsUnreadable] = useState(false);
  useCardReader((text) => {
    const read = parseCccdQr(text);
    setIsUnreadable(!read.ok);
    if (read.ok) onChange({ ...party, ...read.value.card });
  });
  const set = setterOf({ party, onChange });
  return (
    <div className={styles.fields}>
      <Notice tone={isUnreadable ? 'warning' : 'info'} title={t(isUnreadable ? 'card.unreadable' : 'lobby:declare.card')}>
        {isUnreadable && t('card.unreadable-advice')}
      </Notice>
      <TextField label={t('field.fullName')} value={party['fullName'] ?? ''} onChange={set('fullName')} maxLength={200} autoFocus />
      <TextField
        label={t('field.idNumber')}
        value={party['idNumber'] ?? ''}
        onChange={(typed) => set('idNumber')(digitsOnly(typed))}
        inputMode="numeric"
        maxLength={12}
      />
      <DateField label={t('field.dateOfBirth')} placeholder={t('eform:date-placeholder')} value={party['dateOfBirth']} onChange={set('dateOfBirth')} />
      <RadioCards
        label={t('field.sex')}
        options={[
          { value: 'male', label: t('sex.male') },
          { value: 'female', label: t('sex.female') },
        ]}
        value={party['sex'] ?? null}
        onChange={set('sex')}
      />
      <TextField label={t('field.residence')} value={party['residence'] ?? ''} onChange={set('residence')} maxLength={500} />
      <TextField label={t('field.phone')} value={party['phone'] ?? ''} onChange={set('phone')} inputMode="tel" maxLength={20} />
    </div>
  );
}

/** Who comes for it shows a card at the counter. */
function Organisation({ party, onChange }: PartyProps) {
  const { t } = useTranslation(['identity', 'lobby']);
  const set = setterOf({ party, onChange });
  return (
    <div className={styles.fields}>
      <TextField label={t('lobby:declare.organisationName')} value={party['fullName'] ?? ''} onChange={set('fullName')} maxLength={200} />
      <TextField
        label={t('field.taxCode')}
        value={party['taxCode'] ?? ''}
        onChange={(typed) => set('taxCode')(typed.replace(/[^\d-]/gu, ''))}
        inputMode="numeric"
        maxLength={14}
      />
      <TextField label={t('field.residence')} value={party['residence'] ?? ''} onChange={set('residence')} maxLength={500} />
      <TextField label={t('field.phone')} value={party['phone'] ?? ''} onChange={set('phone')} inputMode="tel" maxLength={20} />
    </div>
  );
}
