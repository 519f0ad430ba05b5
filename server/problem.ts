/** Owns the words of every refusal: what a counter is told, and what the log may keep of an error. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { DestroyOrder } from '../shared/sync/protocol.ts';
import { isCollision, isUnavailable, sqlStateOf } from './db/sqlstate.ts';

/** RFC 9457; ours are told apart by `kind`, an extension member. */
export const PROBLEM_TYPE = 'application/problem+json';

/** A refusal that the caller is told of: HTTP status, stable `kind`, English message for the log of the counter. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
    private readonly options: ErrorOptions & { destroy?: DestroyOrder; retryAfterS?: number } = {},
  ) {
    super(message, options);
  }

  /** What a 503 asks for in `Retry-After`. */
  get retryAfterS(): number | undefined {
    return this.options.retryAfterS;
  }

  body(): { kind: string; message: string; destroy?: DestroyOrder } {
    const { destroy } = this.options;
    return { kind: this.kind, message: this.message, ...(destroy === undefined ? {} : { destroy }) };
  }
}

/** Seconds for `Retry-After`, when nothing better is known: not the same for all who hear it. */
export const retryAfterOf = (problem?: Problem): string => String(problem?.retryAfterS ?? 5 + Math.floor(Math.random() * 11));

const httpStatusOf = (error: unknown): number | undefined => {
  const status = error instanceof Error ? (error as { statusCode?: unknown }).statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
};

/** The kind of a refusal of which only the HTTP status is known. */
export const kindOf = (status: number): string => kinds[status] ?? (status < 500 ? 'refused' : 'internal');

const kinds: Record<number, string> = {
  400: 'malformed',
  401: 'not-authorised',
  404: 'not-found',
  405: 'not-found',
  410: 'not-found',
  408: 'timeout',
  413: 'too-large',
  415: 'wrong-media-type',
  414: 'too-large',
  429: 'rate-limited',
  431: 'too-large',
};

/** Answers what was not HTTP that we read (too long a head, not HTTP at all, too slow) and closes the connection. */
export function refuseUnread(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const body = JSON.stringify(new Problem(status, kindOf(status), 'not a request this server reads').body());
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, 'connection: close', `content-type: ${PROBLEM_TYPE}`, `content-length: ${body.length}`];
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  else socket.destroy();
}

type FieldIssue = { instancePath?: string };

/** The refusal for anything thrown while a request was served. Never repeats what was sent. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const validation = error instanceof Error ? (error as { validation?: FieldIssue[] }).validation : undefined;
  if (validation !== undefined) {
    return new Problem(
      400,
      'invalid',
      `not as the protocol says: ${
        validation
          .map((issue) => issue.instancePath ?? '')
          .slice(0, 5)
          .join(', ') || '/'
      }`,
    );
  }
  const status = httpStatusOf(error);
  if (status !== undefined) return new Problem(status, kindOf(status), kindOf(status));
  if (isUnavailable(error) || isCollision(error)) return new Problem(503, 'unavailable', 'the database cannot answer now');
  return new Problem(500, 'internal', 'the server failed; try again');
}

/**
 * What may be logged of an error: its kind and where it happened. Messages are left out, because those of
 * PostgreSQL, JSON and Zod quote the data, and the data are citizens'.
 */
export function loggableError(error: unknown): { name: string; code?: string; at?: string; cause?: ReturnType<typeof loggableError> } {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = sqlStateOf(error) ?? (error as NodeJS.ErrnoException).code;
  return {
    name: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    at: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /u.test(line))
      .slice(0, 8)
      .join('\n'),
    ...(error.cause === undefined ? {} : { cause: loggableError(error.cause) }),
  };
}
