/** Intakes in progress, kept in two homes: a fsynced file in the shell (the truth) and, sealed, Dexie (what the screens watch). */
import { draftSchema, type Draft } from '../../shared/dossiers/draft.ts';
import type { Bridge } from '../../shared/ipc/contract.ts';
import type { Failure, Result } from '../../shared/lib/result.ts';
import type { CounterDatabase, StoredDraft } from './database.ts';
import type { Sealer } from './sealer.ts';

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

const nameOf = (draftId: string): string => `draft/${draftId}`;

export function createDraftRepository(db: CounterDatabase, sealer: Sealer, bridge: Pick<Bridge, 'invoke'>): DraftRepository {
  const seal = async (draft: Draft): Promise<StoredDraft> => ({
    draftId: draft.draftId,
    updatedAtMs: draft.updatedAtMs,
    sealed: await sealer.sealJson(nameOf(draft.draftId), draft),
  });
  /** A copy that does not open is read where it was written first. */
  async function open({ draftId, sealed }: StoredDraft): Promise<Draft | undefined> {
    try {
      return draftSchema.parse(await sealer.openJson(nameOf(draftId), sealed));
    } catch {
      return (await bridge.invoke('drafts:list')).find((draft) => draft.draftId === draftId);
    }
  }

  return {
    async list() {
      const stored = await db.openDrafts.orderBy('updatedAtMs').reverse().toArray();
      return (await Promise.all(stored.map(open))).filter((draft) => draft !== undefined);
    },
    async get(draftId) {
      const stored = await db.openDrafts.get(draftId);
      return stored === undefined ? undefined : open(stored);
    },
    async save(draft) {
      const [saved, sealed] = await Promise.all([bridge.invoke('drafts:put', { draft }), seal(draft)]);
      if (saved.ok) await db.openDrafts.put(sealed);
      return saved;
    },
    async remove(draftId) {
      await bridge.invoke('drafts:delete', { draftId });
      await db.openDrafts.delete(draftId);
    },
    async restore() {
      const drafts = await Promise.all((await bridge.invoke('drafts:list')).map(seal));
      await db.transaction('rw', db.openDrafts, async () => {
        await db.openDrafts.clear();
        await db.openDrafts.bulkPut(drafts);
      });
    },
  };
}
