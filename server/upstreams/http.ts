/** The one way to a specialised system: connections of its own, every request with a time limit for the whole of it and a limit in size. */
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { z } from 'zod';
import { parseOrUndefined } from '../../shared/lib/json.ts';
import { refusalSchema } from '../../shared/upstreams/contracts/refusal.ts';
import type { Outcome } from '../../shared/upstreams/settle.ts';

/** There was no whole answer. */
export class TransportFailure extends Error {
  constructor(
    readonly reason: 'unreachable' | 'timeout' | 'answer-too-large',
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** The file broke off as it was read: no failure of the system that was to have it. */
class Unreadable extends Error {}

async function* readThrough(content: Readable): AsyncGenerator<Buffer> {
  try {
    yield* content as AsyncIterable<Buffer>;
  } catch (cause) {
    throw new Unreadable('the file broke off', { cause });
  }
}

/** The answer is not what the contract says. */
export class WrongAnswer extends Error {}

export type UpstreamAnswer = { status: number; headers: IncomingHttpHeaders; /** Undefined when it is no JSON. */ body: unknown };

type Request = {
  method?: 'GET' | 'POST' | 'PUT';
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
  file?: { bytes: number; open(): Promise<Readable> };
};

export type UpstreamHttp = {
  /** Throws TransportFailure, or what the file threw when it could not be read. Redirects are answers, never followed. */
  request(path: string, request?: Request): Promise<UpstreamAnswer>;
};

export type HttpLimits = {
  timeoutMs: number;
  /** Sending the slowest line we count on, bytes a second: added to the time limit for a file. */ fileBytesPerS: number;
  connections: number;
};

const MAX_ANSWER_BYTES = 1024 * 1024;

/** `signal` ends every request under way. */
export function createUpstreamHttp(url: string, { timeoutMs, fileBytesPerS, connections }: HttpLimits): (signal: AbortSignal) => UpstreamHttp {
  const base = url.endsWith('/') ? url : `${url}/`;
  const isSecure = base.startsWith('https:');
  const settings = { keepAlive: true, maxSockets: connections, maxFreeSockets: connections };
  const agent = isSecure ? new HttpsAgent(settings) : new HttpAgent(settings);

  return (signal) => ({
    async request(path, { method = 'GET', headers = {}, json, text, file } = {}) {
      const body = text ?? (json === undefined ? undefined : JSON.stringify(json));
      const length = file?.bytes ?? (body === undefined ? undefined : Buffer.byteLength(body));
      // Before the system is asked for anything: what fails here is not its failure.
      const content = await file?.open();
      const limitMs = timeoutMs + (file === undefined ? 0 : (file.bytes / fileBytesPerS) * 1000);
      return exchange(
        (isSecure ? httpsRequest : httpRequest)(new URL(path.replace(/^\//u, ''), base), {
          method,
          agent,
          signal,
          headers: {
            accept: 'application/json',
            ...(json === undefined ? {} : { 'content-type': 'application/json' }),
            ...(length === undefined ? {} : { 'content-length': String(length) }),
            ...headers,
          },
        }),
        body,
        content,
        limitMs,
      );
    },
  });
}

function exchange(request: ReturnType<typeof httpRequest>, body: string | undefined, content: Readable | undefined, limitMs: number): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    // One limit for the whole: an answer that drips byte by byte keeps a socket alive for ever otherwise.
    const timer = setTimeout(() => {
      isLate = true;
      request.destroy(new Error('timeout'));
    }, limitMs);
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      reject(
        error instanceof TransportFailure || error instanceof Unreadable ? error : new TransportFailure(isLate ? 'timeout' : 'unreachable', { cause: error }),
      );
    };
    request.on('error', fail);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.byteLength;
        if (size <= MAX_ANSWER_BYTES) chunks.push(chunk);
        else request.destroy(new TransportFailure('answer-too-large'));
      });
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parseOrUndefined(Buffer.concat(chunks).toString('utf8')) });
      });
      // A connection that ends inside the body gives no 'error' in every version of Node.
      response.on('close', () => !response.complete && fail(new Error('answer broke off')));
    });
    if (content === undefined) request.end(body);
    else void pipeline(readThrough(content), request).catch(fail);
  });
}

/** The body of an answer with one of the agreed statuses. Throws WrongAnswer for a body that is not as agreed. */
export function bodyOf<S extends z.ZodType>(answer: UpstreamAnswer, schema: S): z.infer<S> {
  const parsed = schema.safeParse(answer.body);
  if (!parsed.success) throw new WrongAnswer(`status ${answer.status} with a body that is not as agreed`);
  return parsed.data;
}

/**
 * What every status means that a contract does not name: 422 refuses (its body says why), everything else is the system's
 * own trouble. A 4xx from a proxy in between must not refuse a dossier, so only 422 with our body does.
 */
export function otherwise(answer: UpstreamAnswer, nowMs: number): Outcome {
  const { status } = answer;
  if (status === 422) {
    const { reason, field } = bodyOf(answer, refusalSchema);
    return { kind: 'refused', reason, ...(field === undefined ? {} : { field }) };
  }
  const afterMs = status === 503 || status === 429 ? retryAfterMs(answer.headers['retry-after'], nowMs) : undefined;
  return { kind: 'retry', reason: reasonOf(status), ...(afterMs === undefined ? {} : { afterMs }) };
}

const reasonOf = (status: number): string => {
  if (status === 401 || status === 403) return 'not-authorised';
  if (status === 429) return 'busy';
  return status >= 500 ? 'server-error' : 'unexpected-status';
};

/** RFC 9110, 10.2.3: seconds, or an HTTP date. Undefined when it says neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/u.test(header.trim())) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
