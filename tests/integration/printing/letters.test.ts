/** One wording: what is printed in a printer's letters says what the drawn paper says. */
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { plainer } from '../../../electron/printing/text/code-page.ts';
import { textBlocksOf } from '../../../electron/printing/text/text-papers.ts';
import { DrawnOnRoll } from '../../../renderer/printing/papers/DrawnPaper.tsx';
import type { ReceiptPaper, RollPaper, TicketPaper } from '../../../shared/printing/paper.ts';
import { paperWords } from '../../../shared/printing/paper-words.ts';
import { samplePapers } from '../../../shared/printing/samples.ts';
import { aDossier, aHeading, aReceiptPaper } from '../../fixtures/dossiers.ts';

const heading = { ...aHeading, header: ['UBND TỈNH CAO BẰNG'], footer: 'Đường dây nóng 1022', sealText: '(Ký số, đóng dấu của cơ quan)' };
const [ticket, receipt] = samplePapers(heading) as [TicketPaper, ReceiptPaper];

/** Without what only sets them apart. */
const wordsIn = (text: string): string[] =>
  plainer(text)
    .split(/\s+/u)
    .map((word) => word.replace(/[:,]+$/u, ''))
    .filter((word) => /[^-]/u.test(word));

describe('a paper in the printer’s letters', () => {
  it.each<[what: string, paper: RollPaper]>([
    ['a ticket', { ...ticket, expectedWaitMs: 600_000, counters: ['1', '3'] }],
    ['a receipt', receipt],
    [
      'a receipt with nothing to list',
      aReceiptPaper({ dossier: aDossier({ papers: [], fees: [], dueAtMs: null, dueRule: null, note: 'Đã xem', formerCodes: ['M-1'] }) }),
    ],
  ])('says the words of the drawn one in their order: %s', (_, paper) => {
    for (const language of ['vi', 'en'] as const) {
      const t = paperWords(language);
      const markup = renderToStaticMarkup(createElement(DrawnOnRoll, { paper, reprint: 2, widthDots: 576, t }));
      const drawn = wordsIn(
        markup
          .replace(/<svg.*?<\/svg>/gu, ' ')
          .replace(/<[^>]*>/gu, ' ')
          .replaceAll('&#x27;', "'")
          .replaceAll('&amp;', '&'),
      );
      const said = (textBlocksOf(paper, 2, t) ?? []).flatMap((block): string[] => {
        switch (block.type) {
          case 'fact':
            return [block.label, block.value];
          case 'sum':
            return [block.text, block.amount];
          case 'signatures':
            return block.signers.flatMap(({ above, name }) => [...above, name]);
          case 'text':
          case 'item':
            return [block.text];
          default:
            return [];
        }
      });
      expect(wordsIn(said.join(' '))).toEqual(drawn);
      expect(drawn.length).toBeGreaterThan(30);
    }
  });
});
