/** What can be printed, as data: templates draw it, the spool keeps it, nothing else is needed to print it again. */
import type { Dossier } from '../dossiers/dossier.ts';
import type { Ticket } from '../queue/ticket.ts';

export type OfficeHeading = { agencyName: string; officeName: string; address?: string; phone?: string };

export type TicketPaper = {
  kind: 'ticket';
  heading: OfficeHeading;
  ticket: Ticket;
  groupName: string;
  waitingAhead: number;
};

/** Mẫu 01 of TT 03/2025/TT-VPCP (giấy tiếp nhận hồ sơ và hẹn trả kết quả): short on a thermal roll, full on A4/A5. */
export type ReceiptPaper = {
  kind: 'receipt';
  heading: OfficeHeading;
  dossier: Dossier;
};

export type Paper = TicketPaper | ReceiptPaper;

/** `unknown`: bytes may have reached the printer; the officer is asked, it is never retried alone. */
export type PrintJobState = 'queued' | 'printing' | 'printed' | 'unknown' | 'failed' | 'cancelled';

export type PrintJob = {
  jobId: string;
  kind: Paper['kind'];
  /** Ticket number or dossier code. */
  title: string;
  printerId: string;
  state: PrintJobState;
  /** Failure kind, words in the locale file. */
  reason?: PrinterProblem;
  /** 0 for the first print; n prints "BẢN IN LẠI n". */
  reprint: number;
  createdAtMs: number;
  finishedAtMs?: number;
};

export type PrinterProblem = 'unreachable' | 'paper-out' | 'cover-open' | 'offline' | 'interrupted' | 'drawing-failed';
export type PrinterState = { printerId: string; name: string; status: 'ready' | 'paper-near-end' | PrinterProblem; virtual: boolean; waiting: number };
export type PrintingState = { printers: PrinterState[]; jobs: PrintJob[] };
