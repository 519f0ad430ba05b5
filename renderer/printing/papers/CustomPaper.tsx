/** A paper of the province's own: the blocks of its template, one after the other. */
import type { CustomPaper as Custom } from '../../../shared/printing/paper.ts';
import { printable } from '../../../shared/printing/printable.ts';
import type { FilledBlock } from '../../../shared/printing/template.ts';
import { classes } from '../../ui/classes.ts';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import { PaperFrame, type Medium } from './PaperFrame.tsx';
import { Facts, Rows } from './parts.tsx';
import { QrCode } from './QrCode.tsx';
import styles from './parts.module.css';

export function CustomPaper({ paper, reprint, medium, t }: { paper: Custom; reprint: number; medium: Medium; t: PaperWords }) {
  return (
    <PaperFrame
      medium={medium}
      heading={paper.heading}
      reprint={reprint}
      qr={paper.code}
      atMs={paper.printedAtMs}
      titleKey=""
      title={printable(paper.name)}
      t={t}
    >
      {paper.blocks.map((block, at) => (
        <Block key={at} block={block} medium={medium} />
      ))}
    </PaperFrame>
  );
}

function Block({ block, medium }: { block: FilledBlock; medium: Medium }) {
  switch (block.type) {
    case 'text':
      return <p className={classes(styles.text, styles[block.align], styles[block.size], block.bold && styles.bold)}>{printable(block.text)}</p>;
    case 'field':
      return <Facts facts={[[printable(block.label), printable(block.value)]]} />;
    case 'line':
      return <hr className={classes(styles.line, styles[block.style])} />;
    case 'qr':
      return (
        <div className={styles.centred}>
          <QrCode text={block.text} maxSidePx={medium.kind === 'roll' ? 180 : 90} />
        </div>
      );
    case 'table':
      return <Rows columns={block.columns} rows={block.rows.map((row) => row.map(printable))} />;
  }
}
