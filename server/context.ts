/** What every group of routes is given: the province's parts, and who is calling. */
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { Clock } from '../shared/lib/time.ts';
import { problemSchema } from '../shared/sync/protocol.ts';
import type { Admission } from './admission.ts';
import type { Database } from './db/database.ts';
import type { ProvinceState } from './db/province-store.ts';
import type { Callers } from './devices/callers.ts';
import type { Lives } from './devices/head-receipts.ts';
import type { LeaseTerms } from './devices/number-store.ts';
import type { TokenIssuer } from './devices/tokens.ts';
import type { Effects } from './journal/apply.ts';
import type { Reconciliation } from './reconciliation/reconciliation.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { ScanFiles } from './scans/scan-files.ts';
import type { Upstreams } from './upstreams/upstreams.ts';

export type ProvinceContext = {
  db: Database;
  clock: Clock;
  log: Logger;
  province: ProvinceState;
  tokens: TokenIssuer;
  lease: LeaseTerms;
  scanFiles: ScanFiles;
  callers: Callers;
  /** To the receipt of journals. */
  admission: Admission;
  upstreams: Upstreams;
  effects: Effects;
  reconciliation: Reconciliation;
  metrics: Metrics;
  lives: Lives;
  /** Something that must not happen has happened, and someone must look at it. No citizen's data in `facts`. */
  alarm(what: string, facts: Record<string, unknown>): void;
  logFailure(error: unknown): void;
  /** For routes that try codes and keys. */
  credentials: { rateLimit: { max: number; timeWindow: string } };
};

export type TypedServer = FastifyInstance<RawServerDefault, RawRequestDefaultExpression, RawReplyDefaultExpression, FastifyBaseLogger, ZodTypeProvider>;
export type Routes = (server: TypedServer, context: ProvinceContext) => void;

/** The forms of every refusal, for a route's schema. */
export const problems = { '4xx': problemSchema, '5xx': problemSchema };
