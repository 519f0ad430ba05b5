/** Prints over one line to a printer, a socket or a device file, and says only what the printer confirmed. */
import { jobPieces, type JobFormat, type RollContent } from './escpos-job.ts';
import type { PrinterConnection } from './printer-connection.ts';
import type { Printer, PrinterStatus, PrintHooks, PrintOutcome } from './printer.ts';

export type LinePrinterOptions = {
  /** Null: it cannot be reached. */
  open(): Promise<PrinterConnection | null>;
  format: JobFormat;
  /** `none` for a printer that answers no question; `auto` finds that out by its silence. */
  asksStatus: 'auto' | 'none';
  answerTimeoutMs?: number;
  /** A printer that says nothing for so long in the middle of a job is given up on. */
  silenceLimitMs?: number;
};

/** Pieces on their way that the printer has not confirmed; two keep its motor from stopping between them. */
const PIECES_AHEAD = 2;
const POLL_MS = 500;
const READY: PrinterStatus = { kind: 'ready', isPaperNearEnd: false };

export function createLinePrinter(options: LinePrinterOptions): Printer<RollContent> {
  const { open, format, answerTimeoutMs = 2000, silenceLimitMs = 45_000 } = options;
  // Star line mode does not know DLE EOT; that it took the connection is all there is to know.
  let isMute = options.asksStatus === 'none' || format.driver === 'star';
  let hasAnswered = false;

  /** A printer that never answered, on an open line, is taken for one that cannot; one that has answered before is `offline` when it is silent. */
  const asked = async (connection: PrinterConnection): Promise<PrinterStatus> => {
    if (isMute) return READY;
    const status = await statusOf(connection, answerTimeoutMs);
    if (status.kind === 'ready' || status.problem !== 'offline') hasAnswered = true;
    else if (!hasAnswered && connection.isSilent()) {
      isMute = true;
      return READY;
    }
    return status;
  };

  return {
    async status() {
      const connection = await open();
      if (connection === null) return { kind: 'problem', problem: 'unreachable' };
      try {
        return await asked(connection);
      } finally {
        connection.close();
      }
    },
    async print(content, hooks, opensDrawer) {
      const connection = await open();
      if (connection === null) return { kind: 'not-sent', problem: 'unreachable' };
      try {
        const before = await asked(connection);
        if (before.kind === 'problem') return { kind: 'not-sent', problem: before.problem };
        const pieces = await jobPieces(content, format, opensDrawer);
        return isMute
          ? await printUnconfirmed(connection, pieces, hooks, silenceLimitMs)
          : await printConfirmed(connection, pieces, hooks, answerTimeoutMs, silenceLimitMs);
      } finally {
        connection.close();
      }
    },
  };
}

/** Bits as in the Epson ESC/POS reference, DLE EOT n. A printer that takes the connection but does not answer is `offline`. */
async function statusOf(connection: PrinterConnection, timeoutMs: number): Promise<PrinterStatus> {
  const paper = await connection.askStatus(4, timeoutMs);
  if (paper === null) return { kind: 'problem', problem: 'offline' };
  if ((paper & 0x60) !== 0) return { kind: 'problem', problem: 'paper-out' };
  const cause = await connection.askStatus(2, timeoutMs);
  if (cause === null || (cause & 0x40) !== 0) return { kind: 'problem', problem: 'offline' };
  if ((cause & 0x04) !== 0) return { kind: 'problem', problem: 'cover-open' };
  if ((cause & 0x20) !== 0) return { kind: 'problem', problem: 'paper-out' };
  const printer = await connection.askStatus(1, timeoutMs);
  if (printer === null || (printer & 0x08) !== 0) return { kind: 'problem', problem: 'offline' };
  return { kind: 'ready', isPaperNearEnd: (paper & 0x0c) !== 0 };
}

async function printConfirmed(
  connection: PrinterConnection,
  pieces: readonly Uint8Array[],
  hooks: PrintHooks,
  answerTimeoutMs: number,
  silenceLimitMs: number,
): Promise<PrintOutcome> {
  await connection.sendMarker();
  const hasMarkers = (await connection.waitForMarkers(1, answerTimeoutMs)) === 'answered';
  const answeredBefore = connection.answeredMarkers();
  await connection.askForReports(true);
  const totalBytes = pieces.reduce((bytes, piece) => bytes + piece.byteLength, 0);

  await hooks.willSend();
  try {
    let sent = 0;
    let confirmedBytes = 0;
    for (const piece of pieces) {
      await connection.write(piece);
      sent += 1;
      if (!hasMarkers) continue;
      await connection.sendMarker();
      const problem = await confirmed(connection, answeredBefore + sent - PIECES_AHEAD, answerTimeoutMs, silenceLimitMs);
      if (problem !== null) return { kind: 'unknown', problem };
      if (sent > PIECES_AHEAD) hooks.onProgress?.((confirmedBytes += pieces[sent - 1 - PIECES_AHEAD]!.byteLength), totalBytes);
    }
    if (hasMarkers) {
      const problem = await confirmed(connection, answeredBefore + sent, answerTimeoutMs, silenceLimitMs);
      if (problem !== null) return { kind: 'unknown', problem };
    }
    // Without markers this answer is the confirmation: TCP keeps order, so the printer holds all that was sent before the question.
    const after = await statusOf(connection, hasMarkers ? answerTimeoutMs : silenceLimitMs);
    if (!hasMarkers && after.kind === 'problem')
      return { kind: 'unknown', problem: connection.reportedProblem() ?? (after.problem === 'offline' ? 'interrupted' : after.problem) };
    await connection.askForReports(false);
    hooks.onProgress?.(totalBytes, totalBytes);
    return { kind: 'printed', isPaperNearEnd: after.kind === 'ready' && after.isPaperNearEnd };
  } catch {
    return { kind: 'unknown', problem: 'interrupted' };
  }
}

/** Waits until `count` markers are answered; gives the problem that makes waiting pointless. */
async function confirmed(connection: PrinterConnection, count: number, answerTimeoutMs: number, silenceLimitMs: number) {
  const startedAtMs = Date.now();
  for (;;) {
    const outcome = await connection.waitForMarkers(count, POLL_MS);
    if (outcome === 'answered') return null;
    if (outcome === 'closed') return 'interrupted' as const;
    const reported = connection.reportedProblem();
    if (reported !== null) return reported;
    const status = await statusOf(connection, answerTimeoutMs);
    // A busy printer may be slow to answer; only what it says of paper and cover counts here.
    if (status.kind === 'problem' && (status.problem === 'paper-out' || status.problem === 'cover-open')) return status.problem;
    if (Date.now() - Math.max(connection.lastHeardAtMs(), startedAtMs) > silenceLimitMs) return 'interrupted' as const;
  }
}

/** No answer to rely on: handed over whole counts as printed, and a line that takes no more bytes as a doubtful print. */
async function printUnconfirmed(
  connection: PrinterConnection,
  pieces: readonly Uint8Array[],
  hooks: PrintHooks,
  silenceLimitMs: number,
): Promise<PrintOutcome> {
  const totalBytes = pieces.reduce((bytes, piece) => bytes + piece.byteLength, 0);
  await hooks.willSend();
  try {
    let sentBytes = 0;
    for (const piece of pieces) {
      await within(silenceLimitMs, connection.write(piece));
      hooks.onProgress?.((sentBytes += piece.byteLength), totalBytes);
    }
    return { kind: 'printed', isPaperNearEnd: false };
  } catch {
    return { kind: 'unknown', problem: 'interrupted' };
  }
}

function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the printer takes no more bytes')), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
