/** What is done to one page, in order: cut out, set straight, made clean, its colours decided. */
import type { ColourMode } from '../../../shared/scanning/scanner.ts';
import { findPage } from './find-page.ts';
import type { Quad, Raster } from './raster.ts';
import { leaningFrame, leanOf, sizeOf, straightened } from './straighten.ts';
import { cleanPaper, hasColour, isBlank, takeColourAway } from './tones.ts';

export type PagePlan = {
  /** `auto`: the sheet is looked for (a camera); a quadrilateral: an officer said where it is. */
  crop: 'auto' | 'none' | Quad;
  isStraightened: boolean;
  /** 0 to 1; undefined: the tones stay as they came. */
  contrast?: number;
  /** `auto`: colour where there is any. */
  mode: ColourMode | 'auto';
  /** Of the source, where it is known; else the page is taken for A4. */
  dpi?: number;
  quarterTurns: 0 | 1 | 2 | 3;
};

export type WorkedPage = { raster: Raster; mode: ColourMode; isBlank: boolean; crop: Quad | undefined };

/** 300 dpi of A4, its longer side. */
const MAX_PX = 3508;

export function turned({ width, height, data }: Raster, quarterTurns: PagePlan['quarterTurns']): Raster {
  if (quarterTurns === 0) return { width, height, data };
  const from = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const to = new Uint32Array(width * height);
  const [newWidth, newHeight] = quarterTurns === 2 ? [width, height] : [height, width];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [toX, toY] = quarterTurns === 1 ? [height - 1 - y, x] : quarterTurns === 2 ? [width - 1 - x, height - 1 - y] : [y, width - 1 - x];
      to[toY * newWidth + toX] = from[y * width + x] ?? 0;
    }
  }
  return { width: newWidth, height: newHeight, data: new Uint8ClampedArray(to.buffer) };
}

/** The picture given may be changed. */
export function workPage(picture: Raster, plan: PagePlan): WorkedPage {
  const crop = plan.crop === 'auto' ? findPage(picture) : plan.crop === 'none' ? undefined : plan.crop;
  let raster = crop === undefined ? picture : straightened(picture, crop, sizeOf(crop, MAX_PX));
  if (plan.isStraightened) {
    const lean = leanOf(raster);
    if (lean !== 0) raster = straightened(raster, leaningFrame(raster, lean), raster);
  }
  raster = turned(raster, plan.quarterTurns);
  const blank = isBlank(raster);
  const mode = plan.mode !== 'auto' ? plan.mode : hasColour(raster) ? 'colour' : 'grey';
  // Black and white finds its own threshold everywhere.
  if (plan.contrast !== undefined && mode !== 'bilevel') cleanPaper(raster, plan.contrast);
  if (mode === 'grey') takeColourAway(raster);
  return { raster, mode, isBlank: blank, crop };
}
