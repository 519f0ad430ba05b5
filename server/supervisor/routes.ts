/** The supervisors' page and what it asks for. */
import { z } from 'zod';
import { DAY_MS, dateAt } from '../../shared/lib/time.ts';
import {
  type DestroyMoment,
  type Overview,
  givenCodeSchema,
  newCodeSchema,
  overviewSchema,
  revocationSchema,
  sessionSchema,
  signInSchema,
  supervisorPaths as paths,
} from '../../shared/supervisor/contract.ts';
import { problems, type ProvinceContext, type TypedServer } from '../context.ts';
import { Problem } from '../problem.ts';
import { audit, lastAudit } from './account-store.ts';
import { acceptedOn, allDevices, allOffices, markAlarmSeen, openAlarms } from './overview-store.ts';
import type { PageFiles } from './page-files.ts';
import { figuresRoutes, type FiguresDesk } from './figures.ts';
import { createSessions } from './sessions.ts';

/** What the page needs of other features. */
export type SupervisorDesk = FiguresDesk & {
  /** Resolves with the one-time code. Throws a Problem (409) when office and agency do not belong together, or the replaced device is not the office's. */
  newCode(office: { officeId: string; agencyCode: string }, lifeMs: number, replaces: string | undefined): Promise<string>;
  /**
   * The device's office and name; undefined when there is none. `destroy` orders its keys to be destroyed. Throws a Problem
   * (409) for a device that is to destroy them once it has delivered and is revoked already.
   */
  revoke(deviceId: string, at: Date, destroy: DestroyMoment | undefined): Promise<{ officeId: string; name: string } | undefined>;
  upstreams(): Promise<Overview['upstreams']>;
  publications(): Promise<Overview['publications']>;
  /** Whether an alarm says that the device's journal was copied or set back. */
  isQuarantine(what: string): boolean;
};

const SHOWN_ALARMS = 200;
const SHOWN_AUDIT = 50;
/** Each sign-in costs this server an Argon2id: a share of the credentials an address may try. The lock of a name is in sessions.ts. */
const SIGN_IN_SHARE = 1 / 4;

/** Nothing but the page's own files, no inline script or style, nobody may frame it. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function supervisorRoutes(server: TypedServer, { db, clock, log, credentials }: ProvinceContext, files: PageFiles, desk: SupervisorDesk): void {
  const sessions = createSessions(db, clock);
  const signedIn = { preParsing: sessions.authorise };

  server.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
  });

  for (const url of [paths.page, `${paths.page}/`]) {
    server.get(url, { schema: { hide: true } }, async (_request, reply) => {
      if (files.page === undefined) throw new Problem(404, 'not-found', 'this province was built without the page of the supervisors');
      return reply.header('content-security-policy', PAGE_POLICY).type(files.page.type).send(files.page.bytes);
    });
  }
  server.get(paths.assets, { schema: { hide: true, params: z.object({ file: z.string().max(100) }) } }, async (request, reply) => {
    const file = files.assets.get(request.params.file);
    if (file === undefined) throw new Problem(404, 'not-found', 'no such file');
    // Named by their content.
    return reply.header('cache-control', 'public, max-age=31536000, immutable').type(file.type).send(file.bytes);
  });

  server.post(
    paths.session,
    {
      preParsing: sessions.fromOwnPage,
      config: { rateLimit: { ...credentials.rateLimit, max: Math.ceil(credentials.rateLimit.max * SIGN_IN_SHARE) } },
      bodyLimit: 4096,
      schema: { body: signInSchema, response: { 200: sessionSchema, ...problems }, hide: true },
    },
    async (request, reply) => ({ name: await sessions.signIn(request, reply, request.body) }),
  );
  server.get(paths.session, { ...signedIn, schema: { response: { 200: sessionSchema, ...problems }, hide: true } }, async (request) => ({
    name: sessions.of(request),
  }));
  server.delete(paths.session, { preParsing: sessions.fromOwnPage, schema: { hide: true } }, async (request, reply) => {
    await sessions.signOut(request, reply);
    return reply.code(204).send();
  });

  server.get(
    paths.overview,
    { ...signedIn, schema: { querystring: z.object({ date: z.iso.date().optional() }), response: { 200: overviewSchema, ...problems }, hide: true } },
    async (request) => {
      const nowMs = clock();
      const alarms = await openAlarms(db, SHOWN_ALARMS);
      const forked = new Map(
        alarms.flatMap(({ what, deviceId, firstAtMs, seq }) =>
          deviceId !== null && desk.isQuarantine(what) ? [[deviceId, { sinceMs: firstAtMs, seq }] as const] : [],
        ),
      );
      const [offices, devices, accepted, upstreams, publications, done] = await Promise.all([
        allOffices(db),
        allDevices(db, forked),
        acceptedOn(db, request.query.date ?? dateAt(nowMs)),
        desk.upstreams(),
        desk.publications(),
        lastAudit(db, SHOWN_AUDIT),
      ]);
      return { nowMs, offices, devices, accepted, upstreams, publications, alarms, audit: done };
    },
  );

  server.post(
    paths.enrolmentCodes,
    { ...signedIn, schema: { body: newCodeSchema, response: { 200: givenCodeSchema, ...problems }, hide: true } },
    async (request) => {
      const { officeId, agencyCode, days, replaces } = request.body;
      const nowMs = clock();
      const code = await desk.newCode({ officeId, agencyCode }, days * DAY_MS, replaces);
      await audit(db, {
        at: new Date(nowMs),
        supervisor: sessions.of(request),
        action: 'enrolment-code',
        facts: { subject: officeId, agencyCode, days, replaces },
      });
      return { code, expiresAtMs: nowMs + days * DAY_MS };
    },
  );

  server.post(
    paths.revocation,
    { ...signedIn, schema: { params: z.object({ deviceId: z.uuid() }), body: revocationSchema, hide: true } },
    async (request, reply) => {
      const { deviceId } = request.params;
      const { destroy } = request.body;
      const at = new Date(clock());
      const device = await desk.revoke(deviceId, at, destroy);
      if (device === undefined) throw new Problem(404, 'not-found', 'no such device');
      const action = destroy === undefined ? 'revocation' : 'destroy-order';
      await audit(db, { at, supervisor: sessions.of(request), action, facts: { subject: `${device.name} (${device.officeId})`, deviceId, destroy } });
      log.warn({ deviceId, destroy }, 'device revoked by a supervisor');
      return reply.code(204).send();
    },
  );

  server.post(
    paths.alarmSeen,
    { ...signedIn, schema: { params: z.object({ alarmId: z.coerce.number().int().positive() }), hide: true } },
    async (request, reply) => {
      const { alarmId } = request.params;
      const at = new Date(clock());
      const supervisor = sessions.of(request);
      const what = await markAlarmSeen(db, alarmId, supervisor, at);
      if (what === undefined) throw new Problem(404, 'not-found', 'no such alarm is open');
      await audit(db, { at, supervisor, action: 'alarm-seen', facts: { subject: what, alarmId } });
      return reply.code(204).send();
    },
  );

  figuresRoutes(server, { db, clock }, sessions, desk);
}
