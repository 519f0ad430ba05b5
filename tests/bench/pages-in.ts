/** The part of `paper` about paper in: what a page before the camera costs to be made upright and clean, and what a page weighs as a PDF. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PDFDocument } from 'pdf-lib';
import { bind, type BoundPage } from '../../renderer/scanning/page-work/bind.ts';
import { encodeG4 } from '../../renderer/scanning/page-work/g4.ts';
import type { Raster } from '../../renderer/scanning/page-work/raster.ts';
import { bilevelOf } from '../../renderer/scanning/page-work/tones.ts';
import { workPage } from '../../renderer/scanning/page-work/work-page.ts';
import { onDesk, pngOf, printedPage } from '../fixtures/pictures-of-paper.ts';
import { figure, median, ms, percentile, type Goal, type Table } from './result.ts';

/** Full HD, and the eight megapixels of a better document camera. */
const CAMERAS = [
  { width: 1920, height: 1080 },
  { width: 3264, height: 2448 },
] as const;

const MOST_BILEVEL_BYTES = 80_000;

type Worked = { width: number; height: number; times: number[] };
type Weighed = { what: string; bytes: number; tookMs: number };

async function timeCameraPages(rounds: number): Promise<Worked[]> {
  const page = await printedPage(220);
  return CAMERAS.map(({ width, height }) => {
    const at = (x: number, y: number) => ({ x: x * width, y: y * height });
    const picture = onDesk(page, [at(0.25, 0.06), at(0.58, 0.04), at(0.61, 0.94), at(0.22, 0.93)], { width, height, desk: 70, noise: 4, shade: 0.15 });
    const times: number[] = [];
    for (let round = 0; round < rounds + 2; round += 1) {
      const fresh = { width, height, data: new Uint8ClampedArray(picture.data) };
      const startedMs = performance.now();
      const { crop } = workPage(fresh, { crop: 'auto', isStraightened: true, contrast: 0.35, mode: 'auto', quarterTurns: 0 });
      if (crop === undefined) throw new Error('the sheet was not found');
      // The first rounds are compiled under way.
      if (round >= 2) times.push(performance.now() - startedMs);
    }
    return { width, height, times };
  });
}

async function* one(page: BoundPage): AsyncGenerator<BoundPage> {
  yield page;
}

async function withPdfLib(embed: (document: PDFDocument) => ReturnType<PDFDocument['embedPng']>): Promise<number> {
  const document = await PDFDocument.create();
  const picture = await embed(document);
  document.addPage([595, 842]).drawImage(picture, { x: 0, y: 0, width: 595, height: 842 });
  return (await document.save()).byteLength;
}

async function jpegOf(raster: Raster, folder: string): Promise<Buffer> {
  await writeFile(join(folder, 'page.png'), pngOf(raster));
  const document = await PDFDocument.create();
  const picture = await document.embedPng(await readFile(join(folder, 'page.png')));
  document.addPage([595.2, 841.92]).drawImage(picture, { x: 0, y: 0, width: 595.2, height: 841.92 });
  await writeFile(join(folder, 'page.pdf'), await document.save());
  const how = ['-r', '300', '-gray', '-jpeg', '-jpegopt', 'quality=75', '-singlefile', join(folder, 'page.pdf'), join(folder, 'page')];
  await promisify(execFile)('pdftoppm', how);
  return readFile(join(folder, 'page.jpg'));
}

async function weighPages(): Promise<Weighed[]> {
  const folder = await mkdtemp(join(tmpdir(), 'qmc-bench-pages-'));
  try {
    const raster = await printedPage(300);
    const [png, jpeg] = [pngOf(raster), await jpegOf(raster, folder)];
    const weigh = async (what: string, make: () => Promise<number>): Promise<Weighed> => {
      const startedMs = performance.now();
      const bytes = await make();
      return { what, bytes, tookMs: performance.now() - startedMs };
    };
    const product = async (): Promise<number> => {
      const bytes = encodeG4(bilevelOf(raster));
      const page = { kind: 'g4' as const, bytes, size: raster, dpi: 300, rotation: 0 as const };
      return (await bind(one(page), { title: 'Trang', subject: '', author: '', keywords: [], atMs: 0 })).bytes.byteLength;
    };
    return [
      await weigh('product: black and white, group 4, PDF/A-2b', product),
      await weigh('pdf-lib, the scan as a PNG', () => withPdfLib((document) => document.embedPng(png))),
      await weigh('pdf-lib, the scan as a grey JPEG of quality 75', () => withPdfLib((document) => document.embedJpg(jpeg))),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function measurePagesIn(rounds: number): Promise<{ tables: Table[]; goals: Goal[]; notes: string[]; raw: unknown }> {
  const worked = await timeCameraPages(rounds);
  const weighed = await weighPages();
  return {
    tables: [
      {
        title: 'A page before the camera: found, made upright, straight and clean',
        head: ['picture', 'p50', 'p99'],
        rows: worked.map(({ width, height, times }) => [`${figure((width * height) / 1e6)} megapixels`, ms(median(times)), ms(percentile(times, 0.99))]),
      },
      {
        title: 'One A4 page of text at 300 dpi as a PDF',
        head: ['', 'KiB', 'made in'],
        rows: weighed.map(({ what, bytes, tookMs }) => [what, figure(bytes / 1024), ms(tookMs)]),
      },
    ],
    goals: weighed.slice(0, 1).map(({ bytes }) => ({
      goal: `an A4 page in black and white in ≤ ${MOST_BILEVEL_BYTES / 1000} KB`,
      measured: `${figure(bytes / 1000)} KB`,
      isMet: bytes <= MOST_BILEVEL_BYTES,
    })),
    notes: [
      'The page work runs here without a browser: unpacking the picture and packing the JPEG are Chromium’s and not in it. scanic, which finds corners too, needs a document even in Node and was not run.',
    ],
    raw: { worked, weighed },
  };
}
