/** Thiết đặt: what the settings file says (read only), and what a user may choose. */
import { useTranslation } from 'react-i18next';
import { useShell } from '../app/shell-context.tsx';
import { Page } from '../ui/Page.tsx';
import { Facts, Panel } from '../ui/Panel.tsx';
import { LookAndLanguage } from '../app/LookAndLanguage.tsx';
import { PrintersPanel } from './PrintersPanel.tsx';
import { QueueLinkPanel } from './QueueLinkPanel.tsx';
import { RecoveryPanel } from './RecoveryPanel.tsx';
import styles from './settings.module.css';

export function SettingsScreen() {
  const { t } = useTranslation('settings');
  const { info } = useShell();
  const { role, office, counter, operator, province, scanners, queueGroups, codePattern, profile } = info.settings;
  return (
    <Page title={t('title')}>
      <p className={styles.intro}>{t('readOnly')}</p>
      <div className={styles.columns}>
        <Panel title={t('look.title')}>
          <LookAndLanguage />
        </Panel>
        <Panel title={t('office.heading')}>
          <Facts
            facts={[
              { name: t('role.name'), value: t(`role.${role}`) },
              { name: t('office.name'), value: office.name },
              { name: t('office.agency'), value: office.agencyName },
              { name: t('office.agencyCode'), value: office.agencyCode },
              { name: t('office.counter'), value: counter },
              { name: t('operator.name'), value: operator.name },
              { name: t('office.codePattern'), value: codePattern },
              { name: t('profile.name'), value: t(`profile.${profile}`) },
            ]}
          />
        </Panel>
        <Panel title={t('province.heading')}>
          <Facts facts={[{ name: t('province.url'), value: province.url }]} />
        </Panel>
        <Panel title={t('queue.heading')}>
          <ul className={styles.list}>
            {queueGroups.map((group) => (
              <li key={group.id}>
                <b>{group.letter}</b> {group.name}
              </li>
            ))}
          </ul>
        </Panel>
        <PrintersPanel maySetUp={role === 'officer' || role === 'postal'} />
        <Panel title={t('scanners.heading')}>
          {scanners.length === 0 ? (
            <p className={styles.intro}>{t('scanners.none')}</p>
          ) : (
            <ul className={styles.list}>
              {scanners.map((scanner) => (
                <li key={scanner.id} className={styles.device}>
                  <b>{scanner.name}</b>
                  <span className={styles.intro}>{scanner.type === 'escl' ? scanner.address : scanner.path}</span>
                </li>
              ))}
            </ul>
          )}
        </Panel>
        <QueueLinkPanel />
        {(role === 'officer' || role === 'postal') && <RecoveryPanel />}
        <Panel title={t('app.heading')}>
          <Facts
            facts={[
              { name: t('app.version'), value: info.version },
              { name: 'Electron', value: info.electron },
            ]}
          />
        </Panel>
      </div>
    </Page>
  );
}
