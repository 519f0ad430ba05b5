/** Judges bytes that claim to be a scan before anything decodes them: type by content, size, pixels. */
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { dimensionsOf } from '../../shared/scanning/dimensions.ts';
import { mediaTypeOf, strangerOf } from '../../shared/scanning/media-type.ts';
import { MAX_SCAN_BYTES, MAX_SCAN_PIXELS, type ScanMediaType } from '../../shared/scanning/scan.ts';

export type ScanFailure = Failure<'scan-empty' | 'scan-type' | 'scan-heic' | 'scan-zip' | 'scan-too-large' | 'scan-dimensions' | 'scan-damaged'>;

/** Chunks up to IEND, each with its length, name and check sum (ISO/IEC 15948 § 5.3). */
function isWholePng(file: Buffer): boolean {
  for (let at = 8; at + 12 <= file.byteLength; at += 12 + file.readUInt32BE(at)) if (file.toString('latin1', at + 4, at + 8) === 'IEND') return true;
  return false;
}

/** An end of image after the start of its scan (ITU-T T.81 annex B); the end of an embedded thumbnail lies before it. */
function isWholeJpeg(file: Buffer): boolean {
  for (let at = 2; at + 4 <= file.byteLength && file[at] === 0xff; at += file[at + 1] === 0xff ? 1 : 2 + file.readUInt16BE(at + 2))
    if (file[at + 1] === 0xda) return file.includes(Buffer.from([0xff, 0xd9]), at);
  return false;
}

/** A copy that broke off still opens, and shows half a paper. */
const isWhole = (bytes: Uint8Array, mediaType: 'image/png' | 'image/jpeg'): boolean => {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return mediaType === 'image/png' ? isWholePng(file) : isWholeJpeg(file);
};

export function inspectScan(bytes: Uint8Array): Result<ScanMediaType, ScanFailure> {
  if (bytes.byteLength === 0) return fail('scan-empty');
  if (bytes.byteLength > MAX_SCAN_BYTES) return fail('scan-too-large', { maxMiB: MAX_SCAN_BYTES / 1024 / 1024 });
  const mediaType = mediaTypeOf(bytes);
  if (mediaType === undefined) return fail(strangerOf(bytes));
  if (mediaType === 'application/pdf') return ok(mediaType);
  const { width, height } = dimensionsOf(bytes) ?? { width: 0, height: 0 };
  if (width * height > MAX_SCAN_PIXELS) return fail('scan-dimensions', { width, height });
  return width > 0 && isWhole(bytes, mediaType) ? ok(mediaType) : fail('scan-damaged');
}
