/** Part 2: whose dossier it is, and who stands at the counter for them. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDate, dateAt } from '../../shared/lib/time.ts';
import { personSchema, submitterSchema } from '../../shared/dossiers/dossier.ts';
import type { Draft } from '../../shared/dossiers/draft.ts';
import { idNumberWarnings, parseCccdQr, type CccdReading } from '../../shared/identity/cccd.ts';
import { compareCard, contradicts } from '../../shared/identity/compare-card.ts';
import { CardDialog } from '../scanning/CardDialog.tsx';
import { Button } from '../ui/Button.tsx';
import { Checkbox, RadioCards } from '../ui/Choices.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Notice } from '../ui/Notice.tsx';
import { CardComparison } from './CardComparison.tsx';
import { fieldId } from './go-to-field.ts';
import { useDraft, useIntake, useIntakeStore, useProblemAt, useProblems, type DraftPart } from './intake-context.tsx';
import { PartyFields } from './PartyFields.tsx';
import { FieldError } from './ProcedureSection.tsx';
import { Section } from './Section.tsx';
import styles from './sections.module.css';

const PARTIES: readonly DraftPart[] = ['applicant', 'submitter'];
const relations = submitterSchema.shape.relation.options;

/** Only of what was entered rightly; what is wrong says so at its field. */
function warningsOf(applicant: Draft['applicant']): ReturnType<typeof idNumberWarnings> {
  const known = personSchema.pick({ idNumber: true, sex: true, dateOfBirth: true });
  const one = <K extends keyof typeof known.shape>(field: K) => known.shape[field].safeParse(applicant[field]).data;
  return idNumberWarnings({ idNumber: one('idNumber'), sex: one('sex') as 'male' | 'female' | undefined, dateOfBirth: one('dateOfBirth') });
}

export function ApplicantSection() {
  const { t } = useTranslation(['intake', 'identity']);
  const store = useIntakeStore();
  const draft = useDraft('applicantKind', 'applicant', 'submitter');
  const lastDossier = useIntake((state) => state.lastDossier);
  const isDone = useProblems(PARTIES).length === 0;
  const problemAt = useProblemAt('submitter');
  const name = draft.applicant['fullName'];

  return (
    <Section
      number={2}
      title={t('section.applicant')}
      isDone={isDone}
      summary={[name, draft.applicant['idNumber'] ?? draft.applicant['taxCode']].filter(Boolean).join(' · ')}
    >
      <CardNoticeLine />
      <div className={styles.between}>
        <RadioCards
          label={t('applicant.kind')}
          isLabelHidden
          options={[
            { value: 'person', label: t('applicant.person') },
            { value: 'organisation', label: t('applicant.organisation') },
          ]}
          value={draft.applicantKind}
          onChange={(applicantKind) => store.change((before) => ({ ...before, applicantKind }))}
        />
        <p className={styles.cardHint}>
          <Icon name="user" size={18} />
          {t('applicant.card-hint')}
        </p>
        <CardByCamera />
      </div>
      <PartyFields party="applicant" kind={draft.applicantKind} />
      {draft.applicantKind === 'person' &&
        warningsOf(draft.applicant).map((warning) => (
          <p key={warning} className={styles.warning}>
            <Icon name="warning" size={16} />
            {t(`identity:warning.${warning}`)}
          </p>
        ))}
      {lastDossier !== null && (
        <p className={styles.known}>
          <Icon name="folder" size={16} />
          {t('applicant.last-dossier', { code: lastDossier.code, procedure: lastDossier.procedureName, date: formatDate(dateAt(lastDossier.acceptedAtMs)) })}
        </p>
      )}
      <Checkbox isSelected={draft.submitter !== undefined} onChange={(isOn) => store.change((before) => ({ ...before, submitter: isOn ? {} : undefined }))}>
        {t('applicant.on-behalf')}
      </Checkbox>
      {draft.submitter !== undefined && (
        <div className={styles.inset} role="group" aria-label={t('section.submitter')}>
          <div id={fieldId('submitter.relation')}>
            <RadioCards
              label={t('identity:field.relation')}
              options={relations.map((relation) => ({ value: relation, label: t(`relation.${relation}`) }))}
              value={(draft.submitter['relation'] as (typeof relations)[number] | undefined) ?? null}
              onChange={(relation) => store.change((before) => ({ ...before, submitter: { ...before.submitter, relation } }))}
            />
            <FieldError words={problemAt('submitter.relation')} />
          </div>
          <PartyFields party="submitter" kind="person" />
        </div>
      )}
    </Section>
  );
}

/** Reads a card without a card reader; what contradicts what was typed is asked about, field by field. */
function CardByCamera() {
  const { t } = useTranslation('scanning');
  const store = useIntakeStore();
  const { applicantKind, applicant, submitter } = useDraft('applicantKind', 'applicant', 'submitter');
  const [isOpen, setIsOpen] = useState(false);
  const [reading, setReading] = useState<CccdReading | null>(null);
  const into = applicantKind === 'organisation' ? 'submitter' : 'applicant';
  const typed = (into === 'applicant' ? applicant : submitter) ?? {};

  const read = (text: string) => {
    setIsOpen(false);
    const parsed = parseCccdQr(text);
    if (!parsed.ok) return store.cardUnreadable();
    if (contradicts(compareCard(parsed.value.card, typed))) setReading(parsed.value);
    else store.fillFromCard(parsed.value, into);
  };
  return (
    <>
      <Button onPress={() => setIsOpen(true)}>{t('card-by-camera')}</Button>
      {isOpen && <CardDialog onRead={read} onClose={() => setIsOpen(false)} />}
      {reading !== null && (
        <CardComparison
          lines={compareCard(reading.card, typed)}
          onTake={(fields) => {
            setReading(null);
            store.takeFromCard(reading, into, fields);
          }}
          onClose={() => setReading(null)}
        />
      )}
    </>
  );
}

function CardNoticeLine() {
  const { t } = useTranslation('identity');
  const store = useIntakeStore();
  const notice = useIntake((state) => state.cardNotice);
  if (notice === null) return null;
  const dismiss = <Button onPress={() => store.dismissCardNotice(false)}>{t('card.dismiss')}</Button>;
  if (notice.kind === 'unreadable')
    return (
      <Notice tone="warning" title={t('card.unreadable')} action={dismiss}>
        {t('card.unreadable-advice')}
      </Notice>
    );
  if (notice.before === null && notice.into === 'applicant' && notice.mangled.length === 0) return null;
  const title = notice.before !== null ? 'card.filled-instead' : notice.into === 'submitter' ? 'card.filled-submitter' : 'card.filled';
  return (
    <Notice
      tone={notice.mangled.length > 0 ? 'warning' : 'info'}
      title={t(title, { name: notice.name })}
      action={
        <div className={styles.row}>
          {notice.before !== null && <Button onPress={() => store.dismissCardNotice(true)}>{t('card.undo')}</Button>}
          {dismiss}
        </div>
      }
    >
      {notice.mangled.length > 0 && t('card.mangled', { fields: notice.mangled.map((field) => t(`field.${field}`)).join(', ') })}
    </Notice>
  );
}
