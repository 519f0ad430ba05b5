/** Everything the shell needs of printing: printers from the settings, the spool, the drawing, the virtual printer's paper. */
import { join } from 'node:path';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import { dotsAcross, type PaperLanguage, type SheetSize } from '../../shared/printing/medium.ts';
import type { Paper, PrintingState, ReceiptPaper } from '../../shared/printing/paper.ts';
import type { PrinterSettings } from '../../shared/settings/settings.ts';
import { isDiskFull } from '../files.ts';
import type { Log } from '../log.ts';
import type { Sealer } from './job-files.ts';
import type { PaperWindow } from './paper-window.ts';
import { createSpool, type ResolveAnswer, type ResolveFailure, type SpoolPrinter } from './spool.ts';
import { createTcpPrinter } from './tcp-printer.ts';
import { missing, virtualPaperResponse } from './virtual/virtual-paper.ts';
import { startVirtualPrinter, type VirtualPaper, type VirtualPrinter } from './virtual/virtual-printer.ts';

export type PrintFailure = Failure<'no-printer' | 'disk-full'>;

export type Printing = {
  /** Resolves when the job is on disk. The same `jobId` again changes nothing. Throws on a disk error other than a full disk. */
  print(paper: Paper, jobId?: string): Promise<Result<{ jobId: string }, PrintFailure>>;
  /** The paper says "BẢN IN LẠI n". */
  reprint(paper: Paper, jobId?: string): Promise<Result<{ jobId: string }, PrintFailure>>;
  state(): PrintingState;
  resolve(jobId: string, answer: ResolveAnswer): Promise<Result<null, ResolveFailure>>;
  /** Mẫu 01 in full, as the bytes of a PDF. Rejects when it cannot be drawn. */
  receiptPdf(paper: ReceiptPaper, size: SheetSize): Promise<Uint8Array>;
  /** What virtual printers printed, oldest first; empty when the office has none. */
  virtualPapers(): readonly VirtualPaper[];
  /** The answer for `app://paper<path>`. */
  virtualPaperResponse(path: string): Promise<Response>;
  stop(): Promise<void>;
};

export type PrintingOptions = {
  printers: readonly PrinterSettings[];
  /** Folder for the spool and the virtual printer's paper. */
  dataDir: string;
  paperWindow: PaperWindow;
  sealer: Sealer;
  clock: Clock;
  language: PaperLanguage;
  onChange(state: PrintingState): void;
  onVirtualPaper?(paper: VirtualPaper): void;
  log: Log;
};

export async function createPrinting(options: PrintingOptions): Promise<Printing> {
  const { dataDir, paperWindow, language } = options;
  const virtualDir = join(dataDir, 'virtual-paper');
  const virtualPrinters: VirtualPrinter[] = [];

  const connect = async (settings: PrinterSettings): Promise<SpoolPrinter> => {
    const widthDots = dotsAcross(settings.paperWidthMm);
    const { id, name, connection, driver } = settings;
    if (connection.type === 'tcp')
      return { id, name, isVirtual: false, widthDots, printer: createTcpPrinter({ host: connection.host, port: connection.port, driver }) };
    const dir = virtualPrinters.length === 0 ? virtualDir : `${virtualDir}-${id}`;
    const virtual = await startVirtualPrinter({ port: connection.port, dir, widthDots, onPaper: options.onVirtualPaper });
    virtualPrinters.push(virtual);
    return { id, name, isVirtual: true, widthDots, printer: createTcpPrinter({ host: '127.0.0.1', port: virtual.port, driver: 'epson' }) };
  };

  const printers: SpoolPrinter[] = [];
  for (const settings of options.printers.filter(({ use }) => use === 'thermal')) printers.push(await connect(settings));
  const spool = await createSpool({
    dir: join(dataDir, 'spool'),
    printers,
    draw: (paper, reprint, widthDots) => paperWindow.drawRoll({ medium: 'roll', paper, reprint, widthDots, language }),
    sealer: options.sealer,
    clock: options.clock,
    onChange: options.onChange,
    log: options.log,
  });

  const submit = async (paper: Paper, jobId: string | undefined, isReprint: boolean): Promise<Result<{ jobId: string }, PrintFailure>> => {
    if (printers.length === 0) return fail('no-printer');
    try {
      return ok(await spool.submit(paper, { jobId, isReprint }));
    } catch (error) {
      if (isDiskFull(error)) return fail('disk-full');
      throw error;
    }
  };

  return {
    print: (paper, jobId) => submit(paper, jobId, false),
    reprint: (paper, jobId) => submit(paper, jobId, true),
    state: spool.state,
    resolve: spool.resolve,
    receiptPdf: (paper, size) => paperWindow.drawSheet({ medium: 'sheet', size, paper, reprint: 0, language }),
    virtualPapers: () => virtualPrinters[0]?.papers() ?? [],
    virtualPaperResponse: (path) => (virtualPrinters.length === 0 ? Promise.resolve(missing()) : virtualPaperResponse(virtualDir, path)),
    async stop() {
      await spool.stop();
      paperWindow.close();
      for (const virtual of virtualPrinters) await virtual.stop();
    },
  };
}
