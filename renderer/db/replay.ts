/** The start gate: makes Dexie hold what the journal holds, whatever happened to either since. */
import type { Bridge } from '../../shared/ipc/contract.ts';
import type { JournalEntry } from '../../shared/journal/operation.ts';
import type { CounterDatabase } from './database.ts';
import { toRow } from './dossier-repository.ts';

const PAGE = 500;

export type ReplayProgress = { done: number; total: number };

/** Clears and rebuilds when Dexie belongs to another journal or claims more than the journal holds; else adds what it lacks. */
export async function replayJournal(db: CounterDatabase, bridge: Bridge, onProgress: (progress: ReplayProgress) => void = () => undefined): Promise<void> {
  const head = await bridge.invoke('journal:head');
  const known = await db.meta.get('journal');
  const isOurs = known !== undefined && known.journalId === head.journalId && known.seq <= head.seq;
  if (!isOurs) {
    await db.transaction('rw', db.dossiers, db.bodies, db.meta, async () => {
      await db.dossiers.clear();
      await db.bodies.clear();
      await db.meta.delete('journal');
    });
  }
  let done = isOurs ? known.seq : 0;
  while (done < head.seq) {
    const entries = await bridge.invoke('journal:read', { afterSeq: done, limit: PAGE });
    const last = entries.at(-1);
    // Entries that can no longer be read: the shell has reported them; what is readable is here.
    if (last === undefined) break;
    await apply(db, entries, head.journalId);
    done = last.seq;
    onProgress({ done, total: head.seq });
  }
}

/** One transaction a page, the mark included: after a crash in between the page is simply applied again. */
async function apply(db: CounterDatabase, entries: readonly JournalEntry[], journalId: string): Promise<void> {
  const accepted = entries.flatMap(({ operation, seq }) => (operation.type === 'dossier.accepted' ? [{ dossier: operation.dossier, seq }] : []));
  const last = entries.at(-1);
  await db.transaction('rw', db.dossiers, db.bodies, db.meta, async () => {
    await db.dossiers.bulkPut(accepted.map(({ dossier, seq }) => toRow(dossier, seq)));
    await db.bodies.bulkPut(accepted.map(({ dossier }) => ({ dossierId: dossier.dossierId, dossier })));
    if (last !== undefined) await db.meta.put({ key: 'journal', journalId, seq: last.seq, hash: last.hash });
  });
}
