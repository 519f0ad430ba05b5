/** Uploads scans by tus: resumable after any cut, plain bytes only in memory, no faster than the office allows. */
import type { Agent } from 'node:https';
import { Upload, type DetailedError, type UrlStorage } from 'tus-js-client';
import { ok } from '../../shared/lib/result.ts';
import type { ProvinceFailure, ScanLane } from '../../shared/sync/engine.ts';
import { paths } from '../../shared/sync/protocol.ts';
import type { ScanFiles } from '../scanning/scan-files.ts';
import type { HttpProvince } from './http-province.ts';
import type { ScanPace } from './scan-pace.ts';
import { createTusHttp, UploadEnded } from './tus-http.ts';

/** Large enough to be few requests, small enough that a cut repeats little on a 2 Mbit/s line. */
const CHUNK_BYTES = 1024 * 1024;
const SILENCE_MS = 30_000;
const AFTER_A_CUT_MS = [0, 200, 1_000];

/** The province holds these bytes already; to tus an answer without a `Location` is an error. */
const ALREADY_VERIFIED = 208;

type Options = {
  url: string;
  agent?: Agent;
  files: Pick<ScanFiles, 'read' | 'sizeOf'>;
  province: Pick<HttpProvince, 'authorise'>;
  urlStorage: UrlStorage;
  pace: ScanPace;
  /** After this long without a byte moving an upload is given up, to be gone on with later. */
  silenceMs?: number;
};

export function createTusScanLane({ url, agent, files, province, urlStorage, pace, silenceMs = SILENCE_MS }: Options): ScanLane {
  const httpStack = createTusHttp({ agent, timeoutMs: silenceMs, pace: pace.take, isOpen: pace.isOpen });
  return {
    sizeOf: (sha256) => files.sizeOf(sha256),
    isOpen: pace.isOpen,
    async upload(sha256) {
      const scan = await files.read(sha256);
      if (!scan.ok) return { ok: false, failure: { kind: 'refused', reason: scan.failure.kind } };
      const bearer = await province.authorise();
      if (!bearer.ok) return bearer;
      const { bytes, mediaType } = scan.value;
      return new Promise((resolve) => {
        const upload = new Upload(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
          endpoint: new URL(paths.scans, url).href,
          metadata: { sha256, mediaType },
          headers: { authorization: `Bearer ${bearer.value}` },
          chunkSize: CHUNK_BYTES,
          httpStack,
          // A line that is cut again and again still gets a scan across: tus begins these anew after each piece that arrived.
          // For everything else the engine decides when to try again.
          retryDelays: AFTER_A_CUT_MS,
          onShouldRetry: ({ causingError }) => causingError instanceof UploadEnded && causingError.isCut && pace.isOpen(),
          urlStorage,
          removeFingerprintOnSuccess: true,
          fingerprint: () => Promise.resolve(`scan-${sha256}`),
          onSuccess: () => resolve(ok(null)),
          onError: (error) => resolve(isVerified(error) ? ok(null) : { ok: false, failure: failureOf(error) }),
        });
        upload
          .findPreviousUploads()
          .then((previous) => {
            const last = previous.at(-1);
            if (last !== undefined) upload.resumeFromPreviousUpload(last);
          })
          // A resume file that cannot be read only costs the bytes already sent.
          .catch(() => undefined)
          .then(() => upload.start())
          .catch(() => resolve({ ok: false, failure: { kind: 'unreachable' } }));
      });
    },
  };
}

const isVerified = (error: Error | DetailedError): boolean => 'originalResponse' in error && error.originalResponse?.getStatus() === ALREADY_VERIFIED;

/** Whatever has no reason of ours is an answer that tus could make nothing of. */
const failureOf = (error: Error | DetailedError): ProvinceFailure =>
  'causingError' in error && error.causingError instanceof UploadEnded ? error.causingError.failure : { kind: 'not-the-province' };
