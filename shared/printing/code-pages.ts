/** The code pages of thermal printers that hold every Vietnamese letter, and the numbers under which makers keep them. */
import { z } from 'zod';

/** `tcvn-3` is two tables, small letters and after it the capitals; the others are one. */
export const codePages = ['tcvn-3', 'tcvn-1', 'windows-1258', 'viscii'] as const;
export type CodePage = (typeof codePages)[number];

/** `table`: the n of `ESC t n`, which differs from maker to maker. */
export const printerLettersSchema = z.strictObject({ text: z.enum(codePages), table: z.int().min(0).max(254) });
export type PrinterLetters = z.infer<typeof printerLettersSchema>;

/** What a test print tries: Epson's numbers (ESC/POS reference, ESC t), then those other makers' owners report. */
export const usualLetters: readonly PrinterLetters[] = [
  { text: 'tcvn-3', table: 30 },
  { text: 'windows-1258', table: 52 },
  { text: 'tcvn-1', table: 27 },
  { text: 'windows-1258', table: 27 },
  { text: 'viscii', table: 52 },
  { text: 'windows-1258', table: 94 },
];

/** Every code page under a number somebody read in a printer's manual. */
export const lettersAt = (table: number): PrinterLetters[] => codePages.map((text) => ({ text, table }));
