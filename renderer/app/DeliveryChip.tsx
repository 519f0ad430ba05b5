import { useTranslation } from 'react-i18next';
import type { DossierDelivery } from '../../shared/sync/state.ts';
import { Chip } from '../ui/Chip.tsx';
import { deliveryLook } from './deliveries.ts';

/** Saved here / sent / confirmed by the province, with the scans still on their way. */
export function DeliveryChip({ delivery }: { delivery: DossierDelivery | undefined }) {
  const { t } = useTranslation('dossiers');
  if (delivery === undefined) return null;
  const { state, scansTotal, scansVerified } = delivery;
  return (
    <Chip {...deliveryLook[state]}>
      {t(`delivery.${state}`)}
      {state === 'sent' && scansTotal > scansVerified && ` · ${t('delivery.scans', { verified: scansVerified, total: scansTotal })}`}
    </Chip>
  );
}
