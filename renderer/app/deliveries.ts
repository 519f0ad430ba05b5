/** Where each dossier stands on its way to the province: asked for those in view, then kept by events. */
import { useEffect, useState } from 'react';
import { useShell } from './shell-context.tsx';
import type { DeliveryState } from '../../shared/dossiers/dossier.ts';
import type { DossierDelivery } from '../../shared/sync/state.ts';
import type { ChipTone } from '../ui/Chip.tsx';
import type { IconName } from '../ui/Icon.tsx';

const MAX_ASKED = 1000;

export function useDeliveries(dossierIds: readonly string[]): ReadonlyMap<string, DossierDelivery> {
  const { bridge } = useShell();
  const [deliveries, setDeliveries] = useState<ReadonlyMap<string, DossierDelivery>>(new Map());
  const asked = dossierIds.slice(0, MAX_ASKED).join();

  useEffect(() => {
    let isCurrent = true;
    const learn = (news: DossierDelivery[]) => {
      if (isCurrent) setDeliveries((known) => new Map([...known, ...news.map((delivery) => [delivery.dossierId, delivery] as const)]));
    };
    if (asked !== '') void bridge.invoke('sync:deliveries', { dossierIds: asked.split(',') }).then(learn);
    const stop = bridge.on('sync:delivered', learn);
    return () => {
      isCurrent = false;
      stop();
    };
  }, [bridge, asked]);
  return deliveries;
}

export const deliveryLook: Record<DeliveryState, { tone: ChipTone; icon: IconName }> = {
  saved: { tone: 'offline', icon: 'folder' },
  sent: { tone: 'accent', icon: 'send' },
  confirmed: { tone: 'ok', icon: 'check' },
  'needs-fix': { tone: 'danger', icon: 'warning' },
};
