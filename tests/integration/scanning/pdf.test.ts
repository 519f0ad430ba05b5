/** The PDFs we write, judged by a program that is not ours: Poppler draws them, and complains of what is wrong. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bind, type BoundPage } from '../../../renderer/scanning/page-work/bind.ts';
import { encodeG4 } from '../../../renderer/scanning/page-work/g4.ts';
import { rowBytes, type Bilevel } from '../../../renderer/scanning/page-work/raster.ts';
import { bilevelOf } from '../../../renderer/scanning/page-work/tones.ts';
import { onDesk, pngOf, printedPage, seeded, textPage } from '../../fixtures/pictures-of-paper.ts';
import { hostilePdf } from '../../fixtures/bad-files.ts';

const run = promisify(execFile);
const about = {
  title: 'Giấy chứng sinh',
  subject: 'Đăng ký khai sinh',
  author: 'UBND xã An Bình',
  keywords: ['H36.12', 'Nguyễn Thị Ánh Dương'],
  atMs: Date.UTC(2026, 10, 22, 3),
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qmc-pdf-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function* each(pages: BoundPage[]): AsyncGenerator<BoundPage> {
  yield* pages;
}
async function written(...pages: BoundPage[]): Promise<string> {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.pdf`);
  await writeFile(path, (await bind(each(pages), about)).bytes);
  return path;
}
/** The picture inside, as it was put there. */
async function unpacked(pdf: string): Promise<PNG> {
  const { stderr } = await run('pdfimages', ['-png', pdf, pdf]);
  expect(stderr, 'nothing to complain about').toBe('');
  return PNG.sync.read(await readFile(`${pdf}-000.png`));
}
const g4 = (page: Bilevel, dpi = 300): BoundPage => ({ kind: 'g4', bytes: encodeG4(page), size: page, dpi, rotation: 0 });

/** Runs of every length, in both colours, beside rows that differ from the one above by a little or by everything. */
function everyRun(width: number, height: number, seed: number): Bilevel {
  const next = seeded(seed);
  const data = new Uint8Array(rowBytes(width) * height);
  let before: number[] = [];
  for (let y = 0; y < height; y += 1) {
    const row: number[] = [];
    if (next() < 0.6 && before.length > 0) row.push(...before.map((x) => x + Math.round((next() - 0.5) * 8)));
    else for (let x = Math.floor(next() * 3 * (y % 7)); x < width;) row.push((x += 1 + Math.floor(next() ** 5 * width)));
    before = row.filter((x, at) => x >= 0 && x < width && (at === 0 || x > (row[at - 1] ?? -1))).sort((a, b) => a - b);
    let [at, colour] = [0, 0];
    for (let x = 0; x < width; x += 1) {
      if (x === before[at]) [at, colour] = [at + 1, 1 - colour];
      if (colour === 1) data[y * rowBytes(width) + (x >> 3)] = (data[y * rowBytes(width) + (x >> 3)] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return { width, height, data };
}

describe('group 4', () => {
  it.each([
    [7, 40, 1],
    [64, 64, 2],
    [2617, 300, 3],
    [5003, 200, 4],
    [2480, 400, 5],
  ])('a bitmap %i wide comes back dot by dot', async (width, height, seed) => {
    const page = everyRun(width, height, seed);
    const picture = await unpacked(await written(g4(page)));
    expect([picture.width, picture.height]).toEqual([width, height]);
    let wrong = 0;
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1) {
        const isBlack = (((page.data[y * rowBytes(width) + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1) === 1;
        if (isBlack !== (picture.data[(y * width + x) * 4] ?? 0) < 128) wrong += 1;
      }
    expect(wrong).toBe(0);
  });
});

describe('a bound PDF', () => {
  it('holds a page of text at 300 dpi in 80 KB, and its letters are where they were', async () => {
    const text = await printedPage(300);
    const { width, height } = text;
    const frame = [
      { x: 0, y: 0 },
      { x: width, y: 0 },
      { x: width, y: height },
      { x: 0, y: height },
    ] as const;
    const pdf = await written(g4(bilevelOf(onDesk(text, frame, { width, height, noise: 10, shade: 0.2 }))));
    const { byteLength } = await readFile(pdf);
    expect(byteLength).toBeGreaterThan(20_000);
    expect(byteLength).toBeLessThanOrEqual(80_000);
    const picture = await unpacked(pdf);
    let [same, dark] = [0, 0];
    for (let at = 0; at < picture.data.length; at += 4) {
      if ((text.data[at] ?? 255) > 128) continue;
      dark += 1;
      if ((picture.data[at] ?? 255) < 128) same += 1;
    }
    expect(same / dark).toBeGreaterThan(0.97);
  });

  it('says what it is, and is PDF/A by its own words when all its pages are ours', async () => {
    const pdf = await written(g4(bilevelOf(textPage(1))), { kind: 'png', bytes: pngOf(textPage(2, { width: 620, height: 877 })), rotation: 90 });
    const { stdout } = await run('pdfinfo', [pdf]);
    for (const part of [
      'Title:           Giấy chứng sinh',
      'Subject:         Đăng ký khai sinh',
      'Author:          UBND xã An Bình',
      'Nguyễn Thị Ánh Dương',
      'Pages:           2',
    ])
      expect(stdout).toContain(part);
    expect((await run('pdfinfo', ['-meta', pdf])).stdout).toContain('<pdfaid:part>2</pdfaid:part>');
    const pages = await run('pdfinfo', ['-f', '1', '-l', '2', pdf]);
    expect(pages.stdout).toMatch(/Page\s+2 rot:\s+90/u);
    const { stderr } = await run('pdftoppm', ['-r', '20', '-png', pdf, pdf]);
    expect(stderr).toBe('');
  });

  it('takes the pages of another PDF over without what could start anything', async () => {
    const pdf = await written({ kind: 'pdf', bytes: hostilePdf(), rotation: 0 });
    const bytes = await readFile(pdf, 'latin1');
    for (const word of ['/JavaScript', '/Launch', '/AA', '/OpenAction']) expect(bytes).not.toContain(word);
    const { stdout } = await run('pdfinfo', ['-js', pdf]);
    expect(stdout.trim()).toBe('');
    expect((await run('pdfinfo', ['-meta', pdf])).stdout).not.toContain('pdfaid');
  });
});
