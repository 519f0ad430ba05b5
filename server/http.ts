/** Owns the province's HTTP face: routes, limits, who may call, and what every refusal looks like. */
import { gunzip } from 'node:zlib';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Clock } from '../shared/lib/time.ts';
import { sha256Schema } from '../shared/scanning/scan.ts';
import {
  dossierAnswerSchema,
  dossierBodiesAnswerSchema,
  dossierListAnswerSchema,
  enrolAnswerSchema,
  enrolRequestSchema,
  helloAnswerSchema,
  helloRequestSchema,
  journalAnswerSchema,
  type JournalAnswer,
  type JournalRequest,
  journalRequestSchema,
  MAX_BODIES_PAGE,
  numbersAnswerSchema,
  paths,
  problemSchema,
  PROTOCOL_HEADER,
  PROTOCOL_VERSION,
  statusAnswerSchema,
  statusRequestSchema,
  tokenAnswerSchema,
  tokenRequestSchema,
} from '../shared/sync/protocol.ts';
import type { Database } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { pingDatabase, provinceState } from './db/province-store.ts';
import { type Device, findDevice, lockDevice, rememberAssertion, touchDevice } from './devices/device-store.ts';
import { enrol, numbersExhausted } from './devices/enrolment.ts';
import { type LeaseTerms, leaseNumbers, unconfirmedLease } from './devices/number-store.ts';
import { claimedDevice, createTokenIssuer, verifyAssertion } from './devices/tokens.ts';
import { cursorOf, positionOf } from './dossiers/cursor.ts';
import { bodiesOfOffice, bodyOfDossier, countOfOffice, dossiersOfOffice, progressOfDossiers } from './dossiers/dossier-store.ts';
import { effects } from './effects.ts';
import { isShallowJson } from './journal/content.ts';
import { receiveJournal } from './journal/receive.ts';
import { loggableError, Problem, problemOf } from './problem.ts';
import { openScanFolder } from './scans/scan-folder.ts';
import { heldScan, verifiedScansOf } from './scans/scan-store.ts';
import { createUploads } from './scans/uploads.ts';

export type ProvinceOptions = {
  db: Database;
  /** Folder of the scans' files. */
  scansDir: string;
  clock: Clock;
  log: Logger;
  lease?: LeaseTerms;
  /** Requests a minute from one address: all of it, and of those that try codes and keys. An office shares one address. */
  limits?: { all: number; credentials: number };
};

const MAX_BODY_BYTES = 256 * 1024;
/** Applies to what was sent and, again, to what it unpacks to. */
const MAX_JOURNAL_BYTES = 32 * 1024 * 1024;
/** A scan of 50 MB over a line of 0.5 Mbit/s, sent in one request. */
const REQUEST_TIMEOUT_MS = 15 * 60_000;
const SWEEP_EVERY_MS = 3_600_000;
const OLDEST_PROTOCOL = Math.max(1, PROTOCOL_VERSION - 2);
const MAX_PAGE = 500;

const defaultLease: LeaseTerms = { size: 100, days: 60 };
const defaultLimits = { all: 6_000, credentials: 120 };

const unzip = promisify(gunzip);

const problems = { '4xx': problemSchema, '5xx': problemSchema };

/** The protocol version a counter says it speaks; the first one when it says nothing. */
const protocolOf = (request: FastifyRequest): number => {
  const said = Number(request.headers[PROTOCOL_HEADER]);
  return Number.isInteger(said) && said >= 0 ? said : 1;
};

/** Brings the schema up to date and returns the server, ready to listen. Closing it leaves `db` open. */
export async function createProvince({ db, scansDir, clock, log, lease = defaultLease, limits = defaultLimits }: ProvinceOptions) {
  await migrate(db);
  const province = await provinceState(db);
  const tokens = await createTokenIssuer(province.signingKey);
  const folder = await openScanFolder(scansDir);
  const alarm = (what: string, facts: Record<string, unknown>): void => log.error({ alarm: what, ...facts }, 'alarm');
  const receiver = { db, epoch: province.epoch, alarm, effects };
  const logFailure = (error: unknown): void => log.error({ failure: loggableError(error) }, 'request failed');
  const uploads = createUploads(db, folder, clock, logFailure);

  const app = fastify({
    loggerInstance: log,
    // Its request lines carry whole URLs; ours name the route only.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 100 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  // Fastify's own parser refuses a whole batch for one `__proto__`; ours hands it on, and the one entry is rejected.
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, sent: Buffer): Promise<unknown> => {
    const limit = request.routeOptions.bodyLimit ?? MAX_BODY_BYTES;
    const plain = request.headers['content-encoding'] === 'gzip' ? await unpack(sent, limit) : sent;
    const text = plain.toString('utf8');
    if (!isShallowJson(text)) throw new Problem(400, 'too-deep', 'the body is nested too deeply');
    try {
      return JSON.parse(text);
    } catch {
      throw new Problem(400, 'malformed', 'the body is not JSON');
    }
  });
  // tus reads the request itself.
  app.addContentTypeParser('application/offset+octet-stream', (_request, _payload, done) => done(null));

  app.setErrorHandler((error, _request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) logFailure(error);
    if (problem.status === 503) void reply.header('retry-after', '5');
    return reply.code(problem.status).send(problem.body());
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ kind: 'not-found', message: 'no such address' }));
  app.addHook('onResponse', async (request, reply) => {
    log.info({ method: request.method, route: request.routeOptions.url ?? 'unknown', status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request');
  });

  await app.register(helmet, { contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] } } });
  await app.register(rateLimit, { max: limits.all, timeWindow: '1 minute' });
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Quầy Một Cửa: province', version: String(PROTOCOL_VERSION) } },
    transform: jsonSchemaTransform,
  });

  const callers = new WeakMap<FastifyRequest, Device>();
  const authorise = async (request: FastifyRequest): Promise<void> => {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || token === undefined) throw new Problem(401, 'not-authorised', 'a device token is needed');
    const device = await findDevice(db, await tokens.verify(token, clock()));
    if (device === undefined) throw new Problem(401, 'device-unknown', 'no such device');
    if (device.revoked_at !== null) throw new Problem(403, 'device-revoked', 'this device was revoked');
    callers.set(request, device);
  };
  const callerOf = (request: FastifyRequest): Device => {
    const device = callers.get(request);
    if (device === undefined) throw new Error('a route without authorisation asked for its caller');
    return device;
  };
  const ownOffice = (request: FastifyRequest, officeId: string): string => {
    if (officeId !== callerOf(request).office_id) throw new Problem(403, 'foreign-office', 'a device reads what belongs to its own office only');
    return officeId;
  };
  const credentials = { rateLimit: { max: limits.credentials, timeWindow: '1 minute' } };

  await app.register(async (routes) => {
    const typed = routes.withTypeProvider<ZodTypeProvider>();
    const health = z.object({ status: z.literal('ok') });

    typed.get(paths.health, { config: { rateLimit: false }, schema: { response: { 200: health } } }, async () => ({ status: 'ok' as const }));

    typed.get(paths.ready, { schema: { response: { 200: health, ...problems } } }, async () => {
      await pingDatabase(db).catch((error: unknown) => {
        throw new Problem(503, 'unavailable', 'the database is not reachable', { cause: error });
      });
      return { status: 'ok' as const };
    });

    typed.get(paths.openapi, { schema: { hide: true } }, async () => app.swagger());

    typed.post(paths.hello, { schema: { body: helloRequestSchema, response: { 200: helloAnswerSchema, ...problems } } }, async (request) => {
      const { nonce } = request.body;
      const timeMs = clock();
      return { nonce, timeMs, epoch: province.epoch, signature: tokens.signText(`qmc-hello.${nonce}.${timeMs}`) };
    });

    typed.post(
      paths.enrol,
      { config: credentials, schema: { body: enrolRequestSchema, response: { 200: enrolAnswerSchema, ...problems } } },
      async (request) => {
        const answer = await enrol(db, province, lease, request.body, clock());
        log.info({ deviceId: answer.deviceId, officeId: answer.officeId }, 'device enrolled');
        return answer;
      },
    );

    typed.post(paths.token, { schema: { body: tokenRequestSchema, response: { 200: tokenAnswerSchema, ...problems } } }, async (request) => {
      const { assertion } = request.body;
      const nowMs = clock();
      const deviceId = claimedDevice(assertion);
      const device = z.uuid().safeParse(deviceId).success ? await findDevice(db, deviceId) : undefined;
      if (device === undefined) throw new Problem(401, 'device-unknown', 'no such device');
      const { jti, expiresAt } = await verifyAssertion(assertion, device.public_key, deviceId, nowMs);
      if (device.revoked_at !== null) throw new Problem(403, 'device-revoked', 'this device was revoked');
      if (!(await rememberAssertion(db, deviceId, jti, expiresAt, new Date(nowMs)))) {
        throw new Problem(401, 'assertion-replayed', 'this assertion was used before');
      }
      await touchDevice(db, deviceId, new Date(nowMs));
      return tokens.issue(deviceId, nowMs);
    });

    typed.post(
      paths.journal,
      { preParsing: authorise, bodyLimit: MAX_JOURNAL_BYTES, schema: { body: journalRequestSchema, response: { 200: journalAnswerSchema, ...problems } } },
      async (request) => {
        const device = callerOf(request);
        if (protocolOf(request) < OLDEST_PROTOCOL) return tooOld(device, province.epoch, request.body);
        return receiveJournal(receiver, device.device_id, request.body, clock());
      },
    );

    typed.post(
      paths.status,
      { preParsing: authorise, bodyLimit: 2 * 1024 * 1024, schema: { body: statusRequestSchema, response: { 200: statusAnswerSchema, ...problems } } },
      async (request) => {
        const device = callerOf(request);
        const [dossiers, verifiedScans] = await Promise.all([
          progressOfDossiers(db, device.office_id, request.body.dossierIds),
          verifiedScansOf(db, device.office_id, request.body.scans),
        ]);
        return {
          epoch: province.epoch,
          head: { seq: device.head_seq, hash: device.head_hash },
          dossiers: dossiers.map((dossier) => ({ ...dossier, confirmed: dossier.scansVerified === dossier.scansExpected })),
          verifiedScans,
        };
      },
    );

    typed.post(
      paths.numbers,
      { preParsing: authorise, config: credentials, schema: { response: { 200: numbersAnswerSchema, ...problems } } },
      async (request) => {
        const { device_id: deviceId, agency_code: agencyCode } = callerOf(request);
        const nowMs = clock();
        const answered = await db.transaction().execute(async (trx) => {
          await lockDevice(trx, deviceId);
          return (await unconfirmedLease(trx, deviceId, nowMs)) ?? (await leaseNumbers(trx, { deviceId, agencyCode }, lease, province.epoch, nowMs));
        });
        if (answered === undefined) throw numbersExhausted();
        return { epoch: province.epoch, lease: answered };
      },
    );

    typed.get(
      paths.dossiers,
      {
        preParsing: authorise,
        schema: {
          params: z.object({ officeId: z.string().max(60) }),
          querystring: z.object({ after: z.string().max(100).optional(), limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100) }),
          response: { 200: dossierListAnswerSchema, ...problems },
        },
      },
      async (request) => {
        const officeId = ownOffice(request, request.params.officeId);
        const { after, limit } = request.query;
        const rows = await dossiersOfOffice(db, officeId, positionOf(after), limit + 1);
        const page = rows.slice(0, limit);
        const last = page.at(-1);
        return {
          dossiers: page.map(({ arrival: _arrival, ...dossier }) => ({ ...dossier, confirmed: dossier.scansVerified === dossier.scansExpected })),
          next: rows.length > limit && last !== undefined ? cursorOf(last.arrival) : null,
        };
      },
    );

    typed.get(
      paths.officeDossier,
      {
        preParsing: authorise,
        schema: { params: z.object({ officeId: z.string().max(60), dossierId: z.uuid() }), response: { 200: dossierAnswerSchema, ...problems } },
      },
      async (request) => {
        const row = await bodyOfDossier(db, ownOffice(request, request.params.officeId), request.params.dossierId);
        if (row === undefined) throw new Problem(404, 'not-found', 'the office has no such dossier');
        return { dossier: row.dossier, confirmed: row.scansVerified === row.scansExpected };
      },
    );

    typed.get(
      paths.dossierBodies,
      {
        preParsing: authorise,
        schema: {
          params: z.object({ officeId: z.string().max(60) }),
          querystring: z.object({ after: z.string().max(100).optional(), limit: z.coerce.number().int().min(1).max(MAX_BODIES_PAGE).default(MAX_BODIES_PAGE) }),
          response: { 200: dossierBodiesAnswerSchema, ...problems },
        },
      },
      async (request) => {
        const officeId = ownOffice(request, request.params.officeId);
        const { after, limit } = request.query;
        const [rows, total] = await Promise.all([bodiesOfOffice(db, officeId, positionOf(after), limit + 1), countOfOffice(db, officeId)]);
        const page = rows.slice(0, limit);
        const last = page.at(-1);
        return {
          dossiers: page.map(({ dossier, scansExpected, scansVerified }) => ({ dossier, confirmed: scansVerified === scansExpected })),
          next: rows.length > limit && last !== undefined ? cursorOf(last.arrival) : null,
          total,
        };
      },
    );

    typed.get(
      paths.officeScan,
      { preParsing: authorise, schema: { params: z.object({ officeId: z.string().max(60), sha256: sha256Schema }), hide: true } },
      async (request, reply) => {
        const { sha256 } = request.params;
        const scan = await heldScan(db, ownOffice(request, request.params.officeId), sha256);
        if (scan === undefined) throw new Problem(404, 'not-found', 'the office has sent no such scan');
        const path = folder.pathOf(sha256);
        const size = await stat(path).then(
          (file) => file.size,
          () => undefined,
        );
        if (size !== scan.bytes) {
          alarm('a verified scan is not as it was stored', { sha256 });
          throw new Problem(503, 'unavailable', 'the scan cannot be read now');
        }
        return reply.header('content-type', scan.mediaType).header('content-length', size).header('cache-control', 'no-store').send(createReadStream(path));
      },
    );

    const receiveScan = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value);
      await uploads.handle(callerOf(request), request.raw, reply.raw);
    };
    for (const url of [paths.scans, `${paths.scans}/*`]) {
      routes.route({ method: ['POST', 'HEAD', 'PATCH', 'DELETE', 'OPTIONS'], url, preParsing: authorise, schema: { hide: true }, handler: receiveScan });
    }
  });

  const sweeper = setInterval(() => void uploads.sweep().catch(logFailure), SWEEP_EVERY_MS);
  sweeper.unref();
  app.addHook('onClose', async () => clearInterval(sweeper));
  await app.ready();
  return app;
}

async function unpack(packed: Buffer, limit: number): Promise<Buffer> {
  try {
    return await unzip(packed, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new Problem(413, 'too-large', 'the body unpacks to more than is taken');
    throw new Problem(400, 'malformed', 'the body is not gzip');
  }
}

/** Nothing is stored: a newer app offers the same entries again. */
const tooOld = (device: Device, epoch: number, { entries }: JournalRequest): JournalAnswer => ({
  epoch,
  head: { seq: device.head_seq, hash: device.head_hash },
  results: entries.map(({ operationId, seq }) => ({ operationId, seq, status: 'needs-newer-app' as const })),
});
