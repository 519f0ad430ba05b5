/** Scans as sealed files named by the digest of their plain bytes; on disk, there or in the arrival log, before anyone is told they are there. */
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { mediaTypeOf } from '../../shared/scanning/media-type.ts';
import type { ScanRef } from '../../shared/scanning/scan.ts';
import { sha256 as digestOf } from '../digest.ts';
import { createSharedWrites, isDiskFull, isMissing, preparePrivateFolder } from '../files.ts';
import type { Vault } from '../keys/vault.ts';
import { bytesIn, openArrivalLog, type Arrival } from './arrival-log.ts';
import { inspectScan, type ScanFailure } from './inspect-scan.ts';

/** Longer than anything takes between a scan and the draft that names it. */
const RECENTLY_MS = 3_600_000;
/** Before the digest, what a sealed scan is bound to. */
const PLACE = 'scan/';

export type ScanFiles = {
  /** Takes `bytes` over: they may be empty afterwards. */
  put(bytes: Uint8Array): Promise<Result<ScanRef, ScanFailure | Failure<'disk-full'>>>;
  has(sha256: string): Promise<boolean>;
  /** Sealed; undefined when it is not here. */
  sizeOf(sha256: string): Promise<number | undefined>;
  pathOf(sha256: string): string;
  /** Checked against its digest at every read: a flipped bit is never shown as the citizen's paper and never sent. */
  read(sha256: string): Promise<Result<{ bytes: Uint8Array<ArrayBuffer>; mediaType: string }, Failure<'scan-missing' | 'scan-damaged'>>>;
  /** `read` for whoever sends them to the province, which holds them against their digest itself: a flipped bit does not open. */
  readToSend: ScanFiles['read'];
  /** Removes a scan whose time has passed; false when it was put within the last hour, by someone who may build on it. */
  purge(sha256: string): Promise<boolean>;
  /** Resolves when nothing waits in the arrival log that can have a file. */
  settled(): Promise<void>;
};

export async function openScanFiles(folder: string, vault: Vault): Promise<ScanFiles> {
  await preparePrivateFolder(folder);
  const nameOf = (sha256: string): string => `${sha256}.scan`;
  const pathOf = (sha256: string): string => join(folder, nameOf(sha256));
  const write = createSharedWrites(folder);
  const contextOf = (sha256: string): string => `${PLACE}${sha256}`;
  const putAt = new Map<string, number>();
  const isSound = ({ sha256, sealed }: Arrival): boolean => {
    try {
      return digestOf(vault.open(Buffer.concat(sealed), contextOf(sha256))) === sha256;
    } catch {
      return false;
    }
  };
  const arrivals = await openArrivalLog({
    folder,
    isSound,
    store: async (all) => void (await Promise.all(all.map(({ sha256, sealed }) => write(nameOf(sha256), sealed)))),
  });
  async function sizeOf(sha256: string): Promise<number | undefined> {
    const arrived = arrivals.find(sha256);
    if (arrived !== undefined) return bytesIn(arrived);
    return stat(pathOf(sha256)).then(
      (file) => file.size,
      () => undefined,
    );
  }

  async function readOne(sha256: string, isSound: (bytes: Uint8Array) => boolean): ReturnType<ScanFiles['read']> {
    let sealed: Buffer;
    try {
      const arrived = arrivals.find(sha256);
      sealed = arrived === undefined ? await readFile(pathOf(sha256)) : Buffer.concat(arrived);
    } catch (error) {
      if (isMissing(error)) return fail('scan-missing');
      throw error;
    }
    try {
      const bytes = plainBytes(vault.open(sealed, contextOf(sha256)));
      const mediaType = mediaTypeOf(bytes);
      if (mediaType === undefined || !isSound(bytes)) return fail('scan-damaged');
      return ok({ bytes, mediaType });
    } catch {
      return fail('scan-damaged');
    }
  }

  const read: ScanFiles['read'] = (sha256) => readOne(sha256, (bytes) => digestOf(bytes) === sha256);

  return {
    has: async (sha256) => (await sizeOf(sha256)) !== undefined,
    sizeOf,
    pathOf,
    read,
    readToSend: (sha256) => readOne(sha256, () => true),
    async put(bytes) {
      const inspected = inspectScan(bytes);
      if (!inspected.ok) return inspected;
      const { byteLength } = bytes;
      const { sha256, sealed } = await arrivals.expect(vault.sealByDigest(bytes, PLACE));
      putAt.set(sha256, performance.now());
      const ref = { sha256, bytes: byteLength, mediaType: inspected.value };
      if (arrivals.find(sha256) !== undefined) return ok(ref);
      try {
        // Without a look whether its file is there, for which this scan and those behind it would wait: that one is replaced.
        if (!(await arrivals.append({ sha256, sealed }))) await write(nameOf(sha256), sealed);
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        if (!(await read(sha256)).ok) return fail('disk-full');
      }
      return ok(ref);
    },
    async purge(sha256) {
      const isRecent = performance.now() - (putAt.get(sha256) ?? -Infinity) < RECENTLY_MS;
      if (isRecent || arrivals.find(sha256) !== undefined) return false;
      putAt.delete(sha256);
      await rm(pathOf(sha256), { force: true });
      return true;
    },
    settled: () => arrivals.settled(),
  };
}

/** As it is where it has its memory to itself: a scan is large, and copies of it are what reading costs. */
const plainBytes = (opened: Buffer): Uint8Array<ArrayBuffer> => {
  const { buffer, byteLength } = opened;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? new Uint8Array(buffer) : new Uint8Array(opened);
};
