/** Owns the reading of PostgreSQL's error codes (SQLSTATE, PostgreSQL manual appendix A). */

export const sqlStateOf = (error: unknown): string | undefined => {
  const code = error instanceof Error && 'severity' in error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
};

/** The statement's own data are at fault (22: data exception, 23: constraint, 54: too complex); trying again cannot help. */
export const isDataError = (error: unknown): boolean => /^(22|23|54)/u.test(sqlStateOf(error) ?? '');

/** A row on its way to a partitioned table met the making of the very partition it belongs to: a check without a name is a partition's bounds. */
const isPartitionMade = (error: unknown): boolean => sqlStateOf(error) === '23514' && (error as { constraint?: string }).constraint === undefined;

/** Two transactions met (serialisation failure, deadlock, a partition being made); the same work done again succeeds. */
export const isCollision = (error: unknown): boolean => ['40001', '40P01'].includes(sqlStateOf(error) ?? '') || isPartitionMade(error);

/** The database is away, starting or stopping. */
export const isUnavailable = (error: unknown): boolean => {
  if (/^(08|53|57P)/u.test(sqlStateOf(error) ?? '')) return true;
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'ENOENT' || code === 'EPIPE') return true;
  return error instanceof Error && /timeout exceeded when trying to connect|Connection terminated|connection error/iu.test(error.message);
};
