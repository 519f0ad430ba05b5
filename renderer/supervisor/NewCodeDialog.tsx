import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDateTime } from '../../shared/lib/time.ts';
import { newCodeSchema, type GivenCode, type Overview, type SupervisedDevice } from '../../shared/supervisor/contract.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import { TextField } from '../ui/TextField.tsx';
import { useApiWords } from './api-words.ts';
import type { ApiFailure, ProvinceApi } from './province-api.ts';
import styles from './supervisor.module.css';

const DAYS = 14;

type Props = { api: ProvinceApi; offices: Overview['offices']; replaces: SupervisedDevice | undefined; onClose: () => void };

/** Makes a one-time code and shows it, once: the province itself forgets it. */
export function NewCodeDialog({ api, offices, replaces, onClose }: Props) {
  const { t } = useTranslation('supervisor');
  const words = useApiWords();
  const [officeId, setOfficeId] = useState(replaces?.officeId ?? '');
  const [typedAgency, setTypedAgency] = useState('');
  const [given, setGiven] = useState<GivenCode | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [isPending, setPending] = useState(false);

  // An office that is known has its agency.
  const known = offices.find((office) => office.officeId === officeId)?.agencyCode;
  const agencyCode = known ?? typedAgency;
  const code = newCodeSchema.safeParse({ officeId, agencyCode, days: DAYS, replaces: replaces?.deviceId }).data;

  const make = async () => {
    if (code === undefined || isPending) return;
    setPending(true);
    const made = await api.newCode(code);
    setPending(false);
    if (made.ok) setGiven(made.value);
    setFailure(made.ok ? null : made.failure);
  };

  const title = replaces === undefined ? t('code.new') : t('code.replace', { name: replaces.name });
  if (given !== null) {
    return (
      <Dialog
        title={title}
        isOpen
        onClose={onClose}
        role="alertdialog"
        actions={
          <Button variant="primary" onPress={onClose} autoFocus>
            {t('code.noted')}
          </Button>
        }
      >
        <p>{t('code.once', { officeId, until: formatDateTime(given.expiresAtMs) })}</p>
        <output className={styles.code}>{given.code}</output>
      </Dialog>
    );
  }
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button variant="primary" onPress={() => void make()} isDisabled={code === undefined}>
            {t('code.make')}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {failure !== null && <Notice tone="danger" title={words(failure)} />}
        {replaces !== undefined && (
          <Notice tone="warning" title={t('code.replaces-title')}>
            {t('code.replaces-words')}
          </Notice>
        )}
        <TextField
          label={t('code.office')}
          value={officeId}
          onChange={setOfficeId}
          isReadOnly={replaces !== undefined}
          description={t('code.office-hint')}
          maxLength={60}
          autoFocus
        />
        <TextField
          label={t('code.agency')}
          value={agencyCode}
          onChange={(typed) => setTypedAgency(typed.toUpperCase())}
          isReadOnly={known !== undefined}
          description={known === undefined ? t('code.agency-hint') : t('code.agency-known')}
          onSubmit={() => void make()}
          maxLength={31}
        />
      </div>
    </Dialog>
  );
}
