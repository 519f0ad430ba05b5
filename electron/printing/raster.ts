/** A paper as dots: one bit each, the way a thermal head burns them. */
import { PNG } from 'pngjs';

export type Raster = {
  /** A multiple of 8. */
  widthDots: number;
  heightDots: number;
  /** Rows of `widthDots / 8` bytes, leftmost dot in the highest bit, 1 = ink. */
  bits: Uint8Array;
};

/** Lighter than this stays white. Above one half, because anti-aliased strokes of small letters must not break up. */
const INK_BELOW_LUMINANCE = 176;

/** `bgra`: rows of `width` opaque pixels, as Electron's `NativeImage.toBitmap` gives them. */
export function thresholdBgra(bgra: Uint8Array, width: number, height: number): Raster {
  if (width % 8 !== 0) throw new Error(`raster width ${width} is no multiple of 8`);
  if (bgra.byteLength < width * height * 4) throw new Error('bitmap shorter than its size');
  const bits = new Uint8Array((width / 8) * height);
  for (let pixel = 0, at = 0; pixel < width * height; pixel += 1, at += 4) {
    const luminance = (bgra[at]! * 29 + bgra[at + 1]! * 150 + bgra[at + 2]! * 77) >> 8;
    if (luminance < INK_BELOW_LUMINANCE) bits[pixel >> 3]! |= 0x80 >> (pixel & 7);
  }
  return { widthDots: width, heightDots: height, bits };
}

/** Rasters of one width, one under the other. */
export function stack(parts: readonly Raster[]): Raster {
  const widthDots = parts[0]?.widthDots ?? 0;
  const bits = new Uint8Array(parts.reduce((bytes, part) => bytes + part.bits.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    if (part.widthDots !== widthDots) throw new Error('stacked rasters differ in width');
    bits.set(part.bits, at);
    at += part.bits.byteLength;
  }
  return { widthDots, heightDots: parts.reduce((rows, part) => rows + part.heightDots, 0), bits };
}

export function rasterToPng(raster: Raster): Buffer {
  const png = new PNG({ width: raster.widthDots, height: raster.heightDots, colorType: 0, inputColorType: 0, inputHasAlpha: false });
  const grey = Buffer.alloc(raster.widthDots * raster.heightDots, 0xff);
  for (let dot = 0; dot < grey.byteLength; dot += 1) {
    if ((raster.bits[dot >> 3]! & (0x80 >> (dot & 7))) !== 0) grey[dot] = 0;
  }
  png.data = grey;
  return PNG.sync.write(png, { colorType: 0, inputColorType: 0, inputHasAlpha: false });
}

/** A run of rows that all hold ink or all hold none; inked ones are cut to the bytes that do. */
export type Band = { top: number; rows: number; inkedBytes: number };

/**
 * The raster from top to bottom in bands of at most `maxRows` rows (blank ones: at most 2,000).
 * Blank runs shorter than a line of text stay inside their band: a band of their own would cost more bytes than it saves.
 */
export function bandsOf(raster: Raster, maxRows: number): Band[] {
  const rowBytes = raster.widthDots / 8;
  const inkedBytesIn = (row: number): number => {
    for (let byte = rowBytes; byte > 0; byte -= 1) if (raster.bits[row * rowBytes + byte - 1] !== 0) return byte;
    return 0;
  };
  const bands: Band[] = [];
  for (let row = 0; row < raster.heightDots; row += 1) {
    const inkedBytes = inkedBytesIn(row);
    const last = bands.at(-1);
    const isBlank = inkedBytes === 0;
    if (last !== undefined && (last.inkedBytes === 0) === isBlank && last.rows < (isBlank ? 2000 : maxRows)) {
      last.rows += 1;
      last.inkedBytes = Math.max(last.inkedBytes, inkedBytes);
    } else {
      bands.push({ top: row, rows: 1, inkedBytes });
    }
  }
  return mergeShortGaps(bands, maxRows);
}

const SHORT_GAP_ROWS = 4;

function mergeShortGaps(bands: readonly Band[], maxRows: number): Band[] {
  const merged: Band[] = [];
  for (const band of bands) {
    const gap = merged.at(-1);
    const before = merged.at(-2);
    if (band.inkedBytes > 0 && gap?.inkedBytes === 0 && gap.rows <= SHORT_GAP_ROWS && before !== undefined && before.rows + gap.rows + band.rows <= maxRows) {
      merged.splice(-2, 2, { top: before.top, rows: before.rows + gap.rows + band.rows, inkedBytes: Math.max(before.inkedBytes, band.inkedBytes) });
    } else {
      merged.push({ ...band });
    }
  }
  return merged;
}
