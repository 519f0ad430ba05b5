/** What a scan really is, judged by its first bytes and never by its name; the counter and the province go by this one rule. */
import type { ScanMediaType } from './scan.ts';

/** ISO 32000-1 annex H: readers accept the header of a PDF anywhere in so many bytes. */
export const SIGNATURE_BYTES = 1024;

const JPEG = [0xff, 0xd8, 0xff];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const PDF = [0x25, 0x50, 0x44, 0x46, 0x2d];

const holdsAt = (bytes: Uint8Array, mark: readonly number[], at: number): boolean => mark.every((byte, index) => bytes[at + index] === byte);

const ZIP = [0x50, 0x4b, 0x03, 0x04];
const FILE_TYPE_BOX = [0x66, 0x74, 0x79, 0x70];
/** Brands of ISO/IEC 23008-12: what telephones call HEIC, and AVIF. */
const HEIF_BRANDS = ['heic', 'heix', 'heim', 'hevc', 'hevx', 'mif1', 'msf1', 'avif'];

/** What a file that is no scan is, where there is something to say about it. */
export function strangerOf(head: Uint8Array): 'scan-heic' | 'scan-zip' | 'scan-type' {
  if (holdsAt(head, FILE_TYPE_BOX, 4) && HEIF_BRANDS.includes(String.fromCharCode(...head.subarray(8, 12)))) return 'scan-heic';
  return holdsAt(head, ZIP, 0) ? 'scan-zip' : 'scan-type';
}

/** `head`: the first `SIGNATURE_BYTES` at least, or all there is. */
export function mediaTypeOf(head: Uint8Array): ScanMediaType | undefined {
  if (holdsAt(head, JPEG, 0)) return 'image/jpeg';
  if (holdsAt(head, PNG, 0)) return 'image/png';
  const last = Math.min(head.byteLength, SIGNATURE_BYTES) - PDF.length;
  for (let at = 0; at <= last; at += 1) if (holdsAt(head, PDF, at)) return 'application/pdf';
  return undefined;
}
