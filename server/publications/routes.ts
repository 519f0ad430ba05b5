/** How a counter hears of what was published for its office, and fetches it: by cursor, by digest, slice by slice. */
import { z } from 'zod';
import { changesAnswerSchema, MAX_SLICE_BYTES } from '../../shared/publications/publication.ts';
import { sha256Schema } from '../../shared/scanning/scan.ts';
import { paths } from '../../shared/sync/protocol.ts';
import { type Routes, problems } from '../context.ts';
import { isHeldAlready } from '../etag.ts';
import { Problem } from '../problem.ts';
import { cursorOf, positionIn } from '../cursor.ts';
import { newestOfOffice, newestPosition, packedSlice } from './publication-store.ts';

const PAGE = 100;

export const publicationRoutes: Routes = (server, { db, callers, lives }) => {
  server.get(
    paths.changes,
    {
      preParsing: callers.authorise,
      schema: {
        querystring: z.object({ after: z.string().max(200).optional(), limit: z.coerce.number().int().min(1).max(PAGE).default(PAGE) }),
        response: { 200: changesAnswerSchema, 304: z.undefined(), ...problems },
      },
    },
    async (request, reply) => {
      const { office_id: officeId } = callers.of(request);
      const { limit } = request.query;
      const epoch = await lives.epoch();
      const after = positionIn(epoch, request.query.after);
      // Read before the documents: what is published in between is news the next time too, never lost.
      const newest = await newestPosition(db, officeId);
      // Nobody has been further than the newest, except in a life that was lost without anybody noticing.
      const rows = await newestOfOffice(db, officeId, after > newest ? 0 : after, limit + 1);
      const page = rows.slice(0, limit);
      const more = rows.length > limit;
      const answer = {
        cursor: cursorOf({ epoch, position: more ? (page.at(-1)?.position ?? after) : newest }),
        more,
        documents: page.map(({ kind, version, sha256, bytes, packedBytes, publishedAt }) => ({
          kind,
          version,
          sha256,
          bytes,
          packedBytes,
          publishedAtMs: publishedAt.getTime(),
        })),
      };
      return isHeldAlready(request, reply, answer) ? reply.code(304).send() : answer;
    },
  );

  // A slice at a time whatever is asked for, so that no document of any size holds much memory here or a slow line for long.
  server.get(paths.document, { preParsing: callers.authorise, schema: { params: z.object({ sha256: sha256Schema }), hide: true } }, async (request, reply) => {
    const { sha256 } = request.params;
    const asked = rangeOf(request.headers.range);
    const found = await packedSlice(db, callers.of(request).office_id, sha256, asked);
    if (found === undefined) throw new Problem(404, 'not-found', 'nothing with this digest was published for the office');
    const { slice, packedBytes } = found;
    void reply.header('etag', `"${sha256}"`).header('accept-ranges', 'bytes').header('cache-control', 'private, max-age=31536000, immutable');
    if (slice.byteLength === 0) {
      void reply.header('content-range', `bytes */${packedBytes}`);
      throw new Problem(416, 'past-the-end', 'the document is shorter');
    }
    return reply
      .code(206)
      .header('content-type', 'application/gzip')
      .header('content-range', `bytes ${asked.from}-${asked.from + slice.byteLength - 1}/${packedBytes}`)
      .send(slice);
  });
};

/** `bytes=from-to` or `bytes=from-` (RFC 9110 section 14.2), at most a slice; anything else is the first slice. */
function rangeOf(header: string | undefined): { from: number; length: number } {
  const [, first, last] = /^bytes=(\d{1,9})-(\d{1,9})?$/u.exec(header ?? '') ?? [];
  const from = Number(first ?? 0);
  const length = last === undefined ? MAX_SLICE_BYTES : Number(last) - from + 1;
  return length < 1 ? { from: 0, length: MAX_SLICE_BYTES } : { from, length: Math.min(length, MAX_SLICE_BYTES) };
}
