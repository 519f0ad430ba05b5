/** Where in the journal each accepted dossier stands; built while the journal is read, so it needs no file of its own. */
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import type { JournalEntry } from '../../shared/journal/operation.ts';

export type AcceptedDossiers = {
  noteEntry(entry: JournalEntry): void;
  find(dossierId: string): Promise<{ dossier: Dossier; seq: number } | undefined>;
};

export function createAcceptedDossiers(findEntry: (seq: number) => Promise<JournalEntry | undefined>): AcceptedDossiers {
  const seqOf = new Map<string, number>();
  return {
    noteEntry({ operation, seq }) {
      if (operation.type === 'dossier.accepted') seqOf.set(operation.dossier.dossierId, seq);
    },
    async find(dossierId) {
      const seq = seqOf.get(dossierId);
      const operation = seq === undefined ? undefined : (await findEntry(seq))?.operation;
      return seq !== undefined && operation?.type === 'dossier.accepted' ? { dossier: operation.dossier, seq } : undefined;
    },
  };
}
