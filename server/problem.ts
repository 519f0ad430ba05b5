/** Owns the words of every refusal: what a counter is told, and what the log may keep of an error. */
import type { DestroyOrder } from '../shared/sync/protocol.ts';
import { isCollision, isUnavailable, sqlStateOf } from './db/sqlstate.ts';

/** A refusal that the caller is told of: HTTP status, stable `kind`, English message for the log of the counter. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
    private readonly options: ErrorOptions & { destroy?: DestroyOrder } = {},
  ) {
    super(message, options);
  }

  body(): { kind: string; message: string; destroy?: DestroyOrder } {
    const { destroy } = this.options;
    return { kind: this.kind, message: this.message, ...(destroy === undefined ? {} : { destroy }) };
  }
}

const httpStatusOf = (error: unknown): number | undefined => {
  const status = error instanceof Error ? (error as { statusCode?: unknown }).statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
};

const kinds: Record<number, string> = {
  400: 'malformed',
  401: 'not-authorised',
  404: 'not-found',
  405: 'not-found',
  408: 'timeout',
  413: 'too-large',
  415: 'wrong-media-type',
  429: 'rate-limited',
};

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
  if (status !== undefined) return new Problem(status, kinds[status] ?? 'refused', kinds[status] ?? 'refused');
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
