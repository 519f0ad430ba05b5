import type { ReactNode } from 'react';
import styles from './Marked.module.css';

/** A field with a word above its right end (where its value came from); it takes no room, so nothing jumps when it comes and goes. */
export function Marked({ mark, id, children }: { mark: string | undefined; id?: string; children: ReactNode }) {
  return (
    <div className={styles.marked} id={id}>
      {children}
      {mark !== undefined && <span className={styles.mark}>{mark}</span>}
    </div>
  );
}
