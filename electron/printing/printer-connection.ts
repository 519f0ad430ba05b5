/** One open line to a printer, a socket or a device file: bytes out, and its answers told apart as they come in. */
import { createConnection, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What DLE EOT n asks about (Epson ESC/POS reference). */
export type StatusTopic = 1 | 2 | 4;

export type MarkerOutcome = 'answered' | 'closed' | 'reported' | 'timeout';

export type PrinterConnection = {
  /** Resolves when the operating system took the bytes, which says nothing about the printer. Rejects when the connection is gone. */
  write(bytes: Uint8Array): Promise<void>;
  /** DLE EOT: answered at once, also while the printer prints or is offline. Null: no answer in time. */
  askStatus(topic: StatusTopic, timeoutMs: number): Promise<number | null>;
  /** GS r 1: answered only after everything sent before it was processed. */
  sendMarker(): Promise<void>;
  /** Resolves as soon as `count` markers in all were answered, the connection closed, a problem was reported, or the time is over. */
  waitForMarkers(count: number, timeoutMs: number): Promise<MarkerOutcome>;
  answeredMarkers(): number;
  /**
   * GS a: from now on the printer says by itself when paper or cover stop it. A printer whose buffer is full reads no
   * question any more, but still tells.
   */
  askForReports(isWanted: boolean): Promise<void>;
  /** What the last report said; null: nothing wrong, or no report. */
  reportedProblem(): 'paper-out' | 'cover-open' | null;
  lastHeardAtMs(): number;
  /** Open, and nothing at all ever came back: what a printer that knows no status questions sounds like. */
  isSilent(): boolean;
  close(): void;
};

/** Fixed bits: DLE EOT 0xx1xx10, GS r 0xx0xxxx, first of the four bytes of a report 0xx1xx00. Anything else (XON, XOFF) is skipped. */
const isReportStart = (byte: number): boolean => (byte & 0x93) === 0x10;
const REPORT_BYTES = 4;
const isRealTimeAnswer = (byte: number): boolean => (byte & 0x93) === 0x12;
const isMarkerAnswer = (byte: number): boolean => (byte & 0x90) === 0x00;

/** Rejects when the printer cannot be reached within `timeoutMs`. */
export const connectPrinter = async (host: string, port: number, timeoutMs: number): Promise<PrinterConnection> =>
  connectionOver(await opened(host, port, timeoutMs));

/** Whether something takes connections there; nothing is sent. */
export const isListening = (host: string, port: number, timeoutMs: number): Promise<boolean> =>
  opened(host, port, timeoutMs).then(
    (socket) => {
      socket.destroy();
      return true;
    },
    () => false,
  );

export function connectionOver(line: Duplex): PrinterConnection {
  let isClosed = false;
  let hasSpoken = false;
  let markers = 0;
  let heardAtMs = Date.now();
  /** Answers still owed to questions that timed out; they must not be taken for answers to the next. */
  let overdue = 0;
  let onStatus: ((byte: number) => void) | null = null;
  let report: number[] = [];
  let problem: 'paper-out' | 'cover-open' | null = null;
  const watchers = new Set<() => void>();
  const wake = (): void => {
    for (const watcher of [...watchers]) watcher();
  };

  line.on('data', (bytes: Buffer) => {
    heardAtMs = Date.now();
    hasSpoken = true;
    for (const byte of bytes) {
      if (report.length > 0 || isReportStart(byte)) {
        report.push(byte);
        if (report.length < REPORT_BYTES) continue;
        problem = (report[2]! & 0x0c) !== 0 ? 'paper-out' : (report[0]! & 0x20) !== 0 ? 'cover-open' : null;
        report = [];
      } else if (isRealTimeAnswer(byte)) {
        if (overdue > 0) overdue -= 1;
        else onStatus?.(byte);
      } else if (isMarkerAnswer(byte)) markers += 1;
    }
    wake();
  });
  line.on('close', () => {
    isClosed = true;
    wake();
  });
  // The failure shows as 'close', and as the rejection of the write it broke.
  line.on('error', () => undefined);

  const write = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      if (isClosed || line.destroyed) {
        reject(new Error('printer connection closed'));
        return;
      }
      const onClose = (): void => reject(new Error('printer connection closed'));
      line.once('close', onClose);
      line.write(bytes, (error) => {
        line.off('close', onClose);
        if (error) reject(error);
        else resolve();
      });
    });

  /** Calls `look` at every change until it gives a value, or gives `late` when the time is over. */
  const waitFor = <T>(look: () => T | undefined, late: T, timeoutMs: number): Promise<T> =>
    new Promise((resolve) => {
      const settle = (value: T): void => {
        clearTimeout(timer);
        watchers.delete(watcher);
        resolve(value);
      };
      const watcher = (): void => {
        const value = look();
        if (value !== undefined) settle(value);
      };
      const timer = setTimeout(() => settle(late), timeoutMs);
      watchers.add(watcher);
      watcher();
    });

  return {
    write,
    async askStatus(topic, timeoutMs) {
      let answer: number | undefined;
      onStatus = (byte) => {
        answer = byte;
      };
      try {
        await Promise.race([write(Buffer.from([0x10, 0x04, topic])), new Promise((resolve) => setTimeout(resolve, timeoutMs))]);
        const result = await waitFor<number | null>(() => answer ?? (isClosed ? null : undefined), null, timeoutMs);
        if (result === null) overdue += 1;
        return result;
      } catch {
        return null;
      } finally {
        onStatus = null;
      }
    },
    sendMarker: () => write(Buffer.from([0x1d, 0x72, 0x01])),
    waitForMarkers: (count, timeoutMs) =>
      waitFor<MarkerOutcome>(() => (markers >= count ? 'answered' : isClosed ? 'closed' : problem !== null ? 'reported' : undefined), 'timeout', timeoutMs),
    askForReports: (isWanted) => write(Buffer.from([0x1d, 0x61, isWanted ? 0x0e : 0])),
    reportedProblem: () => problem,
    answeredMarkers: () => markers,
    lastHeardAtMs: () => heardAtMs,
    isSilent: () => !hasSpoken && !isClosed,
    close() {
      // Half-close first: a reset could make the printer drop what it has buffered.
      line.end();
      setTimeout(() => line.destroy(), 500).unref();
    },
  };
}

function opened(host: string, port: number, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
    const timer = setTimeout(() => socket.destroy(new Error('printer did not accept the connection in time')), timeoutMs);
    const onError = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve(socket);
    });
  });
}
