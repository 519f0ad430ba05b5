/** Owns what a scan really is, judged by its first bytes and never by its name. */
import type { ScanMediaType } from '../../shared/scanning/scan.ts';

export const SIGNATURE_BYTES = 8;

const signatures: ReadonlyArray<{ mediaType: ScanMediaType; bytes: readonly number[] }> = [
  { mediaType: 'application/pdf', bytes: [0x25, 0x50, 0x44, 0x46, 0x2d] },
  { mediaType: 'image/jpeg', bytes: [0xff, 0xd8, 0xff] },
  { mediaType: 'image/png', bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
];

export const mediaTypeOf = (head: Uint8Array): ScanMediaType | undefined =>
  signatures.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte))?.mediaType;
