/**
 * The device's journal: append-only, encrypted, hash-chained segments. An operation counts as done
 * ("Đã lưu") when `transact` resolves: its bytes have been through fdatasync.
 */
import { randomUUID, type KeyObject } from 'node:crypto';
import { open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import { operationSchema, type JournalEntry, type JournalHead, type Operation } from '../../shared/journal/operation.ts';
import { reduceCounter, type CounterState } from '../../shared/journal/counter-state.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import { noteScanless } from '../entry-bytes.ts';
import { isDiskFull, isMissing, preparePrivateFolder, syncFolder, writeDurably } from '../files.ts';
import type { Vault } from '../keys/vault.ts';
import { diskSpaceOf, type DiskSpace } from './disk-space.ts';
import { createChecksum, decodeEntry, encodeEntry, type Checksum } from './entry-codec.ts';
import { indexFileOf, listSegments, load, noteAccepted, readHeader, readInto, writeIndex, type OpenSegment } from './load.ts';
import type { JournalProblem } from './problem.ts';
import { createReserve } from './reserve.ts';
import { createJournalSeal, hashEntry } from './sealed-entry.ts';
import { createSegmentIndex, type AcceptedAt, type Position, type SegmentIndex } from './segment-index.ts';
import { encodeHeader, isSegmentName, segmentName } from './segment.ts';
import { writeSignedHead } from './signed-head.ts';
import { verifySegments, type Verification } from './verify.ts';

export const JOURNAL_DEFAULTS = {
  segmentBytes: 32 * 1024 * 1024,
  /** At most this many entries are read again at a start. */
  checkpointEntries: 1000,
  headEveryMs: 5000,
  reserveBytes: 16 * 1024 * 1024,
};
/** What is read at once of entries that lie together. */
const READ_BYTES = 512 * 1024;
/** How often a missing reserve is tried to be made again. */
const RESERVE_EVERY_MS = 60_000;

export type JournalFailure = Failure<'disk-full' | 'journal-failed'>;

export type Journal = {
  readonly journalId: string;
  /** What was wrong with the files at start and what was found since; empty on a healthy device. */
  readonly problems: readonly JournalProblem[];
  /** Entries the start had to read because no checkpoint covered them. */
  readonly entriesReadAtStart: number;
  head(): JournalHead;
  /** The oldest entry still held; those before were dropped. */
  firstSeq(): number;
  /** The state after everything that is on disk. */
  state(): CounterState;
  /**
   * Appends what `decide` makes of the newest state, counting operations still on their way to the disk, so that
   * two callers never take the same number. Several waiting operations share one fdatasync.
   */
  transact<O extends Operation, F extends { kind: string }>(
    operatorId: string,
    decide: (state: CounterState) => Result<O, F>,
    /** An operation of an earlier journal of this device keeps its id and its time. */
    origin?: Origin,
  ): Promise<Result<EntryOf<O>, F | JournalFailure>>;
  /** Entries in order, as they were written (see `inTodaysForm`). One that can no longer be read is left out and becomes a problem. */
  read(afterSeq: number, limit: number): Promise<JournalEntry[]>;
  /** `read` for whoever sends them to the province, which judges each itself; what an operation says is read when it is asked for. */
  readToSend(afterSeq: number, limit: number): Promise<JournalEntry[]>;
  find(seq: number): Promise<JournalEntry | undefined>;
  /** Which entry says a dossier last: its acceptance, or a correction; undefined too when that was dropped. */
  acceptedAt(dossierId: string): AcceptedAt | undefined;
  /** Reads everything on disk again, a slice at a time, while the journal goes on. What it finds is added to `problems`. */
  verify(options?: { restMs?: number }): Promise<Verification>;
  /**
   * Deletes the segments that hold nothing after `seq`. The caller answers for it that the province has verified all up to `seq`
   * and that the retention window has passed. The newest segment always stays.
   */
  dropThrough(seq: number): Promise<{ segments: number; firstSeq: number }>;
  /** Runs a write that must not fail for want of space (not intake): when the disk is full the reserve is given up and `work` tried again. */
  withReserve<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

export type JournalOptions = {
  folder: string;
  vault: Vault;
  /** Signs the head (ECDSA P-256). */
  deviceKey: KeyObject;
  clock: Clock;
  /** Called right after the fdatasync of each new entry. Must not throw. */
  onEntry?: (entry: JournalEntry) => void;
  onProblem?: (problem: JournalProblem) => void;
  /** Share read at a start, 0 to 1; instantly 1 when the checkpoints are good. */
  onProgress?: (share: number) => void;
  freeBytes?: DiskSpace;
  limits?: Partial<typeof JOURNAL_DEFAULTS>;
};

export type Origin = Pick<JournalEntry, 'operationId' | 'atMs'>;

export type EntryOf<O extends Operation> = JournalEntry & { operation: O };

type Placed = Position & { seq: number };

type Waiting = { entry: JournalEntry; bytes: Buffer; settle: (result: Result<JournalEntry, JournalFailure>) => void };

/** Whether this folder holds entries of any journal, readable or not. */
export const hasJournal = async (folder: string): Promise<boolean> => (await readdir(folder).catch(() => [])).some(isSegmentName);

/** Taking in more is what a full disk refuses; everything else may use the reserve. */
const isIntake = ({ operation }: JournalEntry): boolean =>
  // What the queue's own log has taken already is only noted here.
  operation.type === 'dossier.accepted' || (operation.type === 'ticket.issued' && operation.queueAt === undefined);

export async function openJournal({
  folder,
  vault,
  deviceKey,
  clock,
  onEntry,
  onProblem,
  onProgress,
  freeBytes = diskSpaceOf(folder),
  limits,
}: JournalOptions): Promise<Journal> {
  const { segmentBytes, checkpointEntries, headEveryMs, reserveBytes } = { ...JOURNAL_DEFAULTS, ...limits };
  await preparePrivateFolder(folder);
  const checksum = await createChecksum();
  const journalId = await openIdentity(folder, checksum);
  const seal = createJournalSeal(journalId, vault);
  const loaded = await load({ folder, journalId, seal, checksum, deviceKey, onProgress });
  const { problems, segments } = loaded;
  const reserve = createReserve(folder, reserveBytes, freeBytes);

  let durable = loaded.state;
  let pending = durable;
  let head: JournalHead = { journalId, ...loaded.head };
  let pendingHead = head;
  let tail = loaded.isTailOpen ? segments.at(-1) : undefined;
  let file: FileHandle | undefined;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let isClosed = false;
  /** After a failed fsync the kernel may have dropped the pages: nothing more is acknowledged until the next start reads the disk. */
  let isBroken = false;
  let signed = { seq: loaded.signedHead?.seq ?? -1, firstSeq: loaded.signedHead?.firstSeq ?? 1 };
  let headTimer: ReturnType<typeof setTimeout> | undefined;
  let uncheckpointed = loaded.entriesRead;
  let reserveTriedAtMs = Number.NEGATIVE_INFINITY;
  /** Checkpoints, heads and drops, one after the other and never in the way of an append. */
  let housekeeping: Promise<unknown> = Promise.resolve();

  const report = (problem: JournalProblem): void => {
    problems.push(problem);
    onProblem?.(problem);
  };
  problems.forEach((problem) => onProblem?.(problem));

  /** What fails here costs only a slower start or an older signed head, and is tried again by itself. */
  function inBackground(work: () => Promise<unknown>): void {
    housekeeping = housekeeping.then(work).catch(() => undefined);
  }

  const firstSeq = (): number => (segments[0]?.before.seq ?? 0) + 1;

  async function signHead(): Promise<void> {
    const next = { seq: head.seq, hash: head.hash, firstSeq: firstSeq(), atMs: clock() };
    if (next.seq === signed.seq && next.firstSeq === signed.firstSeq) return;
    await writeSignedHead(folder, journalId, deviceKey, next);
    signed = next;
  }

  function signHeadSoon(): void {
    if (headTimer !== undefined || isClosed) return;
    headTimer = setTimeout(() => {
      headTimer = undefined;
      inBackground(signHead);
    }, headEveryMs);
    headTimer.unref();
  }

  function checkpointTail(): void {
    uncheckpointed = 0;
    inBackground(async () => tail !== undefined && writeIndex(folder, seal, tail, head, durable));
  }

  function restoreReserve(): void {
    if (performance.now() - reserveTriedAtMs < RESERVE_EVERY_MS) return;
    reserveTriedAtMs = performance.now();
    inBackground(() => reserve.restore());
  }

  function build(operation: Operation, operatorId: string, origin: Origin = { operationId: uuidv7(), atMs: clock() }): JournalEntry {
    const link = {
      seq: pendingHead.seq + 1,
      ...origin,
      monotonicMs: performance.now(),
      operatorId,
      previousHash: pendingHead.hash,
      operation,
    };
    return { ...link, hash: hashEntry(link) };
  }

  /** Nothing is on its way to the disk when this runs, so head and state are exactly those before the next entry. */
  async function currentFile(): Promise<{ handle: FileHandle; segment: OpenSegment }> {
    if (tail === undefined || tail.bytes >= segmentBytes) {
      await file?.close();
      file = undefined;
      if (tail !== undefined) {
        const [full, last, state] = [tail, head, durable];
        inBackground(() => writeIndex(folder, seal, full, last, state));
      }
      // A device that has entries has a signed head: one that is missing later was taken away.
      if (signed.seq < 0) await signHead();
      const name = segmentName(head.seq + 1);
      const header = encodeHeader(
        { journalId, firstSeq: head.seq + 1, previousHash: head.hash, sealedState: seal.sealState(head.seq + 1, head.hash, durable) },
        checksum,
      );
      await writeDurably(join(folder, name), header);
      tail = { index: createSegmentIndex(name), bytes: header.length, before: { seq: head.seq, hash: head.hash }, isSound: true };
      if (segments.at(-1)?.index.segment === name) segments.pop();
      segments.push(tail);
    }
    file ??= await open(join(folder, tail.index.segment), 'r+');
    return { handle: file, segment: tail };
  }

  async function flush(): Promise<void> {
    await Promise.resolve(); // lets callers of the same turn share the first fdatasync
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const written = isBroken ? fail('journal-failed') : await write(batch);
      if (!written.ok) {
        // Everything decided on top of the failed batch falls with it; the callers are told, nothing was acknowledged.
        const fallen = [...batch, ...waiting];
        waiting = [];
        pending = durable;
        pendingHead = head;
        for (const one of fallen) one.settle(written);
        continue;
      }
      for (const one of batch) acknowledge(one, written.value);
      uncheckpointed += batch.length;
      if (uncheckpointed >= checkpointEntries) checkpointTail();
      signHeadSoon();
      restoreReserve();
    }
    flushing = undefined;
  }

  function acknowledge({ entry, bytes, settle }: Waiting, segment: OpenSegment): void {
    segment.index.add(entry.seq, { offset: segment.bytes, bytes: bytes.length });
    noteAccepted(segment.index, entry.seq, entry.operation);
    segment.bytes += bytes.length;
    durable = reduceCounter(durable, entry);
    head = { journalId, seq: entry.seq, hash: entry.hash };
    onEntry?.(entry);
    settle(ok(entry));
  }

  async function write(batch: Waiting[]): Promise<Result<OpenSegment, JournalFailure>> {
    const bytes = Buffer.concat(batch.map((one) => one.bytes));
    const isIntakeOnly = batch.every(({ entry }) => isIntake(entry));
    try {
      const append = (): Promise<OpenSegment> => appendOnce(bytes);
      const segment = await (isIntakeOnly ? append() : withReserve(append));
      try {
        await file?.datasync();
      } catch {
        isBroken = true;
        return fail('journal-failed');
      }
      return ok(segment);
    } catch (error) {
      return isDiskFull(error) ? fail('disk-full') : fail('journal-failed');
    }
  }

  async function appendOnce(bytes: Buffer): Promise<OpenSegment> {
    const { handle, segment } = await currentFile();
    try {
      const { bytesWritten } = await handle.write(bytes, 0, bytes.length, segment.bytes);
      if (bytesWritten < bytes.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
      return segment;
    } catch (error) {
      await handle.truncate(segment.bytes).catch(() => (isBroken = true));
      throw error;
    }
  }

  async function withReserve<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isDiskFull(error) || isBroken || !(await reserve.release())) throw error;
      return work();
    }
  }

  function noteUnreadable(seq: number): void {
    if (!problems.some((problem) => problem.kind === 'unreadable-entry' && problem.seq === seq)) report({ kind: 'unreadable-entry', seq });
  }

  /** Entries of one segment; bytes that lie together are read together. */
  async function readPlaced({ segment }: SegmentIndex, placed: readonly Placed[], openOne = seal.open): Promise<JournalEntry[]> {
    const entries: JournalEntry[] = [];
    const runs = runsOf(placed);
    // What is opened of an entry has its own bytes: those of the file may be written over.
    const room = Buffer.allocUnsafeSlow(Math.max(0, ...runs.map(bytesIn)));
    const handle = await open(join(folder, segment), 'r').catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    try {
      for (const run of runs) {
        const start = run[0]?.offset ?? 0;
        const bytes = handle === undefined ? room.subarray(0, 0) : await readInto(room.subarray(0, bytesIn(run)), handle, start);
        for (const { seq, offset } of run) {
          const decoded = decodeEntry(bytes, offset - start, checksum);
          const opened = decoded.kind === 'entry' && decoded.entry.seq === seq ? openOne(decoded.entry) : undefined;
          if (opened?.kind === 'opened') entries.push(opened.entry);
          else if (seq >= firstSeq()) noteUnreadable(seq);
        }
      }
    } finally {
      await handle?.close();
    }
    return entries;
  }

  async function read(afterSeq: number, limit: number, readSome: typeof readPlaced): Promise<JournalEntry[]> {
    const entries: JournalEntry[] = [];
    let after = afterSeq;
    for (const { index } of [...segments]) {
      // An unreadable entry does not shorten the page, or whoever reads on would take it for the end.
      while (entries.length < limit && (index.lastSeq() ?? 0) > after) {
        const placed = index.after(after, limit - entries.length);
        entries.push(...(await readSome(index, placed)));
        after = placed.at(-1)?.seq ?? after;
      }
    }
    return entries;
  }

  async function readToSend(index: SegmentIndex, placed: readonly Placed[]): Promise<JournalEntry[]> {
    const entries = await readPlaced(index, placed, seal.openToSend);
    const said = index.saidBetween(entries[0]?.seq ?? 0, entries.at(-1)?.seq ?? 0);
    for (const entry of entries) {
      const dossier = said.get(entry.seq);
      if (dossier?.scans === 0) noteScanless(entry, dossier.dossierId);
    }
    return entries;
  }

  async function drop(seq: number): Promise<{ segments: number; firstSeq: number }> {
    let count = 0;
    for (let at = 1; at < segments.length && (segments[at] as OpenSegment).before.seq <= seq; at++) {
      const { index, before } = segments[at] as OpenSegment;
      // Only a successor that by itself knows the hash and the counters before it may become the first.
      const header = await readHeader(join(folder, index.segment), checksum);
      const isSelfSufficient =
        header?.version === 2 && header.previousHash === before.hash && seal.openState(header.firstSeq, header.previousHash, header.sealedState) !== undefined;
      if (isSelfSufficient) count = at;
    }
    if (count === 0) return { segments: 0, firstSeq: firstSeq() };
    // The leave to start later is signed and durable before the first byte goes; oldest first, so that a cut leaves no hole.
    const newFirst = (segments[count] as OpenSegment).before.seq + 1;
    const next = { seq: head.seq, hash: head.hash, firstSeq: newFirst, atMs: clock() };
    await writeSignedHead(folder, journalId, deviceKey, next);
    signed = next;
    const dropped = segments.splice(0, count).map(({ index }) => index.segment);
    const names = await readdir(folder);
    for (const segment of dropped) {
      await rm(join(folder, segment), { force: true });
      await rm(join(folder, indexFileOf(segment)), { force: true });
      for (const kept of names.filter((name) => name.startsWith(`${segment}.`))) await rm(join(folder, kept), { force: true });
    }
    await syncFolder(folder);
    return { segments: count, firstSeq: newFirst };
  }

  if (head.seq > signed.seq && signed.seq >= 0) inBackground(signHead);
  if (uncheckpointed > 0) checkpointTail();
  restoreReserve();

  return {
    journalId,
    problems,
    entriesReadAtStart: loaded.entriesRead,
    head: () => head,
    firstSeq,
    state: () => durable,
    async transact<O extends Operation, F extends { kind: string }>(operatorId: string, decide: (state: CounterState) => Result<O, F>, origin?: Origin) {
      if (isClosed) return fail('journal-failed');
      const decision = decide(pending);
      if (!decision.ok) return decision;
      // What the next start could not read must not be acknowledged now.
      operationSchema.parse(decision.value);
      const entry = build(decision.value, operatorId, origin);
      pending = reduceCounter(pending, entry);
      pendingHead = { journalId, seq: entry.seq, hash: entry.hash };
      const bytes = encodeEntry(seal.seal(entry), checksum);
      const settled = new Promise<Result<JournalEntry, JournalFailure>>((settle) => waiting.push({ entry, bytes, settle }));
      flushing ??= flush();
      return settled as Promise<Result<EntryOf<O>, JournalFailure>>;
    },
    read: (afterSeq, limit) => read(afterSeq, limit, readPlaced),
    readToSend: (afterSeq, limit) => read(afterSeq, limit, readToSend),
    find: async (seq) => {
      const found = segments.find(({ index }) => index.positionOf(seq) !== undefined)?.index;
      const position = found?.positionOf(seq);
      return found === undefined || position === undefined ? undefined : (await readPlaced(found, [{ seq, ...position }]))[0];
    },
    acceptedAt(dossierId) {
      for (let at = segments.length - 1; at >= 0; at--) {
        const accepted = segments[at]?.index.acceptedAt(dossierId);
        if (accepted !== undefined) return accepted;
      }
      return undefined;
    },
    async verify({ restMs = 0 } = {}) {
      const verification = await verifySegments({
        folder,
        journalId,
        seal,
        checksum,
        segments: () => segments.map(({ index, bytes }) => ({ name: index.segment, bytes })),
        isStopped: () => isClosed,
        restMs,
      });
      const known = new Set(problems.map((problem) => JSON.stringify(problem)));
      verification.problems.filter((problem) => !known.has(JSON.stringify(problem))).forEach(report);
      return verification;
    },
    dropThrough(seq) {
      const dropped = housekeeping.then(() => drop(seq));
      housekeeping = dropped.catch(() => undefined);
      return dropped;
    },
    withReserve,
    async close() {
      if (isClosed) return;
      isClosed = true;
      clearTimeout(headTimer);
      await flushing;
      if (uncheckpointed > 0) checkpointTail();
      inBackground(async () => head.seq > 0 && signHead());
      await housekeeping;
      await file?.close();
      file = undefined;
    },
  };
}

const bytesIn = (run: readonly Position[]): number => run.reduce((sum, { bytes }) => sum + bytes, 0);

/** Neighbouring entries whose bytes follow each other, up to a bounded size. */
function runsOf<P extends Position>(placed: readonly P[]): P[][] {
  const runs: P[][] = [];
  let size = 0;
  let end: number | undefined;
  for (const one of placed) {
    if (end === one.offset && size + one.bytes <= READ_BYTES) {
      runs.at(-1)?.push(one);
      size += one.bytes;
    } else {
      runs.push([one]);
      size = one.bytes;
    }
    end = one.offset + one.bytes;
  }
  return runs;
}

/** The journal's own id; a restored or cloned folder keeps it, which is how the province notices. */
async function openIdentity(folder: string, checksum: Checksum): Promise<string> {
  const path = join(folder, 'journal.json');
  const known = await readIdentity(path);
  if (known !== undefined) return known;
  // The identity file is lost or damaged but segments are there: they name their journal themselves.
  for (const name of await listSegments(folder)) {
    const header = await readHeader(join(folder, name), checksum);
    if (header !== undefined) return header.journalId;
  }
  const journalId = randomUUID();
  await writeDurably(path, Buffer.from(JSON.stringify({ journalId })));
  return journalId;
}

async function readIdentity(path: string): Promise<string | undefined> {
  try {
    return z.object({ journalId: z.uuid() }).parse(JSON.parse(await readFile(path, 'utf8'))).journalId;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}
