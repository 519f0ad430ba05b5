/** A postal counter's papers that wait to be handed over to the agency, and the hand-over of all the province has confirmed. */
import { useLiveQuery } from 'dexie-react-hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../shared/lib/result.ts';
import { formatDateTime } from '../../shared/lib/time.ts';
import { useDeliveries } from '../app/deliveries.ts';
import { DeliveryChip } from '../app/DeliveryChip.tsx';
import { PaperOutcomeNotice } from '../app/PaperOutcomeNotice.tsx';
import { useServices } from '../app/services.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { usePaper } from '../app/usePaper.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Panel } from '../ui/Panel.tsx';
import styles from './dossiers.module.css';

/** As many as one hand-over takes; the next comes after it. */
const LISTED = 1000;

export function HandOver() {
  const { t } = useTranslation('dossiers');
  const { bridge, dossiers } = useServices();
  const failureWords = useFailureWords();
  const rows = useLiveQuery(() => dossiers.find({ limit: LISTED }), [dossiers]);
  const deliveries = useDeliveries(rows?.map(({ dossierId }) => dossierId) ?? []);
  const [isAsking, setIsAsking] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [handed, setHanded] = useState<string[]>([]);
  const paper = usePaper();
  const waiting = (rows ?? []).filter(({ dossierId }) => deliveries.has(dossierId) && deliveries.get(dossierId)?.isHandedOver !== true);
  const ready = waiting.filter(({ dossierId }) => deliveries.get(dossierId)?.state === 'confirmed');
  if (waiting.length === 0 && handed.length === 0) return null;

  const handOver = async () => {
    setIsAsking(false);
    const dossierIds = ready.map(({ dossierId }) => dossierId);
    const done = await bridge.invoke('dossiers:hand-over', { dossierIds });
    setFailure(done.ok ? null : done.failure);
    setHanded(done.ok ? dossierIds : []);
  };

  return (
    <Panel
      title={t('handOver.title')}
      aside={
        waiting.length > 0 && (
          <Button isDisabled={ready.length === 0} onPress={() => setIsAsking(true)}>
            {t('handOver.start', { count: ready.length })}
          </Button>
        )
      }
    >
      {failure !== null && <Notice tone="danger" title={failureWords(failure)} />}
      {handed.length > 0 && (
        <Notice
          tone="ok"
          title={t('handOver.done', { count: handed.length })}
          action={
            <>
              <Button onPress={() => void paper.print({ kind: 'hand-over', dossierIds: handed }, 'roll')} isDisabled={paper.isBusy}>
                {t('handOver.print')}
              </Button>
              <Button onPress={() => void paper.print({ kind: 'hand-over', dossierIds: handed }, 'pdf', 'A4')} isDisabled={paper.isBusy}>
                {t('handOver.pdf')}
              </Button>
            </>
          }
        />
      )}
      <PaperOutcomeNotice outcome={paper.outcome} />
      {waiting.length > ready.length && <p className={styles.muted}>{t('handOver.notYet', { count: waiting.length - ready.length })}</p>}
      <ul className={styles.lines}>
        {waiting.map((row) => (
          <li key={row.dossierId} className={styles.handOverRow} data-testid="to-hand-over">
            <span className={styles.lineWords}>
              <span className={styles.ellipsis}>
                <b className={styles.code}>{row.code}</b> · {row.applicantName}
              </span>
              <span className={styles.muted}>{formatDateTime(row.acceptedAtMs)}</span>
            </span>
            <DeliveryChip delivery={deliveries.get(row.dossierId)} />
          </li>
        ))}
      </ul>
      {isAsking && (
        <Dialog
          role="alertdialog"
          size="small"
          isOpen
          title={t('handOver.askTitle', { count: ready.length })}
          onClose={() => setIsAsking(false)}
          actions={
            <>
              <Button onPress={() => setIsAsking(false)}>{t('handOver.notNow')}</Button>
              <Button variant="primary" autoFocus onPress={() => void handOver()}>
                {t('handOver.yes')}
              </Button>
            </>
          }
        >
          <p>{t('handOver.askWords')}</p>
        </Dialog>
      )}
    </Panel>
  );
}
