/** A QR code whose modules are whole dots, so that no printer and no threshold can blur them. */
import bwipjs from 'bwip-js/browser';

export type QrCodeProps = {
  /** ASCII. */
  text: string;
  /** Side of the symbol with its quiet zone, at most; modules take the largest whole size that fits. */
  maxSidePx: number;
};

/** ISO/IEC 18004 asks for four modules; the blank paper around the symbol gives the other half. */
const QUIET_MODULES = 2;

export function QrCode({ text, maxSidePx }: QrCodeProps) {
  const { pixs, pixx, pixy } = matrixOf(text);
  const modules = pixx + 2 * QUIET_MODULES;
  const side = Math.max(1, Math.floor(maxSidePx / modules)) * modules;
  const path: string[] = [];
  for (let y = 0; y < pixy; y += 1) {
    for (let x = 0; x < pixx; x += 1) {
      if (pixs[y * pixx + x] !== 1) continue;
      let length = 1;
      while (x + length < pixx && pixs[y * pixx + x + length] === 1) length += 1;
      path.push(`M${x + QUIET_MODULES} ${y + QUIET_MODULES}h${length}v1h${-length}z`);
      x += length - 1;
    }
  }
  return (
    <svg width={side} height={side} viewBox={`0 0 ${modules} ${modules}`} shapeRendering="crispEdges" role="img" aria-label={text}>
      <rect width={modules} height={modules} fill="#fff" />
      <path d={path.join('')} fill="#000" />
    </svg>
  );
}

function matrixOf(text: string): { pixs: number[]; pixx: number; pixy: number } {
  const [symbol] = bwipjs.raw('qrcode', text, { eclevel: 'M' });
  if (symbol === undefined || !('pixs' in symbol)) throw new Error('no QR code came out');
  return symbol;
}
