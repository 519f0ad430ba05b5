/** Owns what the body of a request may be (JSON in UTF-8, plain, gzipped or in brotli, of bounded size and depth), and that long answers are gzipped for who asks so. */
import * as buffers from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isShallowJson } from './journal/content.ts';
import { Problem } from './problem.ts';

/** Unless the route says otherwise. Applies to what was sent and, again, to what it unpacks to. */
export const MAX_BODY_BYTES = 256 * 1024;

/** Shorter answers fit a packet anyway. */
const PACKED_FROM = 1024;

const unpackers = { gzip: promisify(gunzip), br: promisify(brotliDecompress) };
const zip = promisify(gzip);

const plainBodies = new WeakMap<FastifyRequest['raw'], Buffer>();

/** The JSON of a body as it came, unpacked. */
export const plainBodyOf = ({ raw }: Pick<FastifyRequest, 'raw'>): Buffer | undefined => plainBodies.get(raw);

/** Of UTF-8. Where the runtime can, by way of UTF-16: in a third of the time when not all of it is ASCII. */
const textOf = (utf8: Buffer): string => {
  const { transcode } = buffers as { transcode?: typeof buffers.transcode };
  return transcode === undefined || utf8.byteLength < TRANSCODED_FROM ? utf8.toString('utf8') : transcode(utf8, 'utf8', 'utf16le').toString('utf16le');
};
const TRANSCODED_FROM = 64 * 1024;

type Parsers = Pick<FastifyInstance, 'removeAllContentTypeParsers' | 'addContentTypeParser'>;

export function takeBodies(server: Parsers): void {
  server.removeAllContentTypeParsers();
  // Fastify's own parser refuses a whole batch for one `__proto__`; ours hands it on, and the one entry is rejected.
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, sent: Buffer): Promise<unknown> => {
    const plain = await plainOf(sent, request.headers['content-encoding'], request.routeOptions.bodyLimit ?? MAX_BODY_BYTES);
    // Read leniently, a damaged byte would become another letter and be stored as what the citizen said.
    if (!buffers.isUtf8(plain)) throw new Problem(400, 'malformed', 'the body is not UTF-8');
    plainBodies.set(request.raw, plain);
    const text = textOf(plain);
    if (!isShallowJson(text)) throw new Problem(400, 'too-deep', 'the body is nested too deeply');
    try {
      return JSON.parse(text);
    } catch {
      throw new Problem(400, 'malformed', 'the body is not JSON');
    }
  });
  // tus reads the request itself.
  server.addContentTypeParser('application/offset+octet-stream', (_request, _payload, done) => done(null));
}

/** An `onSend` hook. */
export async function packAnswer({ headers }: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const isWanted = /\bgzip\b/u.test(String(headers['accept-encoding'] ?? ''));
  if (typeof payload !== 'string' || payload.length < PACKED_FROM || !isWanted) return payload;
  void reply.header('content-encoding', 'gzip').header('vary', 'accept-encoding').removeHeader('content-length');
  return zip(payload);
}

async function plainOf(sent: Buffer, encoding: string | undefined, limit: number): Promise<Buffer> {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return sent;
    case 'gzip':
      return unpack('gzip', sent, limit);
    case 'br':
      return unpack('br', sent, limit);
    default:
      throw new Problem(415, 'wrong-encoding', 'bodies are taken plain, gzipped or in brotli');
  }
}

async function unpack(encoding: keyof typeof unpackers, packed: Buffer, limit: number): Promise<Buffer> {
  try {
    return await unpackers[encoding](packed, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new Problem(413, 'too-large', 'the body unpacks to more than is taken');
    throw new Problem(400, 'malformed', `the body is not ${encoding}`);
  }
}
