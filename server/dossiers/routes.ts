/** What an office reads of its own dossiers. */
import { z } from 'zod';
import { dossierAnswerSchema, dossierBodiesAnswerSchema, dossierListAnswerSchema, MAX_BODIES_PAGE, paths } from '../../shared/sync/protocol.ts';
import { type Routes, problems } from '../context.ts';
import { Problem } from '../problem.ts';
import { cursorOf, positionOf } from './cursor.ts';
import { bodiesOfPredecessors, bodyOfDossier, countOfPredecessors, dossiersOfOffice } from './dossier-store.ts';

const MAX_PAGE = 500;

export const dossierRoutes: Routes = (server, { db, callers }) => {
  server.get(
    paths.dossiers,
    {
      preParsing: callers.authorise,
      schema: {
        params: z.object({ officeId: z.string().max(60) }),
        querystring: z.object({ after: z.string().max(100).optional(), limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100) }),
        response: { 200: dossierListAnswerSchema, ...problems },
      },
    },
    async (request) => {
      const officeId = callers.ownOffice(request, request.params.officeId);
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

  server.get(
    paths.officeDossier,
    {
      preParsing: callers.authorise,
      schema: { params: z.object({ officeId: z.string().max(60), dossierId: z.uuid() }), response: { 200: dossierAnswerSchema, ...problems } },
    },
    async (request) => {
      const row = await bodyOfDossier(db, callers.ownOffice(request, request.params.officeId), request.params.dossierId);
      if (row === undefined) throw new Problem(404, 'not-found', 'the office has no such dossier');
      return { dossier: row.dossier, confirmed: row.scansVerified === row.scansExpected };
    },
  );

  server.get(
    paths.dossierBodies,
    {
      preParsing: callers.authorise,
      schema: {
        params: z.object({ officeId: z.string().max(60) }),
        querystring: z.object({ after: z.string().max(100).optional(), limit: z.coerce.number().int().min(1).max(MAX_BODIES_PAGE).default(MAX_BODIES_PAGE) }),
        response: { 200: dossierBodiesAnswerSchema, ...problems },
      },
    },
    async (request) => {
      const successor = { officeId: callers.ownOffice(request, request.params.officeId), deviceId: callers.of(request).device_id };
      const { after, limit } = request.query;
      const before = after === undefined ? Number.MAX_SAFE_INTEGER : positionOf(after);
      const [rows, total] = await Promise.all([bodiesOfPredecessors(db, successor, before, limit + 1), countOfPredecessors(db, successor)]);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        dossiers: page.map(({ dossier, scansExpected, scansVerified }) => ({ dossier, confirmed: scansVerified === scansExpected })),
        next: rows.length > limit && last !== undefined ? cursorOf(last.arrival) : null,
        total,
      };
    },
  );
};
