/** Scan bytes: a sealed, fsynced file in the shell until the province has verified them, and a sealed copy in Dexie for the screens. */
import type { Bridge } from '../../shared/ipc/contract.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { ScanRef } from '../../shared/scanning/scan.ts';
import type { CounterDatabase } from './database.ts';
import { scanName, type ScanBytes } from './scan-copies.ts';
import type { Sealing } from './sealing.ts';

export type ScanRepository = {
  /** Resolves once the bytes are on disk under their digest; type and size are judged by the shell (`scan-empty`, `scan-type`, `scan-too-large`, `scan-dimensions`, `disk-full`). Takes `bytes` over: they are empty afterwards. */
  add(bytes: Uint8Array<ArrayBuffer>): Promise<Result<ScanRef, Failure>>;
  /** One scan at a time, its digest checked. A damaged copy gives way to the shell's; `scan-damaged` when no sound one is left. */
  read(sha256: string): Promise<Result<ScanBytes, Failure>>;
  /** Resolves once everything added has its copy here, or cannot have one. */
  copied(): Promise<void>;
  /** Lets copies go; the shell's files are the shell's affair. */
  drop(digests: readonly string[]): Promise<void>;
};

export function createScanRepository(db: CounterDatabase, sealing: Pick<Sealing, 'open' | 'keepScans'>, bridge: Pick<Bridge, 'invoke'>): ScanRepository {
  let waiting: Array<ScanBytes & { sha256: string }> = [];
  let copying: Promise<void> | undefined;
  /** Scans on their way to the shell. */
  let underWay = 0;

  /**
   * Nobody waits for a copy. What comes together goes into one transaction, and is in the way of no scan that someone waits for.
   */
  function keep(sha256: string, scan: ScanBytes): void {
    waiting.push({ sha256, ...scan });
    copy();
  }

  function copy(): void {
    if (underWay === 0 && waiting.length > 0) copying ??= copyAll().finally(() => (copying = undefined));
  }

  async function copyAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      // The shell has them: copies that cannot be kept cost only time.
      await sealing.keepScans({ database: db.name, table: db.scanCopies.name }, batch).catch(() => undefined);
    }
  }

  /** The value of a scan is a file of its own to Chromium: it may be gone or cut while everything else is well. */
  async function readCopy(sha256: string): Promise<ScanBytes | 'absent' | 'damaged'> {
    try {
      const stored = await db.scanCopies.get(sha256);
      if (stored === undefined) return 'absent';
      const { mediaType, sealed } = stored;
      const bytes = await sealing.open(scanName(sha256, mediaType), sealed);
      return (await digestOf(bytes)) === sha256 ? { bytes, mediaType } : 'damaged';
    } catch {
      return 'damaged';
    }
  }

  return {
    async add(bytes) {
      underWay += 1;
      try {
        const put = await bridge.invoke('scans:put', { bytes });
        if (put.ok) waiting.push({ sha256: put.value.sha256, bytes, mediaType: put.value.mediaType });
        return put;
      } finally {
        underWay -= 1;
        copy();
      }
    },
    async read(sha256) {
      const copy = await readCopy(sha256);
      if (copy !== 'absent' && copy !== 'damaged') return ok(copy);
      const read = await bridge.invoke('scans:read', { sha256 });
      if (!read.ok) return copy === 'damaged' && read.failure.kind === 'scan-missing' ? fail('scan-damaged') : read;
      if ((await digestOf(read.value.bytes)) !== sha256) return fail('scan-damaged');
      if (copy === 'damaged') keep(sha256, { ...read.value, bytes: read.value.bytes.slice() });
      return read;
    },
    copied: async () => {
      for (copy(); copying !== undefined; copy()) await copying;
    },
    drop: (digests) => db.scanCopies.bulkDelete([...digests]),
  };
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
