/** Who is signed in, at which counter, and how they like to see the screens. */
import { useTranslation } from 'react-i18next';
import { usePublications, useRoute, useShell } from '../app/shell-context.tsx';
import { LookAndLanguage } from '../app/LookAndLanguage.tsx';
import { Button } from '../ui/Button.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Facts } from '../ui/Panel.tsx';

export function SessionPanel() {
  const { t } = useTranslation('settings');
  const { info } = useShell();
  const { go } = useRoute();
  const { operator, counter, office } = info.settings;
  const isListed = usePublications()?.isOperatorListed ?? true;
  return (
    <>
      {!isListed && (
        <Notice tone="warning" title={t('operator.notListed')}>
          {t('operator.notListedWords', { id: operator.id })}
        </Notice>
      )}
      <Facts
        facts={[
          operator.title === undefined ? null : { name: t('operator.title'), value: operator.title },
          { name: t('office.counter'), value: counter },
          { name: t('office.name'), value: office.name },
        ]}
      />
      <LookAndLanguage />
      <Button onPress={() => go({ name: 'settings' })}>{t('open')}</Button>
    </>
  );
}
