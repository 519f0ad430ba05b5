/** Where a dossier stands on its way from the province to each specialised system; nothing where the province cannot be asked. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DossierId } from '../../shared/dossiers/dossier.ts';
import type { DossierDelivery } from '../../shared/sync/state.ts';
import type { DossierUpstreams as Deliveries } from '../../shared/upstreams/upstream.ts';
import { useNow, useShell, useUpstreams } from '../app/shell-context.tsx';
import { upstreamDeliveryLook, upstreamDeliveryWords } from '../app/upstream-words.ts';
import { Chip } from '../ui/Chip.tsx';
import styles from './dossiers.module.css';

export function DossierUpstreams({ dossierId, delivery }: { dossierId: DossierId; delivery: DossierDelivery | undefined }) {
  const { t, i18n } = useTranslation('upstreams');
  const { bridge } = useShell();
  const upstreams = useUpstreams();
  const nowMs = useNow(30_000);
  const [known, setKnown] = useState<{ dossierId: DossierId; deliveries: Deliveries } | null>(null);

  useEffect(() => {
    let isCurrent = true;
    void bridge.invoke('upstreams:of-dossier', { dossierId }).then((answer) => {
      if (isCurrent && answer.ok) setKnown({ dossierId, deliveries: answer.value });
    });
    return () => {
      isCurrent = false;
    };
    // Asked again when the dossier gets on, and when the province said something new of its systems.
  }, [bridge, dossierId, delivery?.state, upstreams]);

  const deliveries = known?.dossierId === dossierId ? known.deliveries : [];
  if (deliveries.length === 0) return null;
  return (
    <section className={styles.section} data-testid="dossier-upstreams">
      <h3>{t('section')}</h3>
      <ul className={styles.papers}>
        {deliveries.map((one) => {
          const health = upstreams?.upstreams.find(({ name }) => name === one.upstream);
          return (
            <li key={one.upstream} className={styles.paper}>
              <Chip {...upstreamDeliveryLook[one.state]}>{upstreamDeliveryWords(one, health, nowMs, t, i18n.exists)}</Chip>
              <span className={styles.muted}>
                {one.reference !== undefined && t('reference', { reference: one.reference })}
                {isStopped(one) && one.reason !== undefined && `${t('reason', { reason: reasonWords(one.reason) })} `}
                {isStopped(one) && one.field !== undefined && t('field', { field: fieldWords(one.field) })}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );

  function reasonWords(reason: string): string {
    return i18n.exists(`upstreams:reasons.${reason}`) ? t(`reasons.${reason}`) : reason;
  }

  function fieldWords(pointer: string): string {
    const label = `dossiers:party.${pointer.split('/').at(-1)}`;
    return i18n.exists(label) ? t(label) : pointer;
  }
}

const isStopped = ({ state }: Deliveries[number]): boolean => state === 'refused' || state === 'failed';
