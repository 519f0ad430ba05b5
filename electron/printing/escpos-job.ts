/** Turns a raster into the ESC/POS (or Star) bytes of one job, in pieces small enough to pace a slow printer. */
import nodeThermalPrinter from 'node-thermal-printer';
import { PNG } from 'pngjs';
import { bandsOf, type Band, type Raster } from './raster.ts';

const BAND_ROWS = 48;
/** What even the smallest printers buffer (Epson TM data sheets: 4 KB), so that one piece never waits half sent. */
const PIECE_BYTES = 4096;

export type PrinterDriver = 'epson' | 'star';

/** The bytes of one paper with its cut; each piece ends between two commands. */
export async function jobPieces(raster: Raster, driver: PrinterDriver): Promise<Buffer[]> {
  const safe = driver === 'epson' ? withoutRealTimeCommands(raster) : raster;
  const commands: Buffer[] = [await build(driver, (printer) => printer.add(INITIALISE))];
  // Star prints in 24-row lines, so a band of any other height would leave a gap.
  const bands = driver === 'epson' ? bandsOf(safe, BAND_ROWS) : [{ top: 0, rows: safe.heightDots, inkedBytes: safe.widthDots / 8 }];
  for (const band of bands) commands.push(await build(driver, (printer) => printer.printImageBuffer(bandToPng(safe, band))));
  commands.push(await build(driver, (printer) => printer.cut({ verticalTabAmount: 1 })));
  return joined(commands);
}

const INITIALISE = Buffer.from([0x1b, 0x40]);

type Builder = InstanceType<typeof nodeThermalPrinter.ThermalPrinter>;

async function build(driver: PrinterDriver, write: (printer: Builder) => unknown): Promise<Buffer> {
  // No interface: the library only builds bytes; its `execute` cannot tell "sent" from "printed".
  const printer = new nodeThermalPrinter.ThermalPrinter({ type: nodeThermalPrinter.PrinterTypes[driver === 'epson' ? 'EPSON' : 'STAR'], interface: '' });
  await write(printer);
  return printer.getBuffer();
}

/**
 * A blank band is sent as a raster one byte wide: it advances the paper by exactly its rows on every model,
 * where a feed command counts in units that differ between them.
 */
function bandToPng(raster: Raster, band: Band): Buffer {
  const rowBytes = raster.widthDots / 8;
  const width = Math.max(band.inkedBytes, 1) * 8;
  const png = new PNG({ width, height: band.rows });
  png.data.fill(0xff);
  for (let row = 0; row < band.rows && band.inkedBytes > 0; row += 1) {
    for (let dot = 0; dot < width; dot += 1) {
      if ((raster.bits[(band.top + row) * rowBytes + (dot >> 3)]! & (0x80 >> (dot & 7))) === 0) continue;
      png.data.fill(0, (row * width + dot) * 4, (row * width + dot) * 4 + 3);
    }
  }
  return PNG.sync.write(png, { deflateLevel: 0, filterType: 0 });
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
