/** The outcome of something that may fail in an expected way. A bug throws instead. */
export type Result<T, F extends { kind: string } = Failure> = { ok: true; value: T } | { ok: false; failure: F };

/** An expected failure: `kind` selects the words the officer reads (locale file `errors`), `details` fills them. */
export type Failure<K extends string = string> = { kind: K; details?: Record<string, string | number> };

export const ok = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });

export const fail = <K extends string>(kind: K, details?: Record<string, string | number>): { ok: false; failure: Failure<K> } => ({
  ok: false,
  failure: details === undefined ? { kind } : { kind, details },
});

/** For the `default` of an exhaustive `switch`: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
