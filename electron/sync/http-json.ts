/** The one place the shell speaks HTTP: small JSON requests with a time limit and a size limit. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { gzipSync } from 'node:zlib';

const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const COMPRESS_FROM_BYTES = 1024;

export type HttpAnswer = { status: number; headers: Record<string, string | string[] | undefined>; body: unknown };

/**
 * POSTs (or GETs, without a body) JSON. Rejects when there is no whole answer within `timeoutMs`;
 * a body that is no JSON is given back as undefined, for a captive portal answers 200 with a page.
 */
export function requestJson(url: URL, { body, headers = {}, timeoutMs }: { body?: unknown; headers?: Record<string, string>; timeoutMs: number }): Promise<HttpAnswer> {
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const plain = body === undefined ? undefined : Buffer.from(JSON.stringify(body), 'utf8');
  const isCompressed = plain !== undefined && plain.byteLength >= COMPRESS_FROM_BYTES;
  const payload = isCompressed ? gzipSync(plain) : plain;
  return new Promise((resolve, reject) => {
    const request = start(url, {
      method: payload === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(payload.byteLength) }),
        ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
        ...headers,
      },
    });
    const timer = setTimeout(() => request.destroy(new Error('timeout')), timeoutMs);
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.byteLength;
        if (size > MAX_ANSWER_BYTES) request.destroy(new Error('answer too large'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parseOrUndefined(Buffer.concat(chunks).toString('utf8')) });
      });
    });
    request.end(payload);
  });
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
