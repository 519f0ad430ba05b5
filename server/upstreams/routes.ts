/** What a counter reads of the specialised systems: how each works, and where a dossier of its office stands. */
import { z } from 'zod';
import {
  changedDeliveriesAnswerSchema,
  dossierUpstreamsAnswerSchema,
  MAX_CHANGED_DELIVERIES,
  upstreamsAnswerSchema,
  upstreamNames,
  type UpstreamsAnswer,
} from '../../shared/upstreams/upstream.ts';
import { paths } from '../../shared/sync/protocol.ts';
import { type Routes, problems } from '../context.ts';
import { isHeldAlready } from '../etag.ts';
import { Problem } from '../problem.ts';
import { changeIn, cursorOf } from './delivery-cursor.ts';
import { countOpen, deliveriesChanged, deliveriesOfDossier } from './delivery-store.ts';
import { allHealth } from './health-store.ts';

export const upstreamRoutes: Routes = (server, { db, upstreams, callers, lives }) => {
  server.get(
    paths.upstreams,
    { preParsing: callers.authorise, schema: { response: { 200: upstreamsAnswerSchema, 304: z.undefined(), ...problems } } },
    async (request, reply) => {
      const [health, counts] = await Promise.all([allHealth(db), countOpen(db, callers.of(request).office_id)]);
      const answer: UpstreamsAnswer = {
        upstreams: upstreamNames
          .filter((name) => upstreams.connected.includes(name))
          .map((name) => {
            const { status, sinceMs } = health.get(name) ?? { status: 'working' as const, sinceMs: 0 };
            const { waiting = 0, stopped = 0 } = counts.find(({ upstream }) => upstream === name) ?? {};
            return { name, status, sinceMs, waiting, stopped };
          }),
      };
      return isHeldAlready(request, reply, answer) ? reply.code(304).send() : answer;
    },
  );

  server.get(
    paths.officeDeliveries,
    {
      preParsing: callers.authorise,
      schema: {
        params: z.object({ officeId: z.string().max(60) }),
        querystring: z.object({
          after: z.string().max(200).optional(),
          limit: z.coerce.number().int().min(1).max(MAX_CHANGED_DELIVERIES).default(MAX_CHANGED_DELIVERIES),
        }),
        response: { 200: changedDeliveriesAnswerSchema, 304: z.undefined(), ...problems },
      },
    },
    async (request, reply) => {
      const officeId = callers.ownOffice(request, request.params.officeId);
      const epoch = await lives.epoch();
      const { after, limit } = request.query;
      const { last, ...changed } = await deliveriesChanged(db, officeId, changeIn(epoch, after), limit);
      const answer = { ...changed, cursor: last === undefined ? '' : cursorOf(epoch, last) };
      return isHeldAlready(request, reply, answer) ? reply.code(304).send() : answer;
    },
  );

  server.get(
    paths.dossierUpstreams,
    {
      preParsing: callers.authorise,
      schema: { params: z.object({ officeId: z.string().max(60), dossierId: z.uuid() }), response: { 200: dossierUpstreamsAnswerSchema, ...problems } },
    },
    async (request) => {
      const deliveries = await deliveriesOfDossier(db, callers.ownOffice(request, request.params.officeId), request.params.dossierId);
      if (deliveries === undefined) throw new Problem(404, 'not-found', 'the office has no such dossier');
      return { deliveries };
    },
  );
};
