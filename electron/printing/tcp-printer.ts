/** Prints on an ESC/POS printer over TCP 9100, and says only what the printer confirmed. */
import { jobPieces, type PrinterDriver } from './escpos-job.ts';
import { connectPrinter, type PrinterConnection } from './printer-connection.ts';
import type { Printer, PrinterStatus, PrintHooks, PrintOutcome } from './printer.ts';
import type { Raster } from './raster.ts';

export type TcpPrinterOptions = {
  host: string;
  port: number;
  driver: PrinterDriver;
  connectTimeoutMs?: number;
  answerTimeoutMs?: number;
  /** A printer that says nothing for so long in the middle of a job is given up on. */
  silenceLimitMs?: number;
};

/** Pieces on their way that the printer has not confirmed; two keep its motor from stopping between them. */
const PIECES_AHEAD = 2;
const POLL_MS = 500;

export function createTcpPrinter(options: TcpPrinterOptions): Printer {
  const { host, port, driver, connectTimeoutMs = 3000, answerTimeoutMs = 2000, silenceLimitMs = 45_000 } = options;
  const connect = (): Promise<PrinterConnection | null> => connectPrinter(host, port, connectTimeoutMs).catch(() => null);

  return {
    async status() {
      const connection = await connect();
      if (connection === null) return { kind: 'problem', problem: 'unreachable' };
      try {
        return await statusOf(connection, driver, answerTimeoutMs);
      } finally {
        connection.close();
      }
    },
    async print(raster, hooks) {
      const connection = await connect();
      if (connection === null) return { kind: 'not-sent', problem: 'unreachable' };
      try {
        const before = await statusOf(connection, driver, answerTimeoutMs);
        if (before.kind === 'problem') return { kind: 'not-sent', problem: before.problem };
        return driver === 'epson'
          ? await printConfirmed(connection, raster, hooks, answerTimeoutMs, silenceLimitMs)
          : await printUnconfirmed(connection, raster, hooks, before.isPaperNearEnd);
      } finally {
        connection.close();
      }
    },
  };
}

/** Bits as in the Epson ESC/POS reference, DLE EOT n. A printer that takes the connection but does not answer is `offline`. */
async function statusOf(connection: PrinterConnection, driver: PrinterDriver, timeoutMs: number): Promise<PrinterStatus> {
  // Star line mode does not know DLE EOT; that it took the connection is all there is to know.
  if (driver === 'star') return { kind: 'ready', isPaperNearEnd: false };
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
  raster: Raster,
  hooks: PrintHooks,
  answerTimeoutMs: number,
  silenceLimitMs: number,
): Promise<PrintOutcome> {
  const pieces = await jobPieces(raster, 'epson');
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
    const after = await statusOf(connection, 'epson', hasMarkers ? answerTimeoutMs : silenceLimitMs);
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
    const status = await statusOf(connection, 'epson', answerTimeoutMs);
    // A busy printer may be slow to answer; only what it says of paper and cover counts here.
    if (status.kind === 'problem' && (status.problem === 'paper-out' || status.problem === 'cover-open')) return status.problem;
    if (Date.now() - Math.max(connection.lastHeardAtMs(), startedAtMs) > silenceLimitMs) return 'interrupted' as const;
  }
}

/** Star line mode gives no answer we can rely on: handed to the network whole counts as printed. */
async function printUnconfirmed(connection: PrinterConnection, raster: Raster, hooks: PrintHooks, isPaperNearEnd: boolean): Promise<PrintOutcome> {
  const pieces = await jobPieces(raster, 'star');
  await hooks.willSend();
  try {
    for (const piece of pieces) await connection.write(piece);
    return { kind: 'printed', isPaperNearEnd };
  } catch {
    return { kind: 'unknown', problem: 'interrupted' };
  }
}
