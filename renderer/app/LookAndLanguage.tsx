import { useTranslation } from 'react-i18next';
import { languages } from './i18n.ts';
import { themes } from './preferences.ts';
import { usePreferences } from './shell-context.tsx';
import { RadioCards } from '../ui/Choices.tsx';

export function LookAndLanguage() {
  const { t } = useTranslation('settings');
  const { language, theme, choose } = usePreferences();
  return (
    <>
      <RadioCards
        label={t('look.language')}
        options={languages.map((value) => ({ value, label: t(`look.languages.${value}`) }))}
        value={language}
        onChange={(chosen) => choose({ language: chosen })}
      />
      <RadioCards
        label={t('look.theme')}
        options={themes.map((value) => ({ value, label: t(`look.themes.${value}`) }))}
        value={theme}
        onChange={(chosen) => choose({ theme: chosen })}
      />
    </>
  );
}
