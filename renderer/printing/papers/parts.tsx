/** The pieces papers are put together from; each is set for rolls and for sheets by one style sheet. */
import type { ReactNode } from 'react';
import styles from './parts.module.css';

export type FactLine = [label: string, value: string | undefined, kind?: 'name'];

/** A label and its value on each line; lines without a value are left out. */
export function Facts({ facts }: { facts: readonly FactLine[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(
        ([label, value, kind]) =>
          value !== undefined &&
          value !== '' && (
            <div key={label}>
              <dt>{label}</dt>
              <dd className={kind === 'name' ? styles.name : undefined}>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export type Column = { title: string; align?: 'left' | 'center' | 'right'; /** Of the table, in per cent. */ width?: number };

export function Rows({ columns, rows, total }: { columns: readonly Column[]; rows: readonly (readonly string[])[]; total?: readonly string[] }) {
  const cell = (text: string, at: number) => (
    <td key={at} className={styles[columns[at]?.align ?? 'left']}>
      {text}
    </td>
  );
  return (
    <table className={styles.rows}>
      <colgroup>
        {columns.map(({ width }, at) => (
          <col key={at} width={width === undefined ? undefined : `${width}%`} />
        ))}
      </colgroup>
      {columns.some(({ title }) => title !== '') && (
        <thead>
          <tr>
            {columns.map(({ title }, at) => (
              <th key={at}>{title}</th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>
        {rows.map((row, at) => (
          <tr key={at}>{row.map(cell)}</tr>
        ))}
        {total !== undefined && <tr className={styles.total}>{total.map(cell)}</tr>}
      </tbody>
    </table>
  );
}

/** Said once, large: what is to be remembered of the paper. */
export function Box({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section className={styles.box}>
      <div>{label}</div>
      <b>{children}</b>
    </section>
  );
}

export type Signer = { role: string; name?: string; hint: string; /** Where a seal or a digital signature goes. */ seal?: string };

export function Signatures({ signers }: { signers: readonly Signer[] }) {
  return (
    <div className={styles.signatures}>
      {signers.map(({ role, name, hint, seal }) => (
        <div key={role}>
          <b>{role}</b>
          <small>{hint}</small>
          {seal !== undefined && <small>{seal}</small>}
          <div className={styles.signed}>{name}</div>
        </div>
      ))}
    </div>
  );
}
