/** Top right, always in sight: province, printer, numbers, clock, who is signed in; each opens its panel. */
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { formatDateTime } from '../../shared/lib/time.ts';
import { PrinterPanel } from '../printer-panel/PrinterPanel.tsx';
import { SessionPanel } from '../session/SessionPanel.tsx';
import { NumbersPanel } from '../sync/NumbersPanel.tsx';
import { ProvincePanel } from '../sync/ProvincePanel.tsx';
import { classes } from '../ui/classes.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { Popover } from '../ui/Popover.tsx';
import { useNow, usePrinting, useShell, useSync } from './shell-context.tsx';
import { numbersLine, printerLine, provinceLine, waitingOf, type Line } from './world-words.ts';
import styles from './WorldBar.module.css';

export function WorldBar() {
  const { t } = useTranslation('app');
  const { info } = useShell();
  const sync = useSync();
  const printing = usePrinting();
  return (
    <div className={styles.bar} role="group" aria-label={t('world.label')}>
      {sync !== null && (
        <Popover
          title={t('world.province')}
          trigger={
            <Status
              name={t('world.province')}
              icon={sync.connection.status === 'offline' ? 'cloud-off' : 'cloud'}
              line={provinceLine(sync)}
              badge={waitingOf(sync) > 0 ? t('world.waiting', { count: waitingOf(sync) }) : undefined}
              testId="province"
            />
          }
        >
          {(close) => <ProvincePanel close={close} />}
        </Popover>
      )}
      {printing !== null && (
        <Popover title={t('world.printers')} trigger={<Status name={t('world.printers')} icon="printer" line={printerLine(printing)} testId="printer" />}>
          <PrinterPanel />
        </Popover>
      )}
      {sync !== null && (
        <Popover title={t('world.numbers')} trigger={<Status name={t('world.numbers')} icon="hash" line={numbersLine(sync)} testId="numbers" />}>
          <NumbersPanel />
        </Popover>
      )}
      <WallClock />
      <Popover title={info.settings.operator.name} trigger={<Plain icon="user">{info.settings.operator.name}</Plain>}>
        <SessionPanel />
      </Popover>
    </div>
  );
}

function Status({ name, icon, line, badge, testId }: { name: string; icon: IconName; line: Line; badge?: string; testId: string }) {
  const { t } = useTranslation('app');
  return (
    <AriaButton className={classes(styles.item, styles[line.tone])} data-testid={`world-${testId}`}>
      <span className={styles.icon}>
        <Icon name={icon} size={18} />
      </span>
      <span className={styles.name}>{name}</span>
      <span className={styles.value}>{t(`world.${line.key}`, { ...line.values })}</span>
      {badge !== undefined && <span className={styles.badge}>{badge}</span>}
    </AriaButton>
  );
}

function Plain({ icon, children }: { icon: IconName; children: ReactNode }) {
  return (
    <AriaButton className={styles.item}>
      <Icon name={icon} size={18} />
      <span className={styles.person}>{children}</span>
    </AriaButton>
  );
}

function WallClock() {
  const nowMs = useNow(1000);
  const [date, time] = formatDateTime(nowMs).split(' ');
  return (
    <time className={styles.clock} dateTime={new Date(nowMs).toISOString()}>
      <b>{time}</b>
      <span>{date}</span>
    </time>
  );
}
