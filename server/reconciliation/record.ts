/** Owns what the journal entries the province holds say of a day, checked against their own hashes. */
import { dossierSchema, type Dossier } from '../../shared/dossiers/dossier.ts';
import { chainText } from '../../shared/journal/chain.ts';
import { operationSchema, type Operation } from '../../shared/journal/operation.ts';
import type { ProvinceRecord } from '../../shared/reconciliation/compare.ts';
import { addToBook, emptyDayBook, lineOf, statementOf } from '../../shared/reconciliation/day-book.ts';
import type { Statement, StatementLine } from '../../shared/reconciliation/statement.ts';
import { sha256 } from '../digest.ts';
import type { HeldDossier, HeldEntry } from './statement-store.ts';

/** What the receipt puts in the place of NUL: of such an entry, always rejected, the province cannot tell the hash any more. */
const REPLACED = '\uFFFD';

const fitsItsHash = (entry: HeldEntry): boolean =>
  entry.hash === sha256(chainText(entry, sha256(entry.operation))) || (!entry.isApplied && entry.operatorId.includes(REPLACED));

/** The first of these consecutive entries that does not fit its hash or does not follow the one before. */
function brokenAt(entries: readonly HeldEntry[]): number | undefined {
  return entries.find((entry, index) => {
    const before = entries[index - 1];
    const follows = before === undefined || (before.seq + 1 === entry.seq && before.hash === entry.previousHash);
    return !follows || !fitsItsHash(entry);
  })?.seq;
}

/** As it was written, with fields only a newer app knows; undefined for what this version cannot read. */
function operationOf(text: string): Operation | undefined {
  try {
    const operation = JSON.parse(text) as unknown;
    return operationSchema.safeParse(operation).success ? (operation as Operation) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * `entries`: those of the device from the one before the statement's first to its head. `earlier`: dossiers of the date found
 * before them. What was rejected had no effect, so the province does not have it.
 */
export function recordOf(statement: Statement, heldSeq: number, entries: readonly HeldEntry[], earlier: readonly HeldEntry[]): ProvinceRecord {
  const book = emptyDayBook();
  for (const { seq, atMs, operation: text, isApplied } of [...earlier, ...entries]) {
    const operation = isApplied ? operationOf(text) : undefined;
    if (operation !== undefined && operation.type !== 'day.closed') addToBook(book, { seq, atMs, operation }, sha256);
  }
  const page = book.pages[statement.date];
  const own = page === undefined ? undefined : statementOf(page, statement.journalId, statement.head);
  return {
    heldSeq,
    hashAtHead: entries.find(({ seq }) => seq === statement.head.seq)?.hash,
    brokenAt: brokenAt(entries),
    dossiers: own?.dossiers ?? [],
    fees: own?.fees ?? { phiVnd: 0, lePhiVnd: 0 },
    tickets: own?.tickets ?? { issued: 0, called: 0, served: 0, noShow: 0 },
  };
}

/**
 * The same day from the dossiers table. Columns count, not only the body: both are what the province works with. What became
 * of a dossier stands in no column; that is taken from the journal.
 */
export function linesOfTable(rows: readonly HeldDossier[], journal: readonly StatementLine[]): StatementLine[] {
  const states = new Map(journal.map(({ dossierId, state }) => [dossierId, state]));
  return rows.map(({ dossierId, code, procedureCode, body }) => {
    const line = lineOf(body as Dossier, sha256);
    // A body this version cannot read is another body, whatever its digest.
    const digest = dossierSchema.safeParse(body).success ? line.digest : sha256(`unreadable ${line.digest}`);
    return { ...line, dossierId, code, procedureCode, digest, state: states.get(dossierId) ?? line.state };
  });
}
