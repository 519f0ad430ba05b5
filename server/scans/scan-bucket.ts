/**
 * Keeps scans in a bucket that any number of servers share: a scan under its digest is one object, put whole or not at all; an
 * upload is what it says of itself and its pieces, each an object of its own, so that any server goes on with it.
 */
import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { DataStore, ERRORS, Upload } from '@tus/server';
import { z } from 'zod';
import { parseOrUndefined } from '../../shared/lib/json.ts';
import { Problem } from '../problem.ts';
import type { Bucket } from './s3-bucket.ts';
import { ABANDONED_AFTER_MS, createFactFinder, type ScanFacts, type ScanFiles } from './scan-files.ts';

/** The most a piece has, and what a scan may have to be put at once. */
const PIECE_BYTES = 2 * 1024 * 1024;
/** What all requests of this server hold in memory together before pieces get smaller, and how small they get then. */
const MEMORY_BYTES = 64 * 1024 * 1024;
const SMALL_PIECE_BYTES = 256 * 1024;

const INCOMING = 'incoming/';
const INFO = 'info';

const aboutSchema = z.object({ size: z.int().positive(), metadata: z.record(z.string(), z.string().nullable()), createdAt: z.iso.datetime() });

type Piece = { key: string; at: number; bytes: number };

export const contentKeyOf = (sha256: string): string => `content/${sha256.slice(0, 2)}/${sha256}`;
const infoKeyOf = (id: string): string => `${INCOMING}${id}/${INFO}`;
const pieceKeyOf = (id: string, at: number): string => `${INCOMING}${id}/${String(at).padStart(10, '0')}`;

const changing = (): Problem => new Problem(503, 'unavailable', 'the upload is being changed by another request');

export function openScanBucket(bucket: Bucket): ScanFiles {
  let inMemory = 0;

  /** Gives what comes to `take` in pieces; what came before an error of the source too. */
  async function inPieces(source: AsyncIterable<Buffer>, take: (piece: Buffer) => Promise<void>): Promise<void> {
    let [waiting, bytes] = [[] as Buffer[], 0];
    const hand = async (): Promise<void> => {
      const piece = Buffer.concat(waiting, bytes);
      [waiting, bytes] = [[], 0];
      try {
        if (piece.byteLength > 0) await take(piece);
      } finally {
        inMemory -= piece.byteLength;
      }
    };
    try {
      for await (const chunk of source) {
        waiting.push(chunk);
        bytes += chunk.byteLength;
        inMemory += chunk.byteLength;
        if (bytes > PIECE_BYTES || (inMemory > MEMORY_BYTES && bytes >= SMALL_PIECE_BYTES)) await hand();
      }
    } finally {
      await hand();
    }
  }

  async function aboutOf(id: string): Promise<z.infer<typeof aboutSchema> | undefined> {
    const text = await bucket.text(infoKeyOf(id));
    return text === undefined ? undefined : aboutSchema.safeParse(parseOrUndefined(text)).data;
  }

  async function putAbout({ id, size, metadata = {}, creation_date: createdAt }: Upload): Promise<void> {
    await bucket.put(infoKeyOf(id), Buffer.from(JSON.stringify({ size, metadata, createdAt })));
  }

  /** Those that follow one another from the first byte on. Of a request that was cut there may be others. */
  async function piecesOf(id: string): Promise<Piece[]> {
    const byStart = new Map<number, Piece>();
    for await (const { key, bytes } of bucket.list(`${INCOMING}${id}/`)) {
      const name = key.slice(key.lastIndexOf('/') + 1);
      if (name !== INFO) byStart.set(Number(name), { key, at: Number(name), bytes });
    }
    const pieces: Piece[] = [];
    for (let piece = byStart.get(0); piece !== undefined && piece.bytes > 0; piece = byStart.get(piece.at + piece.bytes)) pieces.push(piece);
    return pieces;
  }

  const lengthOf = (pieces: readonly Piece[]): number => pieces.reduce((bytes, piece) => bytes + piece.bytes, 0);

  async function* readPieces(pieces: readonly Piece[]): AsyncGenerator<Buffer> {
    for (const { key, bytes } of pieces) {
      const object = await bucket.get(key);
      if (object?.bytes !== bytes) {
        object?.stream.destroy();
        throw changing();
      }
      yield* object.stream as AsyncIterable<Buffer>;
    }
  }

  /** What it says of itself goes first: without it the rest is no upload any more, however far this comes. */
  async function removeUpload(id: string): Promise<void> {
    await bucket.remove(infoKeyOf(id));
    for await (const { key } of bucket.list(`${INCOMING}${id}/`)) await bucket.remove(key);
  }

  class Uploads extends DataStore {
    // An upload of unknown length is refused by claimIn, in the same words whatever keeps the scans.
    override extensions = ['creation', 'creation-with-upload', 'creation-defer-length', 'termination', 'expiration'];

    override async create(upload: Upload): Promise<Upload> {
      await putAbout(upload);
      return upload;
    }

    override async write(source: Readable, id: string, offset: number): Promise<number> {
      let at = offset;
      await inPieces(source, async (piece) => {
        await bucket.put(pieceKeyOf(id, at), piece);
        at += piece.byteLength;
      });
      return at;
    }

    override async getUpload(id: string): Promise<Upload> {
      const about = await aboutOf(id);
      // tus's own way to say so.
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      if (about === undefined) throw ERRORS.FILE_NOT_FOUND;
      const { size, metadata, createdAt } = about;
      return new Upload({ id, size, metadata, creation_date: createdAt, offset: lengthOf(await piecesOf(id)) });
    }

    override remove(id: string): Promise<void> {
      return removeUpload(id);
    }

    override getExpiration(): number {
      return ABANDONED_AFTER_MS;
    }
  }

  /** One pass: what is read is put and checked by the way, and an object only when it is right. */
  async function compose(id: string, size: number, sha256: string, judge: (facts: ScanFacts) => void): Promise<ScanFacts> {
    const pieces = await piecesOf(id);
    if (lengthOf(pieces) !== size) throw changing();
    let finder = createFactFinder();
    await bucket.putStream(contentKeyOf(sha256), {
      bytes: size,
      sha256,
      async *source() {
        finder = createFactFinder();
        for await (const chunk of readPieces(pieces)) {
          finder.add(chunk);
          yield chunk;
        }
      },
      mayEnd: () => judge(finder.facts()),
    });
    return finder.facts();
  }

  return {
    uploads: new Uploads(),
    keepUpload: ({ id, size = 0 }, sha256, judge) => compose(id, size, sha256, judge),

    async keepWhole(source, { upload, sha256, judge, wasCut }) {
      const { size = 0 } = upload;
      const finder = createFactFinder();
      let at = 0;
      let isKept = false;
      /** Where its pieces lie, once it has any. */
      let home: string | undefined;
      const take = async (piece: Buffer): Promise<void> => {
        finder.add(piece);
        if (piece.byteLength === size) {
          judge(finder.facts());
          await bucket.put(contentKeyOf(sha256), piece);
          isKept = true;
          return;
        }
        home ??= await newHome();
        await bucket.put(pieceKeyOf(home, at), piece);
        at += piece.byteLength;
      };
      const newHome = async (): Promise<string> => {
        if ((await aboutOf(upload.id)) !== undefined) return randomBytes(16).toString('hex');
        await putAbout(upload);
        return upload.id;
      };
      try {
        await inPieces(source, take);
        if (!isKept) {
          judge(finder.facts());
          await compose(home ?? upload.id, size, sha256, judge);
        }
      } catch (error) {
        if (home !== undefined && !(wasCut() && home === upload.id)) await removeUpload(home).catch(() => undefined);
        throw error;
      }
      // What stays for want of an answer is swept up.
      if (home !== undefined) await removeUpload(home).catch(() => undefined);
      return finder.facts();
    },

    forget: removeUpload,

    async find(sha256) {
      const key = contentKeyOf(sha256);
      const bytes = await bucket.sizeOf(key);
      if (bytes === undefined) return undefined;
      return {
        bytes,
        async open() {
          const object = await bucket.get(key);
          if (object === undefined) throw new Error('a scan vanished from the bucket');
          return object.stream;
        },
      };
    },

    async sweep(beforeMs) {
      const lastMoved = new Map<string, number>();
      for await (const { key, modifiedMs } of bucket.list(INCOMING)) {
        const id = key.slice(INCOMING.length, key.lastIndexOf('/'));
        lastMoved.set(id, Math.max(modifiedMs, lastMoved.get(id) ?? 0));
      }
      const abandoned = [...lastMoved].filter(([, movedMs]) => movedMs < beforeMs);
      for (const [id] of abandoned) await removeUpload(id);
      return abandoned.length;
    },
  };
}
