/** Every paper as it comes out: drawn by the product in a real Electron, sent as ESC/POS, drawn again by the printer's interpreter. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobPieces, type RollContent } from '../../../electron/printing/escpos-job.ts';
import { rasterToPng, type Raster } from '../../../electron/printing/raster.ts';
import { lettersTrial, textRoll } from '../../../electron/printing/text/text-roll.ts';
import { usualLetters } from '../../../shared/printing/code-pages.ts';
import { isForRoll, isForSheet, type Paper, type RollPaper } from '../../../shared/printing/paper.ts';
import type { RollWidthDots } from '../../../shared/printing/medium.ts';
import { samplePapers } from '../../../shared/printing/samples.ts';
import { distanceFromGolden, isRenewing } from '../../fixtures/golden.ts';
import { startPaperPress, type PaperPress } from '../../fixtures/paper-press/press.ts';
import { drawnByPrinter } from '../../fixtures/printed-picture.ts';
import { qrOnPaper } from '../../fixtures/qr-on-paper.ts';
import { aHeading } from '../../fixtures/dossiers.ts';
import { vietQr, memoOf } from '../../../shared/fees/viet-qr.ts';

const run = promisify(execFile);
const heading = { ...aHeading, header: ['UBND TỈNH CAO BẰNG'], footer: 'Đường dây nóng 1022', sealText: '(Ký số, đóng dấu của cơ quan)' };
const samples = samplePapers(heading);

let press: PaperPress;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'papers-'));
  press = await startPaperPress();
});
afterAll(async () => {
  await press.stop();
  await rm(folder, { recursive: true, force: true });
});

const printed = async (paper: RollPaper, widthDots: RollWidthDots): Promise<Raster> => cameOut((await press.roll(paper, widthDots)).raster, widthDots);

async function cameOut(content: RollContent, widthDots: RollWidthDots): Promise<Raster> {
  const strips = drawnByPrinter(Buffer.concat(await jobPieces(content, { driver: 'epson', hasCutter: true })), widthDots);
  expect(strips).toHaveLength(1);
  return strips[0]!;
}

/** Fonts are drawn a little differently by every Chromium: of the ink at most this share may lie more than a dot away. */
const TOLERANCE = 0.01;

describe('a paper on a roll', () => {
  const rolls = samples.filter(isForRoll).flatMap((paper) => ([576, 384] as const).map((widthDots) => [paper.kind, widthDots, paper] as const));

  it.each(rolls)('%s on %i dots looks as it should', async (kind, widthDots, paper) => {
    const strip = await printed(paper, widthDots);
    expect(distanceFromGolden(`${kind}-${widthDots}`, strip)).toBeLessThanOrEqual(TOLERANCE);
    // What is cut off at the right leaves ink in the last dot.
    const cutRows = Array.from({ length: strip.heightDots }, (_, row) => strip.bits[(row + 1) * (widthDots / 8) - 1]! & 1).filter((ink) => ink === 1);
    expect(cutRows).toHaveLength(0);
  });

  it.skipIf(isRenewing)('tells a picture that is not the paper', async () => {
    const [ticket, receipt] = samples.filter(isForRoll);
    const strip = await printed(ticket!, 576);
    expect(distanceFromGolden('ticket-576', strip)).toBeLessThanOrEqual(TOLERANCE);
    const moved = { ...strip, bits: Uint8Array.from(strip.bits, (_, at) => strip.bits[at + 72 * 3] ?? 0) };
    expect(distanceFromGolden('ticket-576', moved)).toBeGreaterThan(TOLERANCE);
    expect(distanceFromGolden('ticket-576', await printed(receipt!, 576))).toBe(1);
  });

  it.each([576, 384] as const)('holds a VietQR that a phone reads, on %i dots', async (widthDots) => {
    const fee = samples.find((paper) => paper.kind === 'fee-receipt')!;
    const strip = await printed(fee, widthDots);
    // The dossier's own QR stands above it.
    const rows = Math.floor(strip.heightDots * 0.35);
    const lower = { ...strip, heightDots: strip.heightDots - rows, bits: strip.bits.subarray((rows * widthDots) / 8) };
    const png = join(folder, `fee-${widthDots}.png`);
    await writeFile(png, rasterToPng(lower));
    expect(await qrOnPaper(png)).toBe(vietQr(fee.bank!, 900_000, memoOf(fee.dossier.code)));
  });
});

describe('a paper in letters of the printer', () => {
  const kinds = samples.filter(({ kind }) => kind === 'ticket' || kind === 'receipt');
  it.each(kinds.flatMap((paper) => ([576, 384] as const).map((widthDots) => [paper.kind, widthDots, paper] as const)))(
    '%s on %i dots looks as it should, its QR too',
    async (kind, widthDots, paper) => {
      const roll = textRoll(paper, { letters: { text: 'tcvn-3', table: 30 }, widthDots, reprint: 0, language: 'vi' });
      const strip = await cameOut(roll!, widthDots);
      // Letters of its own ROM: no Chromium in between.
      expect(distanceFromGolden(`${kind}-letters-${widthDots}`, strip)).toBe(0);
      const png = join(folder, `${kind}-letters-${widthDots}.png`);
      await writeFile(png, rasterToPng(strip));
      expect(await qrOnPaper(png)).toBe(paper.kind === 'ticket' ? paper.ticket.ticketId : paper.kind === 'receipt' && paper.dossier.code);
    },
  );
  it('shows on the trial which code pages this printer has', async () => {
    expect(distanceFromGolden('letters-trial-576', await cameOut(lettersTrial(usualLetters, 576), 576))).toBe(0);
  });
});

describe('a paper on a sheet', () => {
  const words: Partial<Record<Paper['kind'], string[]>> = {
    receipt: ['GIẤY TIẾP NHẬN HỒ SƠ', 'Mẫu số 01'],
    supplement: ['PHIẾU YÊU CẦU BỔ SUNG', 'Mẫu số 02', 'Lê Văn Bình'],
    refusal: ['PHIẾU TỪ CHỐI TIẾP NHẬN', 'Mẫu số 03', 'đang có tranh chấp'],
    apology: ['XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN', 'Mẫu số 04', 'ngày 22 tháng 01 năm 2027'],
    stop: ['THÔNG BÁO DỪNG GIẢI QUYẾT', 'Mẫu số 05'],
    'control-slip': ['PHIẾU KIỂM SOÁT QUÁ TRÌNH', 'Mẫu số 06', 'Đúng hạn'],
    register: ['SỔ THEO DÕI HỒ SƠ', 'Mẫu số 07', 'Lý Thị Mẩy'],
    'fee-receipt': ['PHIẾU THU PHÍ', 'Chín trăm nghìn đồng'],
  };

  it.each(samples.filter(isForSheet).flatMap((paper) => (['A4', 'A5'] as const).map((size) => [paper.kind, size, paper] as const)))(
    '%s on %s says what it must and which copy it is, with its QR at the top left, on paper of that size',
    async (kind, size, paper) => {
      const reprint = size === 'A5' ? 2 : 0;
      const { pdf } = await press.sheet(paper, size, reprint);
      expect(pdf.byteLength).toBeLessThan(150_000);
      const path = join(folder, `${kind}-${size}.pdf`);
      await writeFile(path, pdf);
      const { stdout: text } = await run('pdftotext', ['-layout', path, '-']);
      for (const expected of [...(words[kind] ?? []), 'UBND TỈNH CAO BẰNG', 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM']) expect(text).toContain(expected);
      expect(text.includes('BẢN IN LẠI 2')).toBe(reprint === 2);
      const { stdout: about } = await run('pdfinfo', [path]);
      const [, width, height] = /Page size:\s+([\d.]+) x ([\d.]+)/u.exec(about) ?? [];
      const shortMm = size === 'A4' ? 210 : 148;
      expect(Math.min(Number(width), Number(height)) * (25.4 / 72)).toBeCloseTo(shortMm, -0.5);
      expect(Number(width) > Number(height)).toBe(kind === 'register');
      // The upper left quarter alone.
      const scale = 200 / 72;
      const corner = ['-x', '0', '-y', '0', '-W', String(Math.round(Number(width) * scale * 0.4)), '-H', String(Math.round(Number(height) * scale * 0.3))];
      await run('pdftoppm', ['-r', '200', '-f', '1', '-l', '1', '-png', '-singlefile', ...corner, path, path.slice(0, -4)]);
      expect(await qrOnPaper(`${path.slice(0, -4)}.png`)).toBeTruthy();
    },
  );
});
