/** Accepts an intake for good: scans on disk → journal entry on disk → answered → printed. */
import { decideAcceptance } from '../../shared/dossiers/accept.ts';
import type { Dossier, DossierId, Intake } from '../../shared/dossiers/dossier.ts';
import { scansOf } from '../../shared/dossiers/scans-of.ts';
import type { AcceptFailureKind } from '../../shared/ipc/contract.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import type { CatalogueFiles } from '../catalogue/catalogue-files.ts';
import type { IntakeRoom } from '../journal/disk-space.ts';
import type { Journal } from '../journal/journal.ts';
import type { ScanFiles } from '../scanning/scan-files.ts';
import type { AcceptedDossiers } from './accepted-dossiers.ts';
import type { DraftFiles } from './draft-files.ts';

export type Acceptance = { draftId: string; dossierId: DossierId; intake: Intake };
export type Accepted = { dossier: Dossier; seq: number };

type Options = {
  journal: Journal;
  accepted: AcceptedDossiers;
  drafts: DraftFiles;
  scans: ScanFiles;
  catalogues: CatalogueFiles;
  settings: Settings;
  clock: Clock;
  isOnline(): boolean;
  room(): Promise<IntakeRoom>;
};

/** Asking twice for one dossier id gives the first answer again: a lost answer never makes a second dossier. */
export function createAcceptance({ journal, accepted, drafts, scans, catalogues, settings, clock, isOnline, room }: Options) {
  const underWay = new Map<DossierId, Promise<Result<Accepted, Failure<AcceptFailureKind>>>>();

  async function accept({ draftId, dossierId, intake }: Acceptance): Promise<Result<Accepted, Failure<AcceptFailureKind>>> {
    const known = await accepted.find(dossierId);
    if (known !== undefined) return ok(known);
    const left = await room();
    if (left === 'none') return fail('disk-full');
    // Begun while there was room enough: the citizen is not sent away halfway.
    if (left === 'to-finish' && !drafts.has(draftId)) return fail('disk-low');
    const catalogue = await catalogues.version(intake.catalogueVersion);
    if (catalogue === undefined) return fail('catalogue-changed');
    for (const sha256 of scansOf(intake)) {
      if (!(await scans.has(sha256))) return fail('scan-missing', { sha256 });
    }
    const entry = await journal.transact(settings.operator.id, (state) =>
      decideAcceptance(state, { dossierId, intake, catalogue, settings, atMs: clock(), isOnline: isOnline() }),
    );
    if (!entry.ok) return entry;
    // From here on the dossier is saved; the draft is only in the way. Taken in again, it would give this answer once more.
    drafts.delete(draftId).catch(() => undefined);
    return ok({ dossier: entry.value.operation.dossier, seq: entry.value.seq });
  }

  return (acceptance: Acceptance): ReturnType<typeof accept> => {
    const { dossierId } = acceptance;
    const answer = underWay.get(dossierId) ?? accept(acceptance).finally(() => underWay.delete(dossierId));
    underWay.set(dossierId, answer);
    return answer;
  };
}
