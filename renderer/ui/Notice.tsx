import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import { Icon, type IconName } from './Icon.tsx';
import styles from './Notice.module.css';

export type NoticeTone = 'info' | 'warning' | 'danger' | 'ok' | 'offline';
const icons: Record<NoticeTone, IconName> = { info: 'info', warning: 'warning', danger: 'warning', ok: 'check', offline: 'cloud-off' };

/** Something to know, why, and the button that mends it. Danger interrupts a screen reader; the rest is said when it pauses. */
export function Notice({ tone, title, children, action }: { tone: NoticeTone; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes(styles.notice, styles[tone])} role={tone === 'danger' ? 'alert' : 'status'}>
      <span className={styles.icon}>
        <Icon name={icons[tone]} />
      </span>
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        {children !== undefined && <div className={styles.body}>{children}</div>}
      </div>
      {action !== undefined && <div className={styles.action}>{action}</div>}
    </div>
  );
}
