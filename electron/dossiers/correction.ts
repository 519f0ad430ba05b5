/** Mends a dossier the province refused: judged here, journalled whole, and on its way again. */
import { decideCorrection, type FieldChange } from '../../shared/dossiers/correct.ts';
import type { Dossier, DossierId } from '../../shared/dossiers/dossier.ts';
import type { CorrectFailureKind } from '../../shared/ipc/contract.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import type { Rejection } from '../../shared/sync/memory.ts';
import type { CatalogueFiles } from '../catalogue/catalogue-files.ts';
import type { Journal } from '../journal/journal.ts';
import type { AcceptedDossiers } from './accepted-dossiers.ts';

export type Correction = { dossierId: DossierId; changes: readonly FieldChange[] };
/** `isRecoded`: it has another code than the paper given out for it; that of `operationId` has to be printed. */
export type Corrected = { dossier: Dossier; operationId: string; isRecoded: boolean };

type Options = {
  journal: Pick<Journal, 'transact'>;
  accepted: AcceptedDossiers;
  refusalOf(dossierId: string): Pick<Rejection, 'reason'> | undefined;
  catalogues: Pick<CatalogueFiles, 'current' | 'version'>;
  settings: Pick<Settings, 'operator' | 'codePattern'>;
  clock: Clock;
};

/** Only what is refused may be corrected, so that asking twice never makes a second correction of one refusal. */
export function createCorrection({ journal, accepted, refusalOf, catalogues, settings, clock }: Options) {
  const underWay = new Set<DossierId>();

  async function correct({ dossierId, changes }: Correction): Promise<Result<Corrected, Failure<CorrectFailureKind>>> {
    const said = await accepted.find(dossierId);
    if (said === undefined) return fail('dossier-unknown');
    const { dossier } = said;
    const refusal = refusalOf(dossierId);
    if (refusal === undefined) return fail('not-refused');
    const catalogue = (await catalogues.version(dossier.catalogueVersion)) ?? catalogues.current();
    const entry = await journal.transact(settings.operator.id, (state) =>
      decideCorrection(state, { dossier, changes, reason: refusal.reason, catalogue, codePattern: settings.codePattern, atMs: clock() }),
    );
    if (!entry.ok) return entry;
    const { operation, operationId } = entry.value;
    return ok({ dossier: operation.dossier, operationId, isRecoded: operation.number !== undefined });
  }

  return async (correction: Correction): ReturnType<typeof correct> => {
    const { dossierId } = correction;
    if (underWay.has(dossierId)) return fail('not-refused');
    underWay.add(dossierId);
    try {
      return await correct(correction);
    } finally {
      underWay.delete(dossierId);
    }
  };
}
