/** The port of what keeps the bytes of scans: a folder (scan-folder.ts), or a bucket that several servers share (scan-bucket.ts). */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { DataStore, Upload } from '@tus/server';
import { mediaTypeOf, SIGNATURE_BYTES } from '../../shared/scanning/media-type.ts';
import type { ScanMediaType } from '../../shared/scanning/scan.ts';
import { DAY_MS } from '../../shared/lib/time.ts';

/** An upload that nobody finished is forgotten after a week. */
export const ABANDONED_AFTER_MS = 7 * DAY_MS;

export type ScanFacts = { sha256: string; bytes: number; mediaType: ScanMediaType | undefined };

/** Asked when all bytes are known and none can be found under the digest yet; what it throws is thrown on, and nothing is kept. */
export type Judge = (facts: ScanFacts) => void;

/** A verified scan as it is kept. */
export type KeptScan = {
  bytes: number;
  /** Throws when it cannot be begun; an error on the way is the stream's. */
  open(): Promise<Readable>;
};

/** What came in one piece: the upload it would be, whose digest it has when all is well, and whether its sender may go on with it. */
export type WholeScan = { upload: Upload; sha256: string; judge: Judge; wasCut(): boolean };

export type ScanFiles = {
  /** Where scans grow that come in pieces. */
  uploads: DataStore;
  /** Keeps a whole upload under the digest it claims, in bounded memory; resolves when it is durable. The upload stays until it is forgotten. */
  keepUpload(upload: Upload, sha256: string, judge: Judge): Promise<ScanFacts>;
  /** Keeps what comes, in bounded memory; resolves when it is durable. What arrived of a cut one becomes an upload, unless there is one. */
  keepWhole(source: AsyncIterable<Buffer>, whole: WholeScan): Promise<ScanFacts>;
  /** Removes what is left of an upload that was kept. */
  forget(uploadId: string): Promise<void>;
  /** Undefined when it is not there. */
  find(sha256: string): Promise<KeptScan | undefined>;
  /** Removes what was left behind and has not moved since `beforeMs`; returns how many uploads. */
  sweep(beforeMs: number): Promise<number>;
};

/** Finds the facts as the bytes go by. */
export function createFactFinder(): { add(chunk: Buffer): void; facts(): ScanFacts } {
  const hash = createHash('sha256');
  let bytes = 0;
  let head = Buffer.alloc(0);
  return {
    add(chunk) {
      if (head.byteLength < SIGNATURE_BYTES) head = Buffer.concat([head, chunk.subarray(0, SIGNATURE_BYTES)]);
      bytes += chunk.byteLength;
      hash.update(chunk);
    },
    facts: () => ({ sha256: hash.copy().digest('hex'), bytes, mediaType: mediaTypeOf(head) }),
  };
}
