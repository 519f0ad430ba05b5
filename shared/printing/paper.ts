/** What can be printed, as data: templates draw it, the spool keeps it, nothing else is needed to print it again. */
import { z } from 'zod';
import { dossierSchema } from '../dossiers/dossier.ts';
import { ticketSchema } from '../queue/ticket.ts';

const officeHeadingSchema = z.object({ agencyName: z.string(), officeName: z.string(), address: z.string().optional(), phone: z.string().optional() });
export type OfficeHeading = z.infer<typeof officeHeadingSchema>;

const ticketPaperSchema = z.object({
  kind: z.literal('ticket'),
  heading: officeHeadingSchema,
  ticket: ticketSchema,
  groupName: z.string(),
  waitingAhead: z.int().nonnegative(),
  /** Names of the papers the citizen should have at hand when called. */
  papersToBring: z.array(z.string()).max(30).optional(),
});
export type TicketPaper = z.infer<typeof ticketPaperSchema>;

/** Mẫu 01 of TT 03/2025/TT-VPCP (giấy tiếp nhận hồ sơ và hẹn trả kết quả): short on a thermal roll, full on A4/A5. */
const receiptPaperSchema = z.object({ kind: z.literal('receipt'), heading: officeHeadingSchema, dossier: dossierSchema });
export type ReceiptPaper = z.infer<typeof receiptPaperSchema>;

export const paperSchema = z.discriminatedUnion('kind', [ticketPaperSchema, receiptPaperSchema]);
export type Paper = z.infer<typeof paperSchema>;

/** Ticket number or dossier code: how people name the paper. */
export const titleOf = (paper: Paper): string => (paper.kind === 'ticket' ? paper.ticket.number : paper.dossier.code);

/** The thing the paper is about; its prints are counted together. */
export const subjectOf = (paper: Paper): string => (paper.kind === 'ticket' ? paper.ticket.ticketId : paper.dossier.dossierId);

/** `unknown`: bytes may have reached the printer; the officer is asked, it is never retried alone. */
export const printJobStates = ['queued', 'printing', 'printed', 'unknown', 'failed', 'cancelled'] as const;
export type PrintJobState = (typeof printJobStates)[number];

export const printerProblems = ['unreachable', 'paper-out', 'cover-open', 'offline', 'interrupted', 'drawing-failed'] as const;
export type PrinterProblem = (typeof printerProblems)[number];

export const printJobSchema = z.object({
  jobId: z.uuid(),
  kind: z.enum(['ticket', 'receipt']),
  /** Ticket number or dossier code. */
  title: z.string(),
  printerId: z.string(),
  state: z.enum(printJobStates),
  /** Failure kind, words in the locale file. */
  reason: z.enum(printerProblems).optional(),
  /** 0 for the first print; n prints "BẢN IN LẠI n". */
  reprint: z.int().nonnegative(),
  createdAtMs: z.int().nonnegative(),
  finishedAtMs: z.int().nonnegative().optional(),
});
export type PrintJob = z.infer<typeof printJobSchema>;

export type PrinterState = { printerId: string; name: string; status: 'ready' | 'paper-near-end' | PrinterProblem; virtual: boolean; waiting: number };
export type PrintingState = { printers: PrinterState[]; jobs: PrintJob[] };
