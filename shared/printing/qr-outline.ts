/** A QR code as polygons: the one encoder behind every paper, whether its page draws it or the shell packs it into dots. */
import { qrcode, type DrawingContext } from 'bwip-js/browser';

export type Point = readonly [x: number, y: number];
/** The side of the symbol without its quiet zone is `units`; what lies in an odd number of polygons is black. */
export type QrOutline = { polygons: readonly (readonly Point[])[]; units: number };

/** bwip-js draws a module two units wide at scale 1. */
export const UNITS_PER_MODULE = 2;
/** ISO/IEC 18004 asks for four modules; the blank paper around the symbol gives the other half. */
export const QUIET_MODULES = 2;

/**
 * The named encoder with a drawing of our own: the library's `raw` would bring all its hundred symbologies.
 * Its error correction level is M unless told otherwise: a crumpled receipt still reads. `text`: ASCII.
 */
export const qrOutline = (text: string): QrOutline => qrcode<QrOutline>({ bcid: 'qrcode', text, scale: 1 }, createOutline());

function createOutline(): DrawingContext<QrOutline> {
  const polygons: Point[][] = [];
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
      polygons.push(points.map(([x, y]) => [x, y]));
    },
    fill: () => undefined,
    end: () => ({ polygons, units }),
    measure: notInQr,
    line: notInQr,
    hexagon: notInQr,
    ellipse: notInQr,
    text: notInQr,
  };
}
