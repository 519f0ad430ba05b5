/** Owns the comparison of a device's statement with what the province holds: its journal entries, and its dossiers table. */
import { compare, compareDossiers, outcomeOf, type Outcome } from '../../shared/reconciliation/compare.ts';
import { statementSchema } from '../../shared/reconciliation/statement.ts';
import type { Database } from '../db/database.ts';
import { linesOfTable, recordOf } from './record.ts';
import { acceptedBefore, dossiersOfDay, entriesBetween, headSeqOf, lockStatement, settleStatement, type StatementKey } from './statement-store.ts';

export type Judge = { db: Database; clock(): number; alarm(what: string, facts: Record<string, unknown>): void };

/** Compares anew and remembers the outcome. The statement must be stored. */
export async function judge({ db, clock, alarm }: Judge, key: StatementKey): Promise<Outcome> {
  const { deviceId, date, headSeq } = key;
  return db.transaction().execute(async (trx) => {
    const stored = await lockStatement(trx, key);
    if (stored === undefined) throw new Error('a statement to be compared is not stored');
    const statement = statementSchema.parse(JSON.parse(stored.statement));
    const heldSeq = await headSeqOf(trx, deviceId);
    const isWhole = heldSeq >= headSeq;
    const entries = isWhole ? await entriesBetween(trx, deviceId, statement.firstSeq - 1, headSeq) : [];
    if (entries === undefined) {
      // What cannot be read any more stays as it was judged.
      await settleStatement(trx, key, stored.outcome, new Date(clock()));
      return stored.outcome;
    }
    const earlier = isWhole ? await acceptedBefore(trx, deviceId, date, statement.firstSeq) : [];
    const record = recordOf(statement, heldSeq, entries, earlier);
    const byJournal = compare(statement, record);
    if (byJournal.status === 'waiting') {
      await settleStatement(trx, key, byJournal, new Date(clock()));
      return byJournal;
    }

    const ids = new Set([...statement.dossiers, ...record.dossiers].map(({ dossierId }) => dossierId));
    const table = linesOfTable(await dossiersOfDay(trx, key, [...ids]), record.dossiers);
    const outcome = outcomeOf([...(byJournal.status === 'differs' ? byJournal.differences : []), ...compareDossiers(statement.dossiers, table)]);
    await settleStatement(trx, key, outcome, new Date(clock()));

    // The device may be wrong; two homes of the province that differ can only be damage or tampering.
    const within = compareDossiers(record.dossiers, table);
    const isNews = JSON.stringify(outcome) !== JSON.stringify(stored.outcome);
    if (isNews && within.length > 0)
      alarm('journal and dossiers table disagree', { deviceId, date, differences: within.map(({ kind, dossierId }) => ({ kind, dossierId })) });
    if (isNews && record.brokenAt !== undefined) alarm('a stored journal entry does not fit its hash', { deviceId, date, seq: record.brokenAt });
    return outcome;
  });
}
