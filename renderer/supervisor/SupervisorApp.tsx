/** Who is at the page: the sign-in until there is a session, then what the province is doing. */
import { useEffect, useState } from 'react';
import { I18nProvider } from 'react-aria-components';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { Preferences } from '../app/preferences.ts';
import { Overview } from './Overview.tsx';
import type { ProvinceApi } from './province-api.ts';
import { SignIn } from './SignIn.tsx';
import styles from './supervisor.module.css';
import { useSignOutWhenIdle } from './useSignOutWhenIdle.ts';

export function SupervisorApp({ api, preferences }: { api: ProvinceApi; preferences: StoreApi<Preferences> }) {
  const { language, choose } = useStore(preferences);
  const [name, setName] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    void api.session().then((session) => setName(session.ok ? session.value.name : null));
  }, [api]);
  const signOut = () => {
    void api.signOut();
    setName(null);
  };
  useSignOutWhenIdle(typeof name === 'string', signOut);

  return (
    <I18nProvider locale={language === 'vi' ? 'vi-VN' : 'en-GB'}>
      <div className={styles.scroller}>
        {name === null && <SignIn api={api} onSignedIn={setName} />}
        {typeof name === 'string' && (
          <Overview
            api={api}
            name={name}
            onSignOut={signOut}
            onSignedOut={() => setName(null)}
            onLanguage={() => choose({ language: language === 'vi' ? 'en' : 'vi' })}
          />
        )}
      </div>
    </I18nProvider>
  );
}
