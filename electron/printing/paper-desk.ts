/** Which paper goes out for what happened at the counter: turns tickets and dossiers into papers for the spool. */
import { waitingIn } from '../../shared/queue/decide.ts';
import type { Dossier, DossierId } from '../../shared/dossiers/dossier.ts';
import type { JournalEntry } from '../../shared/journal/operation.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import type { SheetSize } from '../../shared/printing/medium.ts';
import type { Paper, PrintingState, ReceiptPaper } from '../../shared/printing/paper.ts';
import type { QueueDay, Ticket } from '../../shared/queue/ticket.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import type { Vault } from '../keys/vault.ts';
import type { Log } from '../log.ts';
import { createPaperViewer } from './paper-viewer-window.ts';
import { createPaperWindow } from './paper-window.ts';
import { createPrinting } from './printing.ts';
import type { ResolveAnswer, ResolveFailure } from './spool.ts';

export type PaperDesk = {
  /** The first print of a thing has the thing's own id, so asking again never prints it twice. */
  printTicket(ticket: Ticket): void;
  printReceipt(dossier: Dossier, /** Of the operation that gave it another code than the paper has. */ operationId?: string): void;
  reprint(kind: 'ticket' | 'receipt', id: string): Promise<Result<{ jobId: string }, Failure>>;
  resolve(jobId: string, answer: ResolveAnswer): Promise<Result<null, ResolveFailure>>;
  receiptPdf(dossierId: DossierId, size: SheetSize): Promise<Result<{ name: string; bytes: Uint8Array }, Failure>>;
  state(): PrintingState;
  /** After a start: receipts accepted just before the end that never reached the spool. */
  resume(entries: readonly JournalEntry[]): Promise<void>;
  showVirtualPaper(): Promise<void>;
  serveVirtualPaper(path: string): Promise<Response>;
  stop(): Promise<void>;
};

export type PaperDeskOptions = {
  folder: string;
  settings: Settings;
  vault: Vault;
  clock: Clock;
  log: Log;
  day(): QueueDay;
  findDossier(dossierId: string): Promise<Dossier | undefined>;
  /** Loads `paper.html`, with a fragment or without. */
  load(window: Electron.BrowserWindow, fragment: string): Promise<void>;
  viewerTitle: string;
  onChange(state: PrintingState): void;
};

/** The spool remembers finished jobs far longer than this, so nothing older can be missing from it. */
export const RESUME_MS = 12 * 60 * 60 * 1000;

export async function createPaperDesk(options: PaperDeskOptions): Promise<PaperDesk> {
  const { settings, vault, clock, log, load, day, findDossier } = options;
  const { office, queueGroups } = settings;
  const heading = { agencyName: office.agencyName, officeName: office.name, address: office.address, phone: office.phone };
  const printing = await createPrinting({
    printers: settings.printers,
    dataDir: options.folder,
    paperWindow: createPaperWindow({ load: (window) => load(window, ''), log }),
    sealer: vault,
    clock,
    language: settings.language,
    onChange: options.onChange,
    onVirtualPaper: () => viewer.refresh(),
    log,
  });
  const viewer = createPaperViewer({ load: (window) => load(window, '#viewer'), papers: printing.virtualPapers, title: options.viewerTitle });

  const ticketPaper = (ticket: Ticket): Paper => ({
    kind: 'ticket',
    heading,
    ticket,
    groupName: queueGroups.find(({ id }) => id === ticket.groupId)?.name ?? '',
    waitingAhead: Math.max(0, waitingIn(day(), ticket.groupId) - 1),
  });
  const receiptPaper = (dossier: Dossier): ReceiptPaper => ({ kind: 'receipt', heading, dossier });

  function submit(paper: Paper, jobId: string): void {
    printing.print(paper, jobId).then(
      (submitted) => submitted.ok || log.warn(`${paper.kind} not printed: ${submitted.failure.kind}`),
      (error: unknown) => log.error(`${paper.kind} not spooled: ${error instanceof Error ? error.message : ''}`),
    );
  }

  return {
    printTicket: (ticket) => submit(ticketPaper(ticket), ticket.ticketId),
    printReceipt: (dossier, operationId = dossier.dossierId) => submit(receiptPaper(dossier), operationId),
    async reprint(kind, id) {
      if (kind === 'ticket') {
        const ticket = day().tickets.find(({ ticketId }) => ticketId === id);
        return ticket === undefined ? fail('ticket-unknown') : printing.reprint(ticketPaper(ticket));
      }
      const dossier = await findDossier(id);
      return dossier === undefined ? fail('dossier-unknown') : printing.reprint(receiptPaper(dossier));
    },
    resolve: printing.resolve,
    async receiptPdf(dossierId, size) {
      const dossier = await findDossier(dossierId);
      if (dossier === undefined) return fail('dossier-unknown');
      try {
        return ok({ name: dossier.code, bytes: await printing.receiptPdf(receiptPaper(dossier), size) });
      } catch (error) {
        log.error(`pdf not drawn: ${error instanceof Error ? error.message : ''}`);
        return fail('drawing-failed');
      }
    },
    state: printing.state,
    async resume(entries) {
      const since = clock() - RESUME_MS;
      for (const { atMs, operation, operationId } of entries) {
        if (atMs < since) continue;
        if (operation.type === 'dossier.accepted') await printing.print(receiptPaper(operation.dossier), operation.dossier.dossierId);
        if (operation.type === 'dossier.corrected' && operation.number !== undefined) await printing.print(receiptPaper(operation.dossier), operationId);
      }
    },
    showVirtualPaper: viewer.show,
    serveVirtualPaper: printing.virtualPaperResponse,
    async stop() {
      viewer.close();
      await printing.stop();
    },
  };
}
