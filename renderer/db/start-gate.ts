/**
 * The start gate: no screen reads the database before it holds what the journal holds. Chromium throws a damaged IndexedDB
 * away without a word, and an older or foreign one may lie in its place; whatever is found here, the journal decides.
 */
import { Dexie } from 'dexie';
import type { DossierId } from '../../shared/dossiers/dossier.ts';
import type { Bridge } from '../../shared/ipc/contract.ts';
import { defineDatabase, rowsMeta, type CounterDatabase } from './database.ts';
import { createDossierRepository, type DossierRepository, type Reread } from './dossier-repository.ts';
import { createDraftRepository, type DraftRepository } from './draft-repository.ts';
import { openSealing } from './open-sealing.ts';
import { replayJournal, type ReplayProgress } from './replay.ts';
import { createRestoring, followRestore, type Restoring, type SyncLive } from './restore.ts';
import { createScanRepository, type ScanRepository } from './scan-repository.ts';
import type { Sealer } from './sealer.ts';
import type { Sealing } from './sealing.ts';

/** Why a database was thrown away and made anew; for the log. */
export type RebuildReason = 'not-openable' | 'other-key' | 'other-journal' | 'ahead-of-journal' | 'history-differs' | 'rows-missing';

export type Store = {
  dossiers: DossierRepository;
  drafts: DraftRepository;
  scans: ScanRepository;
  /** To be called when the journal has grown. */
  catchUp(): Promise<void>;
  /** How far what a replaced device had is here; it comes while the counter works. */
  restoring: Restoring;
  /** Brings it back whenever the province is there. Returns how to stop. */
  followRestore(sync: SyncLive, onError: (error: unknown) => void): () => void;
  /** Null when the database was what it should be, or new. */
  rebuilt: RebuildReason | null;
  close(): void;
};

/** Chromium gives no database here, not even a new one; the journal has nothing to do with it. */
export class DatabaseUnusable extends Error {}

/** Rejects (with `DatabaseUnusable`) when no database can be had at all: the counter must not start without one, nor with an empty one. */
export async function passStartGate(
  bridge: Pick<Bridge, 'invoke'>,
  onProgress: (progress: ReplayProgress) => void = () => undefined,
  name?: string,
): Promise<Store> {
  try {
    return await openStore(bridge, onProgress, name);
  } catch (error) {
    if (error instanceof Dexie.DexieError) throw new DatabaseUnusable(error.message, { cause: error });
    throw error;
  }
}

async function openStore(bridge: Pick<Bridge, 'invoke'>, onProgress: (progress: ReplayProgress) => void, name: string | undefined): Promise<Store> {
  const sealer = await openSealing(await bridge.invoke('storage:key'));
  let { db, reason } = await openSound(name, sealer, bridge);
  let store = repositories(db, sealer, bridge);
  let replayed = await replayJournal(db, store.dossiers, bridge, onProgress);
  if ((await db.rows.count()) !== (await rowsMeta(db)).count) {
    reason = 'rows-missing';
    db = await remake(db, sealer);
    store = repositories(db, sealer, bridge);
    replayed = await replayJournal(db, store.dossiers, bridge, onProgress);
  }
  await store.drafts.restore();
  const restoring = createRestoring();
  return {
    ...store,
    async catchUp() {
      replayed = await replayJournal(db, store.dossiers, bridge, undefined, replayed);
    },
    restoring,
    followRestore: (sync, onError) => followRestore({ db, dossiers: store.dossiers, bridge, restoring }, sync, onError),
    rebuilt: reason,
    close() {
      db.close();
      sealer.close();
    },
  };
}

function repositories(db: CounterDatabase, sealer: Sealing, bridge: Pick<Bridge, 'invoke'>): Pick<Store, 'dossiers' | 'drafts' | 'scans'> {
  const reread: Reread = async (dossierId) => {
    const fetched = await bridge.invoke('dossiers:fetch', { dossierId: dossierId as DossierId });
    return fetched.ok ? fetched.value : undefined;
  };
  return {
    dossiers: createDossierRepository(db, sealer, reread),
    drafts: createDraftRepository(db, sealer, bridge),
    scans: createScanRepository(db, sealer, bridge),
  };
}

async function openSound(
  name: string | undefined,
  sealer: Sealer,
  bridge: Pick<Bridge, 'invoke'>,
): Promise<{ db: CounterDatabase; reason: RebuildReason | null }> {
  const db = defineDatabase(name);
  let reason: RebuildReason | null;
  try {
    await db.open();
    reason = await whatIsWrong(db, sealer, bridge);
  } catch (error) {
    if (!(error instanceof Dexie.DexieError)) throw error;
    reason = 'not-openable';
  }
  if (reason !== null) return { db: await remake(db, sealer), reason };
  await markKey(db, sealer);
  return { db, reason };
}

const KEY_MARK = 'key';
const markKey = async (db: CounterDatabase, sealer: Sealer): Promise<unknown> =>
  db.meta.put({ key: 'seal', sealed: await sealer.sealJson(KEY_MARK, KEY_MARK) });

async function whatIsWrong(db: CounterDatabase, sealer: Sealer, bridge: Pick<Bridge, 'invoke'>): Promise<RebuildReason | null> {
  const seal = await db.meta.get('seal');
  if (seal?.key === 'seal') {
    const isOurs = await sealer.openJson(KEY_MARK, seal.sealed).then(
      (mark) => mark === KEY_MARK,
      () => false,
    );
    if (!isOurs) return 'other-key';
  }
  const mark = await db.meta.get('journal');
  if (mark?.key !== 'journal') return (await db.rows.limit(1).count()) === 0 ? null : 'rows-missing';
  const head = await bridge.invoke('journal:head');
  if (mark.journalId !== head.journalId) return 'other-journal';
  if (mark.seq > head.seq) return 'ahead-of-journal';
  const [entry] = mark.seq === 0 ? [] : await bridge.invoke('journal:read', { afterSeq: mark.seq - 1, limit: 1 });
  // An entry that is no longer held, since the province has it, says nothing against the mark.
  if (entry?.seq === mark.seq && entry.hash !== mark.hash) return 'history-differs';
  return null;
}

/** Rows, search index and copies go; the journal, the drafts' files and the scans' files, from which they are made again, stay. */
async function remake(db: CounterDatabase, sealer: Sealer): Promise<CounterDatabase> {
  const { name } = db;
  db.close();
  await Dexie.delete(name);
  const made = defineDatabase(name);
  await made.open();
  await markKey(made, sealer);
  return made;
}
