/** What a printer can do, to be looked at: every letter, both edges, fine lines, black, a QR. */
import { formatDateTime } from '../../../shared/lib/time.ts';
import type { TestPagePaper as TestPage } from '../../../shared/printing/paper.ts';
import { printable } from '../../../shared/printing/printable.ts';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import { vietnameseLetters } from '../../../shared/printing/vietnamese-letters.ts';
import { PaperFrame, type Medium } from './PaperFrame.tsx';
import { Facts } from './parts.tsx';
import styles from './test-page.module.css';

export function TestPagePaper({ paper, reprint, medium, t }: { paper: TestPage; reprint: number; medium: Extract<Medium, { kind: 'roll' }>; t: PaperWords }) {
  const name = printable(paper.printerName);
  return (
    <PaperFrame
      medium={medium}
      heading={paper.heading}
      reprint={reprint}
      qr="QMC-IN-THU"
      code={{ label: t('testPage.printer'), value: name }}
      atMs={paper.printedAtMs}
      titleKey="testPage.title"
      t={t}
    >
      <Facts
        facts={[
          [t('testPage.width'), t('testPage.widthOf', { mm: medium.widthDots === 576 ? 80 : 58, dots: medium.widthDots })],
          [t('testPage.at'), formatDateTime(paper.printedAtMs)],
        ]}
      />
      <div className={styles.edges}>
        <span>◀</span>
        {t('testPage.edges')}
        <span>▶</span>
      </div>
      <p className={styles.letters}>{vietnameseLetters.join(' ')}</p>
      <p className={styles.letters}>{vietnameseLetters.map((letter) => letter.toUpperCase()).join(' ')}</p>
      <p className={styles.letters}>0123456789 .,:;!?()[]/\-+*#@&amp;%=&lt;&gt;“”–…đ</p>
      <p className={styles.pangram}>{t('testPage.sentence')}</p>
      <div className={styles.lines}>
        {[1, 2, 3, 4].map((dots) => (
          <i key={dots} style={{ height: dots }} />
        ))}
      </div>
      <div className={styles.black} />
      <p className={styles.pangram}>{t('testPage.look')}</p>
    </PaperFrame>
  );
}
