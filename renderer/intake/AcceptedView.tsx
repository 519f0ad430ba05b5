/** After acceptance: the code, what was promised, what prints, and on to the next citizen. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import type { Failure } from '../../shared/lib/result.ts';
import type { PrintJob } from '../../shared/printing/paper.ts';
import { useServices } from '../app/services.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { Button } from '../ui/Button.tsx';
import { Chip, type ChipTone } from '../ui/Chip.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import { useDueDay, useRuleWords } from './DueWords.tsx';
import { FeeTable } from './FeeTable.tsx';
import styles from './AcceptedView.module.css';

function useReceiptJobs(code: string): PrintJob[] {
  const { bridge } = useServices();
  const [jobs, setJobs] = useState<PrintJob[]>([]);
  useEffect(() => {
    const show = (all: readonly PrintJob[]) => setJobs(all.filter(({ kind, title }) => kind === 'receipt' && title === code));
    const stop = bridge.on('printing:changed', (state) => show(state.jobs));
    void bridge.invoke('printing:state').then((state) => show(state.jobs));
    return stop;
  }, [bridge, code]);
  return jobs;
}

const tones: Record<PrintJob['state'], ChipTone> = {
  queued: 'neutral',
  printing: 'accent',
  printed: 'ok',
  unknown: 'warning',
  failed: 'warning',
  cancelled: 'neutral',
};

export function AcceptedView({ dossier, onNext }: { dossier: Dossier; onNext?: () => void }) {
  const { t } = useTranslation('intake');
  const { bridge, clock } = useServices();
  const jobs = useReceiptJobs(dossier.code);
  const dueDay = useDueDay();
  const ruleWords = useRuleWords();
  const failureWords = useFailureWords();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pdf, setPdf] = useState<'A4' | 'A5' | null>(null);

  const printAgain = async () => {
    const answered = await bridge.invoke('printing:reprint', { kind: 'receipt', id: dossier.dossierId });
    setFailure(answered.ok ? null : answered.failure);
  };
  const savePdf = async (size: 'A4' | 'A5') => {
    const answered = await bridge.invoke('printing:save-pdf', { dossierId: dossier.dossierId, size });
    setFailure(answered.ok ? null : answered.failure);
    setPdf(answered.ok && answered.value.saved ? size : null);
  };
  useShortcut('F4', () => onNext?.(), { label: t('done.next'), isEnabled: onNext !== undefined });
  useShortcut('Ctrl+P', () => void printAgain(), { label: t('done.print-again') });

  const due = dossier.dueAtMs === null ? undefined : dueDay(dossier.dueAtMs, clock());
  const owed = dossier.papers.filter(({ state }) => state === 'owed');
  return (
    <div className={styles.view} role="status" data-testid="accepted">
      <div className={styles.card}>
        <h1 className={styles.saved}>
          <Icon name="check" />
          {t('done.saved')}
          {dossier.acceptedOffline && <span className={styles.offline}>{t('done.offline')}</span>}
        </h1>
        <p className={styles.code} data-testid="dossier-code">
          {dossier.code}
        </p>
        <p className={styles.who}>
          {dossier.applicant.fullName} · {dossier.procedureName}
        </p>
        <div className={styles.facts}>
          <section>
            <h2>{t('summary.due')}</h2>
            <p className={styles.due}>{due === undefined ? t('due.by-project') : `${due.time} ${due.day}`}</p>
            {dossier.dueRule !== null && <p className={styles.rule}>{ruleWords(dossier.dueRule).join(' · ')}</p>}
          </section>
          <section>
            <h2>{t('summary.fees')}</h2>
            {dossier.fees.length === 0 ? <p>{t('fees.none')}</p> : <FeeTable lines={dossier.fees} />}
          </section>
          <section>
            <h2>{t('done.prints')}</h2>
            {jobs.length === 0 && <p className={styles.rule}>{t('done.no-jobs')}</p>}
            {jobs.map((job) => (
              <p key={job.jobId} className={styles.job}>
                <Icon name="printer" size={18} />
                {job.reprint === 0 ? t('done.receipt') : t('done.receipt-again', { number: job.reprint })}
                <Chip tone={tones[job.state]}>{t(`job.${job.state}`)}</Chip>
                {job.reason !== undefined && job.state !== 'printed' && <span className={styles.rule}>{t(`printer.${job.reason}`)}</span>}
              </p>
            ))}
          </section>
        </div>
        {owed.length > 0 && (
          <Notice tone="warning" title={t('done.owed', { count: owed.length })}>
            {owed.map(({ name }) => name).join(' · ')}
          </Notice>
        )}
        {failure !== null && <Notice tone="danger" title={failureWords(failure)} />}
        {pdf !== null && <Notice tone="ok" title={t('done.pdf-saved', { size: pdf })} />}
        <div className={styles.actions}>
          <Button shortcut="Ctrl+P" onPress={() => void printAgain()}>
            {t('done.print-again')}
          </Button>
          <Button onPress={() => void savePdf('A5')}>{t('done.pdf', { size: 'A5' })}</Button>
          <Button onPress={() => void savePdf('A4')}>{t('done.pdf', { size: 'A4' })}</Button>
          {onNext !== undefined && (
            <span className={styles.next}>
              <Button variant="primary" shortcut="F4" isLarge autoFocus onPress={onNext}>
                {t('done.next')}
              </Button>
            </span>
          )}
        </div>
      </div>
    </div>
  );
}
