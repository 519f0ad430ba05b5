/** The JSON of entries as the journal's files have it, so that sending one writes none anew. */
import type { JournalEntry } from '../shared/journal/operation.ts';

type Place = Pick<JournalEntry, 'seq' | 'atMs' | 'monotonicMs' | 'previousHash' | 'hash'>;

const known = new WeakMap<JournalEntry, { place: Place; payload: Buffer }>();

/** `payload`: the JSON object (UTF-8) of the entry's other members, which nobody changes after. */
export function noteBytes(entry: JournalEntry, payload: Buffer): void {
  const { seq, atMs, monotonicMs, previousHash, hash } = entry;
  known.set(entry, { place: { seq, atMs, monotonicMs, previousHash, hash }, payload });
}

/** The entry's JSON (UTF-8) in pieces. */
export function bytesOf(entry: JournalEntry): Buffer[] {
  const noted = known.get(entry);
  if (noted === undefined) return [Buffer.from(JSON.stringify(entry), 'utf8')];
  const place = JSON.stringify(noted.place);
  return [Buffer.from(`${place.slice(0, -1)},`, 'utf8'), noted.payload.subarray(1)];
}
