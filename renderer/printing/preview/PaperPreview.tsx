/** Every paper of the counter with sample data under the office's own heading: on both rolls and as a sheet. */
import { createRoot } from 'react-dom/client';
import '@fontsource/be-vietnam-pro/400.css';
import '@fontsource/be-vietnam-pro/500.css';
import '@fontsource/be-vietnam-pro/600.css';
import '@fontsource/be-vietnam-pro/700.css';
import '@fontsource/be-vietnam-pro/800.css';
import '@fontsource/noto-serif/700.css';
import '../drawing-board.css';
import type { OfficeHeading } from '../../../shared/printing/heading.ts';
import type { PaperLanguage } from '../../../shared/printing/medium.ts';
import { isForRoll, isForSheet, type Paper } from '../../../shared/printing/paper.ts';
import { samplePapers } from '../../../shared/printing/samples.ts';
import { paperWords } from '../../../shared/printing/paper-words.ts';
import { DrawnOnRoll, DrawnOnSheet } from '../papers/DrawnPaper.tsx';
import styles from './preview.module.css';

/** What the shell hands over through `window.showPreview`: the office as it stands on paper, and its own papers filled with the sample. */
export type Preview = { heading: OfficeHeading; language: PaperLanguage; own: Paper[] };

export function offerPreview(container: HTMLElement): void {
  const root = createRoot(container);
  Object.assign(window, { showPreview: (json: string) => root.render(<PaperPreview {...(JSON.parse(json) as Preview)} />) });
}

function PaperPreview({ heading, language, own }: Preview) {
  const t = paperWords(language);
  const papers = [...samplePapers(heading).filter(({ kind }) => kind !== 'custom' || own.length === 0), ...own];
  return (
    <main className={styles.preview}>
      <h1>{t('preview.title')}</h1>
      {papers.map((paper, at) => (
        <section key={at} className={styles.papers} data-kind={paper.kind}>
          {isForRoll(paper) &&
            ([576, 384] as const).map((widthDots) => (
              <figure key={widthDots}>
                <figcaption>{t('preview.roll', { mm: widthDots === 576 ? 80 : 58 })}</figcaption>
                <div className={`roll roll-${widthDots}`}>
                  <DrawnOnRoll paper={paper} reprint={0} widthDots={widthDots} t={t} />
                </div>
              </figure>
            ))}
          {isForSheet(paper) && (
            <figure>
              <figcaption>{t('preview.sheet', { size: paper.kind === 'register' ? 'A4' : 'A5' })}</figcaption>
              <div className={`sheet sheet-${paper.kind === 'register' ? 'A4' : 'A5'} ${styles.sheet}`}>
                <DrawnOnSheet paper={paper} reprint={0} size={paper.kind === 'register' ? 'A4' : 'A5'} t={t} />
              </div>
            </figure>
          )}
        </section>
      ))}
    </main>
  );
}
