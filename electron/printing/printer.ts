/** The port every printer driver keeps: what a thermal printer can be asked, and what a print can come to. */
import type { PrinterProblem } from '../../shared/printing/paper.ts';

export type PrinterStatus = { kind: 'ready'; isPaperNearEnd: boolean } | { kind: 'problem'; problem: PrinterProblem };

export type PrintOutcome =
  | { kind: 'printed'; isPaperNearEnd: boolean }
  /** Nothing that prints was sent: safe to try again. */
  | { kind: 'not-sent'; problem: PrinterProblem }
  /** Something was sent and the printer did not confirm the end: only a person can tell what lies in the tray. */
  | { kind: 'unknown'; problem: PrinterProblem };

export type PrintHooks = {
  /** Awaited after the printer said it is ready and before the first byte that prints. A rejection stops the print unsent. */
  willSend(): Promise<void>;
  onProgress?(confirmedBytes: number, totalBytes: number): void;
};

/** `Content`: what it takes, dots for a roll or a document for sheets. */
export type Printer<Content> = {
  status(): Promise<PrinterStatus>;
  /** Not to be called while another call on the same printer is under way: port 9100 serves one caller. */
  print(content: Content, hooks: PrintHooks, opensDrawer?: boolean): Promise<PrintOutcome>;
};
