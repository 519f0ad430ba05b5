/** What the province published, over HTTP: what is new since a cursor, and documents by their digest, packed and slice by slice. */
import { appendFile, readdir, readFile, rm } from 'node:fs/promises';
import type { Agent } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { parseOrUndefined } from '../../shared/lib/json.ts';
import { fail, ok } from '../../shared/lib/result.ts';
import { changesAnswerSchema, MAX_SLICE_BYTES, type PublishedDocument } from '../../shared/publications/publication.ts';
import { sha256 as digestOf } from '../digest.ts';
import type { Changes, PublicationsLane } from '../publications/publications.ts';
import { pathOf, paths } from '../../shared/sync/protocol.ts';
import { requestBytes } from './http-json.ts';
import type { HttpProvince } from './http-province.ts';

const ASK_TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 256 * 1024;
const SLICE_TIMEOUT_MS = 60_000;
const SUFFIX = '.part';

const unpack = promisify(gunzip);

/** `folder`: where documents grow that take more than one slice; its owner makes it. */
type Options = { url: string; agent?: Agent; folder: string; province: Pick<HttpProvince, 'authorise'> };

export function createPublicationsLane({ url, agent, folder, province }: Options): PublicationsLane {
  let known: { cursor: string; etag: string } | undefined;
  const partOf = (sha256: string): string => join(folder, `${sha256}${SUFFIX}`);

  /** Undefined when the line fails or someone else answers. */
  async function slice(sha256: string, from: number): Promise<Buffer | undefined> {
    const bearer = await province.authorise();
    if (!bearer.ok) return undefined;
    const answer = await requestBytes(new URL(pathOf(paths.document, { sha256 }), url), {
      headers: { authorization: `Bearer ${bearer.value}`, range: `bytes=${from}-${from + MAX_SLICE_BYTES - 1}` },
      timeoutMs: SLICE_TIMEOUT_MS,
      maxBytes: MAX_SLICE_BYTES,
      agent,
    }).catch(() => undefined);
    // A captive portal answers 200 and names no range.
    const isAsked = answer?.status === 206 && String(answer.headers['content-range']).startsWith(`bytes ${from}-`);
    return isAsked && answer.bytes.byteLength > 0 ? answer.bytes : undefined;
  }

  /** What is there of it already; its last bytes may be wrong after a power cut, which the digest tells. */
  const begun = (sha256: string): Promise<Buffer> => readFile(partOf(sha256)).catch(() => Buffer.alloc(0));

  return {
    async changes(after): Promise<Changes | 'nothing-new' | undefined> {
      const bearer = await province.authorise();
      if (!bearer.ok) return undefined;
      const asked = new URL(paths.changes, url);
      if (after !== null) asked.searchParams.set('after', after);
      const isKnown: Record<string, string> = known?.cursor === after ? { 'if-none-match': known.etag } : {};
      const headers = { accept: 'application/json', authorization: `Bearer ${bearer.value}`, ...isKnown };
      const answer = await requestBytes(asked, { headers, timeoutMs: ASK_TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES, agent }).catch(() => undefined);
      if (answer?.status === 304) return 'nothing-new';
      if (answer?.status !== 200) return undefined;
      // A captive portal answers 200 too.
      const changes = changesAnswerSchema.safeParse(parseOrUndefined(answer.bytes.toString('utf8'))).data;
      const etag = answer.headers['etag'];
      // An answer without news is the same the next time it is asked for from where it ends.
      known = typeof etag === 'string' && changes?.documents.length === 0 ? { cursor: changes.cursor, etag } : undefined;
      return changes;
    },
    async document({ sha256, bytes, packedBytes }: PublishedDocument) {
      let packed = await begun(sha256);
      while (packed.byteLength < packedBytes) {
        const next = await slice(sha256, packed.byteLength);
        if (next === undefined) return fail('cut');
        packed = Buffer.concat([packed, next]);
        // One slice is quicker fetched again than written down.
        if (packed.byteLength < packedBytes) await appendFile(partOf(sha256), next, { mode: 0o600 });
      }
      const plain = packed.byteLength > packedBytes ? undefined : await unpack(packed, { maxOutputLength: bytes }).catch(() => undefined);
      await rm(partOf(sha256), { force: true });
      const isRight = plain !== undefined && digestOf(plain) === sha256;
      return isRight ? ok(plain.toString('utf8')) : fail('wrong-digest');
    },
    async forget() {
      for (const name of await readdir(folder)) if (name.endsWith(SUFFIX)) await rm(join(folder, name), { force: true });
    },
  };
}
