/** Where each dossier stands on its way to the province: asked for those in view, then kept by events. */
import { useEffect, useRef, useState } from 'react';
import { useShell } from './shell-context.tsx';
import type { DeliveryState } from '../../shared/dossiers/dossier.ts';
import type { DossierDelivery } from '../../shared/sync/state.ts';
import type { ChipTone } from '../ui/Chip.tsx';
import type { IconName } from '../ui/Icon.tsx';

const MOST_AT_ONCE = 1000;

export function useDeliveries(dossierIds: readonly string[]): ReadonlyMap<string, DossierDelivery> {
  const { bridge } = useShell();
  const [deliveries, setDeliveries] = useState<ReadonlyMap<string, DossierDelivery>>(new Map());
  const asked = useRef(new Set<string>());
  const learn = (news: DossierDelivery[]) => setDeliveries((known) => new Map([...known, ...news.map((delivery) => [delivery.dossierId, delivery] as const)]));

  useEffect(() => bridge.on('sync:delivered', learn), [bridge]);
  useEffect(() => {
    const fresh = dossierIds.filter((dossierId) => !asked.current.has(dossierId)).slice(0, MOST_AT_ONCE);
    if (fresh.length === 0) return;
    for (const dossierId of fresh) asked.current.add(dossierId);
    void bridge.invoke('sync:deliveries', { dossierIds: fresh }).then(learn);
  }, [bridge, dossierIds]);
  return deliveries;
}

export const deliveryLook: Record<DeliveryState, { tone: ChipTone; icon: IconName }> = {
  saved: { tone: 'offline', icon: 'folder' },
  sent: { tone: 'accent', icon: 'send' },
  confirmed: { tone: 'ok', icon: 'check' },
  'needs-fix': { tone: 'danger', icon: 'warning' },
};
