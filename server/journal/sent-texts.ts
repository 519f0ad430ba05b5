/**
 * Owns where in a request the text of each operation stands, so that none has to be written anew. Every byte around the texts is
 * held against what was read of the request: a text that is JSON is the operation that was read, for nothing else can stand there.
 */
import { parseOrUndefined } from '../../shared/lib/json.ts';
import type { WireEntry } from '../../shared/sync/protocol.ts';

export type SentTexts = (entry: WireEntry) => Buffer | undefined;

export const noTexts: SentTexts = () => undefined;

const ENTRIES = '"entries":[';
/** What ends the last entry, and the request with it. */
const END = '}]}';

/**
 * `plain`: the request (JSON in UTF-8) with these entries in their order. Nothing is found where somebody writes otherwise than
 * counters do; a text in whose middle the next entry seems to begin is found too short, and is no JSON.
 */
export function sentTexts(plain: Buffer, entries: readonly WireEntry[]): SentTexts {
  const texts = new Map<WireEntry, Buffer>();
  const end = plain.byteLength - END.length;
  const isAt = (text: string, at: number): boolean => plain.toString('latin1', at, at + text.length) === text;
  const beginning = beginningOf(plain);
  if (beginning === undefined || end < beginning || !isAt(END, end)) return noTexts;
  let at: number = beginning;
  for (const [nth, entry] of entries.entries()) {
    const before = beforeText(entry);
    const from: number = at + before.length;
    const next = entries[nth + 1];
    const to = next === undefined ? end : plain.indexOf(`},{"seq":${next.seq},`, from, 'latin1');
    // One that goes on to an end that is not there makes all those before it doubtful too.
    if (!isAt(before, at) || to < from) return noTexts;
    texts.set(entry, plain.subarray(from, to));
    at = to + 2;
  }
  return (entry) => texts.get(entry);
}

/** Where the first entry begins in a request that has its entries last, as a member of its own. */
function beginningOf(plain: Buffer): number | undefined {
  const at = plain.indexOf(ENTRIES, 0, 'latin1');
  const head = plain.toString('latin1', 0, Math.max(0, at));
  return head.endsWith(',') && parseOrUndefined(`${head.slice(0, -1)}}`) !== undefined ? at + ENTRIES.length : undefined;
}

function beforeText({ seq, atMs, monotonicMs, previousHash, hash, operationId, operatorId }: WireEntry): string {
  const others = JSON.stringify({ seq, atMs, monotonicMs, previousHash, hash, operationId, operatorId });
  return `${others.slice(0, -1)},"operation":`;
}
