/** A QR code whose modules are whole dots, so that no printer and no threshold can blur them. */
import { qrcode, type DrawingContext } from 'bwip-js/browser';

export type QrCodeProps = {
  /** ASCII. */
  text: string;
  /** Side of the symbol with its quiet zone, at most; modules take the largest whole size that fits. */
  maxSidePx: number;
};

/** ISO/IEC 18004 asks for four modules; the blank paper around the symbol gives the other half. */
const QUIET_MODULES = 2;
/** bwip-js draws a module two units wide at scale 1. */
const UNITS = 2;

export function QrCode({ text, maxSidePx }: QrCodeProps) {
  const { path, units } = outlineOf(text);
  const modules = units / UNITS + 2 * QUIET_MODULES;
  const side = Math.max(1, Math.floor(maxSidePx / modules)) * modules;
  return (
    <svg
      width={side}
      height={side}
      viewBox={`${-QUIET_MODULES * UNITS} ${-QUIET_MODULES * UNITS} ${modules * UNITS} ${modules * UNITS}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label={text}
    >
      <path d={path} fill="#000" fillRule="evenodd" />
    </svg>
  );
}

type Outline = { path: string; units: number };

/**
 * The named encoder with a drawing of our own: the library's `raw` would bring all its hundred symbologies.
 * Its error correction level is M unless told otherwise: a crumpled receipt still reads.
 */
const outlineOf = (text: string): Outline => qrcode<Outline>({ bcid: 'qrcode', text, scale: 1 }, createOutline());

function createOutline(): DrawingContext<Outline> {
  const polygons: string[] = [];
  let units = 0;
  const notInQr = (): never => {
    throw new Error('a QR code has polygons only');
  };
  return {
    scale: (x, y) => [x, y],
    init(width) {
      units = width;
    },
    polygon(points) {
      polygons.push(`M${points.map(([x, y]) => `${x} ${y}`).join('L')}Z`);
    },
    fill: () => undefined,
    end: () => ({ path: polygons.join(''), units }),
    measure: notInQr,
    line: notInQr,
    hexagon: notInQr,
    ellipse: notInQr,
    text: notInQr,
  };
}
