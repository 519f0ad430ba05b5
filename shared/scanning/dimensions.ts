/** How large a picture is by its own header, read before anything unpacks it. */

export type Dimensions = { width: number; height: number };

const INCH_MM = 25.4;

const big16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const big32 = (bytes: Uint8Array, at: number): number => big16(bytes, at) * 65_536 + big16(bytes, at + 2);
const isPng = (bytes: Uint8Array): boolean => big32(bytes, 0) === 0x89504e47 && big32(bytes, 4) === 0x0d0a1a0a;

/** Marker segments up to the start of the scan (ITU-T T.81 annex B): where each begins, its marker and its length. */
function* segmentsOf(bytes: Uint8Array): Generator<{ marker: number; at: number }> {
  for (let at = 2; at + 4 <= bytes.byteLength && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    yield { marker, at: at + 4 };
    if (marker === 0xda) return;
    at += 2 + big16(bytes, at + 2);
  }
}

/** SOF0 to SOF15, without DHT, JPG and DAC. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Of a JPEG or PNG; undefined when its header does not say. */
export function dimensionsOf(bytes: Uint8Array): Dimensions | undefined {
  let found: Dimensions | undefined;
  if (isPng(bytes)) found = bytes.byteLength < 24 ? undefined : { width: big32(bytes, 16), height: big32(bytes, 20) };
  else if (big16(bytes, 0) === 0xffd8)
    for (const { marker, at } of segmentsOf(bytes))
      if (isFrame(marker) && at + 5 <= bytes.byteLength) found ??= { height: big16(bytes, at + 1), width: big16(bytes, at + 3) };
  return found === undefined || found.width === 0 || found.height === 0 ? undefined : found;
}

/** Dots per inch a JPEG (JFIF) or PNG (pHYs) states of itself. */
export function resolutionOf(bytes: Uint8Array): number | undefined {
  const fair = (dpi: number): number | undefined => (dpi >= 50 && dpi <= 2400 ? Math.round(dpi) : undefined);
  if (isPng(bytes)) {
    for (let at = 8; at + 12 <= bytes.byteLength; at += 12 + big32(bytes, at)) {
      const name = big32(bytes, at + 4);
      if (name === 0x70485973) return bytes[at + 16] === 1 ? fair((big32(bytes, at + 8) * INCH_MM) / 1000) : undefined;
      if (name === 0x49444154) return undefined;
    }
    return undefined;
  }
  for (const { marker, at } of segmentsOf(bytes)) {
    if (marker !== 0xe0 || big32(bytes, at) !== 0x4a464946) continue;
    const unit = bytes[at + 7];
    return unit === 1 ? fair(big16(bytes, at + 8)) : unit === 2 ? fair(big16(bytes, at + 8) * 2.54) : undefined;
  }
  return undefined;
}

/** The same JPEG saying so many dots per inch; unchanged without a JFIF header. */
export function withResolution(jpeg: Uint8Array<ArrayBuffer>, dpi: number): Uint8Array<ArrayBuffer> {
  for (const { marker, at } of segmentsOf(jpeg)) {
    if (marker !== 0xe0 || big32(jpeg, at) !== 0x4a464946) continue;
    const stated = jpeg.slice();
    const dots = Math.round(dpi);
    stated.set([1, dots >> 8, dots & 0xff, dots >> 8, dots & 0xff], at + 7);
    return stated;
  }
  return jpeg;
}
