/**
 * The file in which a counter without a line carries its unconfirmed part to the province, version 1:
 *
 *   "QMCTAKE1" ‖ u32 length ‖ header (JSON, no citizen in it) ‖ { u32 length ‖ sealed frame }… ‖ u32 0 ‖ signature
 *
 * Numbers are little-endian. Only the province can read the frames: ECDH on P-256 between a key made for this file and
 * the province's key learnt at enrolment → HKDF-SHA-256 (RFC 5869; salt: SHA-256 of the header) → AES-256-GCM. A frame's
 * nonce is its number and whether it is the last, so frames cannot be dropped, swapped or cut off (the STREAM
 * construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015). The signature is the device's: ECDSA P-256/SHA-256
 * (IEEE P1363) over every byte before it.
 */
import { z } from 'zod';
import { sha256Schema } from '../scanning/scan.ts';
import { wireEntrySchema } from '../sync/protocol.ts';

export const MAGIC = 'QMCTAKE';
export const FORMAT_VERSION = '1';
export const TAKEAWAY_EXTENSION = 'qmc-mang-di';
/** Added to the name of the take-away file by the province. */
export const RECEIPT_EXTENSION = 'qmc-bien-nhan';
export const SIGNATURE_BYTES = 64;
export const MAX_HEADER_BYTES = 8 * 1024;
/** Above any frame we write (a page of entries, a piece of a scan). */
export const MAX_FRAME_BYTES = 36 * 1024 * 1024;
/** A scan travels in pieces of this size, so that neither side holds a large one twice. */
export const PIECE_BYTES = 1024 * 1024;
/** Entries in one frame; it is one batch at the province. */
export const ENTRIES_PER_FRAME = 100;

export const publicJwkSchema = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string().max(64), y: z.string().max(64) });

export const headerSchema = z.object({
  exportId: z.uuid(),
  deviceId: z.uuid(),
  journalId: z.uuid(),
  officeId: z.string().max(60),
  createdAtMs: z.int().nonnegative(),
  /** The province's key the frames are sealed for: another province says so instead of failing to read. */
  serverKey: publicJwkSchema,
  ephemeralKey: publicJwkSchema,
});
export type TakeawayHeader = z.infer<typeof headerSchema>;

/** What a frame says; a `scan` is followed by frames of its bytes. */
export const frameSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('entries'), entries: z.array(wireEntrySchema).min(1).max(ENTRIES_PER_FRAME) }),
  /** Dossiers sent before whose confirmation the device still waits for. */
  z.object({ kind: z.literal('dossiers'), dossierIds: z.array(z.uuid()).max(100_000) }),
  z.object({ kind: z.literal('scan'), sha256: sha256Schema, mediaType: z.string().max(60), bytes: z.int().positive() }),
  z.object({ kind: z.literal('end'), entries: z.int().nonnegative(), scans: z.int().nonnegative() }),
]);
export type Frame = z.infer<typeof frameSchema>;

const SAYING = 0x7b; // "{"
const BYTES = 0x00;

const utf8 = new TextEncoder();

export const encodeFrame = (frame: Frame): Uint8Array<ArrayBuffer> => utf8.encode(JSON.stringify(frame));

export function encodePiece(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const piece = new Uint8Array(bytes.byteLength + 1);
  piece[0] = BYTES;
  piece.set(bytes, 1);
  return piece;
}

/** A piece of the scan named before, or what a frame says. Throws on anything else. */
export function decodeFrame(plain: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | Frame {
  if (plain[0] === BYTES) return plain.subarray(1);
  if (plain[0] !== SAYING) throw new Error('not a frame');
  return frameSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plain)));
}
