/** The paper inside the virtual printer: rows of dots since the last cut. */
import type { Raster } from '../raster.ts';

export type PaperRoll = {
  readonly widthDots: number;
  readonly rows: number;
  feed(rows: number): void;
  /** Burns one row; `offsetDots` from the left edge, dots beyond the right edge are lost as on a real head. */
  burnRow(bytes: Uint8Array, offsetDots: number): void;
  /** Burns dots into rows already fed, counted from `top`. */
  burnDot(x: number, y: number): void;
  /** Hands over the strip and starts a new one; null when nothing came out since the last cut. */
  cut(): Raster | null;
};

/** Ten metres: more than any job, so a wrong length byte cannot fill the memory. */
const MAX_ROWS = 80_000;

export function createPaperRoll(widthDots: number, onRows: (rows: number) => void): PaperRoll {
  const rowBytes = widthDots / 8;
  let bits = new Uint8Array(rowBytes * 1024);
  let rows = 0;

  const feed = (count: number): void => {
    const added = Math.min(count, MAX_ROWS - rows);
    rows += added;
    if (rows * rowBytes > bits.byteLength) {
      const larger = new Uint8Array(Math.max(rows * rowBytes, bits.byteLength * 2));
      larger.set(bits);
      bits = larger;
    }
    if (added > 0) onRows(added);
  };

  const burnDot = (x: number, y: number): void => {
    if (x < 0 || x >= widthDots || y < 0 || y >= rows) return;
    bits[y * rowBytes + (x >> 3)]! |= 0x80 >> (x & 7);
  };

  return {
    widthDots,
    get rows() {
      return rows;
    },
    feed,
    burnDot,
    burnRow(bytes, offsetDots) {
      feed(1);
      if (offsetDots % 8 === 0) {
        bits.set(bytes.subarray(0, Math.max(0, rowBytes - offsetDots / 8)), (rows - 1) * rowBytes + offsetDots / 8);
        return;
      }
      for (let dot = 0; dot < bytes.byteLength * 8; dot += 1) if ((bytes[dot >> 3]! & (0x80 >> (dot & 7))) !== 0) burnDot(offsetDots + dot, rows - 1);
    },
    cut() {
      if (rows === 0) return null;
      const strip = { widthDots, heightDots: rows, bits: bits.slice(0, rows * rowBytes) };
      bits = new Uint8Array(rowBytes * 1024);
      rows = 0;
      return strip;
    },
  };
}
