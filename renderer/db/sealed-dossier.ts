/** How a dossier stands in the database: a summary and the whole of it, each sealed under its own name. */
import { z } from 'zod';
import { dossierSchema, type Dossier } from '../../shared/dossiers/dossier.ts';
import { wordsOf } from '../../shared/search/words.ts';
import { rankOf, seqOf, type DossierRow, type StoredContent, type StoredRow } from './database.ts';
import type { Sealer } from './sealer.ts';

const summarySchema = z.object({
  code: z.string(),
  applicantName: z.string(),
  procedureName: z.string(),
  idNumber: z.string().optional(),
  papersOwed: z.number(),
  scans: z.number(),
  words: z.array(z.string()),
});
type Summary = z.infer<typeof summarySchema>;

export type Accepted = { dossier: Dossier; seq: number };
export type OpenRow = { row: DossierRow; words: readonly string[] };
export type SealedDossier = { row: StoredRow; content: StoredContent; words: readonly string[] };

const rowName = (row: Pick<StoredRow, 'rank' | 'dossierId'>): string => `row/${row.rank}/${row.dossierId}`;
const contentName = (rank: number): string => `content/${rank}`;
const sumOf = (dossier: Dossier, kind: 'phi' | 'le-phi'): number => dossier.fees.reduce((sum, fee) => (fee.kind === kind ? sum + fee.amountVnd : sum), 0);

function summaryOf({ code, applicant, submitter, procedureName, papers }: Dossier): Summary {
  return {
    code,
    applicantName: applicant.fullName,
    procedureName,
    idNumber: applicant.kind === 'person' ? applicant.idNumber : undefined,
    papersOwed: papers.filter((paper) => paper.state === 'owed').length,
    scans: papers.reduce((sum, paper) => sum + paper.pages.length, 0),
    words: wordsOf({ code, applicant, submitter, papers }),
  };
}

export async function sealDossier(sealer: Sealer, { dossier, seq }: Accepted): Promise<SealedDossier> {
  const rank = rankOf(seq);
  const { dossierId, procedureCode, acceptedAtMs, dueAtMs } = dossier;
  const summary = summaryOf(dossier);
  const [sealedRow, sealedContent] = await Promise.all([sealer.sealJson(rowName({ rank, dossierId }), summary), sealer.sealJson(contentName(rank), dossier)]);
  const row: StoredRow = {
    rank,
    dossierId,
    acceptedAtMs,
    dueAtMs,
    status: summary.papersOwed > 0 ? 'owing' : 'complete',
    procedureCode,
    phiVnd: sumOf(dossier, 'phi'),
    lePhiVnd: sumOf(dossier, 'le-phi'),
    sealed: sealedRow,
  };
  return { row, content: { rank, sealed: sealedContent }, words: summary.words };
}

/** What is seen of a dossier whose row could not be opened but which was read elsewhere. */
export const rowOf = ({ dossier, seq }: Accepted): OpenRow => opened(summaryOf(dossier), { ...dossier, rank: rankOf(seq) });

const opened = (
  { words, ...summary }: Summary,
  { rank, dossierId, procedureCode, acceptedAtMs, dueAtMs }: Pick<StoredRow, 'rank' | 'dossierId' | 'procedureCode' | 'acceptedAtMs' | 'dueAtMs'>,
): OpenRow => ({
  row: { ...summary, dossierId, procedureCode, acceptedAtMs, dueAtMs, seq: seqOf(rank) },
  words,
});

/** Rejects when the row is damaged. */
export async function openRow(sealer: Sealer, stored: StoredRow): Promise<OpenRow> {
  return opened(summarySchema.parse(await sealer.openJson(rowName(stored), stored.sealed)), stored);
}

/** Rejects when it is damaged. */
export const openContent = async (sealer: Sealer, { rank, sealed }: StoredContent): Promise<Dossier> =>
  dossierSchema.parse(await sealer.openJson(contentName(rank), sealed));

/** Stands in the list for a row that nothing can read any more: a dossier is never passed over in silence. */
export const damagedRow = ({ rank, dossierId, procedureCode, acceptedAtMs, dueAtMs }: StoredRow): DossierRow => ({
  dossierId,
  code: '',
  applicantName: '',
  procedureCode,
  procedureName: '',
  acceptedAtMs,
  dueAtMs,
  seq: seqOf(rank),
  papersOwed: 0,
  scans: 0,
  isDamaged: true,
});
