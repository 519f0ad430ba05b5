/** Intakes in progress, kept in two homes: a fsynced file in the shell (the truth) and Dexie (what the screens watch). */
import type { Draft } from '../../shared/dossiers/draft.ts';
import type { Bridge } from '../../shared/ipc/contract.ts';
import type { Failure, Result } from '../../shared/lib/result.ts';
import type { CounterDatabase } from './database.ts';

export type DraftRepository = {
  /** Newest first; usable inside `liveQuery`. */
  list(): Promise<Draft[]>;
  get(draftId: string): Promise<Draft | undefined>;
  /** Resolves once the draft is on disk. Called at every field the officer finished. */
  save(draft: Draft): Promise<Result<null, Failure>>;
  remove(draftId: string): Promise<void>;
  /** At start: Dexie is made to hold exactly what the shell holds. */
  restore(): Promise<void>;
};

export function createDraftRepository(db: CounterDatabase, bridge: Bridge): DraftRepository {
  return {
    list: () => db.drafts.orderBy('updatedAtMs').reverse().toArray(),
    get: (draftId) => db.drafts.get(draftId),
    async save(draft) {
      const saved = await bridge.invoke('drafts:put', { draft });
      if (saved.ok) await db.drafts.put(draft);
      return saved;
    },
    async remove(draftId) {
      await bridge.invoke('drafts:delete', { draftId });
      await db.drafts.delete(draftId);
    },
    async restore() {
      const drafts = await bridge.invoke('drafts:list');
      await db.transaction('rw', db.drafts, async () => {
        await db.drafts.clear();
        await db.drafts.bulkPut(drafts);
      });
    },
  };
}
