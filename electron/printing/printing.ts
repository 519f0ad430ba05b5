/** Everything the shell needs of printing: printers from the settings, the spool, the drawing, the virtual printer's paper. */
import { join } from 'node:path';
import type { ProtocolResponse } from 'electron';
import type { PrinterTrial } from '../../shared/printing/found-printer.ts';
import { fail, ok, unreachable, type Failure, type Result } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import type { PrinterLetters } from '../../shared/printing/code-pages.ts';
import { dotsAcross, type PaperLanguage, type SheetSize } from '../../shared/printing/medium.ts';
import type { Paper, PrintingState, RollPaper, SheetPaper } from '../../shared/printing/paper.ts';
import { isForRoll, isForSheet } from '../../shared/printing/paper.ts';
import type { PrinterSettings } from '../../shared/settings/settings.ts';
import { isDiskFull } from '../files.ts';
import type { Log } from '../log.ts';
import { createDevicePrinter } from './device-printer.ts';
import type { RollContent } from './escpos-job.ts';
import type { Sealer } from './job-files.ts';
import type { PaperWindow } from './paper-window.ts';
import type { Printer } from './printer.ts';
import { createDocumentPrinter, createQueuePrinter } from './queue-printer.ts';
import { createSpool, spoolPrinter, type ResolveAnswer, type ResolveFailure, type SpoolPrinter, type SubmitOptions } from './spool.ts';
import { systemQueue } from './system-queue.ts';
import { createTcpPrinter } from './tcp-printer.ts';
import { virtualPaperFile } from './virtual/virtual-paper.ts';
import { startVirtualPrinter, type VirtualPaper, type VirtualPrinter } from './virtual/virtual-printer.ts';

export type PrintFailure = Failure<'no-printer' | 'no-document-printer' | 'disk-full'>;

export type Printing = {
  /** Resolves when the job is on disk. The same `jobId` again changes nothing. Throws on a disk error other than a full disk. */
  print(paper: RollPaper, jobId?: string): Promise<Result<{ jobId: string }, PrintFailure>>;
  /** The paper says "BẢN IN LẠI n". */
  reprint(paper: RollPaper, jobId?: string): Promise<Result<{ jobId: string }, PrintFailure>>;
  /** A paper somebody asked for. Of a receipt there is one original: another one says that it is a reprint. */
  printAsked(paper: RollPaper): Promise<Result<{ jobId: string }, PrintFailure>>;
  /** The same on A4 or A5 by the first printer for documents. */
  printSheet(paper: SheetPaper, size: SheetSize): Promise<Result<{ jobId: string }, PrintFailure>>;
  state(): PrintingState;
  resolve(jobId: string, answer: ResolveAnswer): Promise<Result<null, ResolveFailure>>;
  /** The bytes of a PDF. Rejects when it cannot be drawn. */
  pdf(paper: SheetPaper, size: SheetSize): Promise<Uint8Array>;
  /** Prints on a printer that is in no settings yet: a paper, or every letter in each of these code pages. */
  tryOut(settings: PrinterSettings, what: RollPaper | readonly PrinterLetters[]): Promise<PrinterTrial>;
  /** What virtual printers printed, oldest first; empty when the office has none. */
  virtualPapers(): readonly VirtualPaper[];
  /** The answer for `app://paper<path>`. */
  virtualPaperFile(path: string): ProtocolResponse | undefined;
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
  const virtualPrinters = new Map<string, VirtualPrinter>();

  const virtualAt = async ({ id, paperWidthMm }: PrinterSettings, port: number): Promise<VirtualPrinter> => {
    const running = virtualPrinters.get(id);
    if (running !== undefined) return running;
    const dir = virtualPrinters.size === 0 ? virtualDir : `${virtualDir}-${id}`;
    const virtual = await startVirtualPrinter({ port, dir, widthDots: dotsAcross(paperWidthMm), onPaper: options.onVirtualPaper });
    virtualPrinters.set(id, virtual);
    return virtual;
  };

  const printerOf = async (settings: PrinterSettings): Promise<Printer<RollContent>> => {
    const { connection, driver, cutter: hasCutter, status: asksStatus } = settings;
    switch (connection.type) {
      case 'tcp':
        return createTcpPrinter({ host: connection.host, port: connection.port, driver, hasCutter, asksStatus });
      case 'device':
        return createDevicePrinter({ path: connection.path, driver, hasCutter, asksStatus });
      case 'queue':
        return createQueuePrinter({ queue: systemQueue(connection.name), format: { driver, hasCutter } });
      case 'virtual':
        return createTcpPrinter({ host: '127.0.0.1', port: (await virtualAt(settings, connection.port)).port });
      default:
        return unreachable(connection);
    }
  };

  /** Dots, or the printer's own letters where it was set up for them and they can say the paper. */
  const drawnFor = async ({ mode, paperWidthMm }: PrinterSettings, paper: Paper, reprint: number): Promise<RollContent> => {
    if (!isForRoll(paper)) throw new Error(`${paper.kind} is not for a roll`);
    const widthDots = dotsAcross(paperWidthMm);
    if (mode !== 'raster') {
      const { textRoll } = await import('./text/text-roll.ts');
      const text = textRoll(paper, { letters: mode, widthDots, reprint, language });
      if (text !== null) return text;
    }
    return paperWindow.drawRoll({ medium: 'roll', paper, reprint, widthDots, language });
  };

  const printers: SpoolPrinter[] = [];
  for (const settings of options.printers) {
    const { id, name, use, connection, drawer: hasDrawer } = settings;
    if (use === 'thermal') {
      const about = { id, name, isVirtual: connection.type === 'virtual', medium: 'roll', hasDrawer } as const;
      printers.push(spoolPrinter(about, await printerOf(settings), (paper, { reprint }) => drawnFor(settings, paper, reprint)));
    } else if (connection.type === 'queue') {
      const printer = createDocumentPrinter({ queue: systemQueue(connection.name) });
      printers.push(
        spoolPrinter({ id, name, isVirtual: false, medium: 'sheet' }, printer, async (paper, { size = 'A4', reprint }) => {
          if (!isForSheet(paper)) throw new Error(`${paper.kind} is not for a sheet`);
          return { pdf: await paperWindow.drawSheet({ medium: 'sheet', size, paper, reprint, language }), size };
        }),
      );
    }
  }

  const spool = await createSpool({
    dir: join(dataDir, 'spool'),
    printers,
    sealer: options.sealer,
    clock: options.clock,
    onChange: options.onChange,
    log: options.log,
  });

  const submit = async (paper: Paper, wanted: SubmitOptions): Promise<Result<{ jobId: string }, PrintFailure>> => {
    const needed = wanted.size === undefined ? 'roll' : 'sheet';
    if (!printers.some(({ medium }) => medium === needed)) return fail(needed === 'roll' ? 'no-printer' : 'no-document-printer');
    try {
      return ok(await spool.submit(paper, wanted));
    } catch (error) {
      if (isDiskFull(error)) return fail('disk-full');
      throw error;
    }
  };
  return {
    print: (paper, jobId) => submit(paper, { jobId }),
    reprint: (paper, jobId) => submit(paper, { jobId, isReprint: true }),
    printAsked: (paper) => submit(paper, { isReprint: copyRuleOf(paper) }),
    printSheet: (paper, size) => submit(paper, { size, isReprint: copyRuleOf(paper) }),
    state: spool.state,
    resolve: spool.resolve,
    pdf: (paper, size) => paperWindow.drawSheet({ medium: 'sheet', size, paper, reprint: 0, language }),
    async tryOut(settings, what) {
      const printer = await printerOf(settings);
      const content =
        'kind' in what ? await drawnFor(settings, what, 0) : (await import('./text/text-roll.ts')).lettersTrial(what, dotsAcross(settings.paperWidthMm));
      const outcome = await printer.print(content, { willSend: () => Promise.resolve() });
      return outcome.kind === 'printed' ? { outcome: 'printed', isNearEnd: outcome.isPaperNearEnd } : { outcome: outcome.kind, problem: outcome.problem };
    },
    virtualPapers: () => [...virtualPrinters.values()][0]?.papers() ?? [],
    virtualPaperFile: (path) => (virtualPrinters.size === 0 ? undefined : virtualPaperFile(virtualDir, path)),
    async stop() {
      await spool.stop();
      for (const virtual of virtualPrinters.values()) await virtual.stop();
    },
  };
}

/** Other papers are written anew each time, with words and a day of their own. */
const copyRuleOf = ({ kind }: Paper): SubmitOptions['isReprint'] => (kind === 'receipt' || kind === 'fee-receipt' ? 'if-out' : false);
