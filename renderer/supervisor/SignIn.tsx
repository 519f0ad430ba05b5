import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Notice } from '../ui/Notice.tsx';
import { TextField } from '../ui/TextField.tsx';
import { useApiWords } from './api-words.ts';
import type { ApiFailure, ProvinceApi } from './province-api.ts';
import styles from './supervisor.module.css';

export function SignIn({ api, onSignedIn }: { api: ProvinceApi; onSignedIn: (name: string) => void }) {
  const { t } = useTranslation('supervisor');
  const words = useApiWords();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [isPending, setPending] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  const signIn = async () => {
    if (isPending || name === '' || password === '') return;
    setPending(true);
    const signed = await api.signIn(name, password);
    setPending(false);
    setPassword('');
    if (signed.ok) onSignedIn(signed.value.name);
    else setFailure(signed.failure);
  };

  return (
    <main className={styles.signIn}>
      <form
        className={styles.signInForm}
        onSubmit={(event) => {
          event.preventDefault();
          void signIn();
        }}
      >
        <h1>{t('title')}</h1>
        <p className={styles.muted}>{t('sign-in.what')}</p>
        {failure !== null && <Notice tone="danger" title={words(failure)} />}
        <TextField label={t('sign-in.name')} value={name} onChange={setName} autoFocus maxLength={40} />
        <TextField label={t('sign-in.password')} type="password" value={password} onChange={setPassword} maxLength={200} />
        <Button type="submit" variant="primary" isLarge>
          {t('sign-in.enter')}
        </Button>
        <p className={styles.muted}>{t('sign-in.help')}</p>
      </form>
    </main>
  );
}
