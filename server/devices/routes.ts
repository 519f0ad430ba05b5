/** How a device becomes known, proves who it is, and gets its numbers. */
import { z } from 'zod';
import { deviceReportAnswerSchema, deviceReportSchema } from '../../shared/sync/device-report.ts';
import {
  enrolAnswerSchema,
  enrolRequestSchema,
  helloAnswerSchema,
  helloRequestSchema,
  numbersAnswerSchema,
  paths,
  tokenAnswerSchema,
  tokenRequestSchema,
} from '../../shared/sync/protocol.ts';
import { type Routes, problems } from '../context.ts';
import { Problem } from '../problem.ts';
import { findDevice, lockDevice, rememberAssertion, touchDevice } from './device-store.ts';
import { currentEpoch } from './epoch-store.ts';
import { enrol, numbersExhausted } from './enrolment.ts';
import { leaseNumbers, unconfirmedLease } from './number-store.ts';
import { keepReport } from './report-store.ts';
import { refuseRevoked } from './revocation.ts';
import { claimedDevice, verifyAssertion } from './tokens.ts';

const REPORT_EVERY_S = 60;

export const deviceRoutes: Routes = (server, { db, clock, log, province, tokens, lease, callers, credentials, alarm }) => {
  server.post(paths.hello, { schema: { body: helloRequestSchema, response: { 200: helloAnswerSchema, ...problems } } }, async (request) => {
    const { nonce } = request.body;
    const timeMs = clock();
    return { nonce, timeMs, epoch: await currentEpoch(db), signature: tokens.signText(`qmc-hello.${nonce}.${timeMs}`) };
  });

  server.post(
    paths.enrol,
    { config: credentials, schema: { body: enrolRequestSchema, response: { 200: enrolAnswerSchema, ...problems } } },
    async (request) => {
      const answer = await enrol(db, province, lease, request.body, clock());
      log.info({ deviceId: answer.deviceId, officeId: answer.officeId }, 'device enrolled');
      return answer;
    },
  );

  server.post(paths.token, { schema: { body: tokenRequestSchema, response: { 200: tokenAnswerSchema, ...problems } } }, async (request) => {
    const { assertion } = request.body;
    const nowMs = clock();
    const deviceId = claimedDevice(assertion);
    const device = z.uuid().safeParse(deviceId).success ? await findDevice(db, deviceId) : undefined;
    if (device === undefined) throw new Problem(401, 'device-unknown', 'no such device');
    const { jti, expiresAt } = await verifyAssertion(assertion, device.public_key, deviceId, nowMs);
    refuseRevoked(tokens, device);
    if (!(await rememberAssertion(db, deviceId, jti, expiresAt, new Date(nowMs)))) {
      throw new Problem(401, 'assertion-replayed', 'this assertion was used before');
    }
    await touchDevice(db, deviceId, new Date(nowMs));
    return tokens.issue(deviceId, nowMs);
  });

  server.post(
    paths.numbers,
    { preParsing: callers.authorise, config: credentials, schema: { response: { 200: numbersAnswerSchema, ...problems } } },
    async (request) => {
      const { device_id: deviceId, agency_code: agencyCode, destroy } = callers.of(request);
      if (destroy !== null) throw new Problem(403, 'device-leaving', 'a device that is to destroy its keys gets no more numbers');
      const nowMs = clock();
      const epoch = await currentEpoch(db);
      const answered = await db.transaction().execute(async (trx) => {
        await lockDevice(trx, deviceId);
        return (await unconfirmedLease(trx, deviceId, nowMs)) ?? (await leaseNumbers(trx, { deviceId, agencyCode }, lease, epoch, nowMs));
      });
      if (answered === undefined) throw numbersExhausted();
      return { epoch, lease: answered };
    },
  );

  server.post(
    paths.deviceReport,
    { preParsing: callers.authorise, schema: { body: deviceReportSchema, response: { 200: deviceReportAnswerSchema, ...problems } } },
    async (request) => {
      const { device_id: deviceId } = callers.of(request);
      const before = await keepReport(db, deviceId, request.body, clock());
      const { refusedDocuments: refused = [] } = request.body;
      // Said once, not with every report.
      const isNew = refused.some(({ kind, version }) => !before?.refusedDocuments?.some((known) => known.kind === kind && known.version === version));
      if (isNew) alarm('a device cannot use what was published', { deviceId, refused });
      return { nextInS: REPORT_EVERY_S };
    },
  );
};
