/** A paper as ESC/POS text: commands of ours around letters that were checked one by one. Anything doubtful is refused, and drawn instead. */
import { type PrinterLetters } from '../../../shared/printing/code-pages.ts';
import type { PaperLanguage, RollWidthDots } from '../../../shared/printing/medium.ts';
import type { Paper } from '../../../shared/printing/paper.ts';
import { paperWords } from '../../../shared/printing/paper-words.ts';
import { qrOutline, QUIET_MODULES, UNITS_PER_MODULE } from '../../../shared/printing/qr-outline.ts';
import { vietnameseLetters } from '../../../shared/printing/vietnamese-letters.ts';
import { withoutRealTimeCommands, type TextRoll } from '../escpos-job.ts';
import type { Raster } from '../raster.ts';
import { encode } from './code-page.ts';
import { layOut, type LaidOut, type LetterSize, type TextBlock, type TextLine } from './text-blocks.ts';
import { textBlocksOf } from './text-papers.ts';

export type TextRollOptions = { letters: PrinterLetters; widthDots: RollWidthDots; reprint: number; language: PaperLanguage };

/** Font A is twelve dots wide on every model: 48 letters on 80 mm, 32 on 58 mm. */
const LETTER_DOTS = 12;
export const columnsOn = (widthDots: RollWidthDots): number => widthDots / LETTER_DOTS;

/** Null: this paper is always drawn, or the code page lacks a letter of it. */
export function textRoll(paper: Paper, { letters, widthDots, reprint, language }: TextRollOptions): TextRoll | null {
  const blocks = textBlocksOf(paper, reprint, paperWords(language));
  return blocks === undefined ? null : rollOf(layOut(blocks, columnsOn(widthDots)), letters);
}

function rollOf(lines: readonly LaidOut[], letters: PrinterLetters): TextRoll | null {
  const commands = [selectTable(letters.table)];
  let look: Look = PLAIN;
  for (const line of lines) {
    if ('qr' in line) {
      const centred = { ...PLAIN, isCentred: true };
      commands.push(Buffer.concat([lookChange(look, centred), qrCommand(line.qr, line.dots)]));
      look = centred;
      continue;
    }
    const runs = encode(line.text, letters);
    if (runs === null) return null;
    const strayed = runs.some(({ table }) => table !== letters.table);
    commands.push(
      Buffer.concat([
        lookChange(look, line),
        ...runs.flatMap(({ table, bytes }, at) => [...(at === 0 && table === letters.table ? [] : [selectTable(table)]), Buffer.from(bytes)]),
        LINE_FEED,
        ...(strayed ? [selectTable(letters.table)] : []),
      ]),
    );
    look = line;
  }
  // A drawer or a cut may follow, and the next job begins with an initialisation anyway; this is for a printer that is shared.
  return { commands: [...commands, lookChange(look, PLAIN)].filter(({ byteLength }) => byteLength > 0) };
}

/**
 * What an officer looks at to choose: under its number, every letter there is in each code page. Words are on the screen; here only
 * what every printer prints alike. The first line is as long as a line of our papers.
 */
export function lettersTrial(candidates: readonly PrinterLetters[], widthDots: RollWidthDots): TextRoll {
  const columns = columnsOn(widthDots);
  const ruler = Array.from({ length: columns }, (_, at) => String((at + 1) % 10)).join('');
  const small = inGroups(vietnameseLetters);
  const letterBlocks = [small, small.toUpperCase()].map((text): TextBlock => ({ type: 'text', text }));
  const parts = candidates.map((letters, at) => {
    const lines = layOut([{ type: 'text', text: String(at + 1), isBold: true, size: 'large' }, ...letterBlocks], columns);
    // What the code page refuses is left out line by line: the capitals of VISCII on control bytes, for one.
    return lines.map((line) => rollOf([fitting(line, letters)], letters));
  });
  return {
    commands: [rollOf(layOut([{ type: 'text', text: ruler }], columns), candidates[0] ?? { text: 'tcvn-3', table: 0 }), ...parts.flat()].flatMap(
      (roll) => roll?.commands ?? [],
    ),
  };
}

const fitting = (line: LaidOut, letters: PrinterLetters): LaidOut =>
  'qr' in line ? line : { ...line, text: [...line.text].map((letter) => (encode(letter, letters) === null ? ' ' : letter)).join('') };

/** The tones of one vowel together, and the consonants. */
function inGroups(letters: readonly string[]): string {
  const groups = new Map<string, string>();
  for (const letter of letters) {
    const vowel = letter
      .normalize('NFD')
      .replace(/[\u0300\u0301\u0303\u0309\u0323]/gu, '')
      .normalize('NFC');
    const group = 'aăâeêioôơuưy'.includes(vowel) ? vowel : 'b';
    groups.set(group, (groups.get(group) ?? '') + letter);
  }
  return [...groups.values()].join(' ');
}

type Look = Omit<TextLine, 'text'>;
const PLAIN: Look = { isCentred: false, isBold: false, size: 'plain' };
/** GS !: times wide in the high half, times high in the low one, each less one. */
const SIZES: Record<LetterSize, number> = { plain: 0x00, tall: 0x01, large: 0x11, huge: 0x33 };

const LINE_FEED = Buffer.from([0x0a]);
const selectTable = (table: number): Buffer => Buffer.from([0x1b, 0x74, table]);

const lookChange = (before: Look, after: Look): Buffer =>
  Buffer.from([
    ...(before.isCentred === after.isCentred ? [] : [0x1b, 0x61, after.isCentred ? 1 : 0]),
    ...(before.isBold === after.isBold ? [] : [0x1b, 0x45, after.isBold ? 1 : 0]),
    ...(before.size === after.size ? [] : [0x1d, 0x21, SIZES[after.size]]),
  ]);

/** GS v 0 in double width and height: a quarter of the bytes, and modules of whole dots all the same. */
function qrCommand(text: string, moduleDots: 4 | 6): Buffer {
  const { widthDots, heightDots, bits } = withoutRealTimeCommands(qrRaster(text, moduleDots / 2));
  const rowBytes = widthDots / 8;
  return Buffer.concat([Buffer.from([0x1d, 0x76, 0x30, 3, rowBytes & 0xff, rowBytes >> 8, heightDots & 0xff, heightDots >> 8]), bits]);
}

function qrRaster(text: string, moduleDots: number): Raster {
  const { polygons, units } = qrOutline(text);
  const modules = units / UNITS_PER_MODULE;
  const side = (modules + 2 * QUIET_MODULES) * moduleDots;
  const widthDots = Math.ceil(side / 8) * 8;
  const bits = new Uint8Array((widthDots / 8) * side);
  const edges = polygons.flatMap((points) => points.map((point, at) => [point, points[(at + 1) % points.length]!] as const));
  for (let module = 0; module < modules; module += 1) {
    const middle = (module + 0.5) * UNITS_PER_MODULE;
    // Upright edges that the row of modules crosses, in pairs: black from the one to the other.
    const crossings = edges
      .filter(([[x1, y1], [x2, y2]]) => x1 === x2 && Math.min(y1, y2) < middle && middle < Math.max(y1, y2))
      .map(([[x]]) => x / UNITS_PER_MODULE)
      .sort((a, b) => a - b);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      for (let x = (crossings[pair]! + QUIET_MODULES) * moduleDots; x < (crossings[pair + 1]! + QUIET_MODULES) * moduleDots; x += 1)
        for (let row = 0; row < moduleDots; row += 1) bits[(((module + QUIET_MODULES) * moduleDots + row) * widthDots + x) >> 3]! |= 0x80 >> (x & 7);
    }
  }
  return { widthDots, heightDots: side, bits };
}
