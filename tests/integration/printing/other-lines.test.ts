/** Printers that are not on the network: a device file, queues of CUPS (its commands played by scripts), and finding them all. */
import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createVault } from '../../../electron/keys/vault.ts';
import { createDevicePrinter } from '../../../electron/printing/device-printer.ts';
import { jobPieces } from '../../../electron/printing/escpos-job.ts';
import { findPrinters } from '../../../electron/printing/find-printers.ts';
import { createDocumentPrinter, createQueuePrinter } from '../../../electron/printing/queue-printer.ts';
import type { Raster } from '../../../electron/printing/raster.ts';
import { createSpool, spoolPrinter, type Spool } from '../../../electron/printing/spool.ts';
import { systemQueue, systemQueues } from '../../../electron/printing/system-queue.ts';
import type { PrintJobState } from '../../../shared/printing/paper.ts';
import { eventually } from '../../fakes/eventually.ts';
import { aReceiptPaper } from '../../fixtures/dossiers.ts';
import { drawnByPrinter } from '../../fixtures/printed-picture.ts';

const format = { driver: 'generic', hasCutter: true } as const;
const raster: Raster = { widthDots: 384, heightDots: 300, bits: Uint8Array.from({ length: 48 * 300 }, (_, at) => (at % 48 < 30 ? (at * 37) & 0xff : 0)) };

let dir: string;
const path = process.env['PATH'];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lines-'));
});
afterEach(async () => {
  process.env['PATH'] = path;
  await rm(dir, { recursive: true, force: true });
});

const hooks = () => {
  let begun = 0;
  return { begun: () => begun, willSend: () => Promise.resolve(void (begun += 1)) };
};

describe('a printer on a cable', () => {
  it('gets the very bytes of the job through its device file', async () => {
    const device = join(dir, 'lp0');
    await writeFile(device, '');
    const printer = createDevicePrinter({ path: device, ...format, asksStatus: 'none' });
    expect(await printer.print(raster, hooks())).toEqual({ kind: 'printed', isPaperNearEnd: false });
    const sent = await readFile(device);
    expect(sent.equals(Buffer.concat(await jobPieces(raster, format)))).toBe(true);
    expect(drawnByPrinter(sent, 384)).toHaveLength(1);
  });
  it('is unreachable when it was pulled out, and nothing counts as sent', async () => {
    const { willSend, begun } = hooks();
    const printer = createDevicePrinter({ path: join(dir, 'lp1') });
    expect(await printer.status()).toEqual({ kind: 'problem', problem: 'unreachable' });
    expect(await printer.print(raster, { willSend })).toEqual({ kind: 'not-sent', problem: 'unreachable' });
    expect(begun()).toBe(0);
  });
});

/** CUPS as its commands show it: a folder holds the queue's state, the jobs that wait and what was sent. */
type Cups = { set(file: string, text: string): Promise<void>; lift(file: string): Promise<void>; sent(): Promise<Buffer>; said(): Promise<string> };
async function withCups(): Promise<Cups> {
  const bin = join(dir, 'bin');
  await mkdir(bin);
  const at = (name: string): string => JSON.stringify(join(dir, name));
  const scripts = {
    lp: `echo "$@" >> ${at('said')}; [ -e ${at('hangs')} ] && exec sleep 5; [ -e ${at('refuses')} ] && { cat > /dev/null; exit 1; }; cat > ${at('sent')}; [ -e ${at('keeps')} ] && echo "quay-7 root 1024 now" > ${at('waiting')}; echo "request id is quay-7 (1 file(s))"`,
    lpstat: `case "$1" in -e) echo quay; echo van-phong;; -p) [ "$2" = quay ] || exit 1; cat ${at('state')};; -o) cat ${at('waiting')} 2>/dev/null;; esac; true`,
    cancel: `echo "cancel $@" >> ${at('said')}; rm -f ${at('waiting')}`,
  };
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  process.env['PATH'] = `${bin}:${path}`;
  await writeFile(join(dir, 'state'), 'printer quay is idle.  enabled since now\n');
  return {
    set: (file, text) => writeFile(join(dir, file), text),
    lift: (file) => rm(join(dir, file), { force: true }),
    sent: () => readFile(join(dir, 'sent')),
    said: () => readFile(join(dir, 'said'), 'utf8').catch(() => ''),
  };
}

describe.skipIf(process.platform === 'win32')('a printer behind a queue', () => {
  const queuePrinter = (giveUpMs = 5000) => createQueuePrinter({ queue: systemQueue('quay'), format, lookEveryMs: 20, giveUpMs });

  it('gets the bytes raw, and counts as printed when the queue has let go of them', async () => {
    const cups = await withCups();
    expect(await queuePrinter().status()).toEqual({ kind: 'ready', isPaperNearEnd: false });
    expect(await queuePrinter().print(raster, hooks())).toMatchObject({ kind: 'printed' });
    expect((await cups.sent()).equals(Buffer.concat(await jobPieces(raster, format)))).toBe(true);
    expect(await cups.said()).toContain('-d quay -o raw -');
  });
  it('is asked about, and taken back, when the queue keeps it', async () => {
    const cups = await withCups();
    await cups.set('keeps', '');
    expect(await queuePrinter(100).print(raster, hooks())).toEqual({ kind: 'unknown', problem: 'interrupted' });
    expect(await cups.said()).toContain('cancel quay-7');
  });
  it('is not sent to a queue that is stopped, gone or refuses', async () => {
    const cups = await withCups();
    await cups.set('refuses', '');
    expect(await queuePrinter().print(raster, hooks())).toEqual({ kind: 'not-sent', problem: 'offline' });
    await cups.set('state', 'printer quay disabled since now -\n');
    const { willSend, begun } = hooks();
    expect(await queuePrinter().print(raster, { willSend })).toEqual({ kind: 'not-sent', problem: 'offline' });
    expect(begun()).toBe(0);
    expect(await createQueuePrinter({ queue: systemQueue('khong-co'), format }).status()).toEqual({ kind: 'problem', problem: 'unreachable' });
  });
  it('gets documents on the paper they were made for', async () => {
    const cups = await withCups();
    expect(await systemQueue('quay').sendPdf(Buffer.from('%PDF-1.7'), 'A5')).toEqual({ job: 'quay-7' });
    expect(await cups.said()).toContain('-d quay -o media=A5 -o fit-to-page -');
    expect((await cups.sent()).toString()).toBe('%PDF-1.7');
    expect(await systemQueues()).toEqual(['quay', 'van-phong']);
  });
  it('has no queues where there is no printing system', async () => {
    process.env['PATH'] = join(dir, 'nothing');
    expect(await systemQueues()).toEqual([]);
    expect(await systemQueue('quay').state()).toBe('unreachable');
  });
});

describe.skipIf(process.platform === 'win32')('documents through the spool', () => {
  const vault = createVault(randomBytes(32));
  const spools: Spool[] = [];
  afterEach(async () => {
    await Promise.all(spools.splice(0).map((spool) => spool.stop()));
  });

  /** The document says which copy it is, as a drawn one does. */
  async function spoolAt(folder: string, { giveUpMs = 5000, answerLimitMs = 5000 } = {}): Promise<Spool> {
    const printer = createDocumentPrinter({ queue: systemQueue('quay', answerLimitMs), lookEveryMs: 20, giveUpMs });
    const spool = await createSpool({
      dir: join(dir, folder),
      printers: [
        spoolPrinter({ id: 'van-phong', name: 'Máy in văn phòng', isVirtual: false, medium: 'sheet' }, printer, (paper, { reprint, size = 'A4' }) =>
          Promise.resolve({ pdf: Buffer.from(`%PDF ${paper.kind} ${reprint}`), size }),
        ),
      ],
      sealer: vault,
      clock: Date.now,
      onChange: () => undefined,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      retryDelaysMs: [20],
      statusEveryMs: 50,
    });
    spools.push(spool);
    return spool;
  }
  const reaches = (spool: Spool, jobId: string, state: PrintJobState) =>
    eventually(() => spool.state().jobs.find((job) => job.jobId === jobId && job.state === state), 10_000);
  const timesAsked = async (cups: Cups): Promise<number> => (await cups.said()).split('\n').filter((line) => line.startsWith('-d quay')).length;

  it('waits while the queue is stopped, says why, and is printed once when it runs again', async () => {
    const cups = await withCups();
    await cups.set('state', 'printer quay disabled since now -\n');
    const spool = await spoolAt('spool');
    const { jobId } = await spool.submit(aReceiptPaper(), { size: 'A5' });
    await eventually(() => spool.state().jobs[0]?.reason === 'offline');
    expect(spool.state().printers).toMatchObject([{ status: 'offline', medium: 'sheet', waiting: 1 }]);
    expect((await readFile(join(dir, 'spool', `${jobId}.job`))).includes(Buffer.from('Hường'))).toBe(false);
    expect(await timesAsked(cups)).toBe(0);
    await cups.set('state', 'printer quay is idle.  enabled since now\n');
    expect(await reaches(spool, jobId, 'printed')).toMatchObject({ reprint: 0, size: 'A5' });
    expect((await cups.sent()).toString()).toBe('%PDF receipt 0');
    expect(await cups.said()).toBe('-d quay -o media=A5 -o fit-to-page -\n');
  });

  it('is tried again when the queue refused it, as nothing was handed over', async () => {
    const cups = await withCups();
    await cups.set('refuses', '');
    const spool = await spoolAt('spool');
    const { jobId } = await spool.submit(aReceiptPaper(), { size: 'A4' });
    await eventually(async () => (await timesAsked(cups)) >= 2);
    await cups.lift('refuses');
    expect(await reaches(spool, jobId, 'printed')).toMatchObject({ reprint: 0 });
  });

  it('is asked about after a crash while the queue had it, never handed over twice by itself, and the copy says it is one', async () => {
    const cups = await withCups();
    await cups.set('keeps', '');
    const crashed = await spoolAt('spool');
    const { jobId } = await crashed.submit(aReceiptPaper(), { size: 'A4' });
    await eventually(async () => (await timesAsked(cups)) === 1);
    // What a kill in this moment leaves on the disk.
    await cp(join(dir, 'spool'), join(dir, 'left'), { recursive: true });
    await cups.lift('keeps');
    await cups.lift('waiting');
    const spool = await spoolAt('left');
    expect(await reaches(spool, jobId, 'unknown')).toMatchObject({ reason: 'interrupted' });
    await eventually(() => spool.state().printers[0]?.status === 'ready');
    expect(await timesAsked(cups)).toBe(1);
    await spool.resolve(jobId, 'print-again');
    expect(await reaches(spool, jobId, 'printed')).toMatchObject({ reprint: 1 });
    expect((await cups.sent()).toString()).toBe('%PDF receipt 1');
  });

  it('is taken back and asked about when the queue keeps it for ever', async () => {
    const cups = await withCups();
    await cups.set('keeps', '');
    const spool = await spoolAt('spool', { giveUpMs: 100 });
    const { jobId } = await spool.submit(aReceiptPaper(), { size: 'A4' });
    await reaches(spool, jobId, 'unknown');
    expect(await cups.said()).toContain('cancel quay-7');
  });

  it('is asked about when the queue does not answer whether it has it', async () => {
    const cups = await withCups();
    await cups.set('hangs', '');
    const spool = await spoolAt('spool', { answerLimitMs: 300 });
    const { jobId } = await spool.submit(aReceiptPaper(), { size: 'A4' });
    expect(await reaches(spool, jobId, 'unknown')).toMatchObject({ reason: 'interrupted' });
    expect(await timesAsked(cups)).toBe(1);
  });
});

describe('finding printers', () => {
  it('lists queues, cables, typed addresses and what announces itself, each once', async () => {
    await writeFile(join(dir, 'lp0'), '');
    await writeFile(join(dir, 'hiddev0'), '');
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const found = await findPrinters({
      address: '127.0.0.*',
      deviceFolder: dir,
      port,
      queues: () => Promise.resolve(['quay']),
      browse: () => Promise.resolve([{ name: 'Máy in sảnh', by: 'mdns', connection: { type: 'tcp', host: '127.0.0.1', port } }]),
    });
    server.close();
    expect(found).toEqual([
      { name: 'Máy in sảnh', by: 'mdns', connection: { type: 'tcp', host: '127.0.0.1', port } },
      { name: 'lp0', by: 'usb', connection: { type: 'device', path: join(dir, 'lp0') } },
      { name: 'quay', by: 'queue', connection: { type: 'queue', name: 'quay' } },
    ]);
  });
  it('finds nothing where nothing is, and does not fail', async () => {
    const failing = () => Promise.reject(new Error('no network'));
    expect(await findPrinters({ address: '127.0.0.1', port: 1, deviceFolder: join(dir, 'none'), queues: failing, browse: failing })).toEqual([]);
  });
});
