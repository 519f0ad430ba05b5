/** Works on pages beside the page's own thread: one picture unpacked at a time, whatever is asked. */
import { dimensionsOf, resolutionOf, withResolution } from '../../shared/scanning/dimensions.ts';
import { mediaTypeOf } from '../../shared/scanning/media-type.ts';
import { MAX_SCAN_BYTES, MAX_SCAN_PIXELS } from '../../shared/scanning/scan.ts';
import type { ColourMode } from '../../shared/scanning/scanner.ts';
import type { About, BoundPage } from './page-work/bind.ts';
import { findPage } from './page-work/find-page.ts';
import { encodeG4 } from './page-work/g4.ts';
import type { Quad, Raster } from './page-work/raster.ts';
import { bilevelOf } from './page-work/tones.ts';
import { workPage, type PagePlan } from './page-work/work-page.ts';

export type PageToBind = { blob: Blob; rotation: 0 | 90 | 180 | 270 };
export type PageTask =
  { task: 'work'; blob: Blob; plan: PagePlan; about: About } | { task: 'outline'; blob: Blob } | { task: 'bind'; pages: PageToBind[]; about: About };
export type WorkedBlob = { blob: Blob; width: number; height: number; mode: ColourMode; isBlank: boolean; isCropped: boolean };
export type Outline = { width: number; height: number; quad: Quad | null };
export type PageAnswers = { work: WorkedBlob; outline: Outline; bind: { blob: Blob; pages: number } };
export type PageRequest = PageTask & { id: number };
/** `refused`: the kind of a failure, with words for it. */
export type PageAnswer = { id: number; done: PageAnswers[PageTask['task']] } | { id: number; refused: string };

/** Bytes a page may take at 300 dpi of A4: what the province's line and store are made for. */
const MOST_BYTES: Record<Exclude<ColourMode, 'bilevel'>, number> = { grey: 345_000, colour: 700_000 };
const QUALITIES = [0.78, 0.62, 0.48];
const SMALLER = 0.8;

class Refused extends Error {}

const scope = self as unknown as { onmessage: ((event: MessageEvent<PageRequest>) => void) | null; postMessage(answer: PageAnswer): void };

/** Measured before it is unpacked: a small file may hold a quarter of a billion pixels. */
async function unpacked(blob: Blob): Promise<{ picture: Raster; dpi: number | undefined }> {
  if (blob.size === 0) throw new Refused('scan-empty');
  if (blob.size > MAX_SCAN_BYTES) throw new Refused('scan-too-large');
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const mediaType = mediaTypeOf(bytes);
  const size = dimensionsOf(bytes);
  if (mediaType === undefined || mediaType === 'application/pdf') throw new Refused('scan-type');
  if (size === undefined) throw new Refused('scan-damaged');
  if (size.width * size.height > MAX_SCAN_PIXELS) throw new Refused('scan-dimensions');
  const bitmap = await createImageBitmap(new Blob([bytes], { type: mediaType })).catch(() => {
    throw new Refused('scan-damaged');
  });
  try {
    // Twice A4 at 300 dpi is as fine as paper is read: more would only fill the memory.
    const scale = Math.min(1, Math.sqrt(17_400_000 / (bitmap.width * bitmap.height)));
    const [width, height] = [Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale))];
    const context = contextOf(width, height);
    context.drawImage(bitmap, 0, 0, width, height);
    const stated = resolutionOf(bytes);
    return { picture: context.getImageData(0, 0, width, height), dpi: stated === undefined ? undefined : stated * scale };
  } finally {
    bitmap.close();
  }
}

function contextOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no 2d context');
  context.imageSmoothingQuality = 'high';
  return context;
}

/** The best that is small enough: first coarser, then smaller. */
async function jpegOf(raster: Raster, dpi: number, mostBytes: number): Promise<Blob> {
  let context = contextOf(raster.width, raster.height);
  context.putImageData(new ImageData(raster.data as Uint8ClampedArray<ArrayBuffer>, raster.width, raster.height), 0, 0);
  for (let density = dpi; ; density *= SMALLER) {
    for (const quality of QUALITIES) {
      const blob = await context.canvas.convertToBlob({ type: 'image/jpeg', quality });
      if (blob.size > mostBytes && (quality !== QUALITIES.at(-1) || density > 140)) continue;
      const stated = withResolution(new Uint8Array(await blob.arrayBuffer()), density);
      return new Blob([stated], { type: 'image/jpeg' });
    }
    const smaller = contextOf(Math.round(context.canvas.width * SMALLER), Math.round(context.canvas.height * SMALLER));
    smaller.drawImage(context.canvas, 0, 0, smaller.canvas.width, smaller.canvas.height);
    context = smaller;
  }
}

async function* one(page: BoundPage): AsyncGenerator<BoundPage> {
  yield page;
}

/** Inches of A4's longer side. */
const A4_INCHES = 11.693;

async function work(blob: Blob, plan: PagePlan, about: About): Promise<WorkedBlob> {
  const { picture, dpi: stated } = await unpacked(blob);
  const { raster, mode, isBlank, crop } = workPage(picture, plan);
  const { width, height } = raster;
  const known = crop === undefined ? (plan.dpi ?? stated) : undefined;
  const dpi = known ?? Math.max(width, height) / A4_INCHES;
  const facts = { width, height, mode, isBlank, isCropped: crop !== undefined };
  if (mode !== 'bilevel') return { blob: await jpegOf(raster, dpi, MOST_BYTES[mode]), ...facts };
  const { bind } = await import('./page-work/bind.ts');
  const bytes = encodeG4(bilevelOf(raster));
  const bound = await bind(one({ kind: 'g4', bytes, size: { width, height }, dpi, rotation: 0 }), about);
  return { blob: new Blob([bound.bytes], { type: 'application/pdf' }), ...facts };
}

async function* opened(pages: readonly PageToBind[]): AsyncGenerator<BoundPage> {
  for (const { blob, rotation } of pages) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const mediaType = mediaTypeOf(bytes);
    if (mediaType === undefined) throw new Refused('scan-type');
    yield { kind: mediaType === 'application/pdf' ? 'pdf' : mediaType === 'image/png' ? 'png' : 'jpeg', bytes, rotation };
  }
}

async function answer(request: PageRequest): Promise<PageAnswers[PageTask['task']]> {
  switch (request.task) {
    case 'work':
      return work(request.blob, request.plan, request.about);
    case 'outline': {
      const { picture } = await unpacked(request.blob);
      return { width: picture.width, height: picture.height, quad: findPage(picture) ?? null };
    }
    case 'bind': {
      const { bind } = await import('./page-work/bind.ts');
      const bound = await bind(opened(request.pages), request.about).catch((error: unknown) => {
        throw error instanceof Refused ? error : new Refused('pages-not-bound');
      });
      if (bound.bytes.byteLength > MAX_SCAN_BYTES) throw new Refused('scan-too-large');
      return { blob: new Blob([bound.bytes], { type: 'application/pdf' }), pages: bound.pages };
    }
  }
}

// One after the other: two pages at 300 dpi unpacked at once would be two times 35 MB, and forty of them the whole memory.
let last: Promise<unknown> = Promise.resolve();
scope.onmessage = ({ data }) => {
  last = last.then(async () => {
    try {
      scope.postMessage({ id: data.id, done: await answer(data) });
    } catch (error) {
      scope.postMessage({ id: data.id, refused: error instanceof Refused ? error.message : 'page-not-worked' });
    }
  });
};
