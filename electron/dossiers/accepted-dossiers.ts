/** Accepted dossiers by their id, read from the journal, which knows where each stands. */
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import { inTodaysForm } from '../../shared/journal/operation.ts';
import type { Journal } from '../journal/journal.ts';

export type AcceptedDossiers = { find(dossierId: string): Promise<{ dossier: Dossier; seq: number } | undefined> };

export const createAcceptedDossiers = (journal: Pick<Journal, 'acceptedAt' | 'find'>): AcceptedDossiers => ({
  async find(dossierId) {
    const seq = journal.acceptedAt(dossierId)?.seq;
    const entry = seq === undefined ? undefined : await journal.find(seq);
    const operation = entry === undefined ? undefined : inTodaysForm(entry).operation;
    return seq !== undefined && operation?.type === 'dossier.accepted' ? { dossier: operation.dossier, seq } : undefined;
  },
});
