/** The shell's own words (dialogs before or without a page), from the same locale files as the screens. */
import { createInstance } from 'i18next';
import en from '../shared/locales/en/shell.json';
import vi from '../shared/locales/vi/shell.json';

const i18n = createInstance();
void i18n.init({
  lng: 'vi',
  fallbackLng: 'vi',
  defaultNS: 'shell',
  resources: { vi: { shell: vi }, en: { shell: en } },
  interpolation: { escapeValue: false },
  initAsync: false,
});

export const setLanguage = (language: 'vi' | 'en'): void => void i18n.changeLanguage(language);
export const words = (key: string, details?: Record<string, string | number>): string => i18n.t(key, details ?? {});
