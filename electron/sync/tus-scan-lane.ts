/** Uploads scans by tus: resumable after any cut, plain bytes only in memory, no faster than the office allows. */
import type { Agent } from 'node:https';
import { setTimeout as rest } from 'node:timers/promises';
import type { DetailedError, UrlStorage } from 'tus-js-client';
import { ok, type Result } from '../../shared/lib/result.ts';
import type { ProvinceFailure, ScanLane } from '../../shared/sync/engine.ts';
import { paths, wholeUploadText } from '../../shared/sync/protocol.ts';
import { sha256 as digestOf } from '../digest.ts';
import type { ScanFiles } from '../scanning/scan-files.ts';
import type { HttpProvince } from './http-province.ts';
import type { Identity } from './identity.ts';
import type { ScanPace } from './scan-pace.ts';
import { createTusHttp, UploadEnded } from './tus-http.ts';

/** Large enough to be few requests, small enough that a cut repeats little on a 2 Mbit/s line. */
const CHUNK_BYTES = 1024 * 1024;
/** Up to this size a scan goes whole in the request that announces it. */
const WHOLE_BYTES = 2 * CHUNK_BYTES;
/** Until the province has seen that a line was cut. */
const AFTER_A_CUT_WHOLE_MS = 250;
const SILENCE_MS = 30_000;
const AFTER_A_CUT_MS = [0, 200, 1_000];

/** The province holds these bytes already; to tus an answer without a `Location` is an error. */
const ALREADY_VERIFIED = 208;

type Options = {
  url: string;
  agent?: Agent;
  files: Pick<ScanFiles, 'readToSend' | 'sizeOf'>;
  province: Pick<HttpProvince, 'authorise'>;
  identity(): Identity | undefined;
  urlStorage: UrlStorage;
  pace: ScanPace;
  /** After this long without a byte moving an upload is given up, to be gone on with later. */
  silenceMs?: number;
};

export function createTusScanLane({ url, agent, files, province, identity, urlStorage, pace, silenceMs = SILENCE_MS }: Options): ScanLane {
  const httpStack = createTusHttp({ agent, timeoutMs: silenceMs, pace: () => (pace.isFree() ? undefined : pace.take), isOpen: pace.isOpen });

  /** One request for one scan. Undefined: it was cut, and is gone on with in pieces. */
  async function sendWhole({ sha256, mediaType, bytes }: Scan, bearer: string): Promise<Result<null, ProvinceFailure> | undefined> {
    const request = httpStack.createRequest('POST', new URL(paths.scans, url).href);
    const headers: Record<string, string> = {
      authorization: `Bearer ${bearer}`,
      'tus-resumable': '1.0.0',
      'upload-length': String(bytes.byteLength),
      'upload-metadata': `sha256 ${base64(sha256)},mediaType ${base64(mediaType)}`,
      'content-type': 'application/offset+octet-stream',
    };
    for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
    try {
      const answer = await request.send(bytes);
      if (answer.getStatus() === ALREADY_VERIFIED || answer.getHeader('upload-offset') === String(bytes.byteLength)) return ok(null);
    } catch (error) {
      if (!(error instanceof UploadEnded)) throw error;
      if (!error.isCut) return { ok: false, failure: error.failure };
    }
    return undefined;
  }

  /** Where what arrived of a whole scan can be gone on with. */
  function noteCut({ sha256, bytes }: Scan): Promise<unknown> {
    const deviceId = identity()?.deviceId;
    if (deviceId === undefined) return Promise.resolve();
    const uploadUrl = new URL(`${paths.scans}/${digestOf(wholeUploadText(deviceId, sha256)).slice(0, 32)}`, url).href;
    const upload = { size: bytes.byteLength, metadata: {}, creationTime: new Date().toString(), uploadUrl, parallelUploadUrls: null, urlStorageKey: '' };
    return urlStorage.addUpload(fingerprintOf(sha256), upload);
  }

  return {
    sizeOf: (sha256) => files.sizeOf(sha256),
    isOpen: pace.isOpen,
    async upload(sha256) {
      const scan = await files.readToSend(sha256);
      if (!scan.ok) return { ok: false, failure: { kind: 'refused', reason: scan.failure.kind } };
      const bearer = await province.authorise();
      if (!bearer.ok) return bearer;
      const { bytes, mediaType } = scan.value;
      if (bytes.byteLength <= WHOLE_BYTES && (await urlStorage.findUploadsByFingerprint(fingerprintOf(sha256))).length === 0) {
        const sent = await sendWhole({ sha256, mediaType, bytes }, bearer.value);
        if (sent !== undefined) return sent;
        await noteCut({ sha256, mediaType, bytes });
        await rest(AFTER_A_CUT_WHOLE_MS);
      }
      // Few scans go in pieces: a start need not wait for what those take.
      const { Upload } = await import('tus-js-client');
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
          fingerprint: () => Promise.resolve(fingerprintOf(sha256)),
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

type Scan = { sha256: string; mediaType: string; bytes: Uint8Array };

const fingerprintOf = (sha256: string): string => `scan-${sha256}`;
const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

const isVerified = (error: Error | DetailedError): boolean => 'originalResponse' in error && error.originalResponse?.getStatus() === ALREADY_VERIFIED;

/** Whatever has no reason of ours is an answer that tus could make nothing of. */
const failureOf = (error: Error | DetailedError): ProvinceFailure =>
  'causingError' in error && error.causingError instanceof UploadEnded ? error.causingError.failure : { kind: 'not-the-province' };
