/** Pixels as the page work handles them, and the few things everything else needs done to them. */

/** As `ImageData`: four bytes a pixel, red first. */
export type Raster = { width: number; height: number; data: Uint8ClampedArray };
/** One byte a pixel, 0 black. */
export type Grey = { width: number; height: number; data: Uint8Array };
/** One bit a pixel, 1 black, rows padded to whole bytes, most significant bit leftmost. */
export type Bilevel = { width: number; height: number; data: Uint8Array };

export type Point = { x: number; y: number };
/** Corners clockwise from the top left, in pixels. */
export type Quad = readonly [Point, Point, Point, Point];

export const rowBytes = (width: number): number => (width + 7) >> 3;

/** Rec. 601, as JPEG weighs it. */
export function greyOf({ width, height, data }: Raster): Grey {
  const grey = new Uint8Array(width * height);
  for (let at = 0, from = 0; at < grey.length; at += 1, from += 4)
    grey[at] = ((data[from] ?? 0) * 77 + (data[from + 1] ?? 0) * 150 + (data[from + 2] ?? 0) * 29) >> 8;
  return { width, height, data: grey };
}

/** The mean of whole blocks, so that the longer side is at most `sizePx`. */
export function shrunk(grey: Grey, sizePx: number): { grey: Grey; factor: number } {
  const factor = Math.max(1, Math.ceil(Math.max(grey.width, grey.height) / sizePx));
  if (factor === 1) return { grey, factor };
  const width = Math.floor(grey.width / factor);
  const height = Math.floor(grey.height / factor);
  const data = new Uint8Array(width * height);
  const area = factor * factor;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let dy = 0; dy < factor; dy += 1) {
        const row = (y * factor + dy) * grey.width + x * factor;
        for (let dx = 0; dx < factor; dx += 1) sum += grey.data[row + dx] ?? 0;
      }
      data[y * width + x] = sum / area;
    }
  }
  return { grey: { width, height, data }, factor };
}

/** The mean of a square of `2 × radius + 1`, the frame's edge repeated beyond it. */
export function blurred({ width, height, data }: Grey, radius: number): Grey {
  const pass = (from: Uint8Array, lines: number, length: number, step: number, lineStep: number): Uint8Array => {
    const to = new Uint8Array(from.length);
    const window = 2 * radius + 1;
    for (let line = 0; line < lines; line += 1) {
      const start = line * lineStep;
      const at = (index: number): number => from[start + Math.min(length - 1, Math.max(0, index)) * step] ?? 0;
      let sum = 0;
      for (let index = -radius; index <= radius; index += 1) sum += at(index);
      for (let index = 0; index < length; index += 1) {
        to[start + index * step] = sum / window;
        sum += at(index + radius + 1) - at(index - radius);
      }
    }
    return to;
  };
  return { width, height, data: pass(pass(data, height, width, 1, width), width, height, width, 1) };
}

/** The threshold that best parts dark from light (Otsu 1979). */
export function otsu({ data }: Grey): number {
  const counts = new Float64Array(256);
  for (const value of data) counts[value] = (counts[value] ?? 0) + 1;
  let total = 0;
  for (let value = 0; value < 256; value += 1) total += value * (counts[value] ?? 0);
  let below = 0;
  let belowSum = 0;
  let best = 0;
  let threshold = 127;
  for (let value = 0; value < 255; value += 1) {
    below += counts[value] ?? 0;
    belowSum += value * (counts[value] ?? 0);
    const above = data.length - below;
    if (below === 0 || above === 0) continue;
    const difference = belowSum / below - (total - belowSum) / above;
    const between = below * above * difference * difference;
    if (between > best) {
      best = between;
      threshold = value;
    }
  }
  return threshold;
}
