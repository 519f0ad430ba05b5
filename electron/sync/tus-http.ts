/** HTTP under tus-js-client: ended when nothing moves, kept to a pace, and deaf to whoever is not the province. */
import type { Agent } from 'node:https';
import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client';
import { parseOrUndefined } from '../../shared/lib/json.ts';
import type { ProvinceFailure } from '../../shared/sync/engine.ts';
import { exchange, TimedOut, type HttpAnswer, type Pace } from './http-json.ts';
import { failureOf } from './http-province.ts';
import { NotTheProvince } from './province-trust.ts';

/** The answers of tus carry no page of anybody's. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** The upload is not there (any more): tus begins another. */
const GONE: ReadonlySet<number> = new Set([404, 410]);
/** Another request still holds the upload. */
const LOCKED = 423;
/** tus 1.0: every answer of its server says so. */
const TUS_HEADER = 'tus-resumable';

/** What the check at the end of an upload says, where the answer has no body (shared/sync/protocol.ts, `scanMetadataSchema`). */
const CHECKS: Readonly<Record<number, string>> = { 415: 'wrong-media-type', 460: 'wrong-digest' };

/** Why an upload ended, in the engine's words. `isCut`: what was sent so far has arrived, as far as we know. */
export class UploadEnded extends Error {
  constructor(
    readonly failure: ProvinceFailure,
    readonly isCut = false,
  ) {
    super(failure.kind);
  }
}

type Options = {
  agent?: Agent;
  /** Of silence, however long the request has waited for its pace. */
  timeoutMs: number;
  /** Undefined: as fast as the line. */
  pace(): Pace | undefined;
  /** When not, no further chunk is begun. */
  isOpen(): boolean;
};

export function createTusHttp({ agent, timeoutMs, pace, isOpen }: Options): HttpStack {
  return {
    getName: () => 'PacedHttp',
    createRequest(method, address): HttpRequest {
      const headers: Record<string, string> = {};
      const ending = new AbortController();
      let onSent: (bytes: number) => void = () => undefined;
      return {
        getMethod: () => method,
        getURL: () => address,
        setHeader: (name, value) => void (headers[name] = value),
        getHeader: (name) => headers[name],
        setProgressHandler: (handler) => void (onSent = handler),
        getUnderlyingObject: () => undefined,
        abort: async () => ending.abort(),
        async send(body: Uint8Array | null | undefined): Promise<HttpResponse> {
          if (!isOpen()) throw new UploadEnded({ kind: 'busy' });
          const { signal } = ending;
          const payload = body ?? undefined;
          const { bytes, ...answer } = await exchange(new URL(address), {
            method,
            payload,
            headers: payload === undefined && method === 'POST' ? { ...headers, 'content-length': '0' } : headers,
            timeoutMs,
            maxBytes: MAX_ANSWER_BYTES,
            agent,
            pace: pace(),
            signal,
            onSent,
          }).catch((error: unknown) => {
            if (error instanceof NotTheProvince) throw new UploadEnded({ kind: 'not-the-province' });
            throw new UploadEnded({ kind: 'unreachable' }, !(error instanceof TimedOut));
          });
          return understood(method, { ...answer, body: parseOrUndefined(bytes.toString('utf8')) });
        },
      };
    },
  };
}

/** Throws `UploadEnded` for what tus would take for an answer of its server, or for the end of an upload that is still there. */
function understood(method: string, answer: HttpAnswer): HttpResponse {
  const { status, headers } = answer;
  const isOfTus = headers[TUS_HEADER] !== undefined;
  const failure = failureIn(method, answer, isOfTus);
  if (failure !== undefined) throw new UploadEnded(failure);
  return {
    getStatus: () => status,
    getHeader: (name) => {
      const value = headers[name.toLowerCase()];
      return Array.isArray(value) ? value[0] : value;
    },
    getBody: () => '',
    getUnderlyingObject: () => undefined,
  };
}

function failureIn(method: string, answer: HttpAnswer, isOfTus: boolean): ProvinceFailure | undefined {
  const { status } = answer;
  if (status < 300) return isOfTus ? undefined : { kind: 'not-the-province' };
  if (status === LOCKED) return { kind: 'busy' };
  if (method !== 'HEAD') return failureOf(answer);
  // An answer without a body: only a server of tus may end an upload.
  if (isOfTus && GONE.has(status)) return undefined;
  const check = CHECKS[status];
  if (isOfTus && check !== undefined) return { kind: 'refused', reason: check };
  return status === 401 ? { kind: 'busy' } : failureOf(answer);
}
