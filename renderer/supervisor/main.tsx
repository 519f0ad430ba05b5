/** Composition root of the page of the supervisors, a web page of the province's own. */
import '../app/zod-without-eval.ts';
// Before the components' own styles, which must win over these.
import '../ui/fonts.ts';
import '../ui/tokens.css';
import '../ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startI18n } from '../app/i18n.ts';
import { applyTheme, createPreferences } from '../app/preferences.ts';
import { createShortcutRegistry } from '../ui/shortcut-registry.ts';
import { ShortcutProvider } from '../ui/useShortcut.ts';
import { provinceApi } from './province-api.ts';
import { SupervisorApp } from './SupervisorApp.tsx';

const preferences = createPreferences({ language: 'vi', theme: 'system' }, localStorage);

async function start(): Promise<void> {
  const i18n = await startI18n(preferences.getState().language);
  const showLanguage = () => {
    const { language } = preferences.getState();
    document.documentElement.lang = language;
    if (i18n.language !== language) void i18n.changeLanguage(language);
    document.title = i18n.t('supervisor:title');
  };
  showLanguage();
  preferences.subscribe(showLanguage);
  applyTheme(preferences, document.documentElement);
  createRoot(document.getElementById('root') ?? document.body).render(
    <StrictMode>
      <ShortcutProvider registry={createShortcutRegistry()}>
        <SupervisorApp api={provinceApi} preferences={preferences} />
      </ShortcutProvider>
    </StrictMode>,
  );
}

void start();
