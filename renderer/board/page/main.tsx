/** Composition root of the board's page, which the hub serves to any television. */
import '../../app/zod-without-eval.ts';
// Before the components' own styles, which must win over these.
import '../../ui/fonts.ts';
import '../../ui/tokens.css';
import '../../ui/base.css';
import i18next from 'i18next';
import { createRoot } from 'react-dom/client';
import { initReactI18next } from 'react-i18next';
import en from '../../../shared/locales/en/board.json';
import vi from '../../../shared/locales/vi/board.json';
import { BoardPage } from './BoardPage.tsx';
import { boardSettings, createHub } from './hub-feed.ts';

async function start(): Promise<void> {
  const settings = await boardSettings();
  await i18next.use(initReactI18next).init({
    resources: { vi: { board: vi }, en: { board: en } },
    lng: settings.language,
    fallbackLng: 'vi',
    interpolation: { escapeValue: false },
  });
  document.documentElement.lang = settings.language;
  document.title = i18next.t('board:title');
  createRoot(document.getElementById('root') ?? document.body).render(<BoardPage hub={createHub()} settings={settings} />);
}

void start();
