/** Scans as sealed files named by the digest of their plain bytes; fsynced before anyone is told they are there. */
import { createHash } from 'node:crypto';
import { access, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { ScanRef } from '../../shared/scanning/scan.ts';
import { createSharedWrites, isDiskFull, isMissing, preparePrivateFolder } from '../files.ts';
import type { Vault } from '../keys/vault.ts';
import { inspectScan, sniffMediaType, type ScanFailure } from './inspect-scan.ts';

export type ScanFiles = {
  put(bytes: Uint8Array): Promise<Result<ScanRef, ScanFailure | Failure<'disk-full'>>>;
  has(sha256: string): Promise<boolean>;
  pathOf(sha256: string): string;
  /** Checked against its digest at every read: a flipped bit is never shown as the citizen's paper and never sent. */
  read(sha256: string): Promise<Result<{ bytes: Uint8Array<ArrayBuffer>; mediaType: string }, Failure<'scan-missing' | 'scan-damaged'>>>;
  /** Removes a scan whose time has passed; false when it was put again since this start, by someone who may build on it. */
  purge(sha256: string): Promise<boolean>;
};

export async function openScanFiles(folder: string, vault: Vault): Promise<ScanFiles> {
  await preparePrivateFolder(folder);
  const nameOf = (sha256: string): string => `${sha256}.scan`;
  const pathOf = (sha256: string): string => join(folder, nameOf(sha256));
  const write = createSharedWrites(folder);
  const contextOf = (sha256: string): string => `scan/${sha256}`;
  const putSinceStart = new Set<string>();
  const has = (sha256: string): Promise<boolean> =>
    access(pathOf(sha256)).then(
      () => true,
      () => false,
    );

  async function read(sha256: string): ReturnType<ScanFiles['read']> {
    let sealed: Buffer;
    try {
      sealed = await readFile(pathOf(sha256));
    } catch (error) {
      if (isMissing(error)) return fail('scan-missing');
      throw error;
    }
    try {
      const bytes = new Uint8Array(vault.open(sealed, contextOf(sha256)));
      const mediaType = sniffMediaType(bytes);
      if (mediaType === undefined || createHash('sha256').update(bytes).digest('hex') !== sha256) return fail('scan-damaged');
      return ok({ bytes, mediaType });
    } catch {
      return fail('scan-damaged');
    }
  }

  return {
    has,
    pathOf,
    read,
    async put(bytes) {
      const inspected = inspectScan(bytes);
      if (!inspected.ok) return inspected;
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      putSinceStart.add(sha256);
      // A file that no longer opens is replaced by the bytes in hand.
      if (!(await read(sha256)).ok) {
        try {
          await write(nameOf(sha256), vault.seal(bytes, contextOf(sha256)));
        } catch (error) {
          if (isDiskFull(error)) return fail('disk-full');
          throw error;
        }
      }
      return ok({ sha256, bytes: bytes.byteLength, mediaType: inspected.value });
    },
    async purge(sha256) {
      if (putSinceStart.has(sha256)) return false;
      await rm(pathOf(sha256), { force: true });
      return true;
    },
  };
}
