import type { ReactNode } from 'react';
import { Icon } from '../ui/Icon.tsx';
import styles from './Section.module.css';

/** A numbered part of the page. It folds, and says in its head what it holds, so that a folded part can still be checked. */
export function Section({
  number,
  title,
  summary,
  isDone,
  isOpen = true,
  children,
}: {
  number: number;
  title: string;
  summary?: ReactNode;
  isDone: boolean;
  isOpen?: boolean;
  children: ReactNode;
}) {
  return (
    <details className={styles.section} open={isOpen} data-section={number}>
      <summary className={styles.head}>
        <span className={styles.number} data-done={isDone || undefined}>
          {isDone ? <Icon name="check" size={16} /> : number}
        </span>
        <h2 className={styles.title}>{title}</h2>
        <span className={styles.summary}>{summary}</span>
        <span className={styles.fold}>
          <Icon name="down" size={18} />
        </span>
      </summary>
      <div className={styles.body}>{children}</div>
    </details>
  );
}
