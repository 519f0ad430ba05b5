/**
 * Owns a scan that comes whole in the very request that announces it (tus 1.0, creation-with-upload): read once, checked as it
 * comes. What was cut becomes an upload like any other, to be gone on with under an id that the counter knows without an answer.
 */
import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { wholeUploadText } from '../../shared/sync/protocol.ts';
import type { Database } from '../db/database.ts';
import type { Device } from '../devices/device-store.ts';
import { sha256 as digestOf } from '../digest.ts';
import { acceptScan, type ScanClaim } from './accept-scan.ts';
import { type Arriving, type ScanFolder, WHOLE_SUFFIX } from './scan-folder.ts';

/** 32 hex digits, as every upload's. */
const wholeUploadId = (deviceId: string, sha256: string): string => digestOf(wholeUploadText(deviceId, sha256)).slice(0, 32);

/** The bytes a whole scan has by both of its headers; undefined when this is none. */
export function wholeBytesOf({ method, headers }: IncomingMessage): number | undefined {
  if (method !== 'POST' || headers['content-type'] !== 'application/offset+octet-stream') return undefined;
  const [length, announced] = [Number(headers['content-length']), Number(headers['upload-length'])];
  return Number.isInteger(length) && length > 0 && length === announced ? length : undefined;
}

type Options = {
  db: Database;
  folder: ScanFolder;
  at: Date;
  /** Makes the file at `path` an upload that can be gone on with; false when there is one under this id. */
  adopt(id: string, path: string): Promise<boolean>;
};

/** Throws a Problem when the scan is not what it was said to be, and any other error when it did not come whole. */
export async function receiveWhole(request: IncomingMessage, device: Device, claim: ScanClaim, { db, folder, at, adopt }: Options): Promise<void> {
  const path = join(folder.incomingDir, `${randomBytes(16).toString('hex')}${WHOLE_SUFFIX}`);
  const arriving: Arriving = { bytes: 0 };
  try {
    const facts = await folder.receive(request, path, arriving);
    await acceptScan(db, folder, path, claim, { officeId: device.office_id, deviceId: device.device_id, at }, facts);
  } catch (error) {
    const isCut = request.destroyed && !request.complete;
    if (isCut && arriving.bytes > 0 && (await adopt(wholeUploadId(device.device_id, claim.sha256), path))) throw error;
    await rm(path, { force: true });
    throw error;
  }
}

/** The move of `adopt`. */
export const moveTo = (folder: ScanFolder, path: string, id: string): Promise<void> => rename(path, join(folder.incomingDir, id));
