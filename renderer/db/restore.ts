/** Brings back what the device had whose place this one took: asked of the province page by page, while the counter works. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../../shared/ipc/contract.ts';
import type { SyncState } from '../../shared/sync/state.ts';
import type { CounterDatabase } from './database.ts';
import type { DossierRepository } from './dossier-repository.ts';

const TRY_AGAIN_MS = 15_000;

/** Null: nothing is being brought back. */
export type Restoring = StoreApi<{ progress: { done: number; total: number } | null }>;
export const createRestoring = (): Restoring => createStore(() => ({ progress: null }));

type Home = { db: CounterDatabase; dossiers: Pick<DossierRepository, 'insert'>; bridge: Pick<Bridge, 'invoke'>; restoring: Restoring };

/**
 * Goes on where it was cut: place and rows are one transaction. Resolves with false when the province did not answer.
 * Dossiers get seqs from −1 downwards as they come, the newest first.
 */
export async function restoreFromProvince({ db, dossiers, bridge, restoring }: Home, replaces: string): Promise<boolean> {
  let mark = await db.meta.get('restored');
  let lowestSeq = mark?.key === 'restored' ? mark.lowestSeq : 0;
  let next = mark?.key === 'restored' && mark.replaces === replaces ? mark.next : undefined;
  const firstSeq = next === undefined ? lowestSeq : 0;
  while (next !== null) {
    const page = await bridge.invoke('restore:page', { after: next ?? null });
    if (!page.ok) return false;
    // The device gave up the place it took; nothing is owed to it.
    if (page.value === null) break;
    const { dossiers: held, unreadable, expired, total } = page.value;
    const accepted = held.map((dossier, at) => ({ dossier, seq: lowestSeq - 1 - at }));
    lowestSeq -= held.length + unreadable + expired;
    next = page.value.next;
    mark = { key: 'restored', replaces, next, lowestSeq };
    await dossiers.insert(accepted, mark);
    restoring.setState({ progress: { done: Math.min(firstSeq - lowestSeq, total), total } });
  }
  restoring.setState({ progress: null });
  return true;
}

export type SyncLive = Pick<StoreApi<{ value: SyncState | null }>, 'getState' | 'subscribe'>;

/** Tries whenever the province is there, until all is here. Returns how to stop. */
export function followRestore(home: Home, sync: SyncLive, onError: (error: unknown) => void): () => void {
  let isRunning = false;
  let restored: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function tryNow(): Promise<void> {
    const state = sync.getState().value;
    const replaces = state?.replaces;
    if (isRunning || replaces === undefined || replaces === restored || state?.connection.status !== 'online') return;
    isRunning = true;
    clearTimeout(timer);
    try {
      if (await restoreFromProvince(home, replaces)) restored = replaces;
      else timer = setTimeout(() => void tryNow(), TRY_AGAIN_MS);
    } catch (error) {
      onError(error);
      timer = setTimeout(() => void tryNow(), TRY_AGAIN_MS);
    } finally {
      isRunning = false;
    }
  }

  const stop = sync.subscribe(() => void tryNow());
  void tryNow();
  return () => {
    stop();
    clearTimeout(timer);
  };
}
