import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SupervisedDevice } from '../../shared/supervisor/contract.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useApiWords } from './api-words.ts';
import type { ApiFailure, ProvinceApi } from './province-api.ts';
import styles from './supervisor.module.css';

/** Asks once, in words that say what is lost. */
export function RevokeDialog({ api, device, onClose }: { api: ProvinceApi; device: SupervisedDevice; onClose: () => void }) {
  const { t } = useTranslation('supervisor');
  const words = useApiWords();
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [isPending, setPending] = useState(false);
  const waiting = (device.report?.waitingEntries ?? 0) + (device.report?.waitingScans ?? 0);

  const revoke = async () => {
    if (isPending) return;
    setPending(true);
    const revoked = await api.revoke(device.deviceId);
    setPending(false);
    if (revoked.ok) onClose();
    else setFailure(revoked.failure);
  };

  return (
    <Dialog
      title={t('revoke.title', { name: device.name, officeId: device.officeId })}
      isOpen
      onClose={onClose}
      role="alertdialog"
      actions={
        <>
          <Button onPress={onClose} autoFocus>
            {t('cancel')}
          </Button>
          <Button variant="danger" onPress={() => void revoke()}>
            {t('revoke.do')}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {failure !== null && <Notice tone="danger" title={words(failure)} />}
        <p>{t('revoke.words')}</p>
        {waiting > 0 && (
          <Notice tone="warning" title={t('revoke.waiting', { waiting })}>
            {t('revoke.waiting-words')}
          </Notice>
        )}
      </div>
    </Dialog>
  );
}
