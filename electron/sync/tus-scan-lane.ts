/** Uploads scans by tus: resumable after any cut, plain bytes only in memory. */
import type { Agent } from 'node:https';
import { DefaultHttpStack, Upload, type DetailedError, type UrlStorage } from 'tus-js-client';
import { ok } from '../../shared/lib/result.ts';
import type { ProvinceFailure, ScanLane } from '../../shared/sync/engine.ts';
import { paths, problemSchema } from '../../shared/sync/protocol.ts';
import type { ScanFiles } from '../scanning/scan-files.ts';
import type { HttpProvince } from './http-province.ts';
import { NotTheProvince } from './province-trust.ts';

/** Large enough to be few requests, small enough that a cut repeats little on a 2 Mbit/s line. */
const CHUNK_BYTES = 1024 * 1024;

/** The province holds these bytes already; to tus an answer without a `Location` is an error. */
const ALREADY_VERIFIED = 208;

type Options = { url: string; agent?: Agent; files: ScanFiles; province: HttpProvince; urlStorage: UrlStorage };

export function createTusScanLane({ url, agent, files, province, urlStorage }: Options): ScanLane {
  return {
    sizeOf: (sha256) => files.sizeOf(sha256),
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
          ...(agent === undefined ? {} : { httpStack: new DefaultHttpStack({ agent }) }),
          // The engine decides when to try again.
          retryDelays: [],
          urlStorage,
          removeFingerprintOnSuccess: true,
          fingerprint: () => Promise.resolve(`scan-${sha256}`),
          onSuccess: () => resolve(ok(null)),
          onError: (error) => resolve(statusOf(error) === ALREADY_VERIFIED ? ok(null) : { ok: false, failure: failureOf(error) }),
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

const responseOf = (error: Error | DetailedError) => ('originalResponse' in error ? error.originalResponse : null);
const statusOf = (error: Error | DetailedError): number => responseOf(error)?.getStatus() ?? 0;

function failureOf(error: Error | DetailedError): ProvinceFailure {
  if ('causingError' in error && error.causingError instanceof NotTheProvince) return { kind: 'not-the-province' };
  const response = responseOf(error);
  const status = statusOf(error);
  if (response === null || status === 0) return { kind: 'unreachable' };
  if (status === 401 || status === 423 || status === 429 || status >= 500) return { kind: 'busy' };
  try {
    return { kind: 'refused', reason: problemSchema.parse(JSON.parse(response.getBody())).kind };
  } catch {
    return { kind: 'refused', reason: `scan-${status}` };
  }
}
