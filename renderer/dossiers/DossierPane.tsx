/** One dossier to read: who, what, papers with their scans, fees, due date and why; print again, save as PDF. */
import { useLiveQuery } from 'dexie-react-hooks';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { Applicant, Dossier, DossierId, DueRule, Paper } from '../../shared/dossiers/dossier.ts';
import { formatVnd } from '../../shared/lib/money.ts';
import type { Failure } from '../../shared/lib/result.ts';
import { formatDate, formatDateTime } from '../../shared/lib/time.ts';
import type { DossierDelivery } from '../../shared/sync/state.ts';
import { DeliveryChip } from '../app/DeliveryChip.tsx';
import { Correction } from './Correction.tsx';
import { DossierUpstreams } from './DossierUpstreams.tsx';
import { ScanViewer } from '../scanning/ScanViewer.tsx';
import { useServices } from '../app/services.tsx';
import { useSync } from '../app/shell-context.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { Button } from '../ui/Button.tsx';
import { Chip } from '../ui/Chip.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Facts } from '../ui/Panel.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import { DueChip } from './DueChip.tsx';
import { formLines } from './form-lines.ts';
import { OtherPapers } from './OtherPapers.tsx';
import styles from './dossiers.module.css';

type Outcome = { tone: 'ok' | 'danger'; words: string } | null;

export function DossierPane({ dossierId, delivery }: { dossierId: DossierId; delivery: DossierDelivery | undefined }) {
  const { dossiers } = useServices();
  const dossier = useLiveQuery(() => dossiers.get(dossierId), [dossiers, dossierId]);
  return dossier === undefined ? null : <Reading dossier={dossier} delivery={delivery} />;
}

function Reading({ dossier, delivery }: { dossier: Dossier; delivery: DossierDelivery | undefined }) {
  const { t } = useTranslation('dossiers');
  const failureWords = useFailureWords();
  const { bridge, catalogue } = useServices();
  const [outcome, setOutcome] = useState<Outcome>(null);
  const refusal = useSync()?.needsFix.find(({ dossierId }) => dossierId === dossier.dossierId);
  const [isAskingPaper, setIsAskingPaper] = useState(false);
  const [viewing, setViewing] = useState<Paper | null>(null);
  const failed = (failure: Failure): Outcome => ({ tone: 'danger', words: failureWords(failure) });

  const printAgain = async () => {
    const printed = await bridge.invoke('printing:reprint', { kind: 'receipt', id: dossier.dossierId });
    setOutcome(printed.ok ? { tone: 'ok', words: t('reprinted') } : failed(printed.failure));
  };
  const savePdf = async () => {
    const saved = await bridge.invoke('printing:save-pdf', { dossierId: dossier.dossierId, size: 'A4' });
    if (!saved.ok) setOutcome(failed(saved.failure));
    else if (saved.value.saved) setOutcome({ tone: 'ok', words: t('pdfSaved') });
  };
  useShortcut('Ctrl+P', () => void printAgain(), { label: t('printAgain') });

  const procedure = catalogue.procedures.find(({ code }) => code === dossier.procedureCode);
  const form = catalogue.forms.find(({ id }) => id === procedure?.formId);
  const caseName = procedure?.cases.find(({ id }) => id === dossier.caseId)?.name;
  const answers = formLines(form?.schema ?? {}, dossier.formData, { yes: t('yes'), no: t('no') });
  const total = dossier.fees.reduce((sum, fee) => sum + fee.amountVnd, 0);

  return (
    <article className={styles.dossier} aria-label={dossier.code}>
      <header className={styles.dossierHead}>
        <div>
          <h2 className={styles.bigCode} data-testid="dossier-code">
            {dossier.code}
          </h2>
          <p>{dossier.procedureName}</p>
          <p className={styles.chips}>
            <DeliveryChip delivery={delivery} />
            <DueChip dueAtMs={dossier.dueAtMs} />
            {dossier.acceptedOffline && <Chip tone="offline">{t('acceptedOffline')}</Chip>}
          </p>
        </div>
        <div className={styles.buttons}>
          <Button onPress={() => setIsAskingPaper(true)}>{t('otherPapers')}</Button>
          <Button onPress={() => void savePdf()}>{t('savePdf')}</Button>
          <Button variant="primary" shortcut="Ctrl+P" onPress={() => void printAgain()}>
            {t('printAgain')}
          </Button>
        </div>
      </header>
      {refusal !== undefined && (
        <Correction key={refusal.operationId} dossier={dossier} refusal={refusal} onDone={(words) => setOutcome({ tone: 'ok', words })} />
      )}
      {outcome !== null && <Notice tone={outcome.tone} title={outcome.words} />}
      {isAskingPaper && <OtherPapers dossier={dossier} onClose={() => setIsAskingPaper(false)} />}

      <Section title={t('section.applicant')}>
        <Facts facts={partyFacts(dossier.applicant, t)} />
      </Section>
      {dossier.submitter !== undefined && (
        <Section title={t('section.submitter')}>
          <Facts facts={[{ name: t('relation.name'), value: t(`relation.${dossier.submitter.relation}`) }, ...partyFacts(dossier.submitter, t)]} />
        </Section>
      )}
      <Section title={t('section.intake')}>
        <Facts
          facts={[
            { name: t('procedureCode'), value: dossier.procedureCode },
            caseName === undefined ? null : { name: t('case'), value: caseName },
            { name: t('acceptedAt'), value: formatDateTime(dossier.acceptedAtMs) },
            { name: t('acceptedBy'), value: dossier.operatorName },
            { name: t('dueAt'), value: dossier.dueAtMs === null ? t('due.none') : formatDateTime(dossier.dueAtMs) },
            dossier.formerCodes === undefined ? null : { name: t('formerCodes'), value: dossier.formerCodes.join(', ') },
            dossier.dueRule === null ? null : { name: t('rule.name'), value: ruleWords(dossier.dueRule, t) },
            { name: t('channel.name'), value: t(`channel.${dossier.channel}`) },
            { name: t('resultDelivery.name'), value: t(`resultDelivery.${dossier.resultDelivery}`) },
            { name: t('sets'), value: dossier.sets },
            dossier.note === undefined || dossier.note === '' ? null : { name: t('note'), value: dossier.note },
          ]}
        />
      </Section>
      <DossierUpstreams dossierId={dossier.dossierId} delivery={delivery} />
      <Section title={t('section.papers')}>
        <ul className={styles.papers}>
          {dossier.papers.map((paper) => (
            <li key={paper.requirementId} className={styles.paper}>
              <div className={styles.paperWords}>
                <span>{paper.name}</span>
                <span className={styles.muted}>{countWords(paper, t)}</span>
              </div>
              {paper.state !== 'received' && <Chip tone={paper.state === 'owed' ? 'warning' : 'neutral'}>{t(`paper.${paper.state}`)}</Chip>}
              {paper.pages.length > 0 && <Button onPress={() => setViewing(paper)}>{t('viewScans', { count: paper.pages.length })}</Button>}
            </li>
          ))}
        </ul>
      </Section>
      <Section title={t('section.fees')}>
        {dossier.fees.length === 0 ? (
          <p>{t('noFees')}</p>
        ) : (
          <table className={styles.fees}>
            <tbody>
              {dossier.fees.map((fee) => (
                <tr key={fee.feeId}>
                  <th scope="row">
                    {t(`fee.${fee.kind}`)} · {fee.name}
                    {fee.exemption !== undefined && <span className={styles.muted}> ({fee.exemption})</span>}
                  </th>
                  <td>{formatVnd(fee.amountVnd)}</td>
                </tr>
              ))}
              <tr className={styles.total}>
                <th scope="row">{t('fee.total')}</th>
                <td>{formatVnd(total)}</td>
              </tr>
            </tbody>
          </table>
        )}
      </Section>
      {answers.length > 0 && (
        <Section title={form?.name ?? t('section.form')}>
          {[...new Set(answers.map(({ section }) => section))].map((section) => (
            <div key={section} className={styles.answers}>
              {section !== '' && <h4 className={styles.muted}>{section}</h4>}
              <Facts facts={answers.filter((answer) => answer.section === section).map(({ label, value }) => ({ name: label, value }))} />
            </div>
          ))}
        </Section>
      )}
      {viewing !== null && <ScanViewer title={viewing.name} scans={viewing.pages} onClose={() => setViewing(null)} />}
    </article>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

type Fact = { name: string; value: string } | null;
const given = (name: string, value: string | undefined): Fact => (value === undefined || value === '' ? null : { name, value });

function partyFacts(party: Applicant, t: TFunction): Fact[] {
  const contact = [given(t('party.residence'), party.residence), given(t('party.phone'), party.phone), given(t('party.email'), party.email)];
  if (party.kind === 'organisation') return [given(t('party.organisation'), party.fullName), given(t('party.taxCode'), party.taxCode), ...contact];
  return [
    given(t('party.fullName'), party.fullName),
    given(t('party.idNumber'), party.idNumber),
    given(t('party.dateOfBirth'), party.dateOfBirth && formatDate(party.dateOfBirth)),
    given(t('party.sex'), party.sex && t(`sex.${party.sex}`)),
    ...contact,
  ];
}

const countWords = (paper: Paper, t: TFunction): string =>
  (['originals', 'certifiedCopies', 'photocopies'] as const)
    .filter((kind) => paper[kind] > 0)
    .map((kind) => t(`copies.${kind}`, { count: paper[kind] }))
    .join(' · ');

const ruleWords = (rule: DueRule, t: TFunction): string =>
  [
    rule.limit.amount === 0 ? t('rule.sameDay') : t(`rule.${rule.limit.unit}`, { count: rule.limit.amount }),
    rule.extraDaysByArea > 0 && t('rule.extra', { count: rule.extraDaysByArea }),
    rule.cutoff !== undefined && t('rule.cutoff', { time: rule.cutoff }),
    rule.skippedHolidays.length > 0 && t('rule.holidays', { dates: rule.skippedHolidays.map(({ date }) => formatDate(date)).join(', ') }),
  ]
    .filter(Boolean)
    .join('; ');
