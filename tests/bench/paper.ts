/** `npm run bench paper`: how long until a receipt lies on the printer, what it weighs, what turning it into dots costs, and what paper costs on its way in. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import nodeThermalPrinter from 'node-thermal-printer';
import { PNG } from 'pngjs';
import { runtimeName } from '../../build/electron-runtime.mjs';
import { jobPieces } from '../../electron/printing/escpos-job.ts';
import { textRoll } from '../../electron/printing/text/text-roll.ts';
import { rasterToPng, thresholdBgra, type Raster } from '../../electron/printing/raster.ts';
import { startVirtualPrinter } from '../../electron/printing/virtual/virtual-printer.ts';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import type { DossierId } from '../../shared/dossiers/dossier.ts';
import { isForRoll, isForSheet } from '../../shared/printing/paper.ts';
import { samplePapers } from '../../shared/printing/samples.ts';
import { launchCounter } from '../e2e/app.ts';
import { aHeading } from '../fixtures/dossiers.ts';
import { startPaperPress } from '../fixtures/paper-press/press.ts';
import { startProvince } from '../fixtures/province.ts';
import { OFFICE, officeSettings } from '../fixtures/settings.ts';
import { measurePagesIn } from './pages-in.ts';
import { describeMachine, figure, machineLine, median, ms, percentile, type BenchOptions, type BenchResult } from './result.ts';

export const name = 'paper';

const format = { driver: 'epson', hasCutter: true } as const;
const RASTER_GOAL_MS = 10;

type Accepted = { askedAtMs: number; savedAtMs: number; printedAtMs: number };

export async function run({ seed, isQuick, isFull, say }: BenchOptions): Promise<BenchResult> {
  const home = mkdtempSync(join(tmpdir(), 'qmc-bench-paper-'));
  const machine = describeMachine(home);
  try {
    const sizes = await weighPapers(say);
    const rasters = await timeRasters(isQuick ? 20 : isFull ? 400 : 100);
    say('pages before the camera');
    const pagesIn = await measurePagesIn(isQuick ? 5 : isFull ? 60 : 20);
    say('from F9 to the last byte');
    const accepted = await acceptAndPrint(join(home, 'office'), isQuick ? 5 : isFull ? 100 : 30);
    const toSaved = accepted.map(({ askedAtMs, savedAtMs }) => savedAtMs - askedAtMs);
    const toPaper = accepted.map(({ askedAtMs, printedAtMs }) => printedAtMs - askedAtMs);
    const ours = rasters[0]!;
    return {
      tables: [
        {
          title: 'From F9 to paper',
          head: ['', 'p50', 'p99'],
          rows: [
            ['asked to “Đã lưu”', ms(median(toSaved)), ms(percentile(toSaved, 0.99))],
            ['asked to the last byte at the printer, which has said it is done', ms(median(toPaper)), ms(percentile(toPaper, 0.99))],
          ],
        },
        {
          title: 'Papers (sample data that fills every field)',
          head: ['', '80 mm, ESC/POS', '58 mm, ESC/POS', '80 mm, printer’s letters', 'A5 or A4, PDF', 'drawn in, 80 mm', 'PDF in'],
          rows: sizes.map(({ kind, wide, narrow, letters, pdf, drawnMs, pdfMs }) => [
            kind,
            ...[wide, narrow, letters, pdf].map(kib),
            maybeMs(drawnMs),
            maybeMs(pdfMs),
          ]),
        },
        {
          title: '576 × 1,200 dots from a picture to the bytes of a job',
          head: ['', 'p50', 'p99', 'bytes'],
          rows: rasters.map(({ what, times, bytes }) => [what, ms(median(times)), ms(percentile(times, 0.99)), figure(bytes)]),
        },
        ...pagesIn.tables,
      ],
      goals: [
        {
          goal: `576 × 1,200 dots to a job in ≤ ${RASTER_GOAL_MS} ms, blank bands skipped`,
          measured: ms(median(ours.times)),
          isMet: median(ours.times) <= RASTER_GOAL_MS,
        },
        ...pagesIn.goals,
      ],
      notes: [
        `${runtimeName()} on ${machineLine(machine)} (seed ${seed}). The printer is the virtual one on loopback at full speed: real ones add their 100 to 250 mm a second. Each receipt is printed before the next dossier is taken in, and the time is when the cut was obeyed.`,
        'Peers of the raster: the image route of node-thermal-printer, which wants a PNG, and a plain pngjs encoding; OffscreenCanvas (6.1 ms) and @napi-rs/canvas (11.5 ms) were measured elsewhere on this kind of machine.',
        ...pagesIn.notes,
      ],
      raw: { seed, machine, accepted, sizes, rasters, pagesIn: pagesIn.raw },
    };
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

const kib = (bytes: number | undefined): string => (bytes === undefined ? '' : `${figure(bytes / 1024)} KiB`);
const maybeMs = (value: number | undefined): string => (value === undefined ? '' : ms(value));

type Weighed = { kind: string; wide?: number; narrow?: number; letters?: number; pdf?: number; drawnMs?: number; pdfMs?: number };

async function weighPapers(say: BenchOptions['say']): Promise<Weighed[]> {
  const press = await startPaperPress();
  const weighed: Weighed[] = [];
  for (const paper of samplePapers(aHeading)) {
    say(`drawing ${paper.kind}`);
    const one: Weighed = { kind: paper.kind };
    if (isForRoll(paper)) {
      const bytesOn = async (widthDots: 576 | 384): Promise<number> =>
        Buffer.concat(await jobPieces((await press.roll(paper, widthDots)).raster, format)).byteLength;
      one.wide = await bytesOn(576);
      one.narrow = await bytesOn(384);
      const inLetters = textRoll(paper, { letters: { text: 'tcvn-3', table: 30 }, widthDots: 576, reprint: 0, language: 'vi' });
      if (inLetters !== null) one.letters = Buffer.concat(await jobPieces(inLetters, format)).byteLength;
      one.drawnMs = median([(await press.roll(paper, 576)).tookMs, (await press.roll(paper, 576)).tookMs, (await press.roll(paper, 576)).tookMs]);
    }
    if (isForSheet(paper)) {
      const { pdf } = await press.sheet(paper, paper.kind === 'register' ? 'A4' : 'A5');
      one.pdf = pdf.byteLength;
      one.pdfMs = (await press.sheet(paper, paper.kind === 'register' ? 'A4' : 'A5')).tookMs;
    }
    weighed.push(one);
  }
  await press.stop();
  return weighed;
}

type Timed = { what: string; times: number[]; bytes: number };

/** Text-like: lines of type with white between them, as BGRA pixels. */
function textLike(width: number, height: number): Buffer {
  const pixels = Buffer.alloc(width * height * 4, 0xff);
  let random = 7;
  for (let row = 0; row < height; row += 1) {
    if (row % 38 > 24 || row % 400 > 330) continue;
    for (let column = 0; column < width * 0.8; column += 1) {
      random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff;
      if (random % 4 === 0) pixels.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
    }
  }
  return pixels;
}

async function timeRasters(rounds: number): Promise<Timed[]> {
  const [width, height] = [576, 1200];
  const bgra = textLike(width, height);
  const ours = async (): Promise<Buffer> => Buffer.concat(await jobPieces(thresholdBgra(bgra, width, height), format));
  const toPng = (): Buffer => {
    const png = new PNG({ width, height });
    png.data = bgra;
    return PNG.sync.write(png);
  };
  const library = async (): Promise<Buffer> => {
    const printer = new nodeThermalPrinter.ThermalPrinter({ type: nodeThermalPrinter.PrinterTypes.EPSON, interface: '' });
    await printer.printImageBuffer(toPng());
    return printer.getBuffer();
  };
  const oneBit = (): Promise<Buffer> => {
    const raster: Raster = thresholdBgra(bgra, width, height);
    return Promise.resolve(rasterToPng(raster));
  };
  const timed: Timed[] = [
    { what: 'product: threshold, bands, GS v 0', times: [], bytes: 0 },
    { what: 'node-thermal-printer, by way of a PNG', times: [], bytes: 0 },
    { what: 'threshold, then a grey PNG by pngjs (no job yet)', times: [], bytes: 0 },
  ];
  const work = [ours, library, oneBit];
  for (let round = 0; round < rounds + 5; round += 1) {
    for (const [at, make] of work.entries()) {
      const startedMs = performance.now();
      const made = await make();
      // The first rounds are compiled under way.
      if (round >= 5) timed[at]!.times.push(performance.now() - startedMs);
      timed[at]!.bytes = made.byteLength;
    }
  }
  return timed;
}

async function acceptAndPrint(home: string, rounds: number): Promise<Accepted[]> {
  mkdirSync(home, { recursive: true });
  const province = await startProvince({ officeId: OFFICE.id, agencyCode: OFFICE.agencyCode });
  let printedAtMs = 0;
  const printer = await startVirtualPrinter({ port: 0, dir: join(home, 'paper'), widthDots: 576, onPaper: (paper) => (printedAtMs = paper.printedAtMs) });
  const settings = officeSettings({ provinceUrl: province.url, enrolmentCode: province.code, printerPort: printer.port });
  const userData = join(home, 'data');
  mkdirSync(userData);
  const counter = await launchCounter({ settings, userData });
  try {
    await counter.page.waitForFunction(async () => (await window.counter.invoke('sync:state')).numbers !== null, undefined, { timeout: 60_000 });
    const accepted: Accepted[] = [];
    for (let round = 0; round < rounds + 2; round += 1) {
      const before = printer.papers().length;
      const { askedAtMs, savedAtMs } = await counter.page.evaluate(acceptOne, round);
      for (const deadline = Date.now() + 20_000; printer.papers().length === before && Date.now() < deadline;) await wait(2);
      if (printer.papers().length === before) throw new Error('no receipt came out');
      // The first opens the window that draws.
      if (round >= 2) accepted.push({ askedAtMs, savedAtMs, printedAtMs });
      await wait(50);
    }
    return accepted;
  } finally {
    await counter.close();
    await printer.stop();
    await province.stop();
  }
}

/** Runs inside the page, so it may use nothing from out here. Times are of the one clock this computer has. */
async function acceptOne(number: number): Promise<{ askedAtMs: number; savedAtMs: number }> {
  const { counter } = window;
  const catalogue = JSON.parse(await counter.invoke('catalogue:get')) as Catalogue;
  const procedure = catalogue.procedures.find(({ code }) => code === '1.012812');
  if (procedure === undefined) throw new Error('the test catalogue has changed');
  const draftId = crypto.randomUUID();
  const now = Date.now();
  const papers = procedure.papers
    .filter(({ need }) => need === 'required')
    .map(({ id, name }) => ({
      requirementId: id,
      name,
      required: true,
      originals: 1,
      certifiedCopies: 0,
      photocopies: 0,
      state: 'received' as const,
      pages: [],
    }));
  const shared = {
    procedureCode: procedure.code,
    catalogueVersion: catalogue.version,
    facts: [],
    channel: 'counter' as const,
    formData: {},
    papers,
    feeInputs: { copies: 1, pages: 1, enteredVnd: {} },
    sets: 1,
    resultDelivery: 'counter' as const,
  };
  const person = { fullName: `Người Thử ${number}`, idNumber: String(100_000_000_000 + number), phone: '0912345678', residence: 'Thôn Nà Luông, xã An Bình' };
  await counter.invoke('drafts:put', {
    draft: { ...shared, draftId, startedAtMs: now, updatedAtMs: now, applicantKind: 'person', applicant: person, whence: {} },
  });
  const intake = { ...shared, procedureName: procedure.name, applicant: { kind: 'person' as const, ...person } };
  const dossierId = crypto.randomUUID() as DossierId;
  for (let tries = 0; ; tries += 1) {
    const askedAtMs = Date.now();
    const accepted = await counter.invoke('dossiers:accept', { draftId, dossierId, intake, owePapers: false });
    if (accepted.ok) return { askedAtMs, savedAtMs: Date.now() };
    // A device that was started a moment ago is still being enrolled.
    if (tries === 100 || (accepted.failure.kind !== 'not-enrolled' && accepted.failure.kind !== 'no-numbers')) throw new Error(accepted.failure.kind);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
