/** How a dossier stands in the database: a sealed summary for the lists, and apart from it the whole (sealed-content.ts). */
import { z } from 'zod';
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import { wordsOf } from '../../shared/search/words.ts';
import { rankOf, seqOf, type DossierRow, type StoredRow } from './database.ts';
import { inSlices } from './in-slices.ts';
import { packsOfRanks, sealPacks, type SealedPack } from './sealed-content.ts';
import type { Sealer } from './sealer.ts';

const summarySchema = z.object({
  code: z.string(),
  applicantName: z.string(),
  procedureName: z.string(),
  idNumber: z.string().optional(),
  papersOwed: z.number(),
  scans: z.number(),
  /** Words it is found by that do not follow from the rest. */
  further: z.array(z.string()),
});
type Summary = z.infer<typeof summarySchema>;

export type Accepted = { dossier: Dossier; seq: number };
export type OpenRow = { row: DossierRow; words: readonly string[] };
export type SealedRow = { row: StoredRow; words: readonly string[] };
export type SealedDossiers = { rows: SealedRow[]; packs: SealedPack[] };

const rowName = (row: Pick<StoredRow, 'rank' | 'dossierId'>): string => `row/${row.rank}/${row.dossierId}`;
const sumOf = (dossier: Dossier, kind: 'phi' | 'le-phi'): number => dossier.fees.reduce((sum, fee) => (fee.kind === kind ? sum + fee.amountVnd : sum), 0);

/** What the columns of a row say of its words, so that they are not stored twice. */
const evidentWords = ({ code, applicantName, idNumber }: Pick<Summary, 'code' | 'applicantName' | 'idNumber'>): string[] =>
  wordsOf({ code, applicant: { kind: 'person', fullName: applicantName, idNumber }, papers: [] });

function summaryOf({ code, formerCodes, applicant, submitter, procedureName, papers }: Dossier): Summary & { words: readonly string[] } {
  const shown = { code, applicantName: applicant.fullName, idNumber: applicant.kind === 'person' ? applicant.idNumber : undefined };
  const words = wordsOf({ code, formerCodes, applicant, submitter, papers });
  const evident = new Set(evidentWords(shown));
  return {
    ...shown,
    procedureName,
    papersOwed: papers.filter((paper) => paper.state === 'owed').length,
    scans: papers.reduce((sum, paper) => sum + paper.pages.length, 0),
    further: words.filter((word) => !evident.has(word)),
    words,
  };
}

async function sealRow(sealer: Sealer, { dossier, seq }: Accepted, pack: number): Promise<SealedRow> {
  const rank = rankOf(seq);
  const { dossierId, procedureCode, acceptedAtMs, dueAtMs } = dossier;
  const { words, ...summary } = summaryOf(dossier);
  const row: StoredRow = {
    rank,
    dossierId,
    acceptedAtMs,
    dueAtMs,
    status: summary.papersOwed > 0 ? 'owing' : 'complete',
    procedureCode,
    phiVnd: sumOf(dossier, 'phi'),
    lePhiVnd: sumOf(dossier, 'le-phi'),
    pack,
    sealed: await sealer.sealJson(rowName({ rank, dossierId }), summary),
  };
  return { row, words };
}

/** Rows sealed before whoever else asks gets a turn. */
const SLICE = 64;

/** Rows in the order given. */
export async function sealDossiers(sealer: Sealer, accepted: readonly Accepted[]): Promise<SealedDossiers> {
  const packs = await sealPacks(
    sealer,
    accepted.map(({ dossier, seq }) => ({ rank: rankOf(seq), dossier })),
  );
  const packOf = packsOfRanks(packs);
  return { rows: await inSlices(accepted, SLICE, (one) => sealRow(sealer, one, packOf.get(rankOf(one.seq)) ?? 0)), packs };
}

/** What is seen of a dossier whose row could not be opened but which was read elsewhere. */
export function rowOf({ dossier, seq }: Accepted): OpenRow {
  const { words: _, ...summary } = summaryOf(dossier);
  return opened(summary, { ...dossier, rank: rankOf(seq) });
}

const opened = (
  { further, ...summary }: Summary,
  { rank, dossierId, procedureCode, acceptedAtMs, dueAtMs }: Pick<StoredRow, 'rank' | 'dossierId' | 'procedureCode' | 'acceptedAtMs' | 'dueAtMs'>,
): OpenRow => ({
  row: { ...summary, dossierId, procedureCode, acceptedAtMs, dueAtMs, seq: seqOf(rank) },
  words: [...evidentWords(summary), ...further],
});

/** Rejects when the row is damaged. */
export async function openRow(sealer: Sealer, stored: StoredRow): Promise<OpenRow> {
  return opened(summarySchema.parse(await sealer.openJson(rowName(stored), stored.sealed)), stored);
}

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
