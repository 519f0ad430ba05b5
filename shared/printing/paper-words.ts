/** The words of papers: a translator of its own, because a paper's language is the paper's, not the screen's. */
import i18next, { type i18n } from 'i18next';
import en from '../locales/en/papers.json';
import vi from '../locales/vi/papers.json';
import type { PaperLanguage } from './medium.ts';

export type PaperWords = (key: string, values?: Record<string, string | number>) => string;

const translators = new Map<PaperLanguage, i18n>();

export function paperWords(language: PaperLanguage): PaperWords {
  let translator = translators.get(language);
  if (translator === undefined) {
    translator = i18next.createInstance();
    // React escapes.
    void translator.init({
      lng: language,
      fallbackLng: 'vi',
      ns: ['papers'],
      defaultNS: 'papers',
      resources: { vi: { papers: vi }, en: { papers: en } },
      interpolation: { escapeValue: false },
      initAsync: false,
    });
    translators.set(language, translator);
  }
  const { t } = translator;
  return (key, values) => t(key, values ?? {});
}
