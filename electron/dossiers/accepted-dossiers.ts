/** Dossiers taken in here, by their id and as they were corrected last, read from the journal, which knows where each stands. */
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import { dossierOf, inTodaysForm } from '../../shared/journal/operation.ts';
import type { Journal } from '../journal/journal.ts';

/** `seq`: of the entry that says it. */
export type AcceptedDossiers = { find(dossierId: string): Promise<{ dossier: Dossier; seq: number } | undefined> };

export const createAcceptedDossiers = (journal: Pick<Journal, 'acceptedAt' | 'find'>): AcceptedDossiers => ({
  async find(dossierId) {
    const seq = journal.acceptedAt(dossierId)?.seq;
    const entry = seq === undefined ? undefined : await journal.find(seq);
    const dossier = entry === undefined ? undefined : dossierOf(inTodaysForm(entry));
    return seq === undefined || dossier === undefined ? undefined : { dossier, seq };
  },
});
