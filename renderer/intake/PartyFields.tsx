/** The fields of one party: a person as the identity card names them, or an organisation. */
import { useTranslation } from 'react-i18next';
import { DateField } from '../ui/DateField.tsx';
import { Marked } from '../ui/Marked.tsx';
import { TextField } from '../ui/TextField.tsx';
import { RadioCards } from '../ui/Choices.tsx';
import { fieldId } from './go-to-field.ts';
import { useIntake, useIntakeStore, useProblemAt } from './intake-context.tsx';
import type { PartyName, PersonField } from './intake-store.ts';
import styles from './PartyFields.module.css';

type FieldName = PersonField | 'taxCode';

export function PartyFields({ party, kind }: { party: PartyName; kind: 'person' | 'organisation' }) {
  const { t } = useTranslation(['identity', 'eform']);
  const store = useIntakeStore();
  const values = useIntake((state) => state.draft[party]) ?? {};
  const whence = useIntake((state) => state.draft.whence);
  const problemAt = useProblemAt(party);

  const field = (name: FieldName) => {
    const path = `${party}.${name}`;
    const source = whence[path];
    return {
      mark: source === undefined ? undefined : t(`eform:whence-${source}`),
      control: {
        id: fieldId(path),
        label: t(`field.${name}`),
        error: problemAt(path),
        onBlur: () => store.finishParty(party, name),
      },
      value: values[name] ?? '',
      onChange: (value: string | undefined) => store.setParty(party, name, value === '' ? undefined : value),
    };
  };
  const text = (name: FieldName, more: { inputMode?: 'numeric' | 'tel' | 'email'; maxLength?: number; isRequired?: boolean; autoFocus?: boolean } = {}) => {
    const { mark, control, value, onChange } = field(name);
    return (
      <Marked mark={mark}>
        <TextField {...control} {...more} value={value} onChange={onChange} />
      </Marked>
    );
  };
  const date = (name: 'dateOfBirth' | 'idIssuedOn') => {
    const { mark, control, value, onChange } = field(name);
    return (
      <Marked mark={mark}>
        <DateField {...control} placeholder={t('eform:date-placeholder')} value={value === '' ? undefined : value} onChange={onChange} />
      </Marked>
    );
  };

  if (kind === 'organisation')
    return (
      <div className={styles.grid} data-party={party}>
        <div className={styles.span4}>{text('fullName', { isRequired: true })}</div>
        <div className={styles.span2}>{text('taxCode', { inputMode: 'numeric', maxLength: 14 })}</div>
        <div className={styles.span6}>{text('residence')}</div>
        <div className={styles.span3}>{text('phone', { inputMode: 'tel', maxLength: 20 })}</div>
        <div className={styles.span3}>{text('email', { inputMode: 'email' })}</div>
      </div>
    );

  const sex = field('sex');
  return (
    <div className={styles.grid} data-party={party}>
      <div className={styles.span4}>{text('fullName', { isRequired: true })}</div>
      <div className={styles.span2}>{text('idNumber', { inputMode: 'numeric', maxLength: 12 })}</div>
      <div className={styles.span2}>{date('dateOfBirth')}</div>
      <div className={styles.span2}>
        <Marked mark={sex.mark} id={sex.control.id}>
          <RadioCards
            label={sex.control.label}
            options={[
              { value: 'male', label: t('sex.male') },
              { value: 'female', label: t('sex.female') },
            ]}
            value={sex.value === '' ? null : sex.value}
            onChange={(chosen) => {
              sex.onChange(chosen);
              store.finishParty(party, 'sex');
            }}
          />
          {sex.control.error !== undefined && <p className={styles.error}>{sex.control.error}</p>}
        </Marked>
      </div>
      <div className={styles.span2}>{date('idIssuedOn')}</div>
      <div className={styles.span6}>{text('residence')}</div>
      <div className={styles.span3}>{text('phone', { inputMode: 'tel', maxLength: 20 })}</div>
      <div className={styles.span3}>{text('email', { inputMode: 'email' })}</div>
    </div>
  );
}
