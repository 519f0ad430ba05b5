/** The lane of scans (tus 1.0), and an office reading back what it sent. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sha256Schema } from '../../shared/scanning/scan.ts';
import { paths } from '../../shared/sync/protocol.ts';
import type { Routes } from '../context.ts';
import { Problem } from '../problem.ts';
import { heldScan } from './scan-store.ts';
import { createUploads } from './uploads.ts';

const SWEEP_EVERY_MS = 3_600_000;

export const scanRoutes: Routes = (server, { db, clock, scanFiles, callers, metrics, alarm, logFailure }) => {
  const uploads = createUploads(db, scanFiles, clock, logFailure, metrics.scanVerified);

  server.get(
    paths.officeScan,
    { preParsing: callers.authorise, schema: { params: z.object({ officeId: z.string().max(60), sha256: sha256Schema }), hide: true } },
    async (request, reply) => {
      const { sha256 } = request.params;
      const scan = await heldScan(db, callers.ownOffice(request, request.params.officeId), sha256);
      if (scan === undefined) throw new Problem(404, 'not-found', 'the office has sent no such scan');
      const kept = await scanFiles.find(sha256);
      if (kept?.bytes !== scan.bytes) {
        alarm('a verified scan is not as it was stored', { sha256 });
        throw new Problem(503, 'unavailable', 'the scan cannot be read now');
      }
      return reply
        .header('content-type', scan.mediaType)
        .header('content-length', kept.bytes)
        .header('cache-control', 'no-store')
        .send(await kept.open());
    },
  );

  const receiveScan = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value);
    await uploads.handle(callers.of(request), request.raw, reply.raw);
  };
  for (const url of [paths.scans, `${paths.scans}/*`]) {
    server.route({ method: ['POST', 'HEAD', 'PATCH', 'DELETE', 'OPTIONS'], url, preParsing: callers.authorise, schema: { hide: true }, handler: receiveScan });
  }

  const sweeper = setInterval(() => void uploads.sweep().catch(logFailure), SWEEP_EVERY_MS);
  sweeper.unref();
  server.addHook('onClose', async () => clearInterval(sweeper));
};
