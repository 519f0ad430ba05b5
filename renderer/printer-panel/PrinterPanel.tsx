/** Printers and their jobs: what is wrong in words, and for a print that may be half done the question only a person can answer. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../shared/lib/result.ts';
import { formatDateTime } from '../../shared/lib/time.ts';
import type { PrinterState, PrintJob } from '../../shared/printing/paper.ts';
import { useFailureWords } from '../app/useFailureWords.ts';
import { usePrinting, useShell } from '../app/shell-context.tsx';
import { Button } from '../ui/Button.tsx';
import { Chip, type ChipTone } from '../ui/Chip.tsx';
import { Notice } from '../ui/Notice.tsx';
import { openJobs } from './open-jobs.ts';
import styles from './printer-panel.module.css';

const toneOf = (status: PrinterState['status']): ChipTone => (status === 'ready' ? 'ok' : status === 'paper-near-end' ? 'warning' : 'danger');

export function PrinterPanel() {
  const { t } = useTranslation('printer-panel');
  const words = useFailureWords();
  const { bridge } = useShell();
  const printing = usePrinting();
  const [failure, setFailure] = useState<Failure | null>(null);
  if (printing === null) return null;

  const resolve = async (jobId: string, answer: 'printed' | 'print-again' | 'cancel') => {
    const result = await bridge.invoke('printing:resolve', { jobId, answer });
    setFailure(result.ok ? null : result.failure);
  };
  const jobs = openJobs(printing.jobs);

  return (
    <>
      {printing.printers.length === 0 && <Notice tone="info" title={t('none')} />}
      <ul className={styles.list}>
        {printing.printers.map((printer) => (
          <li key={printer.printerId} className={styles.printer}>
            <div className={styles.line}>
              <b>{printer.name}</b>
              <Chip tone={toneOf(printer.status)}>{t(`status.${printer.status}`)}</Chip>
            </div>
            {printer.status !== 'ready' && <p className={styles.muted}>{t(`mend.${printer.status}`)}</p>}
            {printer.virtual && (
              <Button isWide onPress={() => void bridge.invoke('printing:show-virtual-paper')}>
                {t('showVirtualPaper')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {failure !== null && <Notice tone="danger" title={words(failure)} />}
      {jobs.length === 0 ? (
        <p className={styles.muted}>{t('noJobs')}</p>
      ) : (
        <ul className={styles.list}>
          {jobs.map((job) => (
            <Job key={job.jobId} job={job} onResolve={(answer) => void resolve(job.jobId, answer)} />
          ))}
        </ul>
      )}
    </>
  );
}

function Job({ job, onResolve }: { job: PrintJob; onResolve: (answer: 'printed' | 'print-again' | 'cancel') => void }) {
  const { t } = useTranslation('printer-panel');
  return (
    <li className={styles.job} data-testid={`job-${job.state}`}>
      <div className={styles.line}>
        <b>
          {t(`kind.${job.kind}`)} {job.title}
          {job.size !== undefined && ` · ${job.size}`}
        </b>
        <Chip tone={job.state === 'unknown' || job.state === 'failed' ? 'danger' : 'neutral'}>{t(`state.${job.state}`)}</Chip>
      </div>
      <p className={styles.muted}>
        {formatDateTime(job.createdAtMs)}
        {job.reason !== undefined && ` · ${t(`reason.${job.reason}`)}`}
      </p>
      {job.state === 'unknown' && <p>{t('askWhetherPrinted')}</p>}
      <div className={styles.buttons}>
        {job.state === 'unknown' && <Button onPress={() => onResolve('printed')}>{t('answer.printed')}</Button>}
        {(job.state === 'unknown' || job.state === 'failed') && <Button onPress={() => onResolve('print-again')}>{t('answer.print-again')}</Button>}
        {job.state !== 'printing' && <Button onPress={() => onResolve('cancel')}>{t('answer.cancel')}</Button>}
      </div>
    </li>
  );
}
