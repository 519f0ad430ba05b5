/** Which paper goes out for what happened at the counter: turns tickets, dossiers and days into papers for the spool, a document printer or a file. */
import { randomUUID } from 'node:crypto';
import type { ProtocolResponse } from 'electron';
import { waitingIn } from '../../shared/queue/decide.ts';
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import { dossierOf, type JournalEntry, type JournalHead } from '../../shared/journal/operation.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { dateAt, instantOf, type Clock, type PlainDate } from '../../shared/lib/time.ts';
import type { PrinterLetters } from '../../shared/printing/code-pages.ts';
import type { OfficeHeading } from '../../shared/printing/heading.ts';
import type { FoundPrinter, PrinterTrial } from '../../shared/printing/found-printer.ts';
import type { SheetSize } from '../../shared/printing/medium.ts';
import {
  isForRoll,
  isForSheet,
  MAX_TO_BRING,
  titleOf,
  type ListedDossier,
  type Paper,
  type PrintingState,
  type ReceiptPaper,
  type RollPaper,
  type SheetPaper,
  type TicketAdvice,
  type TicketPaper,
} from '../../shared/printing/paper.ts';
import type { PaperRequest } from '../../shared/printing/request.ts';
import { fillTemplate } from '../../shared/printing/template.ts';
import type { QueueDay, Ticket } from '../../shared/queue/ticket.ts';
import type { MonitoringRow } from '../../shared/reconciliation/monitoring.ts';
import type { ReconciledDay } from '../../shared/reconciliation/state.ts';
import type { TicketTotals } from '../../shared/reconciliation/statement.ts';
import type { PrinterSettings, Settings } from '../../shared/settings/settings.ts';
import type { Vault } from '../keys/vault.ts';
import type { Log } from '../log.ts';
import { findPrinters } from './find-printers.ts';
import { createPaperViewer } from './paper-viewer-window.ts';
import { createPaperWindow } from './paper-window.ts';
import { createPreviewWindow } from './preview-window.ts';
import { openPrinterFile } from './printer-file.ts';
import { createPrinting, type Printing } from './printing.ts';
import type { ResolveAnswer, ResolveFailure } from './spool.ts';

/** What a day was, from the journal's book. */
export type DayFigures = { day: ReconciledDay | undefined; rows: MonitoringRow[]; tickets: TicketTotals | null; journalId: string; head: JournalHead };

export type PaperDesk = {
  /** The first print of a thing has the thing's own id, so asking again never prints it twice. */
  printTicket(ticket: Ticket, advice?: TicketAdvice): void;
  /** What to bring for a procedure, for someone who takes no number. */
  printBringList(procedure: { code: string; name: string }, papers: readonly string[]): void;
  printReceipt(dossier: Dossier, /** Of the operation that gave it another code than the paper has. */ operationId?: string): void;
  reprint(kind: 'ticket' | 'receipt', id: string): Promise<Result<{ jobId: string }, Failure>>;
  resolve(jobId: string, answer: ResolveAnswer): Promise<Result<null, ResolveFailure>>;
  /** A paper somebody asked for, on the roll; the spool has it when this resolves. */
  printOnRoll(request: PaperRequest): Promise<Result<{ jobId: string }, Failure>>;
  /** The same on A4 or A5, by the office's document printer. */
  printOnSheet(request: PaperRequest, size: SheetSize): Promise<Result<{ jobId: string }, Failure>>;
  pdf(request: PaperRequest, size: SheetSize): Promise<Result<{ name: string; bytes: Uint8Array }, Failure>>;
  state(): PrintingState;
  /** Printers in use: those set up on this device, or those of the settings. */
  printers(): readonly PrinterSettings[];
  findPrinters(address: string): Promise<FoundPrinter[]>;
  /** Prints the test page, or every letter in each of these code pages. */
  tryPrinter(printer: PrinterSettings, letters?: readonly PrinterLetters[]): Promise<Result<PrinterTrial, Failure>>;
  /** From now on, and kept on this device. */
  usePrinters(printers: readonly PrinterSettings[]): Promise<Result<null, Failure>>;
  showPreview(): Promise<void>;
  /** After a start: receipts accepted just before the end that never reached the spool. */
  resume(entries: readonly JournalEntry[]): Promise<void>;
  showVirtualPaper(): Promise<void>;
  findVirtualPaper(path: string): ProtocolResponse | undefined;
  stop(): Promise<void>;
};

export type PaperDeskOptions = {
  folder: string;
  settings: Settings;
  vault: Vault;
  clock: Clock;
  log: Log;
  day(): QueueDay;
  figuresOf(date: PlainDate): Promise<DayFigures>;
  /** Entries of the journal not older than that, in order. */
  entriesSince(sinceMs: number): Promise<JournalEntry[]>;
  findDossier(dossierId: string): Promise<Dossier | undefined>;
  /** Loads `paper.html`, with a fragment or without. */
  load(window: Electron.BrowserWindow, fragment: string): Promise<void>;
  viewerTitle: string;
  previewTitle: string;
  onChange(state: PrintingState): void;
};

/** The spool remembers finished jobs far longer than this, so nothing older can be missing from it. */
export const RESUME_MS = 12 * 60 * 60 * 1000;

export async function createPaperDesk(options: PaperDeskOptions): Promise<PaperDesk> {
  const { settings, vault, clock, log, load, day, findDossier } = options;
  const { office, queueGroups, operator } = settings;
  const { header, sealText, footer, bank, templates } = settings.papers;
  const heading: OfficeHeading = {
    header,
    agencyName: office.agencyName,
    officeName: office.name,
    address: office.address,
    phone: office.phone,
    sealText,
    footer,
  };
  const paperWindow = createPaperWindow({ load: (window) => load(window, ''), log });
  const file = openPrinterFile(options.folder, log);
  let printers: readonly PrinterSettings[] = (await file.load()) ?? settings.printers;
  const open = (): Promise<Printing> =>
    createPrinting({
      printers,
      dataDir: options.folder,
      paperWindow,
      sealer: vault,
      clock,
      language: settings.language,
      onChange: options.onChange,
      onVirtualPaper: () => viewer.refresh(),
      log,
    });
  let printing = await open();
  /** While printers are exchanged nothing is submitted: the spool that goes would keep it for the next start. */
  let exchanged: Promise<unknown> = Promise.resolve();
  const viewer = createPaperViewer({ load: (window) => load(window, '#viewer'), papers: () => printing.virtualPapers(), title: options.viewerTitle });
  const preview = createPreviewWindow({ load: (window) => load(window, '#preview'), title: options.previewTitle });

  const ticketPaper = (ticket: Ticket, advice: TicketAdvice = {}): TicketPaper => ({
    kind: 'ticket',
    heading,
    ticket,
    groupName: queueGroups.find(({ id }) => id === ticket.groupId)?.name ?? '',
    waitingAhead: Math.max(0, waitingIn(day(), ticket.groupId) - 1),
    ...advice,
    papersToBring: advice.papersToBring?.slice(0, MAX_TO_BRING),
  });
  const receiptPaper = (dossier: Dossier): ReceiptPaper => ({ kind: 'receipt', heading, dossier });

  function submit(paper: RollPaper, jobId: string): void {
    exchanged
      .then(() => printing.print(paper, jobId))
      .then(
        (submitted) => submitted.ok || log.warn(`${paper.kind} not printed: ${submitted.failure.kind}`),
        (error: unknown) => log.error(`${paper.kind} not spooled: ${error instanceof Error ? error.message : ''}`),
      );
  }

  async function dossiersOf(ids: readonly string[]): Promise<Result<Dossier[], Failure>> {
    const found: Dossier[] = [];
    for (const id of ids) {
      const dossier = await findDossier(id);
      if (dossier === undefined) return fail('dossier-unknown');
      found.push(dossier);
    }
    return ok(found);
  }

  async function register(from: PlainDate, to: PlainDate): Promise<ListedDossier[]> {
    const accepted = new Map<string, Dossier>();
    for (const entry of await options.entriesSince(instantOf(from, '00:00'))) {
      const dossier = dossierOf(entry);
      // A correction stands in the place of what was accepted first.
      if (dossier !== undefined && dateAt(dossier.acceptedAtMs) >= from && dateAt(dossier.acceptedAtMs) <= to) accepted.set(dossier.dossierId, dossier);
    }
    return [...accepted.values()].sort((a, b) => a.acceptedAtMs - b.acceptedAtMs).map(listed);
  }

  async function dayStatement(date: PlainDate): Promise<Result<Paper, Failure>> {
    const { day: booked, rows, tickets, journalId, head } = await options.figuresOf(date);
    if (booked === undefined) return fail('nothing-to-close');
    const isClosed = booked.closedAtMs !== null && booked.sinceClosing === 0 && booked.correctedSince === 0;
    return ok({
      kind: 'day-statement',
      heading,
      date,
      printedAtMs: clock(),
      closedAtMs: isClosed ? booked.closedAtMs : null,
      counter: settings.counter,
      operatorName: operator.name,
      procedures: rows.map(({ procedureName, procedureCode, accepted }) => ({ name: procedureName, code: procedureCode, count: accepted })),
      dossiers: booked.dossiers,
      fees: booked.fees,
      tickets,
      journalId,
      head: { seq: head.seq, hash: head.hash },
    });
  }

  async function paperOf(request: PaperRequest): Promise<Result<Paper, Failure>> {
    if (request.kind === 'day-statement') return dayStatement(request.date);
    if (request.kind === 'register') {
      const { from, to } = request;
      return ok({ kind: 'register', heading, from, to, dossiers: await register(from, to) });
    }
    if (request.kind === 'hand-over') {
      const found = await dossiersOf(request.dossierIds);
      if (!found.ok) return found;
      const dossiers = found.value.map(listed);
      return ok({
        kind: 'hand-over',
        heading,
        listId: randomUUID(),
        handedOverAtMs: clock(),
        receiver: office.agencyName,
        operatorName: operator.name,
        dossiers,
      });
    }
    const dossier = await findDossier(request.dossierId);
    if (dossier === undefined) return fail('dossier-unknown');
    const about = { heading, dossier };
    const written = { ...about, issuedAtMs: clock(), officerName: operator.name };
    switch (request.kind) {
      case 'receipt':
      case 'control-slip':
        return ok({ kind: request.kind, ...about });
      case 'fee-receipt':
        return ok({ kind: 'fee-receipt', ...about, issuedAtMs: clock(), payment: request.payment, bank });
      case 'owed-list':
        return dossier.papers.some(({ state }) => state === 'owed') ? ok({ kind: 'owed-list', ...about, issuedAtMs: clock() }) : fail('nothing-owed');
      case 'custom': {
        const template = templates.find(({ id }) => id === request.templateId);
        if (template === undefined) return fail('template-unknown');
        const blocks = fillTemplate(template, { dossier, heading, printedAtMs: clock() });
        return ok({
          kind: 'custom',
          heading,
          templateId: template.id,
          name: template.name,
          dossierId: dossier.dossierId,
          code: dossier.code,
          printedAtMs: clock(),
          blocks,
        });
      }
      default:
        return ok({ ...written, ...request });
    }
  }

  async function sheetOf(request: PaperRequest): Promise<Result<SheetPaper, Failure>> {
    const paper = await paperOf(request);
    if (!paper.ok) return paper;
    return isForSheet(paper.value) ? ok(paper.value) : fail('not-for-this-printer');
  }

  return {
    printTicket: (ticket, advice) => submit(ticketPaper(ticket, advice), ticket.ticketId),
    printBringList({ code: procedureCode, name: procedureName }, papers) {
      submit({ kind: 'bring-list', heading, procedureCode, procedureName, papers: papers.slice(0, MAX_TO_BRING), printedAtMs: clock() }, randomUUID());
    },
    printReceipt: (dossier, operationId = dossier.dossierId) => submit(receiptPaper(dossier), operationId),
    async reprint(kind, id) {
      await exchanged;
      if (kind === 'ticket') {
        const ticket = day().tickets.find(({ ticketId }) => ticketId === id);
        return ticket === undefined ? fail('ticket-unknown') : printing.reprint(ticketPaper(ticket));
      }
      const dossier = await findDossier(id);
      return dossier === undefined ? fail('dossier-unknown') : printing.reprint(receiptPaper(dossier));
    },
    async printOnRoll(request) {
      const paper = await paperOf(request);
      if (!paper.ok) return paper;
      await exchanged;
      return isForRoll(paper.value) ? printing.printAsked(paper.value) : fail('not-for-this-printer');
    },
    async printOnSheet(request, size) {
      const paper = await sheetOf(request);
      await exchanged;
      return paper.ok ? printing.printSheet(paper.value, size) : paper;
    },
    resolve: (jobId, answer) => printing.resolve(jobId, answer),
    async pdf(request, size) {
      const paper = await sheetOf(request);
      if (!paper.ok) return paper;
      try {
        return ok({ name: titleOf(paper.value), bytes: await printing.pdf(paper.value, size) });
      } catch (error) {
        log.error(`pdf not drawn: ${error instanceof Error ? error.message : ''}`);
        return fail('drawing-failed');
      }
    },
    state: () => printing.state(),
    printers: () => printers,
    findPrinters: (address) => findPrinters({ address }),
    async tryPrinter(printer, letters) {
      await exchanged;
      try {
        return ok(await printing.tryOut(printer, letters ?? { kind: 'test-page', heading, printerName: printer.name, printedAtMs: clock() }));
      } catch (error) {
        log.error(`test page not printed: ${error instanceof Error ? error.message : ''}`);
        return fail('drawing-failed');
      }
    },
    async usePrinters(wanted) {
      const exchange = exchanged.then(async () => {
        await file.save(wanted);
        await printing.stop();
        printers = wanted;
        printing = await open();
        options.onChange(printing.state());
      });
      exchanged = exchange.catch(() => undefined);
      try {
        await exchange;
        return ok(null);
      } catch (error) {
        log.error(`printers not exchanged: ${error instanceof Error ? error.message : ''}`);
        return fail('printers-not-used');
      }
    },
    async showPreview() {
      const { sampleDossier } = await import('../../shared/printing/samples.ts');
      // The office's own papers are filled with the sample that fills the others.
      const sample = receiptPaper(sampleDossier());
      const own = templates.map((template): Paper => ({
        kind: 'custom',
        heading,
        templateId: template.id,
        name: template.name,
        dossierId: sample.dossier.dossierId,
        code: sample.dossier.code,
        printedAtMs: clock(),
        blocks: fillTemplate(template, { dossier: sample.dossier, heading, printedAtMs: clock() }),
      }));
      return preview.show({ heading, language: settings.language, own });
    },
    async resume(entries) {
      const since = clock() - RESUME_MS;
      for (const { atMs, operation, operationId } of entries) {
        if (atMs < since) continue;
        if (operation.type === 'dossier.accepted') await printing.print(receiptPaper(operation.dossier), operation.dossier.dossierId);
        if (operation.type === 'dossier.corrected' && operation.number !== undefined) await printing.print(receiptPaper(operation.dossier), operationId);
      }
    },
    showVirtualPaper: viewer.show,
    findVirtualPaper: printing.virtualPaperFile,
    async stop() {
      viewer.close();
      preview.close();
      await exchanged;
      await printing.stop();
      paperWindow.close();
    },
  };
}

const listed = (dossier: Dossier): ListedDossier => ({
  code: dossier.code,
  procedureName: dossier.procedureName,
  applicantName: dossier.applicant.fullName,
  address: dossier.applicant.residence,
  phone: dossier.applicant.phone,
  sets: dossier.sets,
  papers: dossier.papers.reduce(
    (sum, { state, originals, certifiedCopies, photocopies }) => sum + (state === 'received' ? originals + certifiedCopies + photocopies : 0),
    0,
  ),
  receivedAtMs: dossier.acceptedAtMs,
  dueAtMs: dossier.dueAtMs,
  resultDelivery: dossier.resultDelivery,
});
