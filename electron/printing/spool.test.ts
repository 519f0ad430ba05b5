import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { titleOf, type PrintJobState } from '../../shared/printing/paper.ts';
import { aDossier, aReceiptPaper, aTicket, aTicketPaper } from '../../tests/fixtures/dossiers.ts';
import { createScriptedPrinter, type ScriptedPrinter } from '../../tests/fakes/scripted-printer.ts';
import { eventually } from '../../tests/fakes/eventually.ts';
import { createVault } from '../keys/vault.ts';
import type { Raster } from './raster.ts';
import { createSpool, spoolPrinter, type Spool, type SpoolOptions } from './spool.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const blank: Raster = { widthDots: 8, heightDots: 1, bits: new Uint8Array(1) };
const vault = createVault(randomBytes(32));

let dir: string;
let spools: Spool[];
let drawings: { on: string; title: string; reprint: number; size?: string }[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'spool-'));
  spools = [];
  drawings = [];
});
afterEach(async () => {
  await Promise.all(spools.map((spool) => spool.stop()));
  await rm(dir, { recursive: true, force: true });
});

type Draw = Parameters<typeof spoolPrinter<Raster>>[2];
const noted =
  (on: string): Draw =>
  (paper, { reprint, size }) => {
    drawings.push({ on, title: titleOf(paper), reprint, size });
    return Promise.resolve(blank);
  };
const printerAt = (id: string, printer: ScriptedPrinter, medium: 'roll' | 'sheet' = 'roll', draw = noted(id)) =>
  spoolPrinter({ id, name: id, isVirtual: false, medium }, printer, draw);

async function open(printer: ScriptedPrinter, change: Partial<SpoolOptions> = {}): Promise<Spool> {
  const spool = await createSpool({
    dir,
    printers: [printerAt('desk', printer)],
    sealer: vault,
    clock: () => 1_800_000_000_000,
    onChange: () => undefined,
    log: silent,
    retryDelaysMs: [5],
    statusEveryMs: 10,
    ...change,
  });
  spools.push(spool);
  return spool;
}

const jobIn = (spool: Spool, jobId: string) => spool.state().jobs.find((job) => job.jobId === jobId);
const reaches = (spool: Spool, jobId: string, state: PrintJobState) => eventually(() => jobIn(spool, jobId)?.state === state && jobIn(spool, jobId));

describe('spool', () => {
  it('prints what was submitted, in order', async () => {
    const printer = createScriptedPrinter();
    const spool = await open(printer);
    const jobs = await Promise.all(
      ['A001', 'A002', 'A003'].map((number) => spool.submit(aTicketPaper({ ticket: aTicket({ number, ticketId: randomUUID() }) }))),
    );
    for (const { jobId } of jobs) await reaches(spool, jobId, 'printed');
    expect(drawings.map(({ title }) => title)).toEqual(['A001', 'A002', 'A003']);
    expect(printer.sent).toHaveLength(3);
  });

  it('takes the same job once, however often and however early it is asked again', async () => {
    const printer = createScriptedPrinter();
    const spool = await open(printer);
    const jobId = randomUUID();
    await Promise.all([spool.submit(aReceiptPaper(), { jobId }), spool.submit(aReceiptPaper(), { jobId })]);
    await reaches(spool, jobId, 'printed');
    await spool.submit(aReceiptPaper(), { jobId });
    await spool.stop();
    const again = await open(printer);
    await again.submit(aReceiptPaper(), { jobId });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(printer.sent).toHaveLength(1);
  });

  it('tries again what was not sent, and says why it waits', async () => {
    const printer = createScriptedPrinter(Array.from({ length: 3 }, () => ({ kind: 'not-sent', problem: 'paper-out' })));
    const reasons = new Set<string | undefined>();
    const spool: Spool = await open(printer, {
      onChange: (state) => reasons.add(`${state.jobs[0]?.state}/${state.jobs[0]?.reason}/${state.printers[0]?.status}`),
    });
    const { jobId } = await spool.submit(aReceiptPaper());
    expect(await reaches(spool, jobId, 'printed')).toMatchObject({ reprint: 0, reason: undefined });
    expect(reasons).toContain('queued/paper-out/paper-out');
    expect(spool.state().printers[0]).toMatchObject({ status: 'ready', waiting: 0 });
    expect(drawings).toHaveLength(1);
  });

  it('asks instead of trying again when something may have come out, and lets others pass', async () => {
    const printer = createScriptedPrinter([{ kind: 'unknown', problem: 'interrupted' }]);
    const spool = await open(printer);
    const first = await spool.submit(aReceiptPaper());
    const second = await spool.submit(aTicketPaper());
    await reaches(spool, second.jobId, 'printed');
    expect(jobIn(spool, first.jobId)).toMatchObject({ state: 'unknown', reason: 'interrupted' });
    expect(printer.sent).toHaveLength(2);
  });

  it('asks at once when the driver breaks in the middle, and tries again when it broke before', async () => {
    const printer = createScriptedPrinter();
    printer.whilePrinting = () => Promise.reject(new Error('out of handles'));
    const spool = await open(printer);
    const { jobId } = await spool.submit(aReceiptPaper());
    expect(await reaches(spool, jobId, 'unknown')).toMatchObject({ reason: 'interrupted' });
    printer.whilePrinting = () => Promise.resolve();
    const print = printer.print.bind(printer);
    let tries = 0;
    printer.print = (...args) => ((tries += 1) === 1 ? Promise.reject(new Error('out of handles')) : print(...args));
    const next = await spool.submit(aTicketPaper());
    await reaches(spool, next.jobId, 'printed');
    expect(tries).toBe(2);
  });

  it('marks the copy printed after a doubtful one', async () => {
    const printer = createScriptedPrinter([{ kind: 'unknown', problem: 'paper-out' }]);
    const spool = await open(printer);
    const { jobId } = await spool.submit(aReceiptPaper());
    await reaches(spool, jobId, 'unknown');
    expect(await spool.resolve(jobId, 'print-again')).toMatchObject({ ok: true });
    await reaches(spool, jobId, 'printed');
    expect(drawings.map(({ reprint }) => reprint)).toEqual([0, 1]);
  });

  it.each([
    ['printed', 'printed'],
    ['cancel', 'cancelled'],
  ] as const)('believes the officer who answers "%s"', async (answer, state) => {
    const printer = createScriptedPrinter([{ kind: 'unknown', problem: 'interrupted' }]);
    const spool = await open(printer);
    const { jobId } = await spool.submit(aReceiptPaper());
    await reaches(spool, jobId, 'unknown');
    expect(await spool.resolve(jobId, answer)).toMatchObject({ ok: true });
    expect(jobIn(spool, jobId)).toMatchObject({ state });
    expect(await spool.resolve(jobId, answer)).toMatchObject({ ok: false, failure: { kind: 'job-settled' } });
    expect(await spool.resolve(randomUUID(), answer)).toMatchObject({ ok: false, failure: { kind: 'job-unknown' } });
    expect(printer.sent).toHaveLength(1);
  });

  it('takes a waiting job back', async () => {
    const printer = createScriptedPrinter(Array.from({ length: 1000 }, () => ({ kind: 'not-sent', problem: 'offline' })));
    const spool = await open(printer);
    const { jobId } = await spool.submit(aReceiptPaper());
    await eventually(() => jobIn(spool, jobId)?.reason === 'offline');
    expect(await spool.resolve(jobId, 'printed')).toMatchObject({ ok: false });
    expect(await spool.resolve(jobId, 'cancel')).toMatchObject({ ok: true });
    printer.script = [];
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(printer.sent).toHaveLength(0);
  });

  it('does not send a job cancelled while the printer was being asked', async () => {
    const printer = createScriptedPrinter();
    const print = printer.print.bind(printer);
    const spool = await open(printer);
    let resolved: unknown;
    printer.print = async (raster, hooks) => {
      resolved ??= await spool.resolve(spool.state().jobs[0]!.jobId, 'cancel');
      return print(raster, hooks);
    };
    const { jobId } = await spool.submit(aReceiptPaper());
    await reaches(spool, jobId, 'cancelled');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(printer.sent).toHaveLength(0);
  });

  it('counts reprints of one dossier, not of another', async () => {
    const spool = await open(createScriptedPrinter());
    const other = aReceiptPaper({ dossier: aDossier({ dossierId: randomUUID() as never, code: 'H36.12-261123-0404' }) });
    for (const [paper, isReprint] of [
      [aReceiptPaper(), false],
      [aReceiptPaper(), true],
      [other, true],
      [aReceiptPaper(), true],
    ] as const) {
      const { jobId } = await spool.submit(paper, { isReprint });
      await reaches(spool, jobId, 'printed');
    }
    expect(drawings.map(({ reprint }) => reprint)).toEqual([0, 1, 1, 2]);
  });

  it('makes a copy of what came out, and an original of what did not', async () => {
    const printer = createScriptedPrinter();
    const spool = await open(printer, { printers: [printerAt('desk', printer), printerAt('office', printer, 'sheet')] });
    const printed = async (size?: 'A5'): Promise<void> => {
      const { jobId } = await spool.submit(aReceiptPaper(), { isReprint: 'if-out', size });
      await reaches(spool, jobId, 'printed');
    };
    await printed();
    await printed();
    await printed('A5');
    await printed('A5');
    expect(drawings.map(({ reprint }) => reprint)).toEqual([0, 1, 0, 2]);
  });

  it('parks a paper that cannot be drawn and prints the next', async () => {
    const printer = createScriptedPrinter();
    let isBroken = true;
    const draw: Draw = (paper) => (isBroken && paper.kind === 'receipt' ? Promise.reject(new Error('no')) : Promise.resolve(blank));
    const spool = await open(printer, { printers: [printerAt('desk', printer, 'roll', draw)] });
    const bad = await spool.submit(aReceiptPaper());
    const good = await spool.submit(aTicketPaper());
    await reaches(spool, good.jobId, 'printed');
    expect(await reaches(spool, bad.jobId, 'failed')).toMatchObject({ reason: 'drawing-failed' });
    isBroken = false;
    await spool.resolve(bad.jobId, 'print-again');
    expect(await reaches(spool, bad.jobId, 'printed')).toMatchObject({ reprint: 0 });
  });

  it('has the job on disk as "printing" before the first byte, and asks about it after a crash', async () => {
    const printer = createScriptedPrinter();
    let onDisk: string | undefined;
    printer.whilePrinting = async () => {
      const [file] = (await readdir(dir)).filter((name) => name.endsWith('.job'));
      const jobId = file!.slice(0, -4);
      onDisk = (JSON.parse(vault.open(await readFile(join(dir, file!)), `print-job/${jobId}`).toString()) as { job: { state: string } }).job.state;
      await new Promise(() => undefined);
    };
    const crashed = await open(printer);
    const { jobId } = await crashed.submit(aReceiptPaper());
    expect(await eventually(() => onDisk)).toBe('printing');
    spools = [];
    const next = createScriptedPrinter();
    const spool = await open(next);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(jobIn(spool, jobId)).toMatchObject({ state: 'unknown', reason: 'interrupted' });
    expect(next.sent).toHaveLength(0);
    await spool.resolve(jobId, 'print-again');
    await reaches(spool, jobId, 'printed');
    expect(drawings.at(-1)).toMatchObject({ reprint: 1 });
  });

  it('prints after a restart what had not been sent', async () => {
    const off = createScriptedPrinter(Array.from({ length: 1000 }, () => ({ kind: 'not-sent', problem: 'unreachable' })));
    const before = await open(off);
    const { jobId } = await before.submit(aReceiptPaper());
    await eventually(() => jobIn(before, jobId)?.reason === 'unreachable');
    await before.stop();
    const on = createScriptedPrinter();
    const spool = await open(on);
    await reaches(spool, jobId, 'printed');
    expect(on.sent).toHaveLength(1);
  });

  it('keeps no word of a citizen in the clear, and none at all of what is printed', async () => {
    const off = createScriptedPrinter(Array.from({ length: 1000 }, () => ({ kind: 'not-sent', problem: 'unreachable' })));
    const spool = await open(off);
    const { jobId } = await spool.submit(aReceiptPaper());
    const path = join(dir, `${jobId}.job`);
    expect((await readFile(path)).includes(Buffer.from('Hường'))).toBe(false);
    expect(vault.open(await readFile(path), `print-job/${jobId}`).toString()).toContain('Nguyễn Thị Hường');
    off.script = [];
    await reaches(spool, jobId, 'printed');
    expect(vault.open(await readFile(path), `print-job/${jobId}`).toString()).not.toContain('Nguyễn Thị Hường');
  });

  it('sets a damaged file aside and goes on with the others', async () => {
    const off = createScriptedPrinter(Array.from({ length: 1000 }, () => ({ kind: 'not-sent', problem: 'unreachable' })));
    const before = await open(off);
    const lost = await before.submit(aReceiptPaper());
    const kept = await before.submit(aTicketPaper());
    await before.stop();
    await writeFile(join(dir, `${lost.jobId}.job`), 'zzz');
    const errors: string[] = [];
    const spool = await open(createScriptedPrinter(), { log: { ...silent, error: (message) => errors.push(message) } });
    await reaches(spool, kept.jobId, 'printed');
    expect(errors.join()).toContain(lost.jobId);
    expect(await readdir(dir)).toContain(`${lost.jobId}.job.damaged`);
  });

  it('moves jobs of a printer that was taken out of the settings', async () => {
    const off = createScriptedPrinter(Array.from({ length: 1000 }, () => ({ kind: 'not-sent', problem: 'unreachable' })));
    const before = await open(off);
    const { jobId } = await before.submit(aReceiptPaper());
    await before.stop();
    const printer = createScriptedPrinter();
    const spool = await open(createScriptedPrinter(), { printers: [printerAt('sheets', createScriptedPrinter(), 'sheet'), printerAt('new', printer)] });
    expect(await reaches(spool, jobId, 'printed')).toMatchObject({ printerId: 'new' });
    expect(drawings.at(-1)).toMatchObject({ on: 'new' });
  });

  it('also when the officer first had to be asked about it', async () => {
    const before = await open(createScriptedPrinter([{ kind: 'unknown', problem: 'interrupted' }]));
    const { jobId } = await before.submit(aReceiptPaper());
    await reaches(before, jobId, 'unknown');
    await before.stop();
    const spool = await open(createScriptedPrinter(), { printers: [printerAt('new', createScriptedPrinter())] });
    await spool.resolve(jobId, 'print-again');
    expect(await reaches(spool, jobId, 'printed')).toMatchObject({ printerId: 'new', reprint: 1 });
  });

  it('keeps sheets and rolls apart, and says what size a sheet has', async () => {
    const [roll, sheet] = [createScriptedPrinter(), createScriptedPrinter()];
    const spool = await open(roll, { printers: [printerAt('desk', roll), printerAt('sheets', sheet, 'sheet')] });
    const [short, full] = [await spool.submit(aReceiptPaper()), await spool.submit(aReceiptPaper(), { size: 'A5' })];
    expect(await reaches(spool, short.jobId, 'printed')).toMatchObject({ printerId: 'desk', size: undefined });
    expect(await reaches(spool, full.jobId, 'printed')).toMatchObject({ printerId: 'sheets', size: 'A5' });
    expect(drawings.map(({ on, size }) => [on, size]).sort()).toEqual([
      ['desk', undefined],
      ['sheets', 'A5'],
    ]);
    expect([roll.sent.length, sheet.sent.length]).toEqual([1, 1]);
    expect(spool.state().printers.map(({ medium }) => medium)).toEqual(['roll', 'sheet']);
  });

  it('forgets finished jobs after thirty days', async () => {
    const spool = await open(createScriptedPrinter());
    const { jobId } = await spool.submit(aReceiptPaper());
    await reaches(spool, jobId, 'printed');
    await spool.stop();
    const later = await open(createScriptedPrinter(), { clock: () => 1_800_000_000_000 + 31 * 24 * 3_600_000 });
    expect(jobIn(later, jobId)).toBeUndefined();
    expect(await readdir(dir)).toEqual([]);
  });
});
