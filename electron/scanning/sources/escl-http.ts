/** The one place the shell speaks HTTP to a scanner: every answer bounded in size and in silence. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

export type EsclAnswer = { status: number; location?: string; retryAfterMs?: number; bytes: Buffer };

/** The line broke before the answer was whole; `hadBegun`: part of it was there. */
export class EsclCut extends Error {
  readonly hadBegun: boolean;
  constructor(hadBegun: boolean, cause?: unknown) {
    super('the scanner gave no whole answer', { cause });
    this.hadBegun = hadBegun;
  }
}

type Options = { method?: 'GET' | 'POST' | 'DELETE'; body?: string; silenceMs: number; maxBytes: number; signal?: AbortSignal };

/** Rejects with `EsclCut` when the answer is not whole, is larger than `maxBytes`, or nothing moved for `silenceMs`. */
export function askScanner(url: URL, { method = 'GET', body, silenceMs, maxBytes, signal }: Options): Promise<EsclAnswer> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : Buffer.from(body, 'utf8');
    const asked = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      method,
      signal,
      agent: false,
      // A scanner's certificate is its own and names nobody: this line is as private as the plain HTTP beside it, no more.
      ...(url.protocol === 'https:' ? { rejectUnauthorized: false } : {}),
      headers: { accept: '*/*', ...(payload === undefined ? {} : { 'content-type': 'text/xml; charset=utf-8', 'content-length': payload.byteLength }) },
    });
    let hadBegun = false;
    const cut = (cause?: unknown): void => reject(new EsclCut(hadBegun, cause));
    asked.setTimeout(silenceMs, () => asked.destroy());
    asked.once('error', cut);
    asked.once('close', () => cut());
    asked.once('response', (answer) => {
      hadBegun = true;
      const pieces: Buffer[] = [];
      let size = 0;
      answer.on('data', (piece: Buffer) => {
        size += piece.byteLength;
        if (size > maxBytes) asked.destroy();
        else pieces.push(piece);
      });
      answer.once('error', cut);
      answer.once('end', () => {
        if (answer.complete) resolve({ status: answer.statusCode ?? 0, ...headersOf(answer), bytes: Buffer.concat(pieces) });
        else cut();
      });
    });
    asked.end(payload);
  });
}

function headersOf({ headers }: IncomingMessage): Pick<EsclAnswer, 'location' | 'retryAfterMs'> {
  const seconds = Number(headers['retry-after']);
  return { location: headers.location, retryAfterMs: Number.isFinite(seconds) && headers['retry-after'] !== undefined ? seconds * 1000 : undefined };
}
