/** What a paper is drawn on. */
import type { RollPaper, SheetPaper } from './paper.ts';

/** Printable dots across the roll at 203 dpi (8 dots/mm): 72 mm of an 80 mm roll, 48 mm of a 58 mm roll. */
export type RollWidthDots = 576 | 384;
export const dotsAcross = (paperWidthMm: 80 | 58): RollWidthDots => (paperWidthMm === 80 ? 576 : 384);

export const sheetSizes = ['A4', 'A5'] as const;
export type SheetSize = (typeof sheetSizes)[number];

/** What the shell asks the hidden paper page to draw. One CSS pixel is one dot on a roll. */
export type DrawRequest =
  | { medium: 'roll'; widthDots: RollWidthDots; paper: RollPaper; reprint: number; language: PaperLanguage }
  | { medium: 'sheet'; size: SheetSize; paper: SheetPaper; reprint: number; language: PaperLanguage };

/** What the page answers: the length of a roll (0 for a sheet), and how many captured pixels an unzoomed CSS pixel has. */
export type DrawnPaper = { heightDots: number; pixelRatio: number };

export type PaperLanguage = 'vi' | 'en';

/** Cells of the mark under every captured slice; see `frameMarkBits`. */
export const FRAME_MARK_CELLS = 24;
export const FRAME_MARK_HEIGHT = 8;

/**
 * The cells, left to right, that tell which frame a capture holds. Without them a capture taken before the
 * compositor has caught up would print the paper of the citizen before.
 */
export const frameMarkBits = (frame: number): boolean[] => Array.from({ length: FRAME_MARK_CELLS }, (_, cell) => ((frame >>> cell) & 1) === 1);
