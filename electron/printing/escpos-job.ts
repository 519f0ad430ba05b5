/** Turns a paper, as dots or as text, into the ESC/POS (or Star) bytes of one job, in pieces small enough to pace a slow printer. */
import type { ThermalPrinter } from 'node-thermal-printer';
import { bandsOf, rasterToPng, type Band, type Raster } from './raster.ts';

const BAND_ROWS = 48;
/** What even the smallest printers buffer (Epson TM data sheets: 4 KB), so that one piece never waits half sent. */
const PIECE_BYTES = 4096;

/** `generic`: the many models that speak ESC/POS as Epson wrote it and little more. */
export type PrinterDriver = 'epson' | 'star' | 'generic';

export type JobFormat = {
  driver: PrinterDriver;
  /** Without one the paper is moved to where it can be torn off. */
  hasCutter: boolean;
};

/** ESC/POS commands that print letters of the printer's own; made by text/text-roll.ts only. */
export type TextRoll = { commands: readonly Buffer[] };
export type RollContent = Raster | TextRoll;

/** The bytes of one paper with its end; each piece ends between two commands. */
export async function jobPieces(content: RollContent, { driver, hasCutter }: JobFormat, opensDrawer = false): Promise<Buffer[]> {
  const commands: Buffer[] = [await build(driver, (printer) => printer.add(INITIALISE))];
  if ('commands' in content) {
    if (driver === 'star') throw new Error('a Star printer gets dots only');
    // Models made for China take two bytes for one of their letters unless told otherwise; Epson's others print the dot of this command.
    if (driver === 'generic') commands.push(SINGLE_BYTES);
    commands.push(...content.commands);
  } else if (driver === 'star') commands.push(await build(driver, (printer) => printer.printImageBuffer(rasterToPng(content))));
  else {
    const safe = withoutRealTimeCommands(content);
    commands.push(...bandsOf(safe, BAND_ROWS).map((band) => rasterCommand(safe, band)));
  }
  if (hasCutter) commands.push(await build(driver, (printer) => printer.cut({ verticalTabAmount: 1 })));
  else commands.push(driver === 'star' ? STAR_FEED : FEED);
  if (opensDrawer) commands.push(await build(driver, (printer) => printer.openCashDrawer()));
  return joined(commands);
}

const INITIALISE = Buffer.from([0x1b, 0x40]);
/** FS . */
const SINGLE_BYTES = Buffer.from([0x1c, 0x2e]);
/** ESC d 5, ESC a 5: five lines, past the tear bar. */
const FEED = Buffer.from([0x1b, 0x64, 5]);
const STAR_FEED = Buffer.from([0x1b, 0x61, 5]);

async function build(driver: PrinterDriver, write: (printer: ThermalPrinter) => unknown): Promise<Buffer> {
  // With its tables the largest library of the shell: the first paper waits for it, not the start.
  const { default: nodeThermalPrinter } = await import('node-thermal-printer');
  // No interface: the library only builds bytes; its `execute` cannot tell "sent" from "printed".
  const printer = new nodeThermalPrinter.ThermalPrinter({ type: nodeThermalPrinter.PrinterTypes[driver === 'star' ? 'STAR' : 'EPSON'], interface: '' });
  await write(printer);
  return printer.getBuffer();
}

/**
 * GS v 0 (Epson ESC/POS reference). The library's own image command would want each dot as four bytes of a PNG first.
 * A blank band is a raster one byte wide: it advances the paper by exactly its rows on every model, where a feed
 * command counts in units that differ between them.
 */
function rasterCommand(raster: Raster, band: Band): Buffer {
  const rowBytes = raster.widthDots / 8;
  const sentBytes = Math.max(band.inkedBytes, 1);
  const command = Buffer.alloc(8 + sentBytes * band.rows);
  command.set([0x1d, 0x76, 0x30, 0, sentBytes & 0xff, sentBytes >> 8, band.rows & 0xff, band.rows >> 8]);
  for (let row = 0; row < band.rows; row += 1) {
    const from = (band.top + row) * rowBytes;
    command.set(raster.bits.subarray(from, from + sentBytes), 8 + row * sentBytes);
  }
  return command;
}

const DLE = 0x10;
/** EOT (status), ENQ (recover and clear the buffer), DC4 (drawer pulse, power off). */
const REAL_TIME = new Set([0x04, 0x05, 0x14]);

/**
 * Printers obey real-time commands wherever they see the bytes, also inside an image (Epson ESC/POS reference, DLE EOT,
 * notes). A lone dot that would open such a command is printed two dots wide; nothing the eye can see.
 */
export function withoutRealTimeCommands(raster: Raster): Raster {
  const bits = Uint8Array.from(raster.bits);
  for (let at = 0; at < bits.length; at += 1) {
    // Bands are cut to their ink, so what follows a byte on the wire may be its neighbour or the next row's first byte.
    if (bits[at] === DLE && (at + 1 === bits.length || REAL_TIME.has(bits[at + 1]!) || followsAtRowEnd(bits, at, raster.widthDots / 8))) bits[at] = 0x18;
  }
  return { ...raster, bits };
}

/** True where the byte may be the last of a cut row and the next row opens with a real-time code. */
function followsAtRowEnd(bits: Uint8Array, at: number, rowBytes: number): boolean {
  const nextRow = (Math.floor(at / rowBytes) + 1) * rowBytes;
  return nextRow >= bits.length || REAL_TIME.has(bits[nextRow]!);
}

function joined(commands: readonly Buffer[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (const command of commands) {
    const last = pieces.at(-1);
    if (last !== undefined && last.byteLength + command.byteLength <= PIECE_BYTES) pieces[pieces.length - 1] = Buffer.concat([last, command]);
    else pieces.push(command);
  }
  return pieces;
}
