/** Reads take-away files: whose they are, whether they are whole, and what is in them, a frame at a time. */
import { createPublicKey, createVerify } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import {
  decodeFrame,
  FORMAT_VERSION,
  headerSchema,
  MAGIC,
  MAX_FRAME_BYTES,
  MAX_HEADER_BYTES,
  SIGNATURE_BYTES,
  type Frame,
  type TakeawayHeader,
} from '../../shared/takeaway/file-format.ts';
import { createFrameOpener } from '../../shared/takeaway/frame-seal.ts';
import type { PrivateJwk, PublicJwk } from '../db/database.ts';

export type TakeawayRefusal =
  | 'not-a-takeaway'
  | 'newer-format'
  | 'damaged'
  | 'other-province'
  | 'device-unknown'
  | 'device-revoked'
  | 'foreign-journal'
  | 'not-signed-by-device'
  | 'entries-missing';

/** The file is not taken, and nothing was changed. */
export class TakeawayRefused extends Error {
  constructor(
    readonly kind: TakeawayRefusal,
    options?: ErrorOptions,
  ) {
    super(kind, options);
  }
}

export type OpenTakeaway = {
  header: TakeawayHeader;
  /** Whether every byte is as the owner of this key signed it. */
  isSignedBy(key: PublicJwk): Promise<boolean>;
  /** Pieces of scans as bytes, everything else as what it says. Throws `damaged` unless the last frame is the file's last. */
  frames(own: PrivateJwk): AsyncGenerator<Uint8Array<ArrayBuffer> | Frame>;
  close(): Promise<void>;
};

const LENGTH_BYTES = 4;
const READ_BYTES = 1024 * 1024;

export async function openTakeaway(path: string): Promise<OpenTakeaway> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const mark = await readAt(file, 0, MAGIC.length + FORMAT_VERSION.length, 'not-a-takeaway');
    if (mark.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new TakeawayRefused('not-a-takeaway');
    if (mark.toString('latin1', MAGIC.length) !== FORMAT_VERSION) throw new TakeawayRefused('newer-format');
    const headerLength = (await readAt(file, mark.length, LENGTH_BYTES)).readUInt32LE();
    if (headerLength > MAX_HEADER_BYTES) throw new TakeawayRefused('damaged');
    const headerBytes = await readAt(file, mark.length + LENGTH_BYTES, headerLength);
    const header = parseHeader(headerBytes);
    const framesAt = mark.length + LENGTH_BYTES + headerLength;
    const signatureAt = size - SIGNATURE_BYTES;

    return {
      header,
      async isSignedBy(key) {
        if (signatureAt < framesAt) return false;
        const verifier = createVerify('sha256');
        for (let at = 0; at < signatureAt; at += READ_BYTES) verifier.update(await readAt(file, at, Math.min(READ_BYTES, signatureAt - at)));
        return verifier.verify(
          { key: createPublicKey({ key: { ...key }, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
          await readAt(file, signatureAt, SIGNATURE_BYTES),
        );
      },
      async *frames(own) {
        const unseal = await createFrameOpener(own, header.ephemeralKey, headerBytes);
        let length = (await readAt(file, framesAt, LENGTH_BYTES)).readUInt32LE();
        let at = framesAt + LENGTH_BYTES;
        while (length > 0) {
          if (length > MAX_FRAME_BYTES || at + length + LENGTH_BYTES > signatureAt) throw new TakeawayRefused('damaged');
          const sealed = await readAt(file, at, length);
          const nextLength = (await readAt(file, at + length, LENGTH_BYTES)).readUInt32LE();
          let frame: Uint8Array<ArrayBuffer> | Frame;
          try {
            frame = decodeFrame(await unseal(sealed, nextLength === 0));
          } catch (cause) {
            throw new TakeawayRefused('damaged', { cause });
          }
          yield frame;
          at += length + LENGTH_BYTES;
          length = nextLength;
        }
        if (at !== signatureAt) throw new TakeawayRefused('damaged');
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readAt(file: FileHandle, at: number, length: number, otherwise: TakeawayRefusal = 'damaged'): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) throw new TakeawayRefused(otherwise);
    done += bytesRead;
  }
  return bytes;
}

function parseHeader(bytes: Buffer): TakeawayHeader {
  try {
    return headerSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new TakeawayRefused('damaged', { cause });
  }
}
