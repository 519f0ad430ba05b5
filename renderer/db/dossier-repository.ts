/** Reads and writes accepted dossiers; what the lists, the reading pane and autofill ask for. */
import type { Dossier, DossierId } from '../../shared/dossiers/dossier.ts';
import { fold } from '../../shared/lib/fold.ts';
import type { CounterDatabase, DossierRow } from './database.ts';

export type DossierRepository = {
  /** Newest first. `text` matches code, name without diacritics, ID number or phone by word prefix. Usable inside `liveQuery`. */
  find(query: { text?: string; limit: number; offset?: number }): Promise<DossierRow[]>;
  get(dossierId: DossierId): Promise<Dossier | undefined>;
  /** The newest dossier on this device of the person with this ID number, for autofill. */
  lastOfPerson(idNumber: string): Promise<Dossier | undefined>;
  acceptedSince(atMs: number): Promise<number>;
  /** Due at or after `fromMs` and before `toMs`, the earliest first. */
  dueBetween(fromMs: number, toMs: number, limit: number): Promise<DossierRow[]>;
  /** Accepted with papers still owed (nợ), the longest owing first. */
  owing(limit: number): Promise<DossierRow[]>;
  /** What was collected since, phí and lệ phí apart as the law keeps them. */
  feesSince(atMs: number): Promise<{ phiVnd: number; lePhiVnd: number }>;
  put(dossier: Dossier, seq: number): Promise<void>;
};

const wordsOf = (dossier: Dossier): string[] => {
  const party = dossier.applicant;
  const source = [dossier.code, party.fullName, party.kind === 'person' ? party.idNumber : party.taxCode, party.phone, dossier.submitter?.fullName, dossier.submitter?.idNumber];
  return [...new Set(source.flatMap((text) => fold(text ?? '').split(/\s+/u)).filter((word) => word !== ''))];
};

export const toRow = (dossier: Dossier, seq: number): DossierRow => ({
  dossierId: dossier.dossierId,
  code: dossier.code,
  words: wordsOf(dossier),
  applicantName: dossier.applicant.fullName,
  procedureCode: dossier.procedureCode,
  procedureName: dossier.procedureName,
  idNumber: dossier.applicant.kind === 'person' ? dossier.applicant.idNumber : undefined,
  acceptedAtMs: dossier.acceptedAtMs,
  dueAtMs: dossier.dueAtMs,
  seq,
  papersOwed: dossier.papers.filter((paper) => paper.state === 'owed').length,
  scans: dossier.papers.reduce((sum, paper) => sum + paper.pages.length, 0),
});

export function createDossierRepository(db: CounterDatabase): DossierRepository {
  return {
    async find({ text = '', limit, offset = 0 }) {
      const tokens = fold(text).split(/\s+/u).filter((token) => token !== '');
      const rarest = [...tokens].sort((a, b) => b.length - a.length)[0];
      if (rarest === undefined) return db.dossiers.orderBy('acceptedAtMs').reverse().offset(offset).limit(limit).toArray();
      const hits = await db.dossiers
        .where('words')
        .startsWith(rarest)
        .distinct()
        .filter((row) => tokens.every((token) => row.words.some((word) => word.startsWith(token))))
        .toArray();
      return hits.sort((a, b) => b.acceptedAtMs - a.acceptedAtMs).slice(offset, offset + limit);
    },
    get: async (dossierId) => (await db.bodies.get(dossierId))?.dossier,
    async lastOfPerson(idNumber) {
      const rows = await db.dossiers.where('idNumber').equals(idNumber).sortBy('acceptedAtMs');
      const last = rows.at(-1);
      return last === undefined ? undefined : (await db.bodies.get(last.dossierId))?.dossier;
    },
    acceptedSince: (atMs) => db.dossiers.where('acceptedAtMs').aboveOrEqual(atMs).count(),
    dueBetween: (fromMs, toMs, limit) => db.dossiers.where('dueAtMs').between(fromMs, toMs).limit(limit).toArray(),
    owing: (limit) => db.dossiers.where('papersOwed').above(0).limit(limit).sortBy('acceptedAtMs'),
    async feesSince(atMs) {
      const ids = await db.dossiers.where('acceptedAtMs').aboveOrEqual(atMs).primaryKeys();
      const bodies = await db.bodies.bulkGet(ids);
      const sum = (kind: 'phi' | 'le-phi') => bodies.flatMap((body) => body?.dossier.fees ?? []).reduce((total, fee) => (fee.kind === kind ? total + fee.amountVnd : total), 0);
      return { phiVnd: sum('phi'), lePhiVnd: sum('le-phi') };
    },
    async put(dossier, seq) {
      await db.transaction('rw', db.dossiers, db.bodies, async () => {
        await db.dossiers.put(toRow(dossier, seq));
        await db.bodies.put({ dossierId: dossier.dossierId, dossier });
      });
    },
  };
}
