/** Draws a quadrilateral of a picture as an upright rectangle, and estimates by how much its lines of text lean. */
import { greyOf, otsu, shrunk, type Point, type Quad, type Raster } from './raster.ts';

const SQRT2 = Math.SQRT2;
const PAPER = 255;

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/** As large as the sides seen, at most `maxPx` on the longer; what is nearly A4 (ISO 216) becomes A4. */
export function sizeOf([a, b, c, d]: Quad, maxPx: number): { width: number; height: number } {
  const across = Math.max(distance(a, b), distance(d, c));
  const down = Math.max(distance(a, d), distance(b, c));
  const ratio = down / across;
  // Seen from aside a sheet looks shorter than it is: the more its opposite sides differ, the more of that is allowed for.
  const aside = Math.max(1 - Math.min(distance(a, b), distance(d, c)) / across, 1 - Math.min(distance(a, d), distance(b, c)) / down);
  const allowed = 0.09 + 1.2 * aside;
  const isTall = ratio >= 1 && Math.abs(ratio / SQRT2 - 1) < allowed;
  const isWide = ratio < 1 && Math.abs(ratio * SQRT2 - 1) < allowed;
  const scale = Math.min(1, maxPx / Math.max(across, down));
  const [width, height] = isTall ? [down / SQRT2, down] : isWide ? [across, across / SQRT2] : [across, down];
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Coefficients of x' = (a·x + b·y + c) / (g·x + h·y + 1), y' likewise, from the unit square to the quadrilateral (Heckbert 1989 § 2.2). */
function projection([p0, p1, p2, p3]: Quad): readonly [number, number, number, number, number, number, number, number] {
  const [sumX, sumY] = [p0.x - p1.x + p2.x - p3.x, p0.y - p1.y + p2.y - p3.y];
  const [dx1, dy1, dx2, dy2] = [p1.x - p2.x, p1.y - p2.y, p3.x - p2.x, p3.y - p2.y];
  const determinant = dx1 * dy2 - dx2 * dy1;
  const g = determinant === 0 ? 0 : (sumX * dy2 - dx2 * sumY) / determinant;
  const h = determinant === 0 ? 0 : (dx1 * sumY - sumX * dy1) / determinant;
  return [p1.x - p0.x + g * p1.x, p3.x - p0.x + h * p3.x, p0.x, p1.y - p0.y + g * p1.y, p3.y - p0.y + h * p3.y, p0.y, g, h];
}

/** Between the four nearest pixels; paper white beyond the picture. */
export function straightened(picture: Raster, quad: Quad, { width, height }: { width: number; height: number }): Raster {
  const [a, b, c, d, e, f, g, h] = projection(quad);
  const data = new Uint8ClampedArray(width * height * 4);
  const { data: from, width: fromWidth, height: fromHeight } = picture;
  for (let y = 0; y < height; y += 1) {
    const v = (y + 0.5) / height;
    for (let x = 0; x < width; x += 1) {
      const u = (x + 0.5) / width;
      const depth = g * u + h * v + 1;
      const sourceX = (a * u + b * v + c) / depth - 0.5;
      const sourceY = (d * u + e * v + f) / depth - 0.5;
      const to = (y * width + x) * 4;
      data[to + 3] = 255;
      if (sourceX < -1 || sourceY < -1 || sourceX > fromWidth || sourceY > fromHeight) {
        data[to] = data[to + 1] = data[to + 2] = PAPER;
        continue;
      }
      const x0 = Math.min(fromWidth - 1, Math.max(0, Math.floor(sourceX)));
      const y0 = Math.min(fromHeight - 1, Math.max(0, Math.floor(sourceY)));
      const x1 = Math.min(fromWidth - 1, x0 + 1);
      const y1 = Math.min(fromHeight - 1, y0 + 1);
      const right = Math.min(1, Math.max(0, sourceX - x0));
      const low = Math.min(1, Math.max(0, sourceY - y0));
      const [tl, tr, bl, br] = [(y0 * fromWidth + x0) * 4, (y0 * fromWidth + x1) * 4, (y1 * fromWidth + x0) * 4, (y1 * fromWidth + x1) * 4];
      for (let channel = 0; channel < 3; channel += 1) {
        const top = (from[tl + channel] ?? 0) * (1 - right) + (from[tr + channel] ?? 0) * right;
        const bottom = (from[bl + channel] ?? 0) * (1 - right) + (from[br + channel] ?? 0) * right;
        data[to + channel] = top * (1 - low) + bottom * low;
      }
    }
  }
  return { width, height, data };
}

const MOST_DEGREES = 6;
const LEAST_GAIN = 1.06;
const MOST_POINTS = 40_000;

/**
 * Degrees clockwise by which lines of text lean: at the right angle the dark points fall into the fewest rows (projection
 * profile, Postl 1986). 0 where nothing on the page says so.
 */
export function leanOf(picture: Raster): number {
  const { grey } = shrunk(greyOf(picture), 900);
  const threshold = Math.min(otsu(grey), 200);
  const xs: number[] = [];
  const ys: number[] = [];
  const margin = Math.round(Math.min(grey.width, grey.height) * 0.03);
  for (let y = margin; y < grey.height - margin; y += 1) {
    for (let x = margin; x < grey.width - margin; x += 1) {
      if ((grey.data[y * grey.width + x] ?? 255) > threshold) continue;
      xs.push(x);
      ys.push(y);
    }
  }
  const dark = xs.length / (grey.width * grey.height);
  // An empty sheet, or a photograph: nothing to go by.
  if (xs.length < 300 || dark > 0.4) return 0;
  const every = Math.ceil(xs.length / MOST_POINTS);
  const rows = new Float64Array(grey.height + grey.width);
  const sharpness = (degrees: number): number => {
    rows.fill(0);
    const slope = Math.tan((degrees * Math.PI) / 180);
    const shift = grey.width / 2;
    for (let at = 0; at < xs.length; at += every) {
      const row = Math.round((ys[at] ?? 0) - (xs[at] ?? 0) * slope + shift);
      rows[row] = (rows[row] ?? 0) + 1;
    }
    let sum = 0;
    for (let row = 1; row < rows.length; row += 1) sum += ((rows[row] ?? 0) - (rows[row - 1] ?? 0)) ** 2;
    return sum;
  };
  const best = (from: number, to: number, step: number): { degrees: number; value: number } => {
    let found = { degrees: 0, value: -1 };
    for (let degrees = from; degrees <= to + 1e-9; degrees += step) {
      const value = sharpness(degrees);
      if (value > found.value) found = { degrees, value };
    }
    return found;
  };
  const coarse = best(-MOST_DEGREES, MOST_DEGREES, 0.3);
  const fine = best(coarse.degrees - 0.3, coarse.degrees + 0.3, 0.05);
  return fine.value > sharpness(0) * LEAST_GAIN && Math.abs(fine.degrees) >= 0.1 ? Math.round(fine.degrees * 100) / 100 : 0;
}

/** The frame of the picture turned about its middle: what `straightened` needs to turn the picture back. */
export function leaningFrame({ width, height }: { width: number; height: number }, degrees: number): Quad {
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const corner = (x: number, y: number): Point => ({
    x: width / 2 + (x - width / 2) * cos - (y - height / 2) * sin,
    y: height / 2 + (x - width / 2) * sin + (y - height / 2) * cos,
  });
  return [corner(0, 0), corner(width, 0), corner(width, height), corner(0, height)];
}
