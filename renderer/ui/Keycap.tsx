import { classes } from './classes.ts';
import styles from './Keycap.module.css';

/** A key as it is written on the keyboard: `F9`, `Ctrl+K`. */
export function Keycap({ keys, isOnAccent = false }: { keys: string; isOnAccent?: boolean }) {
  return <kbd className={classes(styles.key, isOnAccent && styles.onAccent)}>{keys}</kbd>;
}
