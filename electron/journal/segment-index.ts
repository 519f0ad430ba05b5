/**
 * Where each entry of one segment stands and which dossiers it holds, in memory as typed arrays (12 bytes an entry, 24 a
 * dossier) and on disk as a sealed file beside the segment. The file of the last segment is the checkpoint: with the
 * counter's state after what it covers, a start reads only the bytes behind it.
 */
import { z } from 'zod';
import { counterStateSchema, type CounterState } from '../../shared/journal/counter-state.ts';

export type Position = { offset: number; bytes: number };
/** The last entry that says a dossier. */
export type AcceptedAt = { seq: number; /** Different scans the dossier stands on. */ scans: number };

export type SaidAt = { dossierId: string; scans: number };

/** Larger numbers can only come from a forged entry; the typed arrays hold 32 bits. */
export const MAX_SEQ = 0xffff_ffff;
const POSITION_WORDS = 3;
const ID_BYTES = 16;
const ACCEPTED_BYTES = ID_BYTES + 4 + 4;

/** What the file says about the segment up to `bytes`; entries behind are not covered. */
const coverSchema = z.object({
  version: z.literal(1),
  bytes: z.int().nonnegative(),
  before: z.object({ seq: z.int().nonnegative(), hash: z.string() }),
  last: z.object({ seq: z.int().nonnegative(), hash: z.string() }),
  state: counterStateSchema,
  entries: z.int().nonnegative(),
});
export type IndexCover = { bytes: number; before: { seq: number; hash: string }; last: { seq: number; hash: string }; state: CounterState };

export type SegmentIndex = {
  readonly segment: string;
  firstSeq(): number | undefined;
  lastSeq(): number | undefined;
  /** False when an entry of that seq is already known: the first one stays. */
  add(seq: number, position: Position): boolean;
  /** Takes the place of what is known of the dossier. */
  addAccepted(dossierId: string, at: AcceptedAt): void;
  positionOf(seq: number): Position | undefined;
  /** Up to `limit` entries with a seq greater than `afterSeq`, in order. */
  after(afterSeq: number, limit: number): Array<Position & { seq: number }>;
  acceptedAt(dossierId: string): AcceptedAt | undefined;
  /** By seq, the dossiers that entries from `firstSeq` through `lastSeq` say; one that a later entry says again may be left out. */
  saidBetween(firstSeq: number, lastSeq: number): Map<number, SaidAt>;
  encode(cover: IndexCover): Buffer;
};

export const createSegmentIndex = (segment: string): SegmentIndex => indexOver(segment, new Uint32Array(POSITION_WORDS * 64), 0, Buffer.alloc(0));

/** Undefined when the bytes are no index this version can read; whoever asks then scans the segment itself. */
export function decodeSegmentIndex(segment: string, bytes: Buffer): { index: SegmentIndex; cover: IndexCover } | undefined {
  try {
    const jsonEnd = 4 + bytes.readUInt32LE(0);
    const { entries, version: _, ...cover } = coverSchema.parse(JSON.parse(bytes.toString('utf8', 4, jsonEnd)));
    const acceptedAt = jsonEnd + entries * POSITION_WORDS * 4;
    if (acceptedAt > bytes.length || (bytes.length - acceptedAt) % ACCEPTED_BYTES !== 0) return undefined;
    const positions = new Uint32Array(entries * POSITION_WORDS);
    Buffer.from(positions.buffer).set(bytes.subarray(jsonEnd, acceptedAt));
    return { index: indexOver(segment, positions, entries, Buffer.from(bytes.subarray(acceptedAt))), cover };
  } catch {
    return undefined;
  }
}

/** `positions`: seq, offset, bytes of each entry, by seq. `settled`: dossier id, seq, scans of each dossier, by id. */
function indexOver(segment: string, positions: Uint32Array, entries: number, settled: Buffer): SegmentIndex {
  const fresh = new Map<string, AcceptedAt>();
  const seqAt = (at: number): number => positions[at * POSITION_WORDS] ?? 0;
  const positionAt = (at: number): Position => ({ offset: positions[at * POSITION_WORDS + 1] ?? 0, bytes: positions[at * POSITION_WORDS + 2] ?? 0 });

  /** The first entry whose seq is at least `seq`. */
  function lowerBound(seq: number): number {
    let [low, high] = [0, entries];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (seqAt(middle) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function settledAt(id: Buffer): AcceptedAt | undefined {
    const beginning = id.readUInt32BE(0);
    let [low, high] = [0, settled.length / ACCEPTED_BYTES];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = middle * ACCEPTED_BYTES;
      // Nearly always its first bytes tell.
      const order = settled.readUInt32BE(at) - beginning || settled.compare(id, 0, ID_BYTES, at, at + ID_BYTES);
      if (order === 0) return { seq: settled.readUInt32LE(at + ID_BYTES), scans: settled.readUInt32LE(at + ID_BYTES + 4) };
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return undefined;
  }

  return {
    segment,
    firstSeq: () => (entries === 0 ? undefined : seqAt(0)),
    lastSeq: () => (entries === 0 ? undefined : seqAt(entries - 1)),
    add(seq, { offset, bytes }) {
      const at = lowerBound(seq);
      if (at < entries && seqAt(at) === seq) return false;
      if ((entries + 1) * POSITION_WORDS > positions.length) {
        const larger = new Uint32Array(Math.max(POSITION_WORDS * 64, positions.length * 2));
        larger.set(positions);
        positions = larger;
      }
      // Entries come in order but for a journal that was tampered with.
      if (at < entries) positions.copyWithin((at + 1) * POSITION_WORDS, at * POSITION_WORDS, entries * POSITION_WORDS);
      positions.set([seq, offset, bytes], at * POSITION_WORDS);
      entries += 1;
      return true;
    },
    addAccepted: (dossierId, at) => void fresh.set(dossierId, at),
    positionOf(seq) {
      const at = lowerBound(seq);
      return at < entries && seqAt(at) === seq ? positionAt(at) : undefined;
    },
    after(afterSeq, limit) {
      const from = lowerBound(afterSeq + 1);
      return Array.from({ length: Math.max(0, Math.min(limit, entries - from)) }, (_, nth) => ({ seq: seqAt(from + nth), ...positionAt(from + nth) }));
    },
    acceptedAt(dossierId) {
      const known = fresh.get(dossierId);
      if (known !== undefined || settled.length === 0) return known;
      const id = bytesOfId(dossierId);
      return id.length === ID_BYTES ? settledAt(id) : undefined;
    },
    saidBetween(firstSeq, lastSeq) {
      const said = new Map<number, SaidAt>();
      for (let at = 0; at < settled.length; at += ACCEPTED_BYTES) {
        const seq = settled.readUInt32LE(at + ID_BYTES);
        if (seq >= firstSeq && seq <= lastSeq) said.set(seq, { dossierId: idIn(settled, at), scans: settled.readUInt32LE(at + ID_BYTES + 4) });
      }
      for (const [dossierId, { seq, scans }] of fresh) if (seq >= firstSeq && seq <= lastSeq) said.set(seq, { dossierId, scans });
      return said;
    },
    encode({ bytes, before, last, state }) {
      const json = Buffer.from(JSON.stringify({ version: 1, bytes, before, last, state, entries } satisfies z.infer<typeof coverSchema>), 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32LE(json.length);
      settled = Buffer.concat(sorted(settled, fresh));
      fresh.clear();
      return Buffer.concat([length, json, Buffer.from(positions.buffer, positions.byteOffset, entries * POSITION_WORDS * 4), settled]);
    },
  };
}

const bytesOfId = (dossierId: string): Buffer => Buffer.from(dossierId.replaceAll('-', ''), 'hex');

function idIn(settled: Buffer, at: number): string {
  const hex = settled.toString('hex', at, at + ID_BYTES);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function sorted(settled: Buffer, fresh: ReadonlyMap<string, AcceptedAt>): Buffer[] {
  const renewed = new Set(Array.from(fresh.keys(), (dossierId) => bytesOfId(dossierId).toString('latin1')));
  const records = Array.from({ length: settled.length / ACCEPTED_BYTES }, (_, at) => settled.subarray(at * ACCEPTED_BYTES, (at + 1) * ACCEPTED_BYTES)).filter(
    (record) => !renewed.has(record.toString('latin1', 0, ID_BYTES)),
  );
  for (const [dossierId, { seq, scans }] of fresh) {
    const record = Buffer.alloc(ACCEPTED_BYTES);
    bytesOfId(dossierId).copy(record);
    record.writeUInt32LE(seq, ID_BYTES);
    record.writeUInt32LE(scans, ID_BYTES + 4);
    records.push(record);
  }
  return records.sort((one, other) => one.compare(other, 0, ID_BYTES, 0, ID_BYTES));
}
