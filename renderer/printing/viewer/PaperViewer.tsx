/** Shows the virtual printer's paper, newest first; the shell pushes the list through `window.showPapers`. */
import '@fontsource/be-vietnam-pro/400.css';
import '@fontsource/be-vietnam-pro/600.css';
import { createRoot } from 'react-dom/client';
import { formatDateTime } from '../../../shared/lib/time.ts';
import { paperWords } from '../../../shared/printing/paper-words.ts';
import styles from './viewer.module.css';

type ShownPaper = { file: string; printedAtMs: number; widthDots: number; heightDots: number };

export function offerViewer(container: HTMLElement): void {
  const root = createRoot(container);
  const show = (papers: readonly ShownPaper[]): void => root.render(<PaperViewer papers={papers} />);
  Object.assign(window, { showPapers: (json: string) => show(JSON.parse(json) as ShownPaper[]) });
  show([]);
}

function PaperViewer({ papers }: { papers: readonly ShownPaper[] }) {
  const t = paperWords('vi');
  return (
    <main className={styles.viewer}>
      <h1>{t('viewer.title')}</h1>
      {papers.length === 0 && <p>{t('viewer.empty')}</p>}
      <ol reversed>
        {papers.toReversed().map((paper) => {
          const caption = t('viewer.paper', { number: Number(paper.file.slice(6, -4)), time: formatDateTime(paper.printedAtMs) });
          return (
            <li key={paper.file}>
              <figure>
                <img src={`app://paper/${paper.file}`} width={paper.widthDots} height={paper.heightDots} alt={caption} loading="lazy" />
                <figcaption>{caption}</figcaption>
              </figure>
            </li>
          );
        })}
      </ol>
    </main>
  );
}
