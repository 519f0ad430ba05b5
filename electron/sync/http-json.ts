/** The one place the shell speaks HTTP: each request with a time limit and a size limit, large ones at the pace they are given. */
import { once } from 'node:events';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { request as httpsRequest, type Agent } from 'node:https';
import { promisify } from 'node:util';
import { constants, createBrotliCompress, createGzip, gunzip } from 'node:zlib';
import { parseOrUndefined } from '../../shared/lib/json.ts';

const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const COMPRESS_FROM_BYTES = 1024;
/** What is handed to the socket at once: small enough that a slow line moves one well within any time limit, and smaller where a pace is kept. */
const PIECE_BYTES = 64 * 1024;
/** Where pieces leave in no time they become as large as this. */
const LARGEST_PIECE_BYTES = 1024 * 1024;
const IN_NO_TIME_MS = 20;
const PACED_PIECE_BYTES = 16 * 1024;

/** Each chunk comes by way of the main thread. */
const PACKED_CHUNK_BYTES = 256 * 1024;

/** What is handed to a packer at once. */
const PACKING_BYTES = 256 * 1024;

const packers = {
  // A quarter of the work of gzip, and smaller.
  br: (bytes: number) =>
    createBrotliCompress({
      chunkSize: PACKED_CHUNK_BYTES,
      params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: bytes },
    }),
  gzip: () => createGzip({ chunkSize: PACKED_CHUNK_BYTES }),
};
/** Unsupported media type: of a province, or of something before it, that reads gzip only. */
const WRONG_ENCODING = 415;
const gzipOnly = new Set<string>();
const unpack = promisify(gunzip);
/** Node 18 would open a connection for every request. */
const plainAgent = new HttpAgent({ keepAlive: true });

type Headers = Record<string, string>;
type Answer = { status: number; headers: Record<string, string | string[] | undefined> };
export type HttpAnswer = Answer & { body: unknown };

/** When so many bytes may leave. */
export type Pace = (bytes: number) => Promise<void>;

/** Requests that leave in the order in which they were asked for, however long each takes to be packed. */
export type Turn = {
  /** Until the one before has left. */
  before: Promise<void>;
  hasLeft(): void;
};

type JsonRequest = {
  /** The body: JSON in UTF-8, in pieces that follow each other. */
  json?: readonly Buffer[];
  headers?: Headers;
  timeoutMs: number;
  agent?: Agent;
  turn?: Turn;
};

/**
 * POSTs (or GETs, without a body) JSON. Rejects when there is no whole answer within `timeoutMs` of the last byte sent;
 * a body that is no JSON is given back as undefined, for a captive portal answers 200 with a page.
 */
export async function requestJson(url: URL, asking: JsonRequest): Promise<HttpAnswer> {
  const { json, headers = {}, timeoutMs, agent, turn } = asking;
  const encoding = gzipOnly.has(url.host) ? 'gzip' : 'br';
  const isCompressed = json !== undefined && sizeOf(json) >= COMPRESS_FROM_BYTES;
  const payload = json === undefined ? undefined : isCompressed ? await packed(json, encoding) : Buffer.concat(json);
  const asked: Exchange = {
    method: json === undefined ? 'GET' : 'POST',
    payload,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'gzip',
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(isCompressed ? { 'content-encoding': encoding } : {}),
      ...headers,
    },
    timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
    agent,
    ...(turn === undefined ? {} : { onSent: (sent) => sent === payload?.byteLength && turn.hasLeft() }),
  };
  await turn?.before;
  const { bytes, ...answer } = await exchange(url, asked).catch((error: unknown) => {
    // Whoever keeps idle connections for a shorter time than we do ends them as we begin to speak. All we say may be said twice.
    if (error instanceof StaleConnection) return exchange(url, asked);
    throw error;
  });
  if (answer.status === WRONG_ENCODING && isCompressed && encoding === 'br') {
    gzipOnly.add(url.host);
    return requestJson(url, { ...asking, turn: undefined });
  }
  const isPacked = answer.headers['content-encoding'] === 'gzip';
  // What does not unpack, or unpacks to too much, is nobody's answer we know.
  const text = isPacked ? await unpack(bytes, { maxOutputLength: MAX_ANSWER_BYTES }).catch(() => undefined) : bytes;
  return { ...answer, body: text === undefined ? undefined : parseOrUndefined(text.toString('utf8')) };
}

const sizeOf = (pieces: readonly Buffer[]): number => pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);

/** Piece by piece in the same room: put together, what is sent would be in memory twice. */
async function packed(pieces: readonly Buffer[], encoding: keyof typeof packers): Promise<Buffer> {
  const packer = packers[encoding](sizeOf(pieces));
  const chunks: Buffer[] = [];
  packer.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(packer, 'end');
  const hand = (bytes: Buffer): Promise<void> => new Promise((taken, failed) => packer.write(bytes, (error) => (error == null ? taken() : failed(error))));
  const room = Buffer.allocUnsafeSlow(Math.min(PACKING_BYTES, sizeOf(pieces)));
  let used = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.byteLength;) {
      const copied = piece.copy(room, used, at);
      at += copied;
      used += copied;
      if (used < room.byteLength) continue;
      await hand(room);
      used = 0;
    }
  }
  packer.end(room.subarray(0, used));
  await ended;
  return Buffer.concat(chunks);
}

/** Rejects when the answer is not whole within `timeoutMs` or is larger than `maxBytes`. */
export const requestBytes = (url: URL, limits: { headers: Headers; timeoutMs: number; maxBytes: number; agent?: Agent }): Promise<Answer & { bytes: Buffer }> =>
  exchange(url, { method: 'GET', ...limits });

class StaleConnection extends Error {}

/** Nothing moved, or nobody answered, for too long. */
export class TimedOut extends Error {}

type Exchange = {
  method: string;
  payload?: Uint8Array;
  headers: Headers;
  /** For each piece of the payload to leave (waiting for its turn not counted), then for the whole answer. */
  timeoutMs: number;
  maxBytes: number;
  agent?: Agent;
  pace?: Pace;
  signal?: AbortSignal;
  onSent?(bytes: number): void;
};

/** One request and its whole answer, whatever its status. Rejects for everything else, and never later than its limits say. */
export function exchange(
  url: URL,
  { method, payload, headers, timeoutMs, maxBytes, agent, pace, signal, onSent }: Exchange,
): Promise<Answer & { bytes: Buffer }> {
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    let isOver = false;
    let hasAnswer = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const request = start(url, {
      method,
      agent: agent ?? (url.protocol === 'https:' ? undefined : plainAgent),
      signal,
      headers: { ...(payload === undefined ? {} : { 'content-length': String(payload.byteLength) }), ...headers },
    });
    const settle = (act: () => void): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      act();
    };
    const failed = (error: Error): void =>
      settle(() => {
        const isStale = request.reusedSocket && !hasAnswer && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
        // A request that still waits for its connection says nothing when it is destroyed: the refusal must not wait for it.
        reject(isStale ? new StaleConnection('the connection had ended', { cause: error }) : error);
        request.destroy();
      });
    const limit = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => failed(new TimedOut('timeout')), timeoutMs);
    };

    request.on('error', failed);
    request.on('close', () => failed(new Error('closed without an answer')));
    request.on('response', (response) => {
      hasAnswer = true;
      // From here on nothing gives an answer that drips more time.
      limit();
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.byteLength;
        if (size > maxBytes) failed(new Error('answer too large'));
        else chunks.push(chunk);
      });
      response.on('error', failed);
      response.on('end', () =>
        settle(() => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) });
          // Answered before it had heard everything: nothing else may follow on this connection.
          if (!request.writableEnded) request.destroy();
        }),
      );
    });

    async function send(bytes: Uint8Array): Promise<void> {
      let step = pace === undefined ? PIECE_BYTES : PACED_PIECE_BYTES;
      for (let at = 0; at < bytes.byteLength && !isOver && !hasAnswer;) {
        const piece = bytes.subarray(at, at + step);
        clearTimeout(timer);
        await pace?.(piece.byteLength);
        if (isOver || hasAnswer) return;
        limit();
        const begunMs = performance.now();
        await new Promise<void>((sent) => request.write(piece, () => sent()));
        at += piece.byteLength;
        if (pace === undefined && performance.now() - begunMs < IN_NO_TIME_MS) step = Math.min(LARGEST_PIECE_BYTES, 2 * step);
        onSent?.(at);
      }
      if (isOver || hasAnswer) return;
      limit();
      request.end();
    }
    limit();
    if (payload === undefined) request.end();
    else send(payload).catch(failed);
  });
}
