/** What the province refused of a dossier, why, and what mends it: the fields it names, typed anew, or another code. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CODE_TAKEN, fieldsToMend, stepsOf, type FieldChange } from '../../shared/dossiers/correct.ts';
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import { formOf } from '../../shared/dossiers/intake-from-draft.ts';
import { labelOf } from '../../shared/eform/validate.ts';
import type { Failure } from '../../shared/lib/result.ts';
import type { SyncState } from '../../shared/sync/state.ts';
import { useServices } from '../app/services.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { formProblemWords } from '../eform/problem-words.ts';
import { fieldWords, reasonWords } from '../app/refusal-words.ts';
import { Button } from '../ui/Button.tsx';
import { DateField } from '../ui/DateField.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import { TextField } from '../ui/TextField.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import styles from './dossiers.module.css';

type Refusal = SyncState['needsFix'][number];
type Props = { dossier: Dossier; refusal: Refusal; onDone: (words: string) => void };

const MEND_KEY = 'F7';

export function Correction({ dossier, refusal, onDone }: Props) {
  const { t, i18n } = useTranslation('dossiers');
  const [isOpen, setIsOpen] = useState(false);
  const isRecoding = refusal.reason === CODE_TAKEN;
  const fields = isRecoding ? [] : fieldsToMend(dossier, refusal.field ?? '');
  const canMend = isRecoding || fields.length > 0;
  const label = isRecoding ? t('correct.recode') : t('correct.open');
  useShortcut(MEND_KEY, () => setIsOpen(true), { label, isEnabled: canMend });

  return (
    <>
      <Notice
        tone="danger"
        title={reasonWords(refusal.reason, t, i18n.exists)}
        action={
          canMend && (
            <Button variant="primary" shortcut={MEND_KEY} onPress={() => setIsOpen(true)}>
              {label}
            </Button>
          )
        }
      >
        {refusal.field !== undefined && !isRecoding && t('sync:needsFix.field', { field: fieldWords(refusal.field, t, i18n.exists) })}
      </Notice>
      {isOpen && canMend && <Mending dossier={dossier} fields={fields} isRecoding={isRecoding} onClose={() => setIsOpen(false)} onDone={onDone} />}
    </>
  );
}

type MendingProps = { dossier: Dossier; fields: FieldChange[]; isRecoding: boolean; onClose: () => void; onDone: Props['onDone'] };

function Mending({ dossier, fields, isRecoding, onClose, onDone }: MendingProps) {
  const { t } = useTranslation('dossiers');
  const failureWords = useFailureWords();
  const problemWords = useProblemWords();
  const { bridge } = useServices();
  // The fields as they were when the dialog opened: what the officer types is not taken away by news of the dossier.
  const [typed, setTyped] = useState(fields);
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const wrongField = failure?.kind === 'field-wrong' ? failure.details?.['field'] : undefined;
  const isAtField = typed.some(({ field }) => field === wrongField);

  const confirm = async () => {
    if (isBusy) return;
    setIsBusy(true);
    setFailure(null);
    const corrected = await bridge.invoke('dossiers:correct', { dossierId: dossier.dossierId, changes: isRecoding ? [] : typed });
    setIsBusy(false);
    if (!corrected.ok) return setFailure(corrected.failure);
    const { code, formerCodes } = corrected.value.dossier;
    onClose();
    onDone(corrected.value.isPrinted ? t('correct.recoded', { code, former: formerCodes?.at(-1) }) : t('correct.done'));
  };
  useShortcut('F9', () => void confirm());

  return (
    <Dialog
      role="alertdialog"
      isOpen
      title={isRecoding ? t('correct.recodeTitle') : t('correct.title', { code: dossier.code })}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('correct.cancel')}</Button>
          <Button variant="primary" shortcut="F9" autoFocus={isRecoding} isPending={isBusy} onPress={() => void confirm()}>
            {isRecoding ? t('correct.recodeYes') : t('correct.confirm')}
          </Button>
        </>
      }
    >
      {isRecoding && <p>{t('correct.recodeWords', { code: dossier.code })}</p>}
      <div className={styles.mending}>
        {typed.map((change, at) => (
          <Field
            key={change.field}
            dossier={dossier}
            change={change}
            autoFocus={at === 0}
            error={failure !== null && change.field === wrongField ? problemWords(failure) : undefined}
            onChange={(value) => {
              setFailure(null);
              setTyped(typed.map((one) => (one.field === change.field ? { ...one, value } : one)));
            }}
            onSubmit={() => void confirm()}
          />
        ))}
      </div>
      {failure !== null && !isAtField && <Notice tone="danger" title={failure.kind === 'field-wrong' ? problemWords(failure) : failureWords(failure)} />}
    </Dialog>
  );
}

type FieldProps = {
  dossier: Dossier;
  change: FieldChange;
  autoFocus: boolean;
  error: string | undefined;
  onChange: (value: string) => void;
  onSubmit: () => void;
};

const DATES: ReadonlySet<string> = new Set(['dateOfBirth', 'idIssuedOn']);
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/u;

function Field({ dossier, change, autoFocus, error, onChange, onSubmit }: FieldProps) {
  const { t } = useTranslation('dossiers');
  const { catalogue } = useServices();
  const [root = '', ...path] = stepsOf(change.field);
  // As the officer finds it: a date stays a date while it is typed anew.
  const [isDate] = useState(() => (root === 'formData' ? ISO_DATE.test(change.value) : DATES.has(path[0] ?? '')));
  const procedure = catalogue.procedures.find(({ code }) => code === dossier.procedureCode);
  const form = procedure === undefined ? undefined : formOf(catalogue, procedure);
  const partyLabel = (): string =>
    path[0] === 'fullName' && dossier.applicant.kind === 'organisation' ? t('party.organisation') : t(`identity:field.${path[0]}`);
  const label = {
    note: () => t('note'),
    formData: () => path.map((step, at) => (/^\d+$/u.test(step) ? String(Number(step) + 1) : labelOf(form?.schema, path.slice(0, at + 1)))).join(' · '),
    applicant: partyLabel,
    submitter: () => `${t('section.submitter')} · ${t(`identity:field.${path[0]}`)}`,
  }[root as 'note']();
  const control = { label, autoFocus, error, onSubmit };
  if (isDate)
    return <DateField {...control} placeholder={t('eform:date-placeholder')} value={change.value || undefined} onChange={(value) => onChange(value ?? '')} />;
  return <TextField {...control} rows={root === 'note' || change.value.includes('\n') ? 4 : 1} value={change.value} onChange={onChange} />;
}

function useProblemWords(): (failure: Failure) => string {
  const { t, i18n } = useTranslation('dossiers');
  return ({ details = {} }) => {
    const { code, rule, limit, label } = details;
    if (code === 'form') {
      const words = formProblemWords(
        (key, values) => t(`eform:${key}`, values ?? {}),
        (key) => i18n.exists(`eform:${key}`),
      );
      return words({ path: [], rule: String(rule), label: String(label), limit });
    }
    if (code === 'character') return t('correct.character');
    return i18n.exists(`identity:problem.${code}`) ? t(`identity:problem.${code}`) : t('identity:problem.invalid');
  };
}
