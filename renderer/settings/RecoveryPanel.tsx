/** Khoá dự phòng: the passphrase that opens this device's data when the operating system's key store is lost. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeysState } from '../../shared/ipc/contract.ts';
import { MAX_PASSPHRASE_LENGTH, passphraseFault } from '../../shared/keys/passphrase.ts';
import type { Failure, Result } from '../../shared/lib/result.ts';
import { useShell } from '../app/shell-context.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { Button } from '../ui/Button.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { TextField } from '../ui/TextField.tsx';
import styles from './settings.module.css';

export function RecoveryPanel() {
  const { t } = useTranslation('settings');
  const words = useFailureWords();
  const { bridge } = useShell();
  const [keys, setKeys] = useState<KeysState | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [done, setDone] = useState<'set' | 'rotated' | null>(null);
  useEffect(() => void bridge.invoke('keys:state').then(setKeys), [bridge]);
  if (keys === null) return null;

  const run = async (work: Promise<Result<KeysState>>, as: 'set' | 'rotated') => {
    setIsBusy(true);
    setFailure(null);
    setDone(null);
    const result = await work;
    setIsBusy(false);
    if (!result.ok) return setFailure(result.failure);
    setKeys(result.value);
    setPassphrase('');
    setDone(as);
  };
  const set = () => {
    const fault = passphraseFault(passphrase);
    if (fault !== undefined) return setFailure({ kind: fault });
    void run(bridge.invoke('keys:set-recovery', { passphrase }), 'set');
  };

  return (
    <Panel title={t('recovery.title')}>
      <p className={styles.intro}>{t('recovery.words')}</p>
      {!keys.recovery && <Notice tone="warning" title={t('recovery.none')} />}
      {done !== null && <Notice tone="ok" title={t(`recovery.${done}`)} />}
      <TextField
        label={t('recovery.passphrase')}
        value={passphrase}
        onChange={setPassphrase}
        onSubmit={set}
        maxLength={MAX_PASSPHRASE_LENGTH}
        description={t('recovery.hint')}
        error={failure === null ? undefined : words(failure)}
      />
      <div className={styles.buttons}>
        <Button onPress={() => void run(bridge.invoke('keys:rotate'), 'rotated')} isDisabled={isBusy}>
          {t('recovery.rotate')}
        </Button>
        <Button onPress={set} isPending={isBusy} isDisabled={passphrase === ''}>
          {keys.recovery ? t('recovery.change') : t('recovery.set-up')}
        </Button>
      </div>
    </Panel>
  );
}
