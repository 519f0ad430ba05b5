/** Finds the four corners of a sheet that lies before a camera: by its brightness, or by its edge where the desk is as bright as the paper. */
import { blurred, greyOf, otsu, shrunk, type Grey, type Point, type Quad, type Raster } from './raster.ts';

const WORK_PX = 640;
/** Of the picture: less is no page laid there to be taken. */
const LEAST_AREA = 0.15;
const MOST_AREA = 0.985;

/** Undefined: the picture is taken whole. */
export function findPage(picture: Raster): Quad | undefined {
  const { grey, factor } = shrunk(greyOf(picture), WORK_PX);
  const calm = blurred(grey, 1);
  const threshold = otsu(calm);
  const masks = [...[0, 18, -18].map((shift) => brighterThan(calm, threshold + shift)), withinEdges(calm)];
  let best: { quad: Quad; score: number } | undefined;
  for (const mask of masks) {
    const quad = quadOf(largestPart(mask, calm.width, calm.height), calm.width, calm.height);
    if (quad === undefined) continue;
    const score = contrastAlong(quad, calm);
    if (best === undefined || score > best.score) best = { quad, score };
  }
  if (best === undefined || best.score < 5) return undefined;
  const [a, b, c, d] = best.quad;
  const full = ({ x, y }: Point): Point => ({
    x: Math.min(picture.width, Math.max(0, (x + 0.5) * factor)),
    y: Math.min(picture.height, Math.max(0, (y + 0.5) * factor)),
  });
  return [full(a), full(b), full(c), full(d)];
}

const brighterThan = ({ data }: Grey, threshold: number): Uint8Array => Uint8Array.from(data, (value) => (value > threshold ? 1 : 0));

/** What cannot be reached from the frame without crossing an edge. */
function withinEdges({ width, height, data }: Grey): Uint8Array {
  const slopes = new Uint8Array(width * height);
  const counts = new Uint32Array(256);
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const slope = Math.min(255, Math.hypot((data[at + 1] ?? 0) - (data[at - 1] ?? 0), (data[at + width] ?? 0) - (data[at - width] ?? 0)));
      slopes[at] = slope;
      counts[Math.floor(slope)] = (counts[Math.floor(slope)] ?? 0) + 1;
    }
  }
  let usual = 0;
  for (let seen = 0; usual < 255 && seen < slopes.length / 2; usual += 1) seen += counts[usual] ?? 0;
  const steep = new Uint8Array(width * height);
  const least = Math.max(4, 3 * usual);
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      if ((slopes[at] ?? 0) < least) continue;
      // A pixel wider, so that an edge has no gaps.
      steep[at] = steep[at + 1] = steep[at - 1] = steep[at + width] = steep[at - width] = 1;
    }
  }
  const outside = new Uint8Array(width * height);
  const open: number[] = [];
  const visit = (at: number): void => {
    if (steep[at] !== 0 || outside[at] !== 0) return;
    outside[at] = 1;
    open.push(at);
  };
  for (let x = 0; x < width; x += 1) [x, (height - 1) * width + x].forEach(visit);
  for (let y = 0; y < height; y += 1) [y * width, y * width + width - 1].forEach(visit);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const x = at % width;
    if (x > 0) visit(at - 1);
    if (x < width - 1) visit(at + 1);
    if (at >= width) visit(at - width);
    if (at < width * (height - 1)) visit(at + width);
  }
  return outside.map((value) => 1 - value);
}

/** The largest connected part of the mask, as the leftmost and rightmost point of each row and the topmost and lowest of each column. */
function largestPart(mask: Uint8Array, width: number, height: number): Point[] {
  const labels = new Int32Array(width * height);
  let label = 0;
  let bestLabel = 0;
  let bestSize = 0;
  const open: number[] = [];
  for (let start = 0; start < mask.length; start += 1) {
    if (mask[start] === 0 || labels[start] !== 0) continue;
    label += 1;
    let size = 0;
    labels[start] = label;
    open.push(start);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      size += 1;
      const x = at % width;
      for (const next of [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width]) {
        if (next < 0 || next >= mask.length || mask[next] === 0 || labels[next] !== 0) continue;
        labels[next] = label;
        open.push(next);
      }
    }
    if (size > bestSize) [bestSize, bestLabel] = [size, label];
  }
  if (bestSize < LEAST_AREA * 0.6 * mask.length) return [];
  const rim: Point[] = [];
  const isPart = (x: number, y: number): boolean => labels[y * width + x] === bestLabel;
  for (let y = 0; y < height; y += 1) {
    let [first, last] = [-1, -1];
    for (let x = 0; x < width; x += 1) if (isPart(x, y)) [first, last] = [first < 0 ? x : first, x];
    if (first >= 0) rim.push({ x: first, y }, { x: last, y });
  }
  for (let x = 0; x < width; x += 1) {
    let [first, last] = [-1, -1];
    for (let y = 0; y < height; y += 1) if (isPart(x, y)) [first, last] = [first < 0 ? y : first, y];
    if (first >= 0) rim.push({ x, y: first }, { x, y: last });
  }
  return rim;
}

const cross = (o: Point, a: Point, b: Point): number => (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);

/** Clockwise on the screen (Andrew's monotone chain). */
function hullOf(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const half = (order: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of order) {
      for (;;) {
        const [last, before] = [chain.at(-1), chain.at(-2)];
        if (last === undefined || before === undefined || cross(before, last, point) > 0) break;
        chain.pop();
      }
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

const areaOf = (points: readonly Point[]): number =>
  Math.abs(
    points.reduce((sum, point, at) => sum + point.x * (points[(at + 1) % points.length]?.y ?? 0) - (points[(at + 1) % points.length]?.x ?? 0) * point.y, 0),
  ) / 2;

function quadOf(rim: readonly Point[], width: number, height: number): Quad | undefined {
  if (rim.length < 8) return undefined;
  const hull = hullOf(rim);
  const whole = areaOf(hull);
  const corners = [...hull];
  // The corner whose loss takes least away goes first, until four are left.
  while (corners.length > 4) {
    let least = 0;
    let leastLoss = Infinity;
    corners.forEach((corner, at) => {
      const before = corners[(at + corners.length - 1) % corners.length];
      const after = corners[(at + 1) % corners.length];
      const loss = before === undefined || after === undefined ? 0 : Math.abs(cross(before, corner, after));
      if (loss < leastLoss) [leastLoss, least] = [loss, at];
    });
    corners.splice(least, 1);
  }
  const rough = ordered(corners);
  if (rough === undefined) return undefined;
  const quad = sharpened(rough, rim);
  const share = areaOf(quad) / (width * height);
  const fits = whole / areaOf(quad);
  if (share < LEAST_AREA || share > MOST_AREA || fits < 0.88 || fits > 1.12 || !hasFairAngles(quad)) return undefined;
  return quad;
}

/** Clockwise from the corner nearest the top left. */
function ordered(points: readonly Point[]): Quad | undefined {
  const [a, b, c, d] = points;
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
  const middle = { x: (a.x + b.x + c.x + d.x) / 4, y: (a.y + b.y + c.y + d.y) / 4 };
  const round = [a, b, c, d].sort((p, q) => Math.atan2(p.y - middle.y, p.x - middle.x) - Math.atan2(q.y - middle.y, q.x - middle.x));
  const first = round.reduce((best, point, at) => (point.x + point.y < (round[best]?.x ?? 0) + (round[best]?.y ?? 0) ? at : best), 0);
  return [...round.slice(first), ...round.slice(0, first)] as unknown as Quad;
}

type Line = { through: Point; along: Point };

/** Each side through the points of the rim along it (total least squares): a bent corner or a finger on the edge no longer counts. */
function sharpened(quad: Quad, rim: readonly Point[]): Quad {
  const lines = quad.map((from, at): Line => {
    const to = quad[(at + 1) % 4] ?? from;
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const along = { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
    const near = rim.filter(({ x, y }) => {
      const forward = (x - from.x) * along.x + (y - from.y) * along.y;
      const aside = Math.abs((x - from.x) * along.y - (y - from.y) * along.x);
      return forward > 0.08 * length && forward < 0.92 * length && aside < 3;
    });
    if (near.length < 8) return { through: from, along };
    const mean = { x: near.reduce((sum, { x }) => sum + x, 0) / near.length, y: near.reduce((sum, { y }) => sum + y, 0) / near.length };
    let [xx, xy, yy] = [0, 0, 0];
    for (const { x, y } of near) {
      xx += (x - mean.x) ** 2;
      xy += (x - mean.x) * (y - mean.y);
      yy += (y - mean.y) ** 2;
    }
    const angle = Math.atan2(2 * xy, xx - yy) / 2;
    return { through: mean, along: { x: Math.cos(angle), y: Math.sin(angle) } };
  });
  return quad.map((corner, at) => {
    const [one, other] = [lines[(at + 3) % 4], lines[at]];
    return (one && other && meet(one, other)) ?? corner;
  }) as unknown as Quad;
}

function meet(one: Line, other: Line): Point | undefined {
  const turn = one.along.x * other.along.y - one.along.y * other.along.x;
  if (Math.abs(turn) < 0.2) return undefined;
  const far = ((other.through.x - one.through.x) * other.along.y - (other.through.y - one.through.y) * other.along.x) / turn;
  return { x: one.through.x + one.along.x * far, y: one.through.y + one.along.y * far };
}

/** A sheet seen from above or from a little aside has corners of 50° to 130°. */
const hasFairAngles = (quad: Quad): boolean =>
  quad.every((corner, at) => {
    const before = quad[(at + 3) % 4] ?? corner;
    const after = quad[(at + 1) % 4] ?? corner;
    const one = Math.atan2(before.y - corner.y, before.x - corner.x);
    const other = Math.atan2(after.y - corner.y, after.x - corner.x);
    const angle = Math.abs(((one - other + 3 * Math.PI) % (2 * Math.PI)) - Math.PI);
    return angle > 0.87 && angle < 2.27;
  });

/**
 * How much brighter or darker it is inside than outside, the weakest side counting most; 0 where that is not so nearly all along
 * a side, as beside a block of text.
 */
function contrastAlong(quad: Quad, { width, height, data }: Grey): number {
  const at = (x: number, y: number): number | undefined => {
    const [column, row] = [Math.round(x), Math.round(y)];
    return column < 0 || row < 0 || column >= width || row >= height ? undefined : data[row * width + column];
  };
  const sides = quad.map((from, nth) => {
    const to = quad[(nth + 1) % 4] ?? from;
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const inward = { x: -(to.y - from.y) / length, y: (to.x - from.x) / length };
    let [sum, count, brighter, darker] = [0, 0, 0, 0];
    for (let step = 0.05; step < 0.95; step += 0.02) {
      const [x, y] = [from.x + (to.x - from.x) * step, from.y + (to.y - from.y) * step];
      const [inside, outside] = [at(x + inward.x * 4, y + inward.y * 4), at(x - inward.x * 4, y - inward.y * 4)];
      if (inside === undefined || outside === undefined) continue;
      sum += Math.abs(inside - outside);
      count += 1;
      if (inside > outside + 3) brighter += 1;
      if (inside < outside - 3) darker += 1;
    }
    // A side outside the picture says nothing.
    if (count < 10) return 12;
    return Math.max(brighter, darker) < count * 0.72 ? 0 : sum / count;
  });
  const weakest = Math.min(...sides);
  return weakest === 0 ? 0 : weakest + 0.1 * sides.reduce((sum, side) => sum + side, 0);
}
