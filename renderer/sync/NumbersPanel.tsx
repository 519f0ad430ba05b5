/** How many dossier codes this device may still give without the province, and for how many days. */
import { useTranslation } from 'react-i18next';
import { useSync } from '../app/shell-context.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Facts } from '../ui/Panel.tsx';
import { Enrolment } from './Enrolment.tsx';

export function NumbersPanel() {
  const { t } = useTranslation('sync');
  const sync = useSync();
  if (sync === null) return null;
  const { numbers } = sync;
  if (numbers === null)
    return (
      <>
        <Notice tone="warning" title={t('numbers.none')}>
          {t('numbers.noneWords')}
        </Notice>
        {sync.connection.status === 'not-enrolled' && <Enrolment />}
      </>
    );
  return (
    <>
      {numbers.emergency && (
        <Notice tone="warning" title={t('numbers.emergency')}>
          {t('numbers.emergencyWords')}
        </Notice>
      )}
      <Facts
        facts={[
          { name: t('numbers.left'), value: numbers.left },
          { name: t('numbers.days'), value: numbers.daysLeft },
        ]}
      />
      <p>{t('numbers.words')}</p>
    </>
  );
}
