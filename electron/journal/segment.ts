/**
 * One segment file of the journal: a header, then entries.
 * Version 2: `QMCJ` ‖ version u16 ‖ journal id (36 ASCII) ‖ first seq u64 ‖ hash before it 32 ‖ n u32 ‖ CRC-32C u32 ‖ sealed
 * counter state n. With the hash and the state before its first entry a segment needs none of those before it, so that they
 * can be dropped; the state also tells which numbers were used in a segment before it that is damaged.
 * Version 1 ends after the first seq.
 */
import type { Checksum, StoredEntry } from './entry-codec.ts';
import { decodeEntry, findNextEntry } from './entry-codec.ts';

const SEGMENT_MARK = Buffer.from('QMCJ', 'latin1');
const V1_BYTES = 4 + 2 + 36 + 8;
const V2_FIXED_BYTES = V1_BYTES + 32 + 4 + 4;
const CHECKSUM_AT = V2_FIXED_BYTES - 4;
/** Enough of a file to know how long its header is. */
export const HEADER_PROBE_BYTES = V2_FIXED_BYTES;
/** Far above any counter state; a longer one can only be damage. */
const MAX_STATE_BYTES = 64 * 1024 * 1024;

type Common = { journalId: string; firstSeq: number; /** Where the first entry starts. */ bytes: number };
export type SegmentHeader = (Common & { version: 1 }) | (Common & { version: 2; previousHash: string; sealedState: Buffer });

export type NewHeader = { journalId: string; firstSeq: number; /** Hex SHA-256. */ previousHash: string; sealedState: Buffer };

export function encodeHeader({ journalId, firstSeq, previousHash, sealedState }: NewHeader, checksum: Checksum): Buffer {
  const bytes = Buffer.alloc(V2_FIXED_BYTES + sealedState.length);
  SEGMENT_MARK.copy(bytes, 0);
  bytes.writeUInt16LE(2, 4);
  bytes.write(journalId, 6, 36, 'latin1');
  bytes.writeBigUInt64LE(BigInt(firstSeq), 42);
  bytes.write(previousHash, 50, 'hex');
  bytes.writeUInt32LE(sealedState.length, 82);
  sealedState.copy(bytes, V2_FIXED_BYTES);
  bytes.writeUInt32LE(checksum(checkedPart(bytes)), CHECKSUM_AT);
  return bytes;
}

const checkedPart = (header: Buffer): Buffer => Buffer.concat([header.subarray(0, CHECKSUM_AT), header.subarray(V2_FIXED_BYTES)]);

/** How many bytes the header has that starts like this, as far as the start tells; it may still turn out damaged. */
export function headerBytes(start: Buffer): number {
  if (start.length < V2_FIXED_BYTES || start.readUInt16LE(4) !== 2) return V1_BYTES;
  return V2_FIXED_BYTES + Math.min(start.readUInt32LE(82), MAX_STATE_BYTES);
}

/** Undefined when the bytes do not start with a whole header of ours. */
export function decodeHeader(bytes: Buffer, checksum: Checksum): SegmentHeader | undefined {
  if (bytes.length < V1_BYTES || bytes.compare(SEGMENT_MARK, 0, 4, 0, 4) !== 0) return undefined;
  const version = bytes.readUInt16LE(4);
  const common = { journalId: bytes.toString('latin1', 6, 42), firstSeq: Number(bytes.readBigUInt64LE(42)) };
  if (version === 1) return { ...common, version, bytes: V1_BYTES };
  const end = headerBytes(bytes);
  if (version !== 2 || end < V2_FIXED_BYTES || bytes.length < end) return undefined;
  if (checksum(checkedPart(bytes.subarray(0, end))) !== bytes.readUInt32LE(CHECKSUM_AT)) return undefined;
  return { ...common, version, bytes: end, previousHash: bytes.toString('hex', 50, 82), sealedState: bytes.subarray(V2_FIXED_BYTES, end) };
}

const SEGMENT_SUFFIX = '.qmcj';
export const segmentName = (firstSeq: number): string => `${String(firstSeq).padStart(12, '0')}${SEGMENT_SUFFIX}`;
export const isSegmentName = (name: string): boolean => /^\d{12}\.qmcj$/u.test(name);
/** The seq a segment's name says it begins with. */
export const firstSeqOf = (name: string): number => Number(name.slice(0, -SEGMENT_SUFFIX.length));

export type PlacedEntry = { kind: 'entry'; entry: StoredEntry; offset: number; bytes: number };
/** Bytes that hold no readable entry; `isTail` when nothing readable follows. */
export type Damage = { kind: 'damage'; offset: number; bytes: number; isTail: boolean };

/** Every entry that is whole from `from` on, also behind damage; offsets count from the start of `bytes`. Never throws on any input. */
export function* scanEntries(bytes: Buffer, from: number, checksum: Checksum): Generator<PlacedEntry | Damage> {
  let at = from;
  while (at < bytes.length) {
    const decoded = decodeEntry(bytes, at, checksum);
    if (decoded.kind === 'entry') {
      yield { kind: 'entry', entry: decoded.entry, offset: at, bytes: decoded.end - at };
      at = decoded.end;
      continue;
    }
    const next = findNextEntry(bytes, at + 1, checksum);
    yield { kind: 'damage', offset: at, bytes: (next ?? bytes.length) - at, isTail: next === undefined };
    at = next ?? bytes.length;
  }
}
