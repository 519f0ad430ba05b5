/** Answers that the caller may hold already. */
import { createHash } from 'node:crypto';

type Asked = { headers: Record<string, string | string[] | undefined> };
type Answering = { header(name: string, value: string): unknown };

/** Gives the answer its ETag. True when the caller named it: nothing but 304 need be sent (RFC 9110 § 13.1.2). */
export function isHeldAlready(request: Asked, reply: Answering, answer: object): boolean {
  const etag = `"${createHash('sha256').update(JSON.stringify(answer)).digest('base64url').slice(0, 22)}"`;
  reply.header('etag', etag);
  reply.header('cache-control', 'private, no-cache');
  return request.headers['if-none-match'] === etag;
}
