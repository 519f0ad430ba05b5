/** The one place the shell speaks HTTP: small JSON requests and bytes by name, each with a time limit and a size limit. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type Agent } from 'node:https';
import { gzipSync } from 'node:zlib';
import { parseOrUndefined } from '../../shared/lib/json.ts';

const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const COMPRESS_FROM_BYTES = 1024;

type Headers = Record<string, string>;
type Answer = { status: number; headers: Record<string, string | string[] | undefined> };
export type HttpAnswer = Answer & { body: unknown };

/**
 * POSTs (or GETs, without a body) JSON. Rejects when there is no whole answer within `timeoutMs`;
 * a body that is no JSON is given back as undefined, for a captive portal answers 200 with a page.
 */
export async function requestJson(
  url: URL,
  { body, headers = {}, timeoutMs, agent }: { body?: unknown; headers?: Headers; timeoutMs: number; agent?: Agent },
): Promise<HttpAnswer> {
  const plain = body === undefined ? undefined : Buffer.from(JSON.stringify(body), 'utf8');
  const isCompressed = plain !== undefined && plain.byteLength >= COMPRESS_FROM_BYTES;
  const { bytes, ...answer } = await exchange(url, {
    payload: isCompressed ? gzipSync(plain) : plain,
    headers: {
      accept: 'application/json',
      ...(plain === undefined ? {} : { 'content-type': 'application/json' }),
      ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
      ...headers,
    },
    timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
    agent,
  });
  return { ...answer, body: parseOrUndefined(bytes.toString('utf8')) };
}

/** Rejects when the answer is not whole within `timeoutMs` or is larger than `maxBytes`. */
export const requestBytes = (url: URL, limits: { headers: Headers; timeoutMs: number; maxBytes: number; agent?: Agent }): Promise<Answer & { bytes: Buffer }> =>
  exchange(url, limits);

type Exchange = { payload?: Buffer; headers: Headers; timeoutMs: number; maxBytes: number; agent?: Agent };

function exchange(url: URL, { payload, headers, timeoutMs, maxBytes, agent }: Exchange): Promise<Answer & { bytes: Buffer }> {
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = start(url, {
      method: payload === undefined ? 'GET' : 'POST',
      agent,
      headers: { ...(payload === undefined ? {} : { 'content-length': String(payload.byteLength) }), ...headers },
    });
    const timer = setTimeout(() => request.destroy(new Error('timeout')), timeoutMs);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    request.on('error', fail);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.byteLength;
        if (size > maxBytes) request.destroy(new Error('answer too large'));
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) });
      });
    });
    request.end(payload);
  });
}
