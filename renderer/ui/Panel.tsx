import type { ReactNode } from 'react';
import styles from './Panel.module.css';

/** A sheet on the ground: one subject, its title and what can be done with it. */
export function Panel({ title, aside, children }: { title?: ReactNode; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.panel}>
      {title !== undefined && (
        <header className={styles.head}>
          <h2>{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  );
}

/** Name and value pairs, e.g. the data of a dossier. */
export function Facts({ facts }: { facts: ReadonlyArray<{ name: string; value: ReactNode } | null> }) {
  return (
    <dl className={styles.facts}>
      {facts
        .filter((fact) => fact !== null)
        .map((fact) => (
          <div key={fact.name} className={styles.fact}>
            <dt>{fact.name}</dt>
            <dd>{fact.value}</dd>
          </div>
        ))}
    </dl>
  );
}
