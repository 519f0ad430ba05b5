import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SupervisedDevice } from '../../shared/supervisor/contract.ts';
import { Button } from '../ui/Button.tsx';
import { RadioCards } from '../ui/Choices.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useApiWords } from './api-words.ts';
import type { ApiFailure, ProvinceApi } from './province-api.ts';
import styles from './supervisor.module.css';

const orders = ['revoke', 'destroy-delivered', 'destroy-now'] as const;
type Order = (typeof orders)[number];
const moments = { revoke: undefined, 'destroy-delivered': 'when-delivered', 'destroy-now': 'now' } as const;

/** Asks once, in words that name the device and say what is lost. A device revoked already can only be told to destroy its keys. */
export function RevokeDialog({ api, device, onClose }: { api: ProvinceApi; device: SupervisedDevice; onClose: () => void }) {
  const { t } = useTranslation('supervisor');
  const words = useApiWords();
  const isRevoked = device.revokedAtMs !== null;
  const [order, setOrder] = useState<Order>(isRevoked ? 'destroy-now' : 'revoke');
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [isPending, setPending] = useState(false);
  const waiting = (device.report?.waitingEntries ?? 0) + (device.report?.waitingScans ?? 0);
  const name = `${device.name} (${device.officeId})`;

  const give = async () => {
    if (isPending) return;
    setPending(true);
    const given = await api.revoke(device.deviceId, moments[order]);
    setPending(false);
    if (given.ok) onClose();
    else setFailure(given.failure);
  };

  return (
    <Dialog
      title={isRevoked ? t('revoke.title-destroy', { name }) : t('revoke.title', { name })}
      isOpen
      onClose={onClose}
      role="alertdialog"
      actions={
        <>
          <Button onPress={onClose} autoFocus>
            {t('cancel')}
          </Button>
          <Button variant="danger" onPress={() => void give()}>
            {t(`revoke.${order}.do`)}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {failure !== null && <Notice tone="danger" title={words(failure)} />}
        {!isRevoked && (
          <RadioCards
            label={t('revoke.what')}
            isStacked
            value={order}
            onChange={setOrder}
            options={orders.map((value) => ({ value, label: t(`revoke.${value}.name`), hint: t(`revoke.${value}.hint`) }))}
          />
        )}
        <Notice tone="warning" title={t(`revoke.${order}.lost`, { name })}>
          {t(`revoke.${order}.words`)}
        </Notice>
        {waiting > 0 && order !== 'destroy-delivered' && (
          <Notice tone="warning" title={t('revoke.waiting', { waiting })}>
            {t('revoke.waiting-words')}
          </Notice>
        )}
        {device.report === null && order !== 'destroy-delivered' && <p className={styles.muted}>{t('revoke.unknown-waiting')}</p>}
      </div>
    </Dialog>
  );
}
