/** Owns the arrival of scans by tus 1.0: whose upload it is, how large it may be, and the check of its digest at the end. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Metadata, Server, type ServerOptions, Upload } from '@tus/server';
import type { Clock } from '../../shared/lib/time.ts';
import { MAX_SCAN_BYTES } from '../../shared/scanning/scan.ts';
import { paths, scanMetadataSchema } from '../../shared/sync/protocol.ts';
import type { Database } from '../db/database.ts';
import type { Device } from '../devices/device-store.ts';
import { kindOf, Problem, PROBLEM_TYPE, problemOf, retryAfterOf } from '../problem.ts';
import { acceptScan, claimIn, isRefusal, type ScanClaim } from './accept-scan.ts';
import { ABANDONED_AFTER_MS, type ScanFiles } from './scan-files.ts';
import { verifiedScansOf } from './scan-store.ts';
import { createUploadLocks } from './upload-locks.ts';
import { wholeBytesOf, wholeUploadId } from './whole-scan.ts';

type Hooks = Required<ServerOptions>;
type TusRequest = Parameters<Hooks['onUploadCreate']>[0];

/** RFC 5842: the province has it already; nothing is to be sent. */
const ALREADY_REPORTED = 208;

/** tus answers in plain text; here every refusal is a problem, as at every other door. */
class ScanServer extends Server {
  override write(context: Parameters<Server['write']>[0], headers: Headers, status: number, body = ''): ReturnType<Server['write']> {
    if (status < 400) return super.write(context, headers, status, body);
    headers.set('content-type', PROBLEM_TYPE);
    if (status === 503) headers.set('retry-after', retryAfterOf());
    return super.write(context, headers, status, body.startsWith('{') ? body : JSON.stringify({ kind: kindOf(status), message: body.trim() }));
  }
}

export type Uploads = {
  handle(device: Device, request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Removes what was abandoned; returns how many. */
  sweep(): Promise<number>;
};

const TUS_VERSION = '1.0.0';

/** tus 1.0, Upload-Metadata; undefined when it is none. */
function metadataIn(header: string | string[] | undefined): unknown {
  try {
    return typeof header === 'string' ? Metadata.parse(header) : undefined;
  } catch {
    return undefined;
  }
}

const tusError = (problem: Problem): { status_code: number; body: string } => ({ status_code: problem.status, body: JSON.stringify(problem.body()) });

export function createUploads(
  db: Database,
  files: ScanFiles,
  clock: Clock,
  logFailure: (error: unknown) => void,
  onVerified: (bytes: number) => void,
): Uploads {
  const store = files.uploads;
  const senders = new WeakMap<IncomingMessage, Device>();

  const senderOf = (request: TusRequest): Device => {
    const incoming = request.runtime?.node?.req as IncomingMessage | undefined;
    const device = incoming === undefined ? undefined : senders.get(incoming);
    if (device === undefined) throw new Error('a scan upload without a device');
    return device;
  };

  /** Verifies a whole upload; what is wrong is removed and said, what is right is kept for good. */
  async function finish(upload: Upload, officeId: string, deviceId: string): Promise<void> {
    const claim = scanMetadataSchema.parse(upload.metadata);
    try {
      await acceptScan(db, claim, { officeId, deviceId, at: new Date(clock()) }, (judge) => files.keepUpload(upload, claim.sha256, judge));
    } catch (error) {
      if (isRefusal(error)) await store.remove(upload.id);
      throw error;
    }
    // Verified it is, whatever is left of the upload.
    await files.forget(upload.id).catch(logFailure);
    onVerified(upload.size ?? 0);
  }

  async function ownUpload(device: Device, id: string): Promise<Upload | undefined> {
    const upload = await store.getUpload(id).catch((error: unknown) => {
      // tus throws plain objects for what is not there; an upload that cannot be looked at now may be another office's.
      if (error instanceof Error) throw error;
      return undefined;
    });
    if (upload === undefined) return undefined;
    if (upload.metadata?.['officeId'] !== device.office_id) throw new Problem(404, 'not-found', 'no such upload');
    return upload;
  }

  async function refuseVerified(device: Device, { sha256 }: ScanClaim): Promise<void> {
    if ((await verifiedScansOf(db, device.office_id, [sha256])).length > 0) {
      throw new Problem(ALREADY_REPORTED, 'already-verified', 'the province holds this scan');
    }
  }

  async function receiveWholeScan(device: Device, bytes: number, request: IncomingMessage): Promise<void> {
    if (bytes > MAX_SCAN_BYTES) throw new Problem(413, 'too-large', 'the scan is larger than any that is taken');
    const claim = claimIn(metadataIn(request.headers['upload-metadata']), bytes);
    await refuseVerified(device, claim);
    const { office_id: officeId, device_id: deviceId } = device;
    const upload = new Upload({ id: wholeUploadId(deviceId, claim.sha256), size: bytes, offset: 0, metadata: { ...claim, officeId } });
    const wasCut = (): boolean => request.destroyed && !request.complete;
    await acceptScan(db, claim, { officeId, deviceId, at: new Date(clock()) }, (judge) =>
      files.keepWhole(request, { upload, sha256: claim.sha256, judge, wasCut }),
    );
    onVerified(bytes);
  }

  /** Answers in tus's words; nothing when nobody is there any more. */
  async function answerWhole(device: Device, bytes: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('tus-resumable', TUS_VERSION);
    try {
      await receiveWholeScan(device, bytes, request);
      response.writeHead(201, { 'upload-offset': bytes, 'content-length': 0 }).end();
    } catch (error) {
      if (request.destroyed && !request.complete) return;
      const problem = problemOf(error);
      if (problem.status >= 500) logFailure(error);
      if (problem.status === 503) response.setHeader('retry-after', retryAfterOf(problem));
      const body = JSON.stringify(problem.body());
      // The rest of what was being sent is nobody's request.
      if (!request.complete) response.setHeader('connection', 'close');
      response.writeHead(problem.status, { 'content-type': PROBLEM_TYPE, 'content-length': Buffer.byteLength(body) }).end(body);
    }
  }

  const server = new ScanServer({
    path: paths.scans,
    datastore: store,
    locker: createUploadLocks(db, logFailure),
    maxSize: MAX_SCAN_BYTES,
    relativeLocation: true,
    allowedOrigins: () => false,
    getFileIdFromRequest: (_request, last) => (last !== undefined && /^[0-9a-f]{32}$/u.test(last) ? last : undefined),

    async onIncomingRequest(request, id) {
      const device = senderOf(request);
      const upload = await ownUpload(device, id);
      // The server may have been killed between the last byte and its check: a client that asks then would believe it is done.
      if (upload !== undefined && request.method === 'HEAD' && upload.size !== undefined && upload.offset === upload.size) {
        await finish(upload, device.office_id, device.device_id);
      }
    },

    async onUploadCreate(request, upload) {
      const device = senderOf(request);
      const claim = claimIn(upload.metadata, upload.size);
      await refuseVerified(device, claim);
      return { metadata: { ...claim, officeId: device.office_id } };
    },

    async onUploadFinish(request, upload) {
      const device = senderOf(request);
      const stored = await store.getUpload(upload.id);
      await finish(stored, device.office_id, device.device_id);
      return {};
    },

    onResponseError(_request, error) {
      // tus's own refusals carry status_code and a plain text.
      if (!(error instanceof Error) && 'status_code' in error) return undefined;
      const problem = problemOf(error);
      if (problem.status >= 500) logFailure(error);
      return tusError(problem);
    },
  });

  return {
    async handle(device, request, response) {
      const bytes = request.headers['tus-resumable'] === TUS_VERSION ? wholeBytesOf(request) : undefined;
      if (bytes !== undefined) return answerWhole(device, bytes, request, response);
      senders.set(request, device);
      await server.handle(request, response);
    },
    sweep: () => files.sweep(Date.now() - ABANDONED_AFTER_MS),
  };
}
