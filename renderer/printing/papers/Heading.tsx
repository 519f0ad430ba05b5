/** The agency at the top of every roll, and the bar that says a paper is not the first of its kind. */
import { printable } from '../../../shared/printing/printable.ts';
import type { OfficeHeading } from '../../../shared/printing/heading.ts';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import styles from './roll.module.css';

export function Heading({ heading, reprint, t }: { heading: OfficeHeading; reprint: number; t: PaperWords }) {
  return (
    <header className={styles.heading}>
      {heading.header?.map((line) => (
        <div key={line} className={styles.agency}>
          {printable(line)}
        </div>
      ))}
      <div className={styles.agency}>{printable(heading.agencyName)}</div>
      <div className={styles.office}>{printable(heading.officeName)}</div>
      {reprint > 0 && <div className={styles.reprint}>{t('reprint', { number: reprint })}</div>}
    </header>
  );
}
