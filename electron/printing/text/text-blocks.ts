/** A paper in the printer's own letters: what stands on it from top to bottom, and how it is broken into lines. */
import { unreachable } from '../../../shared/lib/result.ts';
import { plainer } from './code-page.ts';

/** How many times as wide and as high as a plain letter. */
export type LetterSize = 'plain' | 'tall' | 'large' | 'huge';
export const timesWide: Record<LetterSize, number> = { plain: 1, tall: 1, large: 2, huge: 4 };

type Look = { isCentred?: boolean; isBold?: boolean; size?: LetterSize };
export type TextBlock =
  | ({ type: 'text'; text: string } & Look)
  | { type: 'fact'; label: string; value: string }
  | { type: 'item'; mark: string; text: string }
  /** The amount stands at the right edge. */
  | { type: 'sum'; text: string; amount: string; isBold?: boolean }
  /** Beside each other, with room to sign above the names. */
  | { type: 'signatures'; signers: readonly [Signer, Signer] }
  | { type: 'rule' }
  | { type: 'space' }
  /** ASCII; `dots` along the side of a module. */
  | { type: 'qr'; text: string; dots: 4 | 6 };

export type Signer = { above: readonly string[]; name: string };

export type TextLine = { text: string } & Required<Look>;
export type LaidOut = TextLine | { qr: string; dots: 4 | 6 };

const SIGNATURE_LINES = 3;
const INDENT = 2;

/** `columns`: plain letters across the paper. */
export const layOut = (blocks: readonly TextBlock[], columns: number): LaidOut[] => blocks.flatMap((block) => linesOf(block, columns));

const line = (text: string, { isCentred = false, isBold = false, size = 'plain' }: Look = {}): TextLine => ({ text, isCentred, isBold, size });

function linesOf(block: TextBlock, columns: number): LaidOut[] {
  switch (block.type) {
    case 'text': {
      const across = Math.floor(columns / timesWide[block.size ?? 'plain']);
      return block.text.split('\n').flatMap((part) => wrapped(part, across).map((text) => line(text, block)));
    }
    case 'fact':
      return hanging('', `${block.label}: ${block.value}`, columns);
    case 'item':
      return hanging(`${block.mark} `, block.text, columns);
    case 'sum':
      return withAmount(block.text, plainer(block.amount), columns).map((text) => line(text, block));
    case 'signatures':
      return signatures(block.signers, columns);
    case 'rule':
      return [line('-'.repeat(columns))];
    case 'space':
      return [line('')];
    case 'qr':
      return [{ qr: block.text, dots: block.dots }];
    default:
      return unreachable(block);
  }
}

/** A letter is a column, whatever marks it bears. A word longer than the paper is cut. */
function wrapped(text: string, columns: number, firstColumns = columns): string[] {
  const lines: string[] = [];
  let current: string | undefined;
  const room = (): number => (lines.length === 0 ? firstColumns : columns);
  const lengthOf = (letters: string): number => [...letters].length;
  for (const word of plainer(text)
    .split(/\s+/u)
    .filter((part) => part !== '')) {
    if (current !== undefined && lengthOf(current) + 1 + lengthOf(word) <= room()) {
      current += ` ${word}`;
      continue;
    }
    if (current !== undefined) lines.push(current);
    let letters = [...word];
    while (letters.length > room()) {
      const cut = room();
      lines.push(letters.slice(0, cut).join(''));
      letters = letters.slice(cut);
    }
    current = letters.join('');
  }
  return current === undefined || current === '' ? lines : [...lines, current];
}

const hanging = (mark: string, text: string, columns: number): TextLine[] =>
  wrapped(text, columns - INDENT, columns - mark.length).map((part, at) => line((at === 0 ? mark : ' '.repeat(INDENT)) + part));

function withAmount(text: string, amount: string, columns: number): string[] {
  const lines = wrapped(text, columns);
  const last = lines.at(-1) ?? '';
  const free = columns - [...last].length - [...amount].length;
  if (free < 1) return [...lines, amount.padStart(columns)];
  return [...lines.slice(0, -1), last + ' '.repeat(free) + amount];
}

function signatures(signers: readonly [Signer, Signer], columns: number): TextLine[] {
  const half = Math.floor(columns / 2);
  // One column stays free between the two.
  const inHalf = (texts: readonly string[]): string[] => texts.flatMap((text) => wrapped(text, half - 1));
  const beside = (left: readonly string[], right: readonly string[]): TextLine[] =>
    Array.from({ length: Math.max(left.length, right.length) }, (_, row) =>
      line(
        [left, right]
          .map((part) => centred(part[row] ?? '', half))
          .join('')
          .trimEnd(),
      ),
    );
  const [left, right] = signers;
  return [
    ...beside(inHalf(left.above), inHalf(right.above)),
    ...Array.from({ length: SIGNATURE_LINES }, () => line('')),
    ...beside(inHalf([left.name]), inHalf([right.name])),
  ];
}

function centred(text: string, columns: number): string {
  const free = columns - [...text].length;
  const before = Math.floor(free / 2);
  return ' '.repeat(before) + text + ' '.repeat(free - before);
}
