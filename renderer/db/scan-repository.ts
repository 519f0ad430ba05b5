/** Scan bytes: an encrypted, fsynced file in the shell until the province has verified them, and a copy in Dexie for the screens. */
import type { Bridge } from '../../shared/ipc/contract.ts';
import { ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { ScanRef } from '../../shared/scanning/scan.ts';
import type { CounterDatabase } from './database.ts';

export type ScanRepository = {
  /** Resolves once the bytes are on disk under their digest; type and size are judged by the shell (`scan-empty`, `scan-type`, `scan-too-large`, `scan-dimensions`, `disk-full`). */
  add(bytes: Uint8Array<ArrayBuffer>): Promise<Result<ScanRef, Failure>>;
  read(sha256: string): Promise<Result<{ bytes: Uint8Array<ArrayBuffer>; mediaType: string }, Failure>>;
};

export function createScanRepository(db: CounterDatabase, bridge: Bridge): ScanRepository {
  return {
    async add(bytes) {
      const put = await bridge.invoke('scans:put', { bytes });
      if (put.ok) await db.scans.put({ sha256: put.value.sha256, mediaType: put.value.mediaType, bytes, addedAtMs: Date.now() });
      return put;
    },
    async read(sha256) {
      const row = await db.scans.get(sha256);
      if (row !== undefined) return ok({ bytes: row.bytes, mediaType: row.mediaType });
      return bridge.invoke('scans:read', { sha256 });
    },
  };
}
