/**
 * The device's journal: append-only, encrypted, hash-chained segments. An operation counts as done
 * ("Đã lưu") when `transact` resolves: its bytes have been through fdatasync.
 */
import { createHash, randomUUID } from 'node:crypto';
import { open, readdir, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import { chainText, GENESIS_HASH } from '../../shared/journal/chain.ts';
import { operationSchema, type JournalEntry, type JournalHead, type Operation } from '../../shared/journal/operation.ts';
import { emptyCounterState, reduceCounter, type CounterState } from '../../shared/journal/counter-state.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import { isDiskFull, isMissing, preparePrivateFolder, syncFolder, writeDurably } from '../files.ts';
import type { Vault } from '../keys/vault.ts';
import { createChecksum, encodeEntry, type Checksum, type StoredEntry } from './entry-codec.ts';
import { decodeHeader, encodeHeader, HEADER_BYTES, isSegmentName, scanSegment, segmentName } from './segment.ts';

const MAX_SEGMENT_BYTES = 32 * 1024 * 1024;

export type JournalFailure = Failure<'disk-full' | 'journal-failed'>;

export type JournalProblem =
  /** The last write did not finish before the power went; nothing acknowledged is in it. Kept beside the segment as `.torn`. */
  | { kind: 'torn-tail'; segment: string; offset: number; bytes: number }
  | { kind: 'damaged'; segment: string; offset: number; bytes: number }
  /** An entry that is whole but does not fit the chain, does not open or does not parse. */
  | { kind: 'not-in-chain' | 'sealed-with-other-key' | 'unreadable-operation'; seq: number };

export type Journal = {
  readonly journalId: string;
  /** What was wrong with the files at start; empty on a healthy device. */
  readonly problems: readonly JournalProblem[];
  head(): JournalHead;
  /** The state after everything that is on disk. */
  state(): CounterState;
  /**
   * Appends what `decide` makes of the newest state, counting operations still on their way to the disk, so that
   * two callers never take the same number. Several waiting operations share one fdatasync.
   */
  transact<O extends Operation, F extends { kind: string }>(
    operatorId: string,
    decide: (state: CounterState) => Result<O, F>,
  ): Promise<Result<EntryOf<O>, F | JournalFailure>>;
  read(afterSeq: number, limit: number): Promise<JournalEntry[]>;
  find(seq: number): Promise<JournalEntry | undefined>;
  close(): Promise<void>;
};

export type JournalOptions = {
  folder: string;
  vault: Vault;
  clock: Clock;
  /** Called for every entry: at open for those on disk, later right after each fdatasync. Must not throw. */
  onEntry?: (entry: JournalEntry) => void;
};

export type EntryOf<O extends Operation> = JournalEntry & { operation: O };

type Position = { segment: string; offset: number; bytes: number };
type Waiting = { entry: JournalEntry; bytes: Buffer; settle: (result: Result<JournalEntry, JournalFailure>) => void };

const payloadSchema = z.object({ operationId: z.uuid(), operatorId: z.string(), operation: operationSchema });

const sha256Hex = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
export const hashEntry = (entry: Omit<JournalEntry, 'hash'>): string => sha256Hex(chainText(entry, sha256Hex(JSON.stringify(entry.operation))));
const contextOf = (journalId: string, seq: number): string => `journal/${journalId}/${seq}`;

export async function openJournal({ folder, vault, clock, onEntry }: JournalOptions): Promise<Journal> {
  await preparePrivateFolder(folder);
  const checksum = await createChecksum();
  const journalId = await openIdentity(folder);
  const loaded = await load(folder, journalId, vault, checksum, (entry) => onEntry?.(entry));
  const positions = loaded.positions;
  let durable = loaded.state;
  let pending = durable;
  let head: JournalHead = { journalId, ...loaded.head };
  let pendingHead = head;
  let tail = loaded.tail;
  let file: FileHandle | undefined;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let isClosed = false;
  /** After a failed fsync the kernel may have dropped the pages: nothing more is acknowledged until the next start reads the disk. */
  let isBroken = false;

  function build(operation: Operation, operatorId: string): Waiting['entry'] {
    const link = { seq: pendingHead.seq + 1, operationId: uuidv7(), atMs: clock(), monotonicMs: performance.now(), operatorId, previousHash: pendingHead.hash, operation };
    return { ...link, hash: hashEntry(link) };
  }

  async function currentFile(nextSeq: number): Promise<FileHandle> {
    if (file !== undefined && tail !== undefined && tail.bytes < MAX_SEGMENT_BYTES) return file;
    await file?.close();
    file = undefined;
    if (tail === undefined || tail.bytes >= MAX_SEGMENT_BYTES) {
      const name = segmentName(nextSeq);
      await writeDurably(join(folder, name), encodeHeader({ journalId, firstSeq: nextSeq }));
      tail = { segment: name, bytes: HEADER_BYTES };
    }
    file = await open(join(folder, tail.segment), 'r+');
    return file;
  }

  async function flush(): Promise<void> {
    await undefined; // lets callers of the same turn share the first fdatasync
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const failure = isBroken ? fail('journal-failed') : await write(batch);
      if (failure !== undefined) {
        // Everything decided on top of the failed batch falls with it; the callers are told, nothing was acknowledged.
        const fallen = [...batch, ...waiting];
        waiting = [];
        pending = durable;
        pendingHead = head;
        for (const one of fallen) one.settle(failure);
        continue;
      }
      for (const { entry, settle } of batch) {
        durable = reduceCounter(durable, entry);
        head = { journalId, seq: entry.seq, hash: entry.hash };
        onEntry?.(entry);
        settle(ok(entry));
      }
    }
    flushing = undefined;
  }

  async function write(batch: Waiting[]): Promise<{ ok: false; failure: JournalFailure } | undefined> {
    const bytes = Buffer.concat(batch.map((one) => one.bytes));
    let start: number | undefined;
    try {
      const handle = await currentFile((batch[0] as Waiting).entry.seq);
      if (tail === undefined) throw new Error('no open segment');
      start = tail.bytes;
      const { bytesWritten } = await handle.write(bytes, 0, bytes.length, start);
      if (bytesWritten < bytes.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
    } catch (error) {
      if (start !== undefined) await file?.truncate(start).catch(() => (isBroken = true));
      return isDiskFull(error) ? fail('disk-full') : fail('journal-failed');
    }
    try {
      await file?.datasync();
    } catch {
      isBroken = true;
      return fail('journal-failed');
    }
    let offset = start;
    for (const one of batch) {
      positions.set(one.entry.seq, { segment: tail.segment, offset, bytes: one.bytes.length });
      offset += one.bytes.length;
    }
    tail = { segment: tail.segment, bytes: offset };
    return undefined;
  }

  async function find(seq: number): Promise<JournalEntry | undefined> {
    const position = positions.get(seq);
    if (position === undefined) return undefined;
    const handle = await open(join(folder, position.segment), 'r');
    try {
      const bytes = Buffer.alloc(position.bytes);
      await handle.read(bytes, 0, bytes.length, position.offset);
      const placed = scanSegment(bytes, checksum).entries[0];
      if (placed === undefined) throw new Error(`journal entry ${seq} can no longer be read`);
      return unseal(placed.entry, journalId, vault);
    } finally {
      await handle.close();
    }
  }

  return {
    journalId,
    problems: loaded.problems,
    head: () => head,
    state: () => durable,
    async transact<O extends Operation, F extends { kind: string }>(operatorId: string, decide: (state: CounterState) => Result<O, F>) {
      if (isClosed) return fail('journal-failed');
      const decision = decide(pending);
      if (!decision.ok) return decision;
      const entry = build(decision.value, operatorId);
      const payload = Buffer.from(JSON.stringify({ operationId: entry.operationId, operatorId, operation: entry.operation }), 'utf8');
      const stored: StoredEntry = { ...entry, sealed: vault.seal(payload, contextOf(journalId, entry.seq)) };
      pending = reduceCounter(pending, entry);
      pendingHead = { journalId, seq: entry.seq, hash: entry.hash };
      const settled = new Promise<Result<JournalEntry, JournalFailure>>((settle) => waiting.push({ entry, bytes: encodeEntry(stored, checksum), settle }));
      flushing ??= flush();
      return settled as Promise<Result<EntryOf<O>, JournalFailure>>;
    },
    async read(afterSeq, limit) {
      const entries: JournalEntry[] = [];
      for (let seq = afterSeq + 1; seq <= head.seq && entries.length < limit; seq++) {
        const entry = await find(seq);
        if (entry !== undefined) entries.push(entry);
      }
      return entries;
    },
    find,
    async close() {
      isClosed = true;
      await flushing;
      await file?.close();
      file = undefined;
    },
  };
}

function unseal(stored: StoredEntry, journalId: string, vault: Vault): JournalEntry {
  const payload = payloadSchema.parse(JSON.parse(vault.open(stored.sealed, contextOf(journalId, stored.seq)).toString('utf8')));
  const { seq, atMs, monotonicMs, previousHash, hash } = stored;
  return { seq, atMs, monotonicMs, previousHash, hash, ...payload };
}

/** The journal's own id; a restored or cloned folder keeps it, which is how the province notices. */
async function openIdentity(folder: string): Promise<string> {
  const path = join(folder, 'journal.json');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (text !== undefined) return z.object({ journalId: z.uuid() }).parse(JSON.parse(text)).journalId;
  // The identity file is lost but segments are there: they name their journal themselves.
  for (const name of (await readdir(folder)).filter(isSegmentName).sort()) {
    const header = decodeHeader(await readFile(join(folder, name)));
    if (header !== undefined) return header.journalId;
  }
  const journalId = randomUUID();
  await writeDurably(path, Buffer.from(JSON.stringify({ journalId })));
  return journalId;
}

type Loaded = {
  state: CounterState;
  head: { seq: number; hash: string };
  positions: Map<number, Position>;
  problems: JournalProblem[];
  tail: { segment: string; bytes: number } | undefined;
};

async function load(folder: string, journalId: string, vault: Vault, checksum: Checksum, onEntry: (entry: JournalEntry) => void): Promise<Loaded> {
  const loaded: Loaded = { state: emptyCounterState, head: { seq: 0, hash: GENESIS_HASH }, positions: new Map(), problems: [], tail: undefined };
  const names = (await readdir(folder)).filter(isSegmentName).sort();
  for (const name of names) {
    const isLast = name === names.at(-1);
    const bytes = await readFile(join(folder, name));
    const { entries, damages } = scanSegment(bytes, checksum);
    let end = bytes.length;
    for (const damage of damages) {
      if (damage.isTail && isLast) {
        await cutTail(folder, name, bytes, damage.offset);
        end = damage.offset;
        loaded.problems.push({ kind: 'torn-tail', segment: name, offset: damage.offset, bytes: damage.bytes });
      } else {
        loaded.problems.push({ kind: 'damaged', segment: name, offset: damage.offset, bytes: damage.bytes });
      }
    }
    for (const { entry: stored, offset, bytes: length } of entries) {
      take(loaded, stored, { segment: name, offset, bytes: length }, journalId, vault, onEntry);
    }
    loaded.tail = { segment: name, bytes: Math.max(end, HEADER_BYTES) };
  }
  return loaded;
}

function take(loaded: Loaded, stored: StoredEntry, position: Position, journalId: string, vault: Vault, onEntry: (entry: JournalEntry) => void): void {
  const { seq, hash } = stored;
  let entry: JournalEntry;
  try {
    entry = unseal(stored, journalId, vault);
  } catch (error) {
    loaded.problems.push({ kind: error instanceof z.ZodError ? 'unreadable-operation' : 'sealed-with-other-key', seq });
    loaded.head = seq > loaded.head.seq ? { seq, hash } : loaded.head;
    return;
  }
  const isContinuous = stored.previousHash === loaded.head.hash && seq === loaded.head.seq + 1;
  if (!isContinuous || hashEntry(entry) !== hash) loaded.problems.push({ kind: 'not-in-chain', seq });
  // An entry out of order is tampering: it is reported and its numbers count as used, but the head never goes back.
  if (seq > loaded.head.seq) loaded.head = { seq, hash };
  if (loaded.positions.has(seq)) return;
  loaded.positions.set(seq, position);
  loaded.state = reduceCounter(loaded.state, entry);
  onEntry(entry);
}

/** The unfinished write is kept beside the segment for whoever has to look into it, then cut so that appending goes on after the last whole entry. */
async function cutTail(folder: string, name: string, bytes: Buffer, offset: number): Promise<void> {
  await writeDurably(join(folder, `${name}.${offset}.torn`), bytes.subarray(offset));
  if (offset < HEADER_BYTES) return;
  await truncate(join(folder, name), offset);
  const handle = await open(join(folder, name), 'r+');
  await handle.sync();
  await handle.close();
  await syncFolder(folder);
}
