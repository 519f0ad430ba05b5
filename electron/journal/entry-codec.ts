/**
 * One journal entry as bytes: `QJE1` ‖ length u32 ‖ CRC-32C u32 ‖ body (little endian), where
 * body = seq u64 ‖ wall ms u64 ‖ monotonic ms f64 ‖ previous hash 32 ‖ hash 32 ‖ sealed payload.
 * The mark lets a reader find the next entry behind a damaged one.
 */
import { createCRC32 } from 'hash-wasm';

export const ENTRY_MARK = Buffer.from('QJE1', 'latin1');
const FRAME_BYTES = 12;
const FIXED_BYTES = 8 + 8 + 8 + 32 + 32;
/** Far above any operation; a longer length can only be damage. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

export type StoredEntry = {
  seq: number;
  atMs: number;
  monotonicMs: number;
  /** Hex SHA-256. */
  previousHash: string;
  hash: string;
  sealed: Buffer;
};

export type Checksum = (bytes: Uint8Array) => number;

/** The Castagnoli polynomial of CRC-32C, reflected (RFC 3720 appendix B.4). */
const CASTAGNOLI = 0x82f63b78;

export async function createChecksum(): Promise<Checksum> {
  const hasher = await createCRC32(CASTAGNOLI);
  return (bytes) => Number.parseInt(hasher.init().update(bytes).digest('hex'), 16);
}

export function encodeEntry(entry: StoredEntry, checksum: Checksum): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_BYTES + FIXED_BYTES + entry.sealed.byteLength);
  ENTRY_MARK.copy(bytes, 0);
  bytes.writeUInt32LE(FIXED_BYTES + entry.sealed.byteLength, 4);
  bytes.writeBigUInt64LE(BigInt(entry.seq), 12);
  bytes.writeBigUInt64LE(BigInt(entry.atMs), 20);
  bytes.writeDoubleLE(entry.monotonicMs, 28);
  bytes.write(entry.previousHash, 36, 'hex');
  bytes.write(entry.hash, 68, 'hex');
  entry.sealed.copy(bytes, 100);
  bytes.writeUInt32LE(checksum(bytes.subarray(FRAME_BYTES)), 8);
  return bytes;
}

/** `torn`: the bytes end inside the entry; `damaged`: they are all there and wrong. */
export type Decoded = { kind: 'entry'; entry: StoredEntry; end: number } | { kind: 'torn' } | { kind: 'damaged' };

export function decodeEntry(bytes: Buffer, at: number, checksum: Checksum): Decoded {
  if (bytes.length - at < FRAME_BYTES) return { kind: 'torn' };
  if (bytes.compare(ENTRY_MARK, 0, 4, at, at + 4) !== 0) return { kind: 'damaged' };
  const length = bytes.readUInt32LE(at + 4);
  if (length < FIXED_BYTES || length > MAX_BODY_BYTES) return { kind: 'damaged' };
  const bodyAt = at + FRAME_BYTES;
  const end = bodyAt + length;
  if (end > bytes.length) return { kind: 'torn' };
  if (checksum(bytes.subarray(bodyAt, end)) !== bytes.readUInt32LE(at + 8)) return { kind: 'damaged' };
  return {
    kind: 'entry',
    end,
    entry: {
      seq: Number(bytes.readBigUInt64LE(bodyAt)),
      atMs: Number(bytes.readBigUInt64LE(bodyAt + 8)),
      monotonicMs: bytes.readDoubleLE(bodyAt + 16),
      previousHash: bytes.toString('hex', bodyAt + 24, bodyAt + 56),
      hash: bytes.toString('hex', bodyAt + 56, bodyAt + 88),
      sealed: bytes.subarray(bodyAt + FIXED_BYTES, end),
    },
  };
}

/** Where the next readable entry starts at or behind `from`, or undefined. */
export function findNextEntry(bytes: Buffer, from: number, checksum: Checksum): number | undefined {
  for (let at = bytes.indexOf(ENTRY_MARK, from); at !== -1; at = bytes.indexOf(ENTRY_MARK, at + 1)) {
    if (decodeEntry(bytes, at, checksum).kind === 'entry') return at;
  }
  return undefined;
}
