/** The one way to a bucket of an S3-compatible store: signed requests (signature V4) with time limits, tried again where the trouble may pass. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { setTimeout as rest } from 'node:timers/promises';
import { sign } from 'aws4';
import { Problem } from '../problem.ts';
import type { BucketCredentials, BucketSettings } from './bucket-settings.ts';

/** What the store or the way to it said: an error code of S3, an HTTP status, or Node's code of a broken connection. */
class StoreFailure extends Error {
  constructor(
    readonly code: string,
    readonly mayPass: boolean,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}

export type StoredObject = { key: string; bytes: number; modifiedMs: number };

/** Everything throws a Problem (503) while the store does not answer as it should; its cause may be logged. */
export type Bucket = {
  /** Resolves when the object is durable, whole under its key; before that nothing of it is there. */
  put(key: string, body: Buffer): Promise<void>;
  /**
   * The same for a body that comes bit by bit. Its last bytes leave only when the digest is right and `mayEnd` does not throw: a
   * body that is not whole is no object. `source` is called anew for each try.
   */
  putStream(key: string, body: { bytes: number; sha256: string; source(): AsyncIterable<Buffer>; mayEnd(): void }): Promise<void>;
  /** Of a small object; undefined when there is none. */
  text(key: string): Promise<string | undefined>;
  /** The stream must be read or destroyed. Undefined when there is no such object. */
  get(key: string): Promise<{ bytes: number; stream: Readable } | undefined>;
  sizeOf(key: string): Promise<number | undefined>;
  /** It is no error when there is none. */
  remove(key: string): Promise<void>;
  /** In the order of the keys' bytes. */
  list(prefix: string): AsyncGenerator<StoredObject>;
  /** Throws an Error when the store refuses this bucket or this key to it; resolves with why the store does not answer. */
  probe(): Promise<Error | undefined>;
};

type Call = { method: 'GET' | 'HEAD' | 'PUT' | 'DELETE'; key?: string; query?: string; sha256?: string; bytes?: number };

const TRIES = 3;
const PAUSE_MS = 100;
/** Without a byte moving; a store may take its time to make a large object durable. */
const SILENCE_MS = 20_000;
const CONNECTIONS = 64;
const LISTED_AT_ONCE = 1_000;
const MAX_TEXT_BYTES = 64 * 1024;
const MAX_LISTING_BYTES = 4 * 1024 * 1024;
const EMPTY_SHA256 = createHash('sha256').digest('hex');
/** Busy, being deployed, or two wrote one key: the next try may well be answered. */
const PASSING = new Set([408, 409, 425, 429, 500, 502, 503, 504]);

export function connectBucket(settings: BucketSettings, credentials: BucketCredentials): Bucket {
  const endpoint = new URL(settings.endpoint);
  const isSecure = endpoint.protocol === 'https:';
  const host = settings.addressing === 'host' ? `${settings.bucket}.${endpoint.host}` : endpoint.host;
  const { hostname, port } = new URL(`${endpoint.protocol}//${host}`);
  const to = { hostname: hostname.replace(/^\[|\]$/gu, ''), port };
  const base = `${endpoint.pathname.replace(/\/$/u, '')}${settings.addressing === 'host' ? '' : `/${settings.bucket}`}`;
  const agentSettings = { keepAlive: true, maxSockets: CONNECTIONS, timeout: SILENCE_MS };
  const agent = isSecure ? new HttpsAgent(agentSettings) : new HttpAgent(agentSettings);

  function begin({ method, key, query, sha256 = EMPTY_SHA256, bytes }: Call): ClientRequest {
    const resource = key === undefined ? base || '/' : `${base}/${settings.prefix}${key}`;
    const path = query === undefined ? resource : `${resource}?${query}`;
    const headers = { host, 'x-amz-content-sha256': sha256, ...(bytes === undefined ? {} : { 'content-length': String(bytes) }) };
    const signed = sign({ service: 's3', region: settings.region, method, host, path, headers }, credentials);
    return (isSecure ? httpsRequest : httpRequest)({ ...to, agent, method, path: signed.path, headers: signed.headers, timeout: SILENCE_MS });
  }

  /** Sends and waits for the head of the answer; everything but a success and a missing object is a StoreFailure. */
  async function exchange(call: Call, send: (request: ClientRequest) => Promise<void> | void): Promise<IncomingMessage> {
    const request = begin(call);
    request.on('timeout', () => request.destroy(Object.assign(new Error('the store is silent'), { code: 'ETIMEDOUT' })));
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      request.on('response', resolve);
      request.on('error', reject);
    });
    // Until somebody waits for it: the body may fail first.
    answered.catch(() => undefined);
    try {
      // A store that refuses does not wait for the body.
      await Promise.race([send(request), answered]);
    } catch (error) {
      request.destroy();
      throw failureOf(error);
    }
    const answer = await answered.catch((error: unknown) => {
      throw failureOf(error);
    });
    const { statusCode: status = 0 } = answer;
    if (status >= 200 && status < 300) return answer;
    const text = await textOf(answer, MAX_TEXT_BYTES).catch(() => '');
    // Whoever still sends is told.
    if (!request.writableFinished) request.destroy(new Error('refused'));
    const code = element(text, 'Code') ?? String(status);
    if (status === 404 && call.key !== undefined && call.method !== 'PUT' && code !== 'NoSuchBucket') throw new Missing();
    throw new StoreFailure(code, PASSING.has(status));
  }

  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof StoreFailure)) throw error;
        if (!error.mayPass || tries === TRIES) throw new Problem(503, 'unavailable', 'the store of scans cannot answer now', { cause: error });
        await rest(PAUSE_MS * tries * (0.5 + Math.random()));
      }
    }
  }

  const bodiless = (call: Call): Promise<IncomingMessage> => exchange(call, (request) => void request.end());

  async function page(prefix: string, after: string | undefined): Promise<StoredObject[]> {
    const query = new URLSearchParams({ 'list-type': '2', 'max-keys': String(LISTED_AT_ONCE), prefix: `${settings.prefix}${prefix}` });
    if (after !== undefined) query.set('start-after', `${settings.prefix}${after}`);
    const text = await attempt(async () => textOf(await bodiless({ method: 'GET', query: query.toString() }), MAX_LISTING_BYTES).catch(failed));
    return listedIn(text).map((object) => ({ ...object, key: object.key.slice(settings.prefix.length) }));
  }

  return {
    async put(key, body) {
      const sha256 = createHash('sha256').update(body).digest('hex');
      await attempt(async () => drain(await exchange({ method: 'PUT', key, sha256, bytes: body.byteLength }, (request) => void request.end(body))));
    },

    async putStream(key, { bytes, sha256, source, mayEnd }) {
      await attempt(async () =>
        drain(await exchange({ method: 'PUT', key, sha256, bytes }, (request) => sendChecked(request, { bytes, sha256, source, mayEnd }))),
      );
    },

    async text(key) {
      return attempt(async () => textOf(await bodiless({ method: 'GET', key }), MAX_TEXT_BYTES).catch(failed)).catch(undefinedWhenMissing);
    },

    async get(key) {
      const answer = await attempt(() => bodiless({ method: 'GET', key })).catch(undefinedWhenMissing);
      return answer === undefined ? undefined : { bytes: Number(answer.headers['content-length']), stream: answer };
    },

    async sizeOf(key) {
      const answer = await attempt(async () => drain(await bodiless({ method: 'HEAD', key }))).catch(undefinedWhenMissing);
      return answer === undefined ? undefined : Number(answer.headers['content-length']);
    },

    async remove(key) {
      await attempt(async () => drain(await bodiless({ method: 'DELETE', key }))).catch(undefinedWhenMissing);
    },

    async *list(prefix) {
      let after: string | undefined;
      for (;;) {
        const objects = await page(prefix, after);
        yield* objects;
        after = objects.at(-1)?.key;
        if (after === undefined || objects.length < LISTED_AT_ONCE) return;
      }
    },

    async probe() {
      try {
        drain(await bodiless({ method: 'GET', query: 'list-type=2&max-keys=1' }));
        return undefined;
      } catch (error) {
        if (error instanceof StoreFailure && error.mayPass) return error;
        throw new Error(`scans.s3: the store refuses the bucket ${settings.bucket}: ${error instanceof Error ? error.message : ''}`, { cause: error });
      }
    },
  };
}

/** There is no such object. */
class Missing extends Error {}

function undefinedWhenMissing(error: unknown): undefined {
  if (error instanceof Missing) return undefined;
  throw error;
}

/** Sends all but the last of it, looks at what was sent, and only then the rest. */
async function sendChecked(request: ClientRequest, { bytes, sha256, source, mayEnd }: Parameters<Bucket['putStream']>[1]): Promise<void> {
  const hash = createHash('sha256');
  let held: Buffer = Buffer.alloc(0);
  let sent = 0;
  for await (const chunk of source()) {
    if (chunk.byteLength === 0) continue;
    hash.update(chunk);
    sent += chunk.byteLength;
    if (held.byteLength > 0 && !request.write(held)) await once(request, 'drain');
    held = chunk;
  }
  mayEnd();
  if (sent !== bytes || hash.digest('hex') !== sha256) throw new Error('a body that is not what it was said to be');
  request.end(held);
}

const failureOf = (error: unknown): unknown => {
  if (error instanceof StoreFailure) return error;
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  // What has no code of the system's comes from who gives the body.
  return typeof code === 'string' ? new StoreFailure(code, code !== 'ETIMEDOUT', { cause: error }) : error;
};

function failed(error: unknown): never {
  throw failureOf(error);
}

/** The head said it all; the rest is read only so that the connection can be used again. */
const drain = (answer: IncomingMessage): IncomingMessage => answer.on('error', () => undefined).resume();

async function textOf(answer: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > limit) throw new StoreFailure('answer-too-large', false);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The text of the first element of this name. Nothing that is read so can hold an escaped character: keys are ours. */
const element = (xml: string, name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`, 'u').exec(xml)?.[1];

/** Exported for its test. */
export const listedIn = (xml: string): StoredObject[] =>
  [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gsu)].flatMap(([, one = '']) => {
    const [key, bytes, modified] = [element(one, 'Key'), Number(element(one, 'Size')), Date.parse(element(one, 'LastModified') ?? '')];
    return key === undefined || Number.isNaN(bytes) || Number.isNaN(modified) ? [] : [{ key, bytes, modifiedMs: modified }];
  });
