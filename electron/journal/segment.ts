/** One segment file of the journal: `QMCJ` ‖ version u16 ‖ journal id (36 ASCII) ‖ first seq u64, then entries. */
import type { Checksum, StoredEntry } from './entry-codec.ts';
import { decodeEntry, findNextEntry } from './entry-codec.ts';

const SEGMENT_MARK = Buffer.from('QMCJ', 'latin1');
const VERSION = 1;
export const HEADER_BYTES = 4 + 2 + 36 + 8;

export type SegmentHeader = { journalId: string; firstSeq: number };

export function encodeHeader({ journalId, firstSeq }: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  SEGMENT_MARK.copy(bytes, 0);
  bytes.writeUInt16LE(VERSION, 4);
  bytes.write(journalId, 6, 36, 'latin1');
  bytes.writeBigUInt64LE(BigInt(firstSeq), 42);
  return bytes;
}

/** Undefined when the bytes are no header of ours. */
export function decodeHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < HEADER_BYTES || bytes.compare(SEGMENT_MARK, 0, 4, 0, 4) !== 0 || bytes.readUInt16LE(4) !== VERSION) return undefined;
  return { journalId: bytes.toString('latin1', 6, 42), firstSeq: Number(bytes.readBigUInt64LE(42)) };
}

export const segmentName = (firstSeq: number): string => `${String(firstSeq).padStart(12, '0')}.qmcj`;
export const isSegmentName = (name: string): boolean => /^\d{12}\.qmcj$/u.test(name);

export type PlacedEntry = { entry: StoredEntry; offset: number; bytes: number };
/** Bytes that hold no readable entry; `isTail` when nothing readable follows in this segment. */
export type Damage = { offset: number; bytes: number; isTail: boolean };

/** Reads every entry that is whole, also behind damage. Never throws on any input. */
export function scanSegment(bytes: Buffer, checksum: Checksum): { entries: PlacedEntry[]; damages: Damage[] } {
  const entries: PlacedEntry[] = [];
  const damages: Damage[] = [];
  // A damaged header must not hide the entries behind it.
  let at = decodeHeader(bytes) === undefined ? 0 : HEADER_BYTES;
  while (at < bytes.length) {
    const decoded = decodeEntry(bytes, at, checksum);
    if (decoded.kind === 'entry') {
      entries.push({ entry: decoded.entry, offset: at, bytes: decoded.end - at });
      at = decoded.end;
      continue;
    }
    const next = findNextEntry(bytes, at + 1, checksum);
    damages.push({ offset: at, bytes: (next ?? bytes.length) - at, isTail: next === undefined });
    at = next ?? bytes.length;
  }
  return { entries, damages };
}
