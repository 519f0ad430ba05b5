/** Owns the province's HTTP face: its limits, what every refusal looks like, and the list of features that have routes. */
import helmet from '@fastify/helmet';
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { Clock } from '../shared/lib/time.ts';
import { PROTOCOL_VERSION } from '../shared/sync/protocol.ts';
import { createAdmission, defaultAdmission, type AdmissionLimits } from './admission.ts';
import { raiseAlarm } from './alarm-store.ts';
import { MAX_BODY_BYTES, packAnswer, takeBodies } from './bodies.ts';
import type { ProvinceContext, Routes } from './context.ts';
import { type Database, poolUse } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { provinceState } from './db/province-store.ts';
import { deliveryStatusRoutes } from './delivery-status.ts';
import { createCallers } from './devices/callers.ts';
import { currentEpoch, looksRestored, raiseEpoch } from './devices/epoch-store.ts';
import { createLives } from './devices/head-receipts.ts';
import type { LeaseTerms } from './devices/number-store.ts';
import { deviceRoutes } from './devices/routes.ts';
import { createTokenIssuer } from './devices/tokens.ts';
import { dossierRoutes } from './dossiers/routes.ts';
import { healthRoutes } from './health/routes.ts';
import { startMonthKeeper } from './journal/month-keeper.ts';
import { journalRoutes } from './journal/routes.ts';
import { lobbyRoutes } from './lobby/routes.ts';
import { readFigures } from './metrics/figures-store.ts';
import { createMetrics } from './metrics/metrics.ts';
import { loggableError, Problem, PROBLEM_TYPE, problemOf, refuseUnread, retryAfterOf } from './problem.ts';
import { createReconciliation } from './reconciliation/reconciliation.ts';
import { publicationRoutes } from './publications/routes.ts';
import { reconciliationRoutes } from './reconciliation/routes.ts';
import { openScanFiles, type ScanPlace } from './scans/scan-place.ts';
import { scanRoutes } from './scans/routes.ts';
import { createEffects } from './effects.ts';
import { upstreamRoutes } from './upstreams/routes.ts';
import { type UpstreamSettings, upstreamSettingsSchema } from './upstreams/settings.ts';
import { openUpstreams } from './upstreams/upstreams.ts';
import { supervisionRoutes } from './supervision.ts';
import { readPageFiles } from './supervisor/page-files.ts';

const features: readonly Routes[] = [
  healthRoutes,
  deviceRoutes,
  journalRoutes,
  deliveryStatusRoutes,
  dossierRoutes,
  scanRoutes,
  upstreamRoutes,
  reconciliationRoutes,
  publicationRoutes,
  lobbyRoutes,
];

export type ProvinceOptions = {
  db: Database;
  /** Where the bytes of scans are kept. */
  scans: ScanPlace;
  clock: Clock;
  log: Logger;
  lease?: LeaseTerms;
  /**
   * Requests a minute: all of one caller, and of those that try codes and keys. The caller is the device, whatever address it
   * shares with others; whoever has not said who he is yet is his address, behind which a whole district may be: it has more.
   */
  limits?: { all: number; credentials: number; addresses?: number };
  admission?: AdmissionLimits;
  /** Unless given, no specialised system is connected. */
  upstreams?: UpstreamSettings;
  /** PEM; without it the server speaks plain HTTP. */
  tls?: { cert: Buffer | string; key: Buffer | string };
  /** Addresses and networks of proxies whose word on a caller's address counts; unless given, nobody's. */
  trustProxy?: readonly string[];
  /** Folder of the built page of the supervisors. */
  pageDir?: string;
};

/** A scan of 50 MB over a line of 0.5 Mbit/s, sent in one request. */
const REQUEST_TIMEOUT_MS = 15 * 60_000;

const defaultLease: LeaseTerms = { size: 100, days: 60 };
const defaultLimits = { all: 6_000, credentials: 120, addresses: 30_000 };

const DEVICE_KEY = 'device ';

/** Brings the schema up to date and returns the server, ready to listen. Closing it leaves `db` open. */
export async function createProvince({
  db,
  scans,
  clock,
  log,
  lease = defaultLease,
  limits = defaultLimits,
  admission: admissionLimits = defaultAdmission,
  upstreams: systems = upstreamSettingsSchema.parse({}),
  tls,
  trustProxy,
  pageDir,
}: ProvinceOptions) {
  await migrate(db);
  const province = await provinceState(db);
  const tokens = await createTokenIssuer(province.signingKey);
  const scanFiles = await openScanFiles(scans, (error) => log.warn({ failure: loggableError(error) }, 'the store of scans does not answer; scans wait'));
  const logFailure = (error: unknown): void => log.error({ failure: loggableError(error) }, 'request failed');

  const admission = createAdmission(admissionLimits);
  const callers = createCallers(db, tokens, clock);
  const metrics = createMetrics({ figures: () => readFigures(db, clock()), pool: () => poolUse(db), journal: admission.use });
  const alarm = (what: string, facts: Record<string, unknown>): void => {
    log.error({ alarm: what, ...facts }, 'alarm');
    metrics.alarm();
    // Not in the transaction that found it: that one may be rolled back for the same reason.
    void raiseAlarm(db, what, facts, clock()).catch(logFailure);
  };

  const app = fastify({
    ...tlsOptions(tls),
    ...(trustProxy === undefined ? {} : { trustProxy: [...trustProxy] }),
    loggerInstance: log,
    // Its request lines carry whole URLs; ours name the route only.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 100 },
    // What never became a request is refused in the same form, and nothing of it is repeated.
    clientErrorHandler: refuseUnread,
    frameworkErrors: (error, _request, reply) => void refuse(reply as unknown as FastifyReply, problemOf(error)),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  takeBodies(app);
  app.addHook('onSend', packAnswer);

  app.setErrorHandler((error, _request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) logFailure(error);
    if (problem.status === 503) void reply.header('retry-after', retryAfterOf(problem));
    return refuse(reply, problem);
  });
  app.setNotFoundHandler(() => {
    throw new Problem(404, 'not-found', 'no such address');
  });
  app.addHook('onResponse', async ({ method, routeOptions: { url: route = 'unknown' } }, { statusCode: status, elapsedTime }) => {
    log.info({ method, route, status, ms: Math.round(elapsedTime) }, 'request');
    metrics.request({ method, route, status, seconds: elapsedTime / 1000 });
  });

  // A connection that was busy when the server began to stop would otherwise be kept open by its client.
  let isStopping = false;
  app.addHook('preClose', async () => {
    isStopping = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isStopping) void reply.header('connection', 'close');
  });

  await app.register(helmet, { contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] } } });
  const byDevice = (key: string): boolean => key.startsWith(DEVICE_KEY);
  await app.register(rateLimit, {
    keyGenerator: async (request: FastifyRequest) => {
      const deviceId = await callers.claimed(request);
      return deviceId === undefined ? normalizeIP(request.ip) : `${DEVICE_KEY}${deviceId}`;
    },
    max: (_request: FastifyRequest, key: string) => (byDevice(key) ? limits.all : (limits.addresses ?? limits.all)),
    timeWindow: '1 minute',
  });
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Quầy Một Cửa: province', version: String(PROTOCOL_VERSION) } },
    transform: jsonSchemaTransform,
  });

  const upstreams = await openUpstreams({
    db,
    settings: systems,
    province,
    findScan: scanFiles.find,
    clock,
    alarm,
    onStatus: (upstream, { status, sinceMs }) => log[status === 'down' ? 'warn' : 'info']({ upstream, status, sinceMs }, 'specialised system'),
    onError: (error) => log.warn({ failure: loggableError(error) }, 'a delivery to a specialised system could not be carried on'),
  });
  app.addHook('onClose', () => upstreams.stop());
  const months = await startMonthKeeper({
    db,
    clock,
    onError: (error) => log.warn({ failure: loggableError(error) }, 'the tables of the journal’s months could not be seen to; it is tried again'),
  });
  app.addHook('onClose', () => months.stop());
  if (await looksRestored(db)) {
    const from = await currentEpoch(db);
    const epoch = await raiseEpoch(db, { from, known: from, leaseSize: lease.size, nowMs: clock() });
    alarm('this is not the database cluster it was: the province lives on from a backup', { epoch });
  }
  const context: ProvinceContext = {
    db,
    clock,
    log,
    province,
    tokens,
    lease,
    scanFiles,
    callers,
    admission,
    upstreams,
    effects: createEffects(upstreams.enqueue),
    reconciliation: createReconciliation({ db, clock, alarm }),
    metrics,
    lives: createLives({ db, tokens, lease, clock, alarm }),
    alarm,
    logFailure,
    credentials: { rateLimit: { max: limits.credentials, timeWindow: '1 minute' } },
  };
  await app.register(async (server) => {
    for (const routes of features) routes(server.withTypeProvider<ZodTypeProvider>(), context);
  });
  const page = supervisionRoutes(pageDir === undefined ? { page: undefined, assets: new Map() } : await readPageFiles(pageDir));
  await app.register(async (server) => page(server.withTypeProvider<ZodTypeProvider>(), context));
  await app.ready();
  return Object.assign(app, { metrics });
}

const refuse = (reply: FastifyReply, problem: Problem): FastifyReply => reply.code(problem.status).type(PROBLEM_TYPE).send(problem.body());

/** Typed as nothing: Fastify would type every route of a server anew for TLS, which no route can tell from plain HTTP. */
const tlsOptions = (tls: ProvinceOptions['tls']): object => (tls === undefined ? {} : { https: { ...tls, minVersion: 'TLSv1.2' } });
