/** Words of every screen, Vietnamese first: one namespace a feature, all bundled, none fetched. */
import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';

export const languages = ['vi', 'en'] as const;
export type Language = (typeof languages)[number];

const files = import.meta.glob<Record<string, unknown>>('../../shared/locales/*/*.json', { eager: true, import: 'default' });

const resources: Record<string, Record<string, Record<string, unknown>>> = {};
for (const [path, words] of Object.entries(files)) {
  const [, language, namespace] = /\/(\w+)\/([\w-]+)\.json$/u.exec(path) ?? [];
  if (language !== undefined && namespace !== undefined) (resources[language] ??= {})[namespace] = words;
}

let starting: Promise<unknown> | undefined;

/** In this language when it is the first to ask. */
export async function startI18n(language: Language): Promise<i18n> {
  starting ??= i18next.use(initReactI18next).init({
    resources,
    lng: language,
    fallbackLng: 'vi',
    defaultNS: 'app',
    // React escapes.
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await starting;
  return i18next;
}
