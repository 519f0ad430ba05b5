/**
 * Stores sealed copies of scans from the thread that seals them: bytes of scans cross no thread on their way into the database, and
 * putting them there, which takes longer than saving a dossier, is not done in the page's thread.
 */
import type { StoredScan } from './database.ts';
import type { Sealer } from './sealer.ts';

export type ScanBytes = { bytes: Uint8Array<ArrayBuffer>; mediaType: string };
/** A database as Dexie has it open, and its table of copies. */
export type CopyPlace = { database: string; table: string };

export const scanName = (sha256: string, mediaType: string): string => `scan/${sha256}/${mediaType}`;

/**
 * Resolves when all of them, or none, are stored. Not flushed: on disk is the shell's file, from which a copy that a power cut takes
 * is read again. Rejects when there is no such database.
 */
export type KeepScans = (place: CopyPlace, scans: ReadonlyArray<ScanBytes & { sha256: string }>) => Promise<void>;

export function createScanCopies({ seal }: Pick<Sealer, 'seal'>): KeepScans {
  const opened = new Map<string, Promise<IDBDatabase>>();

  function open(name: string): Promise<IDBDatabase> {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const opening = new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      // Made only by Dexie, with its tables: one that is gone does not come back from here.
      request.onupgradeneeded = () => request.transaction?.abort();
      request.onerror = () => reject(request.error ?? new Error('not opened'));
      request.onsuccess = () => {
        const db = request.result;
        const forget = (): void => void opened.delete(name);
        db.onclose = forget;
        // Whoever deletes or upgrades it waits for everyone who has it open.
        db.onversionchange = () => {
          forget();
          db.close();
        };
        resolve(db);
      };
    });
    opened.set(name, opening);
    opening.catch(() => opened.delete(name));
    return opening;
  }

  return async ({ database, table }, scans) => {
    const opening = open(database);
    const sealed = Promise.all(
      scans.map(async ({ sha256, bytes, mediaType }): Promise<StoredScan> => {
        return { sha256, mediaType, sealed: await seal(scanName(sha256, mediaType), bytes), addedAtMs: Date.now() };
      }),
    );
    const [db, copies] = await Promise.all([opening, sealed]);
    await new Promise<void>((resolve, reject) => {
      const transaction = db.transaction(table, 'readwrite', { durability: 'relaxed' });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('aborted'));
      for (const copy of copies) transaction.objectStore(table).put(copy);
    });
  };
}
