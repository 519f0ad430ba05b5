/** What to bring for a procedure, for someone who goes home to fetch it. */
import { printable } from '../../../shared/printing/printable.ts';
import type { BringListPaper as BringList } from '../../../shared/printing/paper.ts';
import { formatDateTime } from '../../../shared/lib/time.ts';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import { Heading } from './Heading.tsx';
import styles from './roll.module.css';

export function BringListPaper({ paper, reprint, t }: { paper: BringList; reprint: number; t: PaperWords }) {
  const { heading, procedureName, papers, printedAtMs } = paper;
  return (
    <article>
      <Heading heading={heading} reprint={reprint} t={t} />
      <div className={styles.group}>{printable(procedureName)}</div>
      <section className={styles.bring}>
        <h2>{t('ticket.bring')}</h2>
        <ul>
          {papers.map((name, index) => (
            <li key={index}>{printable(name)}</li>
          ))}
        </ul>
      </section>
      <footer className={styles.footer}>
        {formatDateTime(printedAtMs)}
        {heading.address !== undefined && <div>{printable(heading.address)}</div>}
        {heading.phone !== undefined && <div>{printable(heading.phone)}</div>}
        {heading.footer !== undefined && <div>{printable(heading.footer)}</div>}
      </footer>
    </article>
  );
}
