/**
 * Opens what is on disk: adopts the index of each segment as far as it reaches and reads only what is behind it. An index that
 * is missing, damaged, foreign or ahead of its segment is not believed, and the segment is read whole.
 */
import type { KeyObject } from 'node:crypto';
import { open, readdir, readFile, rename, stat, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { GENESIS_HASH } from '../../shared/journal/chain.ts';
import { emptyCounterState, mergeCounter, reduceCounter, type CounterState } from '../../shared/journal/counter-state.ts';
import { dossierOf, type Operation } from '../../shared/journal/operation.ts';
import { scansOf } from '../../shared/dossiers/scans-of.ts';
import { isDiskFull, syncFolder, writeDurably } from '../files.ts';
import type { Checksum, StoredEntry } from './entry-codec.ts';
import { createPace } from './pace.ts';
import { addEntryProblem, type JournalProblem } from './problem.ts';
import { hashEntry, type JournalSeal } from './sealed-entry.ts';
import { createSegmentIndex, decodeSegmentIndex, MAX_SEQ, type IndexCover, type SegmentIndex } from './segment-index.ts';
import { decodeHeader, firstSeqOf, HEADER_PROBE_BYTES, headerBytes, isSegmentName, scanEntries, type Damage, type SegmentHeader } from './segment.ts';
import { HEAD_FILE, readSignedHead, type SignedHead } from './signed-head.ts';

type Link = { seq: number; hash: string };

/** A segment as the journal keeps it in memory. `before`: the entry its first one follows. */
export type OpenSegment = {
  index: SegmentIndex;
  bytes: number;
  before: Link;
  /** Nothing was wrong with it. Damage is never hidden behind an index: such a segment is read whole, and reported, at every start. */
  isSound: boolean;
};

export type Loaded = {
  state: CounterState;
  head: Link;
  segments: OpenSegment[];
  problems: JournalProblem[];
  /** The last segment may be appended to: whole, of the newest version, in the chain. */
  isTailOpen: boolean;
  signedHead: SignedHead | undefined;
  /** Entries that had to be read because no index covered them. */
  entriesRead: number;
};

export type LoadOptions = {
  folder: string;
  journalId: string;
  seal: JournalSeal;
  checksum: Checksum;
  deviceKey: KeyObject;
  /** Share that is read, 0 to 1; also within a segment that has to be read whole. */
  onProgress?: (share: number) => void;
};

/** Names of the segments, oldest first. */
export const listSegments = async (folder: string): Promise<string[]> => (await readdir(folder)).filter(isSegmentName).sort();

export const indexFileOf = (segment: string): string => segment.replace(/\.qmcj$/u, '.index');

export async function load(options: LoadOptions): Promise<Loaded> {
  const { folder, journalId, deviceKey } = options;
  const loaded: Loaded = {
    state: emptyCounterState,
    head: { seq: 0, hash: GENESIS_HASH },
    segments: [],
    problems: [],
    isTailOpen: false,
    signedHead: await readSignedHead(folder, journalId, deviceKey),
    entriesRead: 0,
  };
  const names = await listSegments(folder);
  let isEverSigned = false;
  const pace = createPace();
  for (const [at, name] of names.entries()) {
    const onProgress = (share: number): void => options.onProgress?.((at + share) / names.length);
    const header = await loadSegment(loaded, name, at === names.length - 1, { ...options, onProgress }, pace);
    isEverSigned = isEverSigned || header?.version === 2;
    onProgress(1);
  }
  await compareWithSignedHead(loaded, isEverSigned, options);
  return loaded;
}

async function loadSegment(
  loaded: Loaded,
  name: string,
  isLast: boolean,
  options: LoadOptions,
  pace: () => Promise<boolean>,
): Promise<SegmentHeader | undefined> {
  const { folder, checksum, seal, journalId } = options;
  const path = join(folder, name);
  const { size } = await stat(path);
  const problemsBefore = [...loaded.problems];
  const header = await readHeader(path, checksum);
  const isNamedRight = header !== undefined && header.journalId === journalId && header.firstSeq === firstSeqOf(name);
  if (header !== undefined && !isNamedRight) loaded.problems.push({ kind: 'damaged', segment: name, offset: 0, bytes: header.bytes });
  if (isNamedRight) beginSegment(loaded, header, seal);

  const before = loaded.head;
  const stored = await readIndex(folder, name, seal);
  const isCovered = stored !== undefined && stored.cover.bytes <= size && stored.cover.before.seq === before.seq && stored.cover.before.hash === before.hash;
  const index = isCovered ? stored.index : createSegmentIndex(name);
  if (isCovered) {
    loaded.head = stored.cover.last;
    loaded.state = stored.cover.state;
  }
  const from = isCovered ? stored.cover.bytes : (header?.bytes ?? 0);
  const rest = size > from ? await readRange(path, from, size - from) : Buffer.alloc(0);
  let end = size;
  for (const found of scanEntries(rest, 0, checksum)) {
    if (await pace()) options.onProgress?.((from + found.offset) / size);
    if (found.kind === 'entry') {
      take(loaded, index, found.entry, { offset: from + found.offset, bytes: found.bytes }, seal);
      continue;
    }
    const damage = { ...found, offset: from + found.offset };
    if (damage.isTail && isLast && isNamedRight) {
      await cutTail(folder, name, damage, rest.subarray(found.offset));
      end = damage.offset;
      loaded.problems.push({ kind: 'torn-tail', segment: name, offset: damage.offset, bytes: damage.bytes });
    } else {
      loaded.problems.push({ kind: 'damaged', segment: name, offset: damage.offset, bytes: damage.bytes });
    }
  }
  if (stored !== undefined && !isCovered) rememberCover(loaded, stored.cover);
  if (header === undefined && index.firstSeq() === undefined) {
    // Nothing readable: put aside for whoever has to look into it, so that its name is free for the entries to come.
    await rename(path, `${path}.damaged`);
    await syncFolder(folder);
    if (size === 0) loaded.problems.push({ kind: 'damaged', segment: name, offset: 0, bytes: 0 });
    return undefined;
  }
  const isSound = loaded.problems.every((problem) => problem.kind === 'torn-tail' || problemsBefore.includes(problem));
  const segment = { index, bytes: end, before, isSound };
  loaded.segments.push(segment);
  if (!isLast && !isCovered) await keepIfRoom(() => writeIndex(folder, seal, segment, loaded.head, loaded.state));
  // Entries that are gone would leave a hole inside the segment; behind a new header the chain says so plainly.
  const isWhole = (index.lastSeq() ?? before.seq) === loaded.head.seq;
  loaded.isTailOpen = isNamedRight && header.version === 2 && isWhole;
  return header;
}

/** What the header knows of the entries before it: where a journal starts whose oldest segments were dropped, or what a gap has swallowed. */
function beginSegment(loaded: Loaded, header: SegmentHeader, seal: JournalSeal): void {
  if (header.version === 1) return;
  const { firstSeq, previousHash } = header;
  const state = seal.openState(firstSeq, previousHash, header.sealedState);
  if (state === undefined) return void addEntryProblem(loaded.problems, 'sealed-with-other-key', firstSeq);
  if (firstSeq === loaded.head.seq + 1 && previousHash === loaded.head.hash) return;
  const isStart = loaded.segments.length === 0 && loaded.signedHead !== undefined && firstSeq <= loaded.signedHead.firstSeq;
  if (firstSeq > loaded.head.seq + 1 && !isStart) loaded.problems.push({ kind: 'entries-missing', afterSeq: loaded.head.seq, beforeSeq: firstSeq });
  // The state before the gap and the one after it: a number either has seen used is used.
  loaded.state = mergeCounter(loaded.state, state);
  if (firstSeq > loaded.head.seq) loaded.head = { seq: firstSeq - 1, hash: previousHash };
}

function take(loaded: Loaded, index: SegmentIndex, stored: StoredEntry, position: { offset: number; bytes: number }, seal: JournalSeal): void {
  const { seq, hash } = stored;
  loaded.entriesRead += 1;
  // A seq that no journal reaches can only be forged; the head does not follow it.
  if (seq < 1 || seq > MAX_SEQ) return void addEntryProblem(loaded.problems, 'not-in-chain', seq);
  const opened = seal.open(stored);
  const isContinuous = stored.previousHash === loaded.head.hash && seq === loaded.head.seq + 1;
  if (opened.kind !== 'opened') addEntryProblem(loaded.problems, opened.kind, seq);
  else if (!isContinuous || hashEntry(opened.entry) !== hash) addEntryProblem(loaded.problems, 'not-in-chain', seq);
  // An entry out of order is tampering: it is reported and its numbers count as used, but the head never goes back.
  if (seq > loaded.head.seq) loaded.head = { seq, hash };
  if (opened.kind !== 'opened' || loaded.segments.some((segment) => segment.index.positionOf(seq) !== undefined) || !index.add(seq, position)) return;
  noteAccepted(index, seq, opened.entry.operation);
  loaded.state = reduceCounter(loaded.state, opened.entry);
}

export function noteAccepted(index: SegmentIndex, seq: number, operation: Operation): void {
  const dossier = dossierOf({ operation });
  if (dossier !== undefined) index.addAccepted(dossier.dossierId, { seq, scans: scansOf(dossier).length });
}

/** An index of ours that does not fit its segment any more still says what was true once: numbers it has seen used stay used. */
function rememberCover(loaded: Loaded, { last, state }: IndexCover): void {
  if (last.seq <= loaded.head.seq) {
    loaded.state = mergeCounter(state, loaded.state);
    return;
  }
  loaded.problems.push({ kind: 'entries-missing', afterSeq: loaded.head.seq, beforeSeq: last.seq + 1 });
  loaded.state = mergeCounter(loaded.state, state);
  goOnAfter(loaded, last);
}

/** No seq is given out twice, even when the entry that had it is lost: the province may hold it. The gap stays visible in the chain. */
function goOnAfter(loaded: Loaded, { seq, hash }: Link): void {
  loaded.head = { seq, hash };
  loaded.isTailOpen = false;
}

async function compareWithSignedHead(loaded: Loaded, isEverSigned: boolean, { folder, checksum }: LoadOptions): Promise<void> {
  const { signedHead, head } = loaded;
  if (signedHead === undefined) {
    if (isEverSigned) loaded.problems.push({ kind: 'signed-head-missing' });
    return;
  }
  const firstHeld = loaded.segments.length === 0 ? head.seq + 1 : (loaded.segments[0] as OpenSegment).before.seq + 1;
  if (signedHead.seq > head.seq) {
    loaded.problems.push({ kind: 'shorter-than-signed-head', seq: head.seq, signedSeq: signedHead.seq });
    goOnAfter(loaded, signedHead);
  } else if (signedHead.seq >= firstHeld && (await hashAt(folder, loaded, signedHead.seq, checksum)) !== signedHead.hash) {
    loaded.problems.push({ kind: 'differs-from-signed-head', signedSeq: signedHead.seq });
  } else {
    return;
  }
  // The next head is written over this file; what this one says is evidence.
  await keepIfRoom(async () => writeDurably(join(folder, `head-${signedHead.seq}.kept`), await readFile(join(folder, HEAD_FILE))));
}

async function hashAt(folder: string, loaded: Loaded, seq: number, checksum: Checksum): Promise<string | undefined> {
  if (seq === loaded.head.seq) return loaded.head.hash;
  for (const { index } of loaded.segments) {
    const position = index.positionOf(seq);
    if (position === undefined) continue;
    const [found] = scanEntries(await readRange(join(folder, index.segment), position.offset, position.bytes), 0, checksum);
    return found?.kind === 'entry' && found.entry.seq === seq ? found.entry.hash : undefined;
  }
  return undefined;
}

/** The unfinished write is kept beside the segment for whoever has to look into it, then cut so that appending goes on after the last whole entry. */
async function cutTail(folder: string, name: string, { offset }: Damage, torn: Buffer): Promise<void> {
  await keepIfRoom(() => writeDurably(join(folder, `${name}.${offset}.torn`), torn));
  await truncate(join(folder, name), offset);
  const handle = await open(join(folder, name), 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A full disk must not keep the counter from starting. */
async function keepIfRoom(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  }
}

export async function readHeader(path: string, checksum: Checksum): Promise<SegmentHeader | undefined> {
  const start = await readRange(path, 0, HEADER_PROBE_BYTES);
  return decodeHeader(await readRange(path, 0, headerBytes(start)), checksum);
}

/** As many bytes as `room` has, in it; fewer when the file ends before. */
export async function readInto(room: Buffer, handle: FileHandle, offset: number): Promise<Buffer> {
  let read = 0;
  while (read < room.byteLength) {
    const { bytesRead } = await handle.read(room, read, room.byteLength - read, offset + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return room.subarray(0, read);
}

/** Fewer bytes when the file ends before. */
export async function readRange(path: string, offset: number, bytes: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const wanted = Math.min(bytes, Math.max(0, (await handle.stat()).size - offset));
    return await readInto(Buffer.allocUnsafe(wanted), handle, offset);
  } finally {
    await handle.close();
  }
}

async function readIndex(folder: string, segment: string, seal: JournalSeal): Promise<{ index: SegmentIndex; cover: IndexCover } | undefined> {
  const sealed = await readFile(join(folder, indexFileOf(segment))).catch(() => undefined);
  const plain = sealed === undefined ? undefined : seal.openIndex(segment, sealed);
  return plain === undefined ? undefined : decodeSegmentIndex(segment, plain);
}

/** Covers the whole segment as it is at the moment of the call; `last` and `state` must be those after its last entry. */
export async function writeIndex(
  folder: string,
  seal: JournalSeal,
  { index, bytes, before, isSound }: OpenSegment,
  last: Link,
  state: CounterState,
): Promise<void> {
  if (!isSound) return;
  const plain = index.encode({ bytes, before, last: { seq: last.seq, hash: last.hash }, state });
  await writeDurably(join(folder, indexFileOf(index.segment)), seal.sealIndex(index.segment, plain));
}
