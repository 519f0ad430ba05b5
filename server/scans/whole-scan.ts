/**
 * Owns a scan that comes whole in the very request that announces it (tus 1.0, creation-with-upload): read once, checked as it
 * comes. What was cut becomes an upload like any other, to be gone on with under an id that the counter knows without an answer.
 */
import type { IncomingMessage } from 'node:http';
import { wholeUploadText } from '../../shared/sync/protocol.ts';
import { sha256 as digestOf } from '../digest.ts';

/** 32 hex digits, as every upload's. */
export const wholeUploadId = (deviceId: string, sha256: string): string => digestOf(wholeUploadText(deviceId, sha256)).slice(0, 32);

/** The bytes a whole scan has by both of its headers; undefined when this is none. */
export function wholeBytesOf({ method, headers }: IncomingMessage): number | undefined {
  if (method !== 'POST' || headers['content-type'] !== 'application/offset+octet-stream') return undefined;
  const [length, announced] = [Number(headers['content-length']), Number(headers['upload-length'])];
  return Number.isInteger(length) && length > 0 && length === announced ? length : undefined;
}
