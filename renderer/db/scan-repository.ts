/** Scan bytes: a sealed, fsynced file in the shell until the province has verified them, and a sealed copy in Dexie for the screens. */
import type { Bridge } from '../../shared/ipc/contract.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { ScanRef } from '../../shared/scanning/scan.ts';
import type { CounterDatabase } from './database.ts';
import type { Sealer } from './sealer.ts';

type ScanBytes = { bytes: Uint8Array<ArrayBuffer>; mediaType: string };

export type ScanRepository = {
  /** Resolves once the bytes are on disk under their digest; type and size are judged by the shell (`scan-empty`, `scan-type`, `scan-too-large`, `scan-dimensions`, `disk-full`). */
  add(bytes: Uint8Array<ArrayBuffer>): Promise<Result<ScanRef, Failure>>;
  /** One scan at a time, its digest checked. A damaged copy gives way to the shell's; `scan-damaged` when no sound one is left. */
  read(sha256: string): Promise<Result<ScanBytes, Failure>>;
  /** Lets copies go; the shell's files are the shell's affair. */
  drop(digests: readonly string[]): Promise<void>;
};

const nameOf = (sha256: string, mediaType: string): string => `scan/${sha256}/${mediaType}`;

export function createScanRepository(db: CounterDatabase, sealer: Sealer, bridge: Pick<Bridge, 'invoke'>): ScanRepository {
  async function keep(sha256: string, { bytes, mediaType }: ScanBytes): Promise<void> {
    const sealed = await sealer.seal(nameOf(sha256, mediaType), bytes);
    await db.scanCopies.put({ sha256, mediaType, sealed, addedAtMs: Date.now() });
  }

  /** The value of a scan is a file of its own to Chromium: it may be gone or cut while everything else is well. */
  async function readCopy(sha256: string): Promise<ScanBytes | 'absent' | 'damaged'> {
    try {
      const stored = await db.scanCopies.get(sha256);
      if (stored === undefined) return 'absent';
      const { mediaType, sealed } = stored;
      const bytes = await sealer.open(nameOf(sha256, mediaType), sealed);
      return (await digestOf(bytes)) === sha256 ? { bytes, mediaType } : 'damaged';
    } catch {
      return 'damaged';
    }
  }

  return {
    async add(bytes) {
      const put = await bridge.invoke('scans:put', { bytes });
      // The shell has it: a copy that cannot be kept costs only time.
      if (put.ok) await keep(put.value.sha256, { bytes, mediaType: put.value.mediaType }).catch(() => undefined);
      return put;
    },
    async read(sha256) {
      const copy = await readCopy(sha256);
      if (copy !== 'absent' && copy !== 'damaged') return ok(copy);
      const read = await bridge.invoke('scans:read', { sha256 });
      if (!read.ok) return copy === 'damaged' && read.failure.kind === 'scan-missing' ? fail('scan-damaged') : read;
      if ((await digestOf(read.value.bytes)) !== sha256) return fail('scan-damaged');
      if (copy === 'damaged') await keep(sha256, read.value).catch(() => undefined);
      return read;
    },
    drop: (digests) => db.scanCopies.bulkDelete([...digests]),
  };
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
