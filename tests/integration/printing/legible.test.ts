/** Whether what comes out can be read: no two letters look the same on paper, and a reading program names every applicant. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobPieces } from '../../../electron/printing/escpos-job.ts';
import type { Raster } from '../../../electron/printing/raster.ts';
import { vietnameseLetters } from '../../../shared/printing/vietnamese-letters.ts';
import type { RollWidthDots } from '../../../shared/printing/medium.ts';
import type { CustomPaper, RollPaper } from '../../../shared/printing/paper.ts';
import { aDossier, aReceiptPaper } from '../../fixtures/dossiers.ts';
import { startPaperPress, type PaperPress } from '../../fixtures/paper-press/press.ts';
import { drawnByPrinter } from '../../fixtures/printed-picture.ts';
import { linesReadFrom } from '../../fixtures/reading-program.ts';
import { lettersMissingIn, vietnameseNames } from '../../fixtures/vietnamese-names.ts';

let press: PaperPress;
beforeAll(async () => {
  press = await startPaperPress();
});
afterAll(() => press.stop());

const listOf = (lines: readonly string[], size: 'normal' | 'large'): CustomPaper => ({
  kind: 'custom',
  heading: { agencyName: 'UBND xã', officeName: 'Một cửa' },
  templateId: 'doc',
  name: 'Danh sách',
  dossierId: '0192f3a0-8d2f-7c55-8e1f-6b5d4c3b2a19',
  code: 'M-1',
  printedAtMs: 0,
  blocks: lines.map((text) => ({ type: 'text', text, align: 'left', size, bold: true })),
});

/** What the printer draws of the bytes it was sent. */
async function printed(paper: RollPaper, widthDots: RollWidthDots): Promise<Raster> {
  const { raster } = await press.roll(paper, widthDots);
  const [strip] = drawnByPrinter(Buffer.concat(await jobPieces(raster, { driver: 'epson', hasCutter: true })), widthDots);
  return strip!;
}

const inkAt = ({ widthDots, bits }: Raster, x: number, y: number): boolean => (bits[(y * widthDots + x) >> 3]! & (0x80 >> (x & 7))) !== 0;

/** One letter a line between two bars: the same place in every line, so that only the letter differs. */
async function letterCells(letters: readonly string[], widthDots: RollWidthDots): Promise<Map<string, boolean[]>> {
  const strip = await printed(
    listOf(
      letters.map((letter) => `█${letter}█`),
      'normal',
    ),
    widthDots,
  );
  // A bar begins every line at the left edge of the text.
  const left = Array.from({ length: strip.heightDots }, (_, y) => inkAt(strip, widthDots === 576 ? 14 : 8, y));
  const tops = left.flatMap((isInk, y) => (isInk && left[y - 1] !== true ? [y] : []));
  const heights = tops.map((top) => left.findIndex((isInk, y) => y > top && !isInk) - top);
  const bars = tops.filter((_, at) => heights[at]! > 15);
  expect(bars).toHaveLength(letters.length);
  const cells = new Map<string, boolean[]>();
  letters.forEach((letter, at) => {
    const cell: boolean[] = [];
    // Marks stand above the bar and below it.
    for (let y = bars[at]! - 4; y < bars[at]! + 32; y += 1) for (let x = 0; x < 90; x += 1) cell.push(inkAt(strip, x, y));
    cells.set(letter, cell);
  });
  return cells;
}

describe('letters on paper', () => {
  it.each([576, 384] as const)('are all different, by more than a speck of dust, on %i dots', async (widthDots) => {
    let closest = { distance: Infinity, pair: '' };
    // Small among small and capitals among capitals: a capital I and a small l are one shape in our font, as in many.
    for (const letters of [vietnameseLetters, vietnameseLetters.map((letter) => letter.toUpperCase())]) {
      const cells = [...(await letterCells(letters, widthDots))];
      for (const [at, [one, dots]] of cells.entries()) {
        for (const [other, otherDots] of cells.slice(at + 1)) {
          const distance = dots.reduce((sum, isInk, dot) => sum + (isInk === otherDots[dot] ? 0 : 1), 0);
          if (distance < closest.distance) closest = { distance, pair: `${one} ${other}` };
        }
      }
    }
    console.log(`closest letters on ${widthDots} dots: ${closest.pair}, ${closest.distance} dots apart`);
    expect(closest.distance, closest.pair).toBeGreaterThanOrEqual(6);
  });
});

const PAGE = 50;

describe('names on paper', () => {
  it('are read back letter by letter: 200 of 200, with every letter there is', async () => {
    const names = vietnameseNames();
    expect(names).toHaveLength(200);
    expect(lettersMissingIn(names)).toEqual([]);
    const pages = Array.from({ length: names.length / PAGE }, (_, at) => names.slice(at * PAGE, (at + 1) * PAGE));
    const strips: Raster[] = [];
    // As a receipt sets its applicant's name (see the next test), by turns on both widths.
    for (const [at, page] of pages.entries()) strips.push(await printed(listOf(page, 'large'), at % 2 === 0 ? 576 : 384));
    const read = await linesReadFrom(strips);
    for (const [at, page] of pages.entries()) expect(read[at]!.slice(-PAGE)).toEqual(page);
  });

  it('are read from receipts of both widths', async () => {
    const fullName = 'Nguyễn Thị Ánh Dương';
    const receipt = aReceiptPaper({ dossier: aDossier({ applicant: { kind: 'person', fullName } }) });
    for (const lines of await linesReadFrom([await printed(receipt, 576), await printed(receipt, 384)])) expect(lines.join('\n')).toContain(fullName);
  });
});
