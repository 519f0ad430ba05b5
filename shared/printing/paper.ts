/** What can be printed, as data: templates draw it, the spool keeps it, nothing else is needed to print it again. */
import { z } from 'zod';
import { dossierSchema, plainDateSchema } from '../dossiers/dossier.ts';
import { bankAccountSchema } from '../fees/viet-qr.ts';
import { formatDate, formatDateTime } from '../lib/time.ts';
import { ticketSchema } from '../queue/ticket.ts';
import { feeTotalsSchema, ticketTotalsSchema } from '../reconciliation/statement.ts';
import { officeHeadingSchema } from './heading.ts';
import { sheetSizes } from './medium.ts';
import { filledBlockSchema } from './template.ts';

const instant = z.int().nonnegative();
const count = z.int().nonnegative();

/** A roll is not endless. */
export const MAX_TO_BRING = 30;

const ticketPaperSchema = z.object({
  kind: z.literal('ticket'),
  heading: officeHeadingSchema,
  ticket: ticketSchema,
  groupName: z.string(),
  waitingAhead: count,
  /** From measured times at the counters; left out where none is open for the group. */
  expectedWaitMs: z.int().nonnegative().optional(),
  /** Counters that call from this group now. */
  counters: z.array(z.string()).max(26).optional(),
  /** Names of the papers the citizen should have at hand when called. */
  papersToBring: z.array(z.string()).max(MAX_TO_BRING).optional(),
});
export type TicketPaper = z.infer<typeof ticketPaperSchema>;
/** What may be said on a ticket beside the number. */
export type TicketAdvice = Pick<TicketPaper, 'expectedWaitMs' | 'counters' | 'papersToBring'>;

const aboutDossier = { heading: officeHeadingSchema, dossier: dossierSchema };

/** Mẫu 01 of TT 03/2025/TT-VPCP (giấy tiếp nhận hồ sơ và hẹn trả kết quả): short on a thermal roll, full on A4/A5. */
const receiptPaperSchema = z.object({ kind: z.literal('receipt'), ...aboutDossier });
export type ReceiptPaper = z.infer<typeof receiptPaperSchema>;

/** What is to be paid and how; the binding receipt (biên lai) belongs to finance rules and is not this paper. */
const feeReceiptPaperSchema = z.object({
  kind: z.literal('fee-receipt'),
  ...aboutDossier,
  issuedAtMs: instant,
  payment: z.enum(['cash', 'transfer']),
  /** Where a transfer goes; without it no VietQR is drawn. */
  bank: bankAccountSchema.optional(),
});
export type FeeReceiptPaper = z.infer<typeof feeReceiptPaperSchema>;

/** Papers accepted as owed (nợ), with room to note when each came. */
const owedListPaperSchema = z.object({ kind: z.literal('owed-list'), ...aboutDossier, issuedAtMs: instant });
export type OwedListPaper = z.infer<typeof owedListPaperSchema>;

const listedDossierSchema = z.object({
  code: z.string(),
  procedureName: z.string(),
  applicantName: z.string(),
  address: z.string().optional(),
  phone: z.string().optional(),
  sets: count,
  papers: count,
  receivedAtMs: instant,
  dueAtMs: instant.nullable(),
  resultDelivery: z.enum(['counter', 'post', 'electronic']),
});
export type ListedDossier = z.infer<typeof listedDossierSchema>;

/** Goes with the papers a counter hands over (QĐ 45/2016: in batches, with a signed list). */
const handOverPaperSchema = z.object({
  kind: z.literal('hand-over'),
  heading: officeHeadingSchema,
  listId: z.uuid(),
  handedOverAtMs: instant,
  receiver: z.string(),
  operatorName: z.string(),
  dossiers: z.array(listedDossierSchema).min(1).max(1000),
});
export type HandOverPaper = z.infer<typeof handOverPaperSchema>;

/** The end-of-day statement on paper, with the head of the device's chain: who holds this paper can show that the day was changed later. */
const dayStatementPaperSchema = z.object({
  kind: z.literal('day-statement'),
  heading: officeHeadingSchema,
  date: plainDateSchema,
  printedAtMs: instant,
  /** Null: the day is not closed yet, and what stands here may still change. */
  closedAtMs: instant.nullable(),
  counter: z.string(),
  operatorName: z.string(),
  procedures: z.array(z.object({ name: z.string(), code: z.string(), count })).max(3000),
  dossiers: count,
  fees: feeTotalsSchema,
  tickets: ticketTotalsSchema.nullable(),
  journalId: z.uuid(),
  head: z.object({ seq: count, hash: z.string() }),
});
export type DayStatementPaper = z.infer<typeof dayStatementPaperSchema>;

const officer = { issuedAtMs: instant, officerName: z.string() };

/** Mẫu 02 (phiếu yêu cầu bổ sung, hoàn thiện hồ sơ). */
const supplementPaperSchema = z.object({
  kind: z.literal('supplement'),
  ...aboutDossier,
  ...officer,
  stage: z.enum(['intake', 'examination', 'resolution']),
  papers: z.array(z.object({ name: z.string(), originals: count, certifiedCopies: count, photocopies: count })).max(50),
  reason: z.string(),
  ground: z.string(),
  approvedBy: z.string().optional(),
});
export type SupplementPaper = z.infer<typeof supplementPaperSchema>;

/** Mẫu 03 (phiếu từ chối tiếp nhận giải quyết hồ sơ). */
const refusalPaperSchema = z.object({ kind: z.literal('refusal'), ...aboutDossier, ...officer, reason: z.string(), ground: z.string() });
export type RefusalPaper = z.infer<typeof refusalPaperSchema>;

/** Mẫu 04 (văn bản xin lỗi và đề nghị gia hạn). */
const apologyPaperSchema = z.object({
  kind: z.literal('apology'),
  ...aboutDossier,
  ...officer,
  reason: z.string(),
  newDueAtMs: instant,
  times: z.int().min(1).max(9),
});
export type ApologyPaper = z.infer<typeof apologyPaperSchema>;

/** Mẫu 05 (thông báo dừng giải quyết hồ sơ). */
const stopPaperSchema = z.object({ kind: z.literal('stop'), ...aboutDossier, ...officer, reason: z.string(), ground: z.string() });
export type StopPaper = z.infer<typeof stopPaperSchema>;

/** Mẫu 06 (phiếu kiểm soát quá trình giải quyết hồ sơ): what we know is filled in, the rest is signed by hand at each hand-over. */
const controlSlipPaperSchema = z.object({ kind: z.literal('control-slip'), ...aboutDossier });
export type ControlSlipPaper = z.infer<typeof controlSlipPaperSchema>;

/** Mẫu 07 (sổ theo dõi hồ sơ) of some days. */
const registerPaperSchema = z.object({
  kind: z.literal('register'),
  heading: officeHeadingSchema,
  from: plainDateSchema,
  to: plainDateSchema,
  dossiers: z.array(listedDossierSchema).max(5000),
});
export type RegisterPaper = z.infer<typeof registerPaperSchema>;

/** Shows what a printer can do: every letter, the edges of the paper, a QR. */
const testPagePaperSchema = z.object({ kind: z.literal('test-page'), heading: officeHeadingSchema, printerName: z.string(), printedAtMs: instant });
export type TestPagePaper = z.infer<typeof testPagePaperSchema>;

/** What to bring for a procedure, for someone who asked at the lobby's kiosk and takes no number. */
const bringListPaperSchema = z.object({
  kind: z.literal('bring-list'),
  heading: officeHeadingSchema,
  procedureCode: z.string(),
  procedureName: z.string(),
  papers: z.array(z.string()).max(MAX_TO_BRING),
  printedAtMs: instant,
});
export type BringListPaper = z.infer<typeof bringListPaperSchema>;

/** A paper of the province's own, from a template in the settings. */
const customPaperSchema = z.object({
  kind: z.literal('custom'),
  heading: officeHeadingSchema,
  templateId: z.string(),
  name: z.string(),
  dossierId: z.uuid(),
  code: z.string(),
  printedAtMs: instant,
  blocks: z.array(filledBlockSchema),
});
export type CustomPaper = z.infer<typeof customPaperSchema>;

export const paperSchema = z.discriminatedUnion('kind', [
  ticketPaperSchema,
  receiptPaperSchema,
  feeReceiptPaperSchema,
  owedListPaperSchema,
  handOverPaperSchema,
  dayStatementPaperSchema,
  supplementPaperSchema,
  refusalPaperSchema,
  apologyPaperSchema,
  stopPaperSchema,
  controlSlipPaperSchema,
  registerPaperSchema,
  testPagePaperSchema,
  bringListPaperSchema,
  customPaperSchema,
]);
export type Paper = z.infer<typeof paperSchema>;

export const paperKinds = [
  'ticket',
  'receipt',
  'fee-receipt',
  'owed-list',
  'hand-over',
  'day-statement',
  'supplement',
  'refusal',
  'apology',
  'stop',
  'control-slip',
  'register',
  'test-page',
  'bring-list',
  'custom',
] as const satisfies readonly Paper['kind'][];

/** Papers made for A4 or A5 only; the others go on a roll, and all but the ticket, the list of what to bring and the test page on a sheet too. */
const SHEET_ONLY = ['supplement', 'refusal', 'apology', 'stop', 'control-slip', 'register'] as const satisfies readonly Paper['kind'][];
const ROLL_ONLY = ['ticket', 'bring-list', 'test-page'] as const satisfies readonly Paper['kind'][];
export type RollPaper = Exclude<Paper, { kind: (typeof SHEET_ONLY)[number] }>;
export type SheetPaper = Exclude<Paper, { kind: (typeof ROLL_ONLY)[number] }>;
export const isForRoll = (paper: Paper): paper is RollPaper => !(SHEET_ONLY as readonly string[]).includes(paper.kind);
export const isForSheet = (paper: Paper): paper is SheetPaper => !(ROLL_ONLY as readonly string[]).includes(paper.kind);

/** How people name the paper: ticket number, dossier code, day. */
export function titleOf(paper: Paper): string {
  switch (paper.kind) {
    case 'ticket':
      return paper.ticket.number;
    case 'hand-over':
      return formatDateTime(paper.handedOverAtMs);
    case 'day-statement':
      return formatDate(paper.date);
    case 'register':
      return paper.from === paper.to ? formatDate(paper.from) : `${formatDate(paper.from)}–${formatDate(paper.to)}`;
    case 'test-page':
      return paper.printerName;
    case 'bring-list':
      return paper.procedureCode;
    case 'custom':
      return `${paper.name} ${paper.code}`;
    default:
      return paper.dossier.code;
  }
}

/** The thing the paper is about; its prints of one kind are counted together. */
export function subjectOf(paper: Paper): string {
  switch (paper.kind) {
    case 'ticket':
      return paper.ticket.ticketId;
    case 'hand-over':
      return paper.listId;
    case 'day-statement':
      return paper.date;
    case 'register':
      return `${paper.from}/${paper.to}`;
    case 'test-page':
      return paper.printerName;
    case 'bring-list':
      return paper.procedureCode;
    case 'custom':
      return `${paper.dossierId}/${paper.templateId}`;
    default:
      return paper.dossier.dossierId;
  }
}

/** `unknown`: bytes may have reached the printer; the officer is asked, it is never retried alone. */
export const printJobStates = ['queued', 'printing', 'printed', 'unknown', 'failed', 'cancelled'] as const;
export type PrintJobState = (typeof printJobStates)[number];

export const printerProblems = ['unreachable', 'paper-out', 'cover-open', 'offline', 'interrupted', 'drawing-failed'] as const;
export type PrinterProblem = (typeof printerProblems)[number];

export const printJobSchema = z.object({
  jobId: z.uuid(),
  kind: z.enum(paperKinds),
  /** Ticket number or dossier code. */
  title: z.string(),
  printerId: z.string(),
  /** Of a sheet; a paper without it goes on a roll. */
  size: z.enum(sheetSizes).optional(),
  state: z.enum(printJobStates),
  /** Failure kind, words in the locale file. */
  reason: z.enum(printerProblems).optional(),
  /** 0 for the first print; n prints "BẢN IN LẠI n". */
  reprint: z.int().nonnegative(),
  createdAtMs: z.int().nonnegative(),
  finishedAtMs: z.int().nonnegative().optional(),
});
export type PrintJob = z.infer<typeof printJobSchema>;

/** What a printer prints on: a roll of its own, or sheets of A4 and A5. */
export type PrintMedium = 'roll' | 'sheet';
export type PrinterState = {
  printerId: string;
  name: string;
  medium: PrintMedium;
  status: 'ready' | 'paper-near-end' | PrinterProblem;
  virtual: boolean;
  waiting: number;
};
export type PrintingState = { printers: PrinterState[]; jobs: PrintJob[] };
