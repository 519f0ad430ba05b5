/** What the page may know and ask of a scanner, whichever way the shell reaches it. */
import { z } from 'zod';
import type { Failure } from '../lib/result.ts';

export const scanInputs = ['flatbed', 'feeder', 'duplex'] as const;
export type ScanInput = (typeof scanInputs)[number];

export const colourModes = ['colour', 'grey', 'bilevel'] as const;
export type ColourMode = (typeof colourModes)[number];

/** `folder`: pages that another program leaves in a folder, taken until the officer says that is all. */
export type ScannerKind = 'sane' | 'escl' | 'wia' | 'folder';
export type ScannerDevice = { id: string; name: string; kind: ScannerKind };

export type ScannerCapabilities = {
  /** Empty for a folder, which has nothing to choose. */
  inputs: ScanInput[];
  modes: ColourMode[];
  /** Dots per inch, ascending. */
  resolutions: number[];
};

export const scanJobSchema = z.strictObject({
  input: z.enum(scanInputs),
  mode: z.enum(colourModes),
  resolutionDpi: z.int().min(50).max(1200),
  /** One sheet at the lowest useful resolution, to see how it lies. */
  isPreview: z.boolean().default(false),
});
export type ScanJob = z.infer<typeof scanJobSchema>;

/** Each has words that say what the officer does next. */
export type ScannerFailureKind =
  | 'scanner-gone'
  | 'scanner-busy'
  | 'scanner-jam'
  | 'scanner-empty'
  | 'scanner-cover-open'
  | 'scanner-denied'
  /** The line to it broke in the middle of a page. */
  | 'scanner-cut'
  /** It cannot do what was asked of it. */
  | 'scanner-refused'
  /** What the operating system needs for it is not installed. */
  | 'scanner-no-driver'
  | 'scanner-failed';
export type ScannerFailure = Failure<ScannerFailureKind>;

/** A page as it came. `name`: of the file, where it was one. */
export type ScannedPage = { number: number; bytes: Uint8Array<ArrayBuffer>; name?: string };

/** What is best asked of a device unless the officer chose: 300 dpi or what comes next to it. */
export function bestResolution({ resolutions }: Pick<ScannerCapabilities, 'resolutions'>, wantedDpi = 300): number {
  return resolutions.find((dpi) => dpi >= wantedDpi) ?? resolutions.at(-1) ?? wantedDpi;
}

/** The lowest at which the lie of a sheet can be seen. */
export const previewResolution = (capabilities: Pick<ScannerCapabilities, 'resolutions'>): number => bestResolution(capabilities, 75);
