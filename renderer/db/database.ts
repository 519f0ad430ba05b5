/** Dexie's tables and the ladder of versions; the only file that opens IndexedDB. */
import { Dexie, type Table } from 'dexie';
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import type { Draft } from '../../shared/dossiers/draft.ts';

/** The small row the lists read; the body lies apart so that a list never loads form data. */
export type DossierRow = {
  dossierId: string;
  code: string;
  /** Folded words of name, code, ID number and phone, for search without diacritics. */
  words: string[];
  applicantName: string;
  procedureCode: string;
  procedureName: string;
  idNumber?: string;
  acceptedAtMs: number;
  dueAtMs: number | null;
  seq: number;
  papersOwed: number;
  scans: number;
};
export type DossierBody = { dossierId: string; dossier: Dossier };
export type ScanRow = { sha256: string; mediaType: string; bytes: Uint8Array<ArrayBuffer>; addedAtMs: number };
export type MetaRow = { key: 'journal'; journalId: string; seq: number; hash: string };

export type CounterDatabase = Dexie & {
  dossiers: Table<DossierRow, string>;
  bodies: Table<DossierBody, string>;
  drafts: Table<Draft, string>;
  scans: Table<ScanRow, string>;
  meta: Table<MetaRow, string>;
};

export function openDatabase(name = 'counter'): CounterDatabase {
  // Chromium 121 and later default to `relaxed`, which loses acknowledged writes on a power cut.
  const db = new Dexie(name, { chromeTransactionDurability: 'strict' }) as CounterDatabase;
  db.version(1).stores({
    dossiers: 'dossierId, &code, *words, idNumber, acceptedAtMs, dueAtMs, papersOwed, seq',
    bodies: 'dossierId',
    drafts: 'draftId, updatedAtMs',
    scans: 'sha256',
    meta: 'key',
  });
  return db;
}
