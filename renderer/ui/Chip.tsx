import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import { Icon, type IconName } from './Icon.tsx';
import styles from './Chip.module.css';

export type ChipTone = 'neutral' | 'accent' | 'ok' | 'warning' | 'danger' | 'offline';

/** A short state. The words carry the meaning; the colour only helps. */
export function Chip({ tone = 'neutral', icon, children }: { tone?: ChipTone; icon?: IconName; children: ReactNode }) {
  return (
    <span className={classes(styles.chip, styles[tone])}>
      {icon !== undefined && <Icon name={icon} size={14} />}
      {children}
    </span>
  );
}
