/** What the journal's files say of entries, so that sending one neither writes its JSON anew nor reads it. */
import { dossierOf, type JournalEntry } from '../shared/journal/operation.ts';
import type { SaidDossier } from '../shared/sync/memory.ts';

type Place = Pick<JournalEntry, 'seq' | 'atMs' | 'monotonicMs' | 'previousHash' | 'hash'>;

const known = new WeakMap<JournalEntry, { place: Place; payload: Buffer; scanless?: string }>();

/** `payload`: the JSON object (UTF-8) of the entry's other members, which nobody changes after. */
export const noteBytes = (entry: JournalEntry, place: Place, payload: Buffer): void => void known.set(entry, { place, payload });

/** The entry, whose bytes are noted, says this dossier whole, which stands on no scan. */
export function noteScanless(entry: JournalEntry, dossierId: string): void {
  const noted = known.get(entry);
  if (noted !== undefined) noted.scanless = dossierId;
}

/** The entry's JSON (UTF-8) in pieces. */
export function bytesOf(entry: JournalEntry): Buffer[] {
  const noted = known.get(entry);
  if (noted === undefined) return [Buffer.from(JSON.stringify(entry), 'utf8')];
  const { seq, atMs, monotonicMs, previousHash, hash } = noted.place;
  const place = JSON.stringify({ seq, atMs, monotonicMs, previousHash, hash });
  return [Buffer.from(`${place.slice(0, -1)},`, 'latin1'), noted.payload.subarray(1)];
}

/** `dossierOf` for whoever asks which dossier it is, and which scans it stands on. */
export function dossierIn(entry: JournalEntry): SaidDossier | undefined {
  const dossierId = known.get(entry)?.scanless;
  if (dossierId === undefined) return dossierOf(entry);
  return {
    dossierId,
    papers: [],
    get code() {
      return dossierOf(entry)?.code ?? '';
    },
  };
}
