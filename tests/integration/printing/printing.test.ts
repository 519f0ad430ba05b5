/** The spool, the driver and the virtual printer together, over real sockets and real files. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createVault } from '../../../electron/keys/vault.ts';
import { jobPieces, type JobFormat } from '../../../electron/printing/escpos-job.ts';
import type { Raster } from '../../../electron/printing/raster.ts';
import { createSpool, spoolPrinter, type Spool, type SpoolPrinter } from '../../../electron/printing/spool.ts';
import { createTcpPrinter } from '../../../electron/printing/tcp-printer.ts';
import { startVirtualPrinter, type VirtualPrinter } from '../../../electron/printing/virtual/virtual-printer.ts';
import type { PrintJobState } from '../../../shared/printing/paper.ts';
import { eventually } from '../../fakes/eventually.ts';
import { aReceiptPaper, aTicket, aTicketPaper } from '../../fixtures/dossiers.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const vault = createVault(randomBytes(32));

const EPSON: JobFormat = { driver: 'epson', hasCutter: true };

/** Text-like: lines of random marks with white between, so that banding and cropping have something to do. */
function testRaster(seed: number, widthDots = 576, heightDots = 700): Raster {
  const bits = new Uint8Array((widthDots / 8) * heightDots);
  let random = seed;
  for (let row = 0; row < heightDots; row += 1) {
    if (row % 40 > 26) continue;
    for (let byte = 0; byte < widthDots / 8 - (row % 7) * 3; byte += 1) {
      random = (random * 1_103_515_245 + 12_345) & 0x7fffffff;
      // Two dots at least, as type has: lone ones would be widened where they look like a command.
      if (random % 5 < 2) bits[row * (widthDots / 8) + byte] = 0x18 | (random >> 16);
    }
  }
  return { widthDots, heightDots, bits };
}

let dir: string;
let stops: (() => Promise<void>)[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'printing-'));
  stops = [];
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  await rm(dir, { recursive: true, force: true });
});

async function virtual(change: { port?: number; widthDots?: number; name?: string } = {}): Promise<VirtualPrinter> {
  const printer = await startVirtualPrinter({ port: change.port ?? 0, dir: join(dir, change.name ?? 'paper'), widthDots: change.widthDots ?? 576 });
  stops.push(() => printer.stop().catch(() => undefined));
  return printer;
}

const driver = (port: number) => createTcpPrinter({ host: '127.0.0.1', port, connectTimeoutMs: 1000, answerTimeoutMs: 400, silenceLimitMs: 1500 });
const asSpoolPrinter = (id: string, port: number): SpoolPrinter =>
  spoolPrinter({ id, name: id, isVirtual: true, medium: 'roll' }, driver(port), (paper, { reprint }) =>
    Promise.resolve(testRaster(paper.kind === 'ticket' ? Number(paper.ticket.number.slice(1)) : 900 + reprint)),
  );

async function spoolOn(printers: SpoolPrinter[]): Promise<Spool> {
  const spool = await createSpool({
    dir: join(dir, 'spool'),
    printers,
    sealer: vault,
    clock: Date.now,
    onChange: () => undefined,
    log: silent,
    retryDelaysMs: [30],
    statusEveryMs: 50,
  });
  stops.push(spool.stop);
  return spool;
}

const jobIn = (spool: Spool, jobId: string) => spool.state().jobs.find((job) => job.jobId === jobId);
const reaches = (spool: Spool, jobId: string, state: PrintJobState, limitMs?: number) =>
  eventually(() => jobIn(spool, jobId)?.state === state && jobIn(spool, jobId), limitMs);
const hooks = () => {
  const progress: number[] = [];
  let begun = 0;
  return { progress, begun: () => begun, willSend: () => Promise.resolve(void (begun += 1)), onProgress: (confirmed: number) => void progress.push(confirmed) };
};

async function paperAt(printer: VirtualPrinter, index: number, name = 'paper'): Promise<PNG> {
  return PNG.sync.read(await readFile(join(dir, name, printer.papers()[index]!.file)));
}
/** Rows of the raster on the paper, from the top; throws at the first dot that differs. */
function expectPaper(png: PNG, raster: Raster, top = 0): void {
  expect(png.width).toBe(raster.widthDots);
  for (let dot = 0; dot < raster.widthDots * raster.heightDots; dot += 1) {
    const isInk = (raster.bits[dot >> 3]! & (0x80 >> (dot & 7))) !== 0;
    if ((png.data[(dot + top * raster.widthDots) * 4] === 0) !== isInk)
      throw new Error(`dot ${dot % raster.widthDots}, ${Math.floor(dot / raster.widthDots)} differs`);
  }
}

describe('TCP printer on the virtual printer', () => {
  it.each([576, 384])('draws a raster of %i dots exactly, and says so only when the paper is there', async (widthDots) => {
    const printer = await virtual({ widthDots });
    const raster = testRaster(7, widthDots, 1200);
    const { willSend, onProgress, progress } = hooks();
    expect(await driver(printer.port).print(raster, { willSend, onProgress })).toEqual({ kind: 'printed', isPaperNearEnd: false });
    expect(printer.papers()).toHaveLength(1);
    expectPaper(await paperAt(printer, 0), raster);
    expect(printer.unknownCommands()).toEqual([]);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe((await jobPieces(raster, EPSON)).reduce((bytes, piece) => bytes + piece.byteLength, 0));
  });

  it.each([
    ['paperOut', 'paper-out'],
    ['coverOpen', 'cover-open'],
    ['offline', 'offline'],
  ] as const)('sends nothing to a printer with %s', async (fault, problem) => {
    const printer = await virtual();
    printer.setFault({ [fault]: true });
    const { willSend, begun } = hooks();
    expect(await driver(printer.port).status()).toEqual({ kind: 'problem', problem });
    expect(await driver(printer.port).print(testRaster(1), { willSend })).toEqual({ kind: 'not-sent', problem });
    expect(begun()).toBe(0);
    printer.setFault({ [fault]: false });
    expect(await driver(printer.port).status()).toEqual({ kind: 'ready', isPaperNearEnd: false });
    expect(printer.uncutRows()).toBe(0);
  });

  it.each(['auto', 'none'] as const)('prints on a printer that answers no question, status "%s", and never calls it offline', async (asksStatus) => {
    const printer = await virtual();
    printer.setFault({ mute: true });
    const raster = testRaster(11);
    const mute = createTcpPrinter({ host: '127.0.0.1', port: printer.port, driver: 'generic', asksStatus, answerTimeoutMs: 300 });
    const startedAtMs = Date.now();
    expect(await mute.status()).toEqual({ kind: 'ready', isPaperNearEnd: false });
    if (asksStatus === 'none') expect(Date.now() - startedAtMs).toBeLessThan(250);
    expect(await mute.print(raster, hooks())).toEqual({ kind: 'printed', isPaperNearEnd: false });
    expect(await mute.status()).toMatchObject({ kind: 'ready' });
    await eventually(() => printer.papers().length === 1);
    expectPaper(await paperAt(printer, 0), raster);
  });

  it('takes silence for being offline when the printer has answered before', async () => {
    const printer = await virtual();
    const asked = driver(printer.port);
    expect(await asked.status()).toMatchObject({ kind: 'ready' });
    printer.setFault({ mute: true });
    expect(await asked.status()).toEqual({ kind: 'problem', problem: 'offline' });
    const { willSend, begun } = hooks();
    expect(await asked.print(testRaster(1), { willSend })).toEqual({ kind: 'not-sent', problem: 'offline' });
    expect(begun()).toBe(0);
  });

  it('waits for the slowest printer there is, 200 bytes a second', async () => {
    const printer = await virtual({ widthDots: 384 });
    printer.setFault({ slowBytesPerSecond: 200 });
    const raster = testRaster(5, 384, 18);
    const bytes = Buffer.concat(await jobPieces(raster, EPSON)).byteLength;
    const startedAtMs = Date.now();
    expect(await driver(printer.port).print(raster, hooks())).toMatchObject({ kind: 'printed' });
    expect(Date.now() - startedAtMs).toBeGreaterThan((bytes / 200) * 900);
    expectPaper(await paperAt(printer, 0), raster);
  });

  it('kicks the drawer only when it is told to, and leaves the paper uncut where there is no cutter', async () => {
    const kick = Buffer.from([0x1b, 0x70]);
    const raster = testRaster(2, 384, 60);
    for (const driverName of ['epson', 'generic'] as const) {
      expect(Buffer.concat(await jobPieces(raster, { driver: driverName, hasCutter: true })).includes(kick)).toBe(false);
      expect(Buffer.concat(await jobPieces(raster, { driver: driverName, hasCutter: true }, true)).includes(kick)).toBe(true);
    }
    const printer = await virtual({ widthDots: 384 });
    const torn = createTcpPrinter({ host: '127.0.0.1', port: printer.port, hasCutter: false });
    expect(await torn.print(raster, hooks())).toMatchObject({ kind: 'printed' });
    expect(printer.papers()).toHaveLength(0);
    expect(printer.uncutRows()).toBeGreaterThan(60 + 4 * 24);
  });

  it('sends nothing when nobody listens', async () => {
    const { port, stop } = await virtual();
    await stop();
    expect(await driver(port).print(testRaster(1), hooks())).toEqual({ kind: 'not-sent', problem: 'unreachable' });
  });

  it('says when the roll is near its end', async () => {
    const printer = await virtual();
    printer.setFault({ paperNearEnd: true });
    expect(await driver(printer.port).print(testRaster(1), hooks())).toEqual({ kind: 'printed', isPaperNearEnd: true });
  });

  it('does not claim a print whose paper ended in the middle', async () => {
    const printer = await virtual();
    printer.setFault({ paperOutAfterRows: 350 });
    expect(await driver(printer.port).print(testRaster(3), hooks())).toEqual({ kind: 'unknown', problem: 'paper-out' });
    expect(printer.papers()).toHaveLength(0);
    expect(printer.uncutRows()).toBeGreaterThanOrEqual(350);
  });

  it('does not claim it either when the printer is too full to be asked and says nothing by itself', async () => {
    const printer = await virtual();
    printer.setFault({ paperOutAfterRows: 350, noReports: true });
    expect(await driver(printer.port).print(testRaster(3), hooks())).toMatchObject({ kind: 'unknown' });
  });

  it('does not claim a print whose last rows ran out of paper', async () => {
    const printer = await virtual();
    printer.setFault({ paperOutAfterRows: 690 });
    expect(await driver(printer.port).print(testRaster(3), hooks())).toMatchObject({ kind: 'unknown' });
  });

  it.each([0.02, 0.5, 0.98])('does not claim a print cut off after %d of its bytes', async (part) => {
    const printer = await virtual();
    const raster = testRaster(4);
    const bytes = Buffer.concat(await jobPieces(raster, EPSON)).byteLength;
    printer.setFault({ cutSocketAfterBytes: 40 + Math.floor(bytes * part) });
    expect(await driver(printer.port).print(raster, hooks())).toEqual({ kind: 'unknown', problem: 'interrupted' });
    expect(printer.papers()).toHaveLength(0);
  });

  it('waits for a slow printer and reports how far it is', async () => {
    const printer = await virtual();
    printer.setFault({ slowBytesPerSecond: 20_000 });
    const { willSend, onProgress, progress } = hooks();
    const raster = testRaster(5);
    const startedAtMs = Date.now();
    expect(await driver(printer.port).print(raster, { willSend, onProgress })).toMatchObject({ kind: 'printed' });
    expect(Date.now() - startedAtMs).toBeGreaterThan(500);
    expect(progress.length).toBeGreaterThan(3);
    expectPaper(await paperAt(printer, 0), raster);
  });

  it('gives up on a printer that falls silent', async () => {
    const printer = await virtual();
    const print = driver(printer.port).print(testRaster(6), {
      willSend() {
        printer.setFault({ mute: true });
        return Promise.resolve();
      },
    });
    expect(await print).toEqual({ kind: 'unknown', problem: 'interrupted' });
  });

  it('prints on a model that does not know markers', async () => {
    const printer = await virtual();
    printer.setFault({ noMarkers: true });
    const raster = testRaster(8);
    expect(await driver(printer.port).print(raster, hooks())).toMatchObject({ kind: 'printed' });
    await eventually(() => printer.papers().length === 1);
    expectPaper(await paperAt(printer, 0), raster);
  });

  it('talks to something that is no printer without believing it', async () => {
    const web = createServer((socket) => socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).on('error', () => undefined));
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    stops.push(() => new Promise((resolve) => void web.close(() => resolve())));
    const { port } = web.address() as { port: number };
    const { willSend, begun } = hooks();
    expect(await driver(port).print(testRaster(1), { willSend })).toMatchObject({ kind: 'not-sent' });
    expect(begun()).toBe(0);
  });
});

describe('spool on real sockets', () => {
  it('keeps a job while the printer is off and prints it once when it is back', async () => {
    const first = await virtual();
    await first.stop();
    const spool = await spoolOn([asSpoolPrinter('desk', first.port)]);
    const { jobId } = await spool.submit(aReceiptPaper());
    await eventually(() => jobIn(spool, jobId)?.reason === 'unreachable');
    expect(spool.state().printers[0]).toMatchObject({ status: 'unreachable', waiting: 1 });
    const back = await virtual({ port: first.port });
    await reaches(spool, jobId, 'printed');
    expect(back.papers()).toHaveLength(1);
    expectPaper(await paperAt(back, 0), testRaster(900));
  });

  it('asks an hour long for a printer that is off, never more often than it should, and prints once', async () => {
    const first = await virtual();
    await first.stop();
    const realSetTimeout = setTimeout;
    const settle = (): Promise<void> => new Promise((resolve) => void realSetTimeout(resolve, 3));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    try {
      let tries = 0;
      const printer = driver(first.port);
      const counted = {
        status: printer.status,
        print(...args: Parameters<typeof printer.print>) {
          tries += 1;
          return printer.print(...args);
        },
      };
      const spool = await createSpool({
        dir: join(dir, 'spool'),
        printers: [spoolPrinter({ id: 'desk', name: 'desk', isVirtual: true, medium: 'roll' }, counted, () => Promise.resolve(testRaster(900)))],
        sealer: vault,
        clock: Date.now,
        onChange: () => undefined,
        log: silent,
      });
      const { jobId } = await spool.submit(aReceiptPaper());
      for (let second = 0; second < 3600; second += 5) {
        await vi.advanceTimersByTimeAsync(5000);
        await settle();
      }
      expect(jobIn(spool, jobId)).toMatchObject({ state: 'queued', reason: 'unreachable' });
      expect(tries).toBeGreaterThan(600);
      expect(tries).toBeLessThan(730);
      const back = await virtual({ port: first.port });
      for (let tick = 0; tick < 400 && jobIn(spool, jobId)?.state !== 'printed'; tick += 1) {
        await vi.advanceTimersByTimeAsync(200);
        await settle();
      }
      expect(jobIn(spool, jobId)).toMatchObject({ state: 'printed', reprint: 0 });
      expect(back.papers()).toHaveLength(1);
      const stopping = spool.stop();
      await vi.advanceTimersByTimeAsync(10_000);
      await stopping;
    } finally {
      vi.useRealTimers();
    }
  });

  it('prints on two printers at once, each its own', async () => {
    const left = await virtual({ name: 'left' });
    const right = await virtual({ name: 'right' });
    for (const printer of [left, right]) printer.setFault({ slowBytesPerSecond: 60_000 });
    const spool = await spoolOn([asSpoolPrinter('left', left.port), asSpoolPrinter('right', right.port)]);
    const submitted: { jobId: string; number: number }[] = [];
    for (let number = 1; number <= 6; number += 1) {
      const ticket = aTicket({ number: `A00${number}`, ticketId: randomUUID() });
      submitted.push({ ...(await spool.submit(aTicketPaper({ ticket }), { printerId: number % 2 === 0 ? 'left' : 'right' })), number });
    }
    let together = 0;
    for (const { jobId } of submitted) {
      await eventually(() => {
        if (spool.state().jobs.filter(({ state }) => state === 'printing').length === 2) together += 1;
        return jobIn(spool, jobId)?.state === 'printed';
      }, 20_000);
    }
    expect(together).toBeGreaterThan(0);
    for (const [index, number] of [2, 4, 6].entries()) expectPaper(await paperAt(left, index, 'left'), testRaster(number));
    for (const [index, number] of [1, 3, 5].entries()) expectPaper(await paperAt(right, index, 'right'), testRaster(number));
  });

  it('asks about a job whose cover was opened in the middle', async () => {
    const printer = await virtual();
    printer.setFault({ slowBytesPerSecond: 30_000 });
    const spool = await spoolOn([asSpoolPrinter('desk', printer.port)]);
    const { jobId } = await spool.submit(aReceiptPaper());
    await eventually(() => printer.uncutRows() > 100);
    printer.setFault({ coverOpen: true });
    expect(await reaches(spool, jobId, 'unknown')).toMatchObject({ reason: 'cover-open' });
    expect(spool.state().printers[0]).toMatchObject({ status: 'cover-open' });
    printer.setFault({ coverOpen: false });
    await eventually(() => spool.state().printers[0]!.status === 'ready');
    expect(jobIn(spool, jobId)).toMatchObject({ state: 'unknown' });
  });

  it('resumes by itself when paper is put in, in order', async () => {
    const printer = await virtual();
    printer.setFault({ paperOut: true });
    const spool = await spoolOn([asSpoolPrinter('desk', printer.port)]);
    const jobs: { jobId: string }[] = [];
    for (const number of ['A001', 'A002', 'A003']) jobs.push(await spool.submit(aTicketPaper({ ticket: aTicket({ number, ticketId: randomUUID() }) })));
    await eventually(() => jobIn(spool, jobs[0]!.jobId)?.reason === 'paper-out');
    printer.setFault({ paperOut: false });
    for (const { jobId } of jobs) await reaches(spool, jobId, 'printed');
    for (const index of [0, 1, 2]) expectPaper(await paperAt(printer, index), testRaster(index + 1));
  });

  it('asks about a job whose paper ended in the middle, and never repeats it alone', async () => {
    const printer = await virtual();
    printer.setFault({ paperOutAfterRows: 300 });
    const spool = await spoolOn([asSpoolPrinter('desk', printer.port)]);
    const { jobId } = await spool.submit(aReceiptPaper());
    expect(await reaches(spool, jobId, 'unknown')).toMatchObject({ reason: 'paper-out' });
    printer.setFault({ paperOut: false });
    await eventually(() => spool.state().printers[0]!.status === 'ready');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(jobIn(spool, jobId)).toMatchObject({ state: 'unknown' });
    await spool.resolve(jobId, 'print-again');
    expect(await reaches(spool, jobId, 'printed')).toMatchObject({ reprint: 1 });
    const last = printer.papers().length - 1;
    const png = await paperAt(printer, last);
    // The first, torn print is still on the strip above it.
    expectPaper(png, testRaster(901), png.height - 700 - 120);
  });

  it('asks about a job cut off after half its bytes', async () => {
    const printer = await virtual();
    const bytes = Buffer.concat(await jobPieces(testRaster(900), EPSON)).byteLength;
    const spool = await spoolOn([asSpoolPrinter('desk', printer.port)]);
    await eventually(() => spool.state().printers[0]!.status === 'ready');
    printer.setFault({ cutSocketAfterBytes: Math.floor(bytes / 2) });
    const { jobId } = await spool.submit(aReceiptPaper());
    expect(await reaches(spool, jobId, 'unknown')).toMatchObject({ reason: 'interrupted' });
    expect(printer.papers()).toHaveLength(0);
  });

  it('does not let a broken printer hold up another', async () => {
    const broken = await virtual({ name: 'broken' });
    const healthy = await virtual({ name: 'healthy' });
    broken.setFault({ coverOpen: true });
    const spool = await spoolOn([asSpoolPrinter('broken', broken.port), asSpoolPrinter('healthy', healthy.port)]);
    const waiting = await spool.submit(aReceiptPaper());
    const passing = await spool.submit(aTicketPaper(), { printerId: 'healthy' });
    await reaches(spool, passing.jobId, 'printed');
    await eventually(() => spool.state().printers[0]!.status === 'cover-open');
    expect(jobIn(spool, waiting.jobId)).toMatchObject({ state: 'queued' });
    expect(healthy.papers()).toHaveLength(1);
    expect(broken.papers()).toHaveLength(0);
  });

  it('prints everything once although the spool is stopped and started all the time', async () => {
    const printer = await virtual();
    let spool = await spoolOn([asSpoolPrinter('desk', printer.port)]);
    const jobIds = Array.from({ length: 12 }, () => randomUUID());
    for (const [index, jobId] of jobIds.entries()) {
      // Submitted twice, as after a crash between the print order and its note.
      for (const _ of [1, 2])
        await spool.submit(aTicketPaper({ ticket: aTicket({ number: `A${String(index + 1).padStart(3, '0')}`, ticketId: randomUUID() }) }), { jobId });
      if (index % 3 === 2) {
        await spool.stop();
        spool = await spoolOn([asSpoolPrinter('desk', printer.port)]);
      }
    }
    for (const jobId of jobIds) await reaches(spool, jobId, 'printed', 15_000);
    expect(printer.papers()).toHaveLength(12);
    for (const index of jobIds.keys()) expectPaper(await paperAt(printer, index), testRaster(index + 1));
  });
});

describe('virtual printer', () => {
  it('knows its earlier papers after a restart and goes on counting', async () => {
    const first = await virtual();
    await driver(first.port).print(testRaster(1), hooks());
    await first.stop();
    const second = await virtual();
    expect(second.papers().map(({ file, widthDots }) => ({ file, widthDots }))).toEqual([{ file: 'paper-000001.png', widthDots: 576 }]);
    expect(second.papers()[0]!.heightDots).toBe((await paperAt(second, 0)).height);
    await driver(second.port).print(testRaster(2), hooks());
    expect(second.papers().map(({ file }) => file)).toEqual(['paper-000001.png', 'paper-000002.png']);
  });

  it('rejects a port that is taken', async () => {
    const { port } = await virtual();
    await expect(virtual({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
