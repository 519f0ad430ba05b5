/** What the virtual printer has in its ROM: its letters, and under which number it keeps which code page. */
import { inflateRawSync } from 'node:zlib';
import type { PrinterLetters } from '../../../shared/printing/code-pages.ts';
import { letterAt } from '../text/code-page.ts';
import { ROM_LETTERS, ROM_ROWS } from './rom.ts';

/** Font A of an 8 dots/mm head. */
export const LETTER_WIDTH = 12;
export const LETTER_HEIGHT = 24;

const BLOCK = Array.from({ length: LETTER_HEIGHT }, (_, row) => (row >= 4 && row < 20 ? 0x7fe : 0));
let rom: Map<string, number[]> | undefined;

function openRom(): Map<string, number[]> {
  const rows = inflateRawSync(Buffer.from(ROM_ROWS, 'base64'));
  const row = (at: number): number => rows.readUInt16BE(at * 2);
  return new Map([...ROM_LETTERS].map((letter, at) => [letter, Array.from({ length: LETTER_HEIGHT }, (_, line) => row(at * LETTER_HEIGHT + line))]));
}

/** Rows from the top, twelve bits each, the leftmost dot highest; a block for what the ROM has no letter for. */
export function letterRows(letter: string): number[] {
  rom ??= openRom();
  return letter === ' ' ? [] : (rom.get(letter) ?? BLOCK);
}

/** As an Epson has them. */
const TABLES: readonly { from: number; to: number; letters: PrinterLetters }[] = [
  { from: 30, to: 31, letters: { text: 'tcvn-3', table: 30 } },
  { from: 52, to: 52, letters: { text: 'windows-1258', table: 52 } },
];

/** What a byte means under the table that was chosen by ESC t; U+FFFD for one that means nothing there. */
export function letterOf(byte: number, table: number): string {
  const known = TABLES.find(({ from, to }) => from <= table && table <= to);
  if (known !== undefined) return letterAt(byte, known.letters, table) ?? '\ufffd';
  return byte < 0x7f ? String.fromCharCode(byte) : '\ufffd';
}
