/** A QR code whose modules are whole dots, so that no printer and no threshold can blur them. */
import { qrOutline, QUIET_MODULES, UNITS_PER_MODULE } from '../../../shared/printing/qr-outline.ts';

export type QrCodeProps = {
  /** ASCII. */
  text: string;
  /** Side of the symbol with its quiet zone, at most; modules take the largest whole size that fits. */
  maxSidePx: number;
};

export function QrCode({ text, maxSidePx }: QrCodeProps) {
  const { polygons, units } = qrOutline(text);
  const modules = units / UNITS_PER_MODULE + 2 * QUIET_MODULES;
  const side = Math.max(1, Math.floor(maxSidePx / modules)) * modules;
  const quiet = QUIET_MODULES * UNITS_PER_MODULE;
  return (
    <svg
      width={side}
      height={side}
      viewBox={`${-quiet} ${-quiet} ${modules * UNITS_PER_MODULE} ${modules * UNITS_PER_MODULE}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label={text}
    >
      <path d={polygons.map((points) => `M${points.map(([x, y]) => `${x} ${y}`).join('L')}Z`).join('')} fill="#000" fillRule="evenodd" />
    </svg>
  );
}
