import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { classes } from './classes.ts';
import { Keycap } from './Keycap.tsx';
import styles from './Button.module.css';

export type ButtonProps = {
  children: ReactNode;
  onPress?: () => void;
  variant?: 'primary' | 'quiet' | 'danger';
  /** Shown as a keycap; the key itself is bound with `useShortcut`. */
  shortcut?: string;
  isDisabled?: boolean;
  /** Keeps the focus and the width, takes no press. */
  isPending?: boolean;
  isLarge?: boolean;
  /** Fills the width of its container, words to the left. */
  isWide?: boolean;
  autoFocus?: boolean;
  type?: 'button' | 'submit';
  slot?: string;
  'aria-label'?: string;
};

export function Button({ children, variant = 'quiet', shortcut, isLarge = false, isWide = false, ...rest }: ButtonProps) {
  return (
    <AriaButton
      {...rest}
      aria-keyshortcuts={shortcut?.replace('Ctrl', 'Control')}
      className={classes(styles.button, styles[variant], isLarge && styles.large, isWide && styles.wide)}
    >
      {children}
      {shortcut !== undefined && <Keycap keys={shortcut} isOnAccent={variant === 'primary'} />}
    </AriaButton>
  );
}
