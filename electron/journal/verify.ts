/** Reads the whole journal again in the background: every checksum, every link of the chain, every seal. */
import { join } from 'node:path';
import { GENESIS_HASH } from '../../shared/journal/chain.ts';
import { isMissing } from '../files.ts';
import type { Checksum, StoredEntry } from './entry-codec.ts';
import { readRange } from './load.ts';
import { createPace } from './pace.ts';
import { addEntryProblem, type JournalProblem } from './problem.ts';
import { hashEntry, type JournalSeal } from './sealed-entry.ts';
import { decodeHeader, firstSeqOf, scanEntries } from './segment.ts';

export type Verification = { entries: number; problems: JournalProblem[]; isComplete: boolean };

export type VerifyOptions = {
  folder: string;
  journalId: string;
  seal: JournalSeal;
  checksum: Checksum;
  /** Segments as they are now with the bytes that are durable; asked again for each one, because the journal goes on meanwhile. */
  segments(): ReadonlyArray<{ name: string; bytes: number }>;
  isStopped(): boolean;
  /** Milliseconds without work after each slice. */
  restMs: number;
};

export async function verifySegments({ folder, journalId, seal, checksum, segments, isStopped, restMs }: VerifyOptions): Promise<Verification> {
  const result: Verification = { entries: 0, problems: [], isComplete: false };
  let link: { seq: number; hash: string } | undefined;
  let name = '';
  const pace = createPace(restMs);

  function check(stored: StoredEntry): void {
    const { seq, hash } = stored;
    result.entries += 1;
    const opened = seal.open(stored);
    const isContinuous = link === undefined || (stored.previousHash === link.hash && seq === link.seq + 1);
    if (opened.kind !== 'opened') addEntryProblem(result.problems, opened.kind, seq);
    else if (!isContinuous || hashEntry(opened.entry) !== hash) addEntryProblem(result.problems, 'not-in-chain', seq);
    if (link === undefined || seq > link.seq) link = { seq, hash };
  }

  function begin(bytes: Buffer): number {
    const header = decodeHeader(bytes, checksum);
    if (header === undefined) return 0;
    if (header.journalId !== journalId || header.firstSeq !== firstSeqOf(name))
      result.problems.push({ kind: 'damaged', segment: name, offset: 0, bytes: header.bytes });
    const before = header.version === 2 ? { seq: header.firstSeq - 1, hash: header.previousHash } : { seq: 0, hash: GENESIS_HASH };
    if (link === undefined) link = before;
    else if (header.version === 2 && (before.seq !== link.seq || before.hash !== link.hash)) {
      result.problems.push({ kind: 'entries-missing', afterSeq: link.seq, beforeSeq: header.firstSeq });
      link = before;
    }
    return header.bytes;
  }

  for (let segment = segments()[0]; segment !== undefined; segment = segments().find((other) => other.name > name)) {
    name = segment.name;
    let bytes: Buffer;
    try {
      bytes = await readRange(join(folder, name), 0, segment.bytes);
    } catch (error) {
      if (!isMissing(error)) throw error;
      // Dropped meanwhile, or taken away: the next header tells which.
      if (segments().some((other) => other.name === name)) result.problems.push({ kind: 'damaged', segment: name, offset: 0, bytes: segment.bytes });
      else link = undefined;
      continue;
    }
    const missing = segment.bytes - bytes.length;
    if (missing > 0) result.problems.push({ kind: 'damaged', segment: name, offset: bytes.length, bytes: missing });
    for (const found of scanEntries(bytes, begin(bytes), checksum)) {
      if (found.kind === 'entry') check(found.entry);
      else result.problems.push({ kind: 'damaged', segment: name, offset: found.offset, bytes: found.bytes });
      await pace();
      if (isStopped()) return result;
    }
  }
  result.isComplete = true;
  return result;
}
