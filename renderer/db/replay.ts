/** Brings Dexie level with the journal: what the journal holds beyond Dexie's mark is added, page by page. */
import type { Bridge } from '../../shared/ipc/contract.ts';
import { dossierOf, type JournalEntry } from '../../shared/journal/operation.ts';
import { LAST_OWN_RANK, seqOf, type CounterDatabase } from './database.ts';
import type { Accepted, DossierRepository } from './dossier-repository.ts';

const PAGE = 500;

export type ReplayProgress = { done: number; total: number };

/** How far the journal is in Dexie. */
type Replayed = { journalId: string; seq: number };

/**
 * After a crash in between, the page that was not finished is applied again. `from`: what the last call resolved with; then
 * nothing else is asked for.
 */
export async function replayJournal(
  db: CounterDatabase,
  dossiers: Pick<DossierRepository, 'insert'>,
  bridge: Pick<Bridge, 'invoke'>,
  onProgress: (progress: ReplayProgress) => void = () => undefined,
  from?: Replayed,
): Promise<Replayed> {
  const head = from === undefined ? await bridge.invoke('journal:head') : { ...from, seq: Infinity };
  const mark = from ?? (await db.meta.get('journal'));
  const { journalId } = head;
  let done = mark !== undefined && 'journalId' in mark ? mark.seq : 0;
  let inserting: Promise<void> = Promise.resolve();
  const read = (afterSeq: number): Promise<JournalEntry[]> =>
    afterSeq < head.seq ? bridge.invoke('journal:read', { afterSeq, limit: PAGE }) : Promise.resolve([]);
  let next = read(done);
  for (;;) {
    const entries = await next;
    const last = entries.at(-1);
    // Entries that can no longer be read: the shell has reported them; what is readable is here.
    if (last === undefined) break;
    next = entries.length < PAGE ? Promise.resolve([]) : read(last.seq);
    // Waited for in its turn; a page that cannot be read must not count as unhandled meanwhile.
    next.catch(() => undefined);
    // One page is sealed while the one before it is stored; what fails takes the pages after it along, or the mark would pass it over.
    const before = inserting;
    const accepted = await placed(db, entries, before);
    inserting = dossiers.insert(accepted, { key: 'journal', journalId, seq: last.seq, hash: last.hash }, before);
    inserting.catch(() => undefined);
    await before;
    done = last.seq;
    onProgress({ done, total: head.seq });
  }
  await inserting;
  return { journalId, seq: done };
}

/** What the entries say of dossiers, each where its list has it: a correction takes the place of what was accepted. */
async function placed(db: CounterDatabase, entries: readonly JournalEntry[], stored: Promise<void>): Promise<Accepted[]> {
  const said = new Map<string, Accepted>();
  for (const entry of entries) {
    const dossier = dossierOf(entry);
    if (dossier === undefined) continue;
    const { dossierId } = dossier;
    let seq = said.get(dossierId)?.seq ?? entry.seq;
    if (seq === entry.seq && entry.operation.type === 'dossier.corrected') {
      await stored;
      const row = await db.rows.where('dossierId').equals(dossierId).first();
      if (row !== undefined && row.rank <= LAST_OWN_RANK) seq = seqOf(row.rank);
    }
    said.set(dossierId, { dossier, seq });
  }
  return [...said.values()];
}
