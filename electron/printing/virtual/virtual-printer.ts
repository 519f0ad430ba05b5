/** The virtual printer: a real TCP socket on loopback that speaks ESC/POS, answers for its state, and draws its paper to PNG files. */
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { rasterToPng, type Raster } from '../raster.ts';
import { inOrderStatus, isStopped, noFaults, realTimeStatus, statusReport, type Faults } from './faults.ts';
import { createInterpreter } from './interpreter.ts';
import { createPaperRoll } from './paper-roll.ts';

export type VirtualPaper = { file: string; printedAtMs: number; widthDots: number; heightDots: number };

export type VirtualPrinter = {
  readonly port: number;
  /** Oldest first. */
  papers(): readonly VirtualPaper[];
  /** Rows that came out since the last cut. */
  uncutRows(): number;
  /** Lines it printed in letters of its own, newest last; a drawn paper has none. */
  lines(): readonly string[];
  /** Commands it did not understand, each once. */
  unknownCommands(): string[];
  faults(): Faults;
  setFault(change: Partial<Faults>): void;
  /** Resolves when all papers are on disk; after it the port is free. */
  stop(): Promise<void>;
};

export type VirtualPrinterOptions = {
  /** 0 takes any free port. */
  port: number;
  dir: string;
  widthDots: number;
  onPaper?: (paper: VirtualPaper) => void;
};

/** What the printer takes in before it makes the sender wait, as small as on the cheapest models. */
const RECEIVE_BUFFER_BYTES = 4096;
const TICK_MS = 20;
const PAPERS_KEPT = 500;
const LINES_KEPT = 500;

type Connection = { socket: Socket; waiting: Buffer; isEnded: boolean; wantsReports: boolean };

/** Rejects when the port is taken. */
export async function startVirtualPrinter(options: VirtualPrinterOptions): Promise<VirtualPrinter> {
  const { dir, widthDots } = options;
  await mkdir(dir, { recursive: true });
  const papers = await papersIn(dir);
  const unknown = new Set<string>();
  const lines: string[] = [];
  let faults = noFaults;
  let number = papers.reduce((highest, paper) => Math.max(highest, Number(paper.file.slice(6, -4))), 0);
  let writing: Promise<void> = Promise.resolve();
  let writeError: unknown;
  const connections: Connection[] = [];

  const change = (changed: Partial<Faults>): void => {
    const before = statusReport(faults).join();
    faults = { ...faults, ...changed };
    if (statusReport(faults).join() === before) return;
    for (const connection of connections) if (connection.wantsReports) answer(connection, statusReport(faults));
  };

  const roll = createPaperRoll(widthDots, (rows) => {
    if (faults.paperOutAfterRows === null) return;
    const left = faults.paperOutAfterRows - rows;
    change(left <= 0 ? { paperOut: true, paperOutAfterRows: null } : { paperOutAfterRows: left });
  });

  const keep = async (strip: Raster): Promise<void> => {
    number += 1;
    const paper = { file: `paper-${String(number).padStart(6, '0')}.png`, printedAtMs: Date.now(), widthDots: strip.widthDots, heightDots: strip.heightDots };
    await writeFile(join(dir, `${paper.file}.part`), rasterToPng(strip));
    await rename(join(dir, `${paper.file}.part`), join(dir, paper.file));
    papers.push(paper);
    options.onPaper?.(paper);
    for (const old of papers.splice(0, Math.max(0, papers.length - PAPERS_KEPT))) await rm(join(dir, old.file), { force: true });
  };

  const interpreter = createInterpreter(roll, {
    cut() {
      const strip = roll.cut();
      if (strip === null) return;
      writing = writing
        .then(() => keep(strip))
        .catch((error: unknown) => {
          writeError = error;
        });
    },
    askedInOrder(topic) {
      const current = connections[0];
      if (current !== undefined && !faults.mute && !faults.noMarkers) answer(current, [inOrderStatus(topic, faults)]);
    },
    reportsWanted(isWanted) {
      const current = connections[0];
      if (current === undefined || faults.mute || faults.noReports) return;
      current.wantsReports = isWanted;
      if (isWanted) answer(current, statusReport(faults));
    },
    unknown: (command) => unknown.add(command),
    printed(line) {
      lines.push(line.trim());
      lines.splice(0, lines.length - LINES_KEPT);
    },
  });

  const answer = (connection: Connection, bytes: readonly number[]): void => {
    // A marker is answered only when the paper it confirms can be seen.
    void writing.then(() => {
      if (!connection.socket.destroyed) connection.socket.write(Buffer.from(bytes));
    });
  };

  /** Bytes printed beyond what the speed allowed in the last tick. */
  let debtBytes = 0;

  /** Prints what waits, as far as paper, cover and speed allow. */
  const work = (): void => {
    let budget = faults.slowBytesPerSecond === null ? Infinity : (faults.slowBytesPerSecond * TICK_MS) / 1000 - debtBytes;
    for (let current = connections[0]; current !== undefined; current = connections[0]) {
      let isStarved = false;
      while (!isStarved && budget > 0 && !isStopped(faults)) {
        const taken = interpreter.step(current.waiting);
        isStarved = taken === 0;
        budget -= taken;
        current.waiting = current.waiting.subarray(taken);
      }
      if (current.waiting.byteLength <= RECEIVE_BUFFER_BYTES) current.socket.resume();
      if (!current.isEnded || (current.waiting.byteLength > 0 && !isStarved)) break;
      interpreter.endOfConnection();
      connections.shift();
    }
    debtBytes = Number.isFinite(budget) ? Math.max(0, -budget) : 0;
  };

  const server = createServer((socket) => {
    const connection: Connection = { socket, waiting: Buffer.alloc(0), isEnded: false, wantsReports: false };
    connections.push(connection);
    let received = 0;
    let recent = Buffer.alloc(0);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      const cutAt = faults.cutSocketAfterBytes;
      const bytes = cutAt === null ? chunk : chunk.subarray(0, Math.max(0, cutAt - received));
      received += chunk.byteLength;
      // Real-time commands are obeyed wherever they stand, also in the middle of an image.
      recent = Buffer.concat([recent, bytes]);
      for (let at = 0; at + 2 < recent.byteLength; at += 1) {
        if (recent[at] !== 0x10 || recent[at + 1] !== 0x04) continue;
        const status = realTimeStatus(recent[at + 2]!, faults);
        if (status !== null && !faults.mute) socket.write(Buffer.from([status]));
        at += 2;
      }
      recent = recent.subarray(Math.max(0, recent.byteLength - 2));
      connection.waiting = Buffer.concat([connection.waiting, bytes]);
      if (connection.waiting.byteLength > RECEIVE_BUFFER_BYTES) socket.pause();
      if (cutAt !== null && received >= cutAt) {
        change({ cutSocketAfterBytes: null });
        socket.resetAndDestroy();
      }
      if (faults.slowBytesPerSecond === null) work();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      connection.isEnded = true;
      work();
    });
  });
  await listening(server, options.port);
  const ticking = setInterval(work, TICK_MS);
  ticking.unref();

  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('virtual printer has no TCP address');
  return {
    port: address.port,
    papers: () => papers,
    uncutRows: () => roll.rows,
    lines: () => lines,
    unknownCommands: () => [...unknown],
    faults: () => faults,
    setFault: change,
    async stop() {
      clearInterval(ticking);
      for (const connection of connections) connection.socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await writing;
      if (writeError !== undefined) throw new Error('the virtual printer could not keep its paper', { cause: writeError });
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Loopback only: its paper shows citizens' names to whoever can reach it.
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** What earlier runs printed; the size stands in the PNG's header (IHDR, RFC 2083). */
async function papersIn(dir: string): Promise<VirtualPaper[]> {
  const files = (await readdir(dir)).filter((name) => /^paper-\d{6}\.png$/u.test(name)).sort();
  return Promise.all(
    files.map(async (file) => {
      const header = await readHeader(join(dir, file));
      return { file, printedAtMs: Math.round((await stat(join(dir, file))).mtimeMs), widthDots: header.readUInt32BE(16), heightDots: header.readUInt32BE(20) };
    }),
  );
}

async function readHeader(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    return (await file.read(Buffer.alloc(24), 0, 24, 0)).buffer;
  } finally {
    await file.close();
  }
}
