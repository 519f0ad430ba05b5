import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import styles from './Page.module.css';

/** One screen: its title, what can be done with it, and a body that scrolls (or fills, and scrolls inside). */
export function Page({ title, aside, children, isFilled = false }: { title: ReactNode; aside?: ReactNode; children: ReactNode; isFilled?: boolean }) {
  return (
    <div className={classes(styles.page, isFilled && styles.filled)}>
      <header className={styles.head}>
        <h1>{title}</h1>
        {aside !== undefined && <div className={styles.aside}>{aside}</div>}
      </header>
      {children}
    </div>
  );
}
