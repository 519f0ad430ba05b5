/** Whether the province lives, whether it can work, and what it speaks. */
import { z } from 'zod';
import { paths } from '../../shared/sync/protocol.ts';
import { type Routes, problems } from '../context.ts';
import { pingDatabase } from '../db/province-store.ts';
import { Problem } from '../problem.ts';

export const healthRoutes: Routes = (server, { db }) => {
  const health = z.object({ status: z.literal('ok') });

  server.get(paths.health, { config: { rateLimit: false }, schema: { response: { 200: health } } }, async () => ({ status: 'ok' as const }));

  server.get(paths.ready, { schema: { response: { 200: health, ...problems } } }, async () => {
    await pingDatabase(db).catch((error: unknown) => {
      throw new Problem(503, 'unavailable', 'the database is not reachable', { cause: error });
    });
    return { status: 'ok' as const };
  });

  server.get(paths.openapi, { schema: { hide: true } }, async () => server.swagger());
};
