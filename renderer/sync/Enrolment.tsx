/** Enrols this device at the province with the one-time code a supervisor gives. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../shared/lib/result.ts';
import { useFailureWords } from '../app/useFailureWords.ts';
import { useShell } from '../app/shell-context.tsx';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import styles from './sync.module.css';

export function Enrolment() {
  const { t } = useTranslation('sync');
  const words = useFailureWords();
  const { bridge } = useShell();
  const [code, setCode] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const isTooShort = code.trim().length < 4;

  const enrol = async () => {
    if (isTooShort || isBusy) return;
    setIsBusy(true);
    setFailure(null);
    const result = await bridge.invoke('sync:enrol', { code: code.trim() });
    setIsBusy(false);
    if (!result.ok) setFailure(result.failure);
  };
  return (
    <div className={styles.enrolment}>
      <TextField
        label={t('enrol.code')}
        value={code}
        onChange={setCode}
        onSubmit={() => void enrol()}
        maxLength={40}
        autoFocus
        description={t('enrol.hint')}
        error={failure === null ? undefined : words(failure)}
      />
      <Button variant="primary" isDisabled={isTooShort} isPending={isBusy} onPress={() => void enrol()}>
        {isBusy ? t('enrol.busy') : t('enrol.submit')}
      </Button>
    </div>
  );
}
