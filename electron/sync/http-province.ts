/** The province over HTTP: contracts from `shared/sync/protocol.ts`, signed hello, short-lived tokens. */
import { createPublicKey, randomBytes, verify, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import type { z } from 'zod';
import { fail, ok, type Result } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import type { Province, ProvinceFailure } from '../../shared/sync/engine.ts';
import {
  enrolAnswerSchema,
  helloAnswerSchema,
  journalAnswerSchema,
  numbersAnswerSchema,
  paths,
  problemSchema,
  PROTOCOL_HEADER,
  PROTOCOL_VERSION,
  statusAnswerSchema,
  tokenAnswerSchema,
  type EnrolRequest,
} from '../../shared/sync/protocol.ts';
import { requestJson, type HttpAnswer } from './http-json.ts';
import type { Identity } from './identity.ts';

const TIMEOUT_MS = 20_000;
const HELLO_TIMEOUT_MS = 5_000;

export type HttpProvinceOptions = {
  url: string;
  deviceKey: KeyObject;
  identity(): Identity | undefined;
  about: { journalId: string; deviceName: string; appVersion: string };
  clock: Clock;
};

/** `authorise`: the bearer header for a scan upload; undefined while the province gives no token. */
export type HttpProvince = Province & { authorise(): Promise<Result<string, ProvinceFailure>> };

export function createHttpProvince({ url, deviceKey, identity, about, clock }: HttpProvinceOptions): HttpProvince {
  let token: { value: string; expiresAtMs: number } | undefined;

  async function call<S extends z.ZodType>(path: string, body: unknown, schema: S, headers: Record<string, string> = {}, timeoutMs = TIMEOUT_MS): Promise<Result<z.infer<S>, ProvinceFailure>> {
    let answer: HttpAnswer;
    try {
      answer = await requestJson(new URL(path, url), { body, headers: { [PROTOCOL_HEADER]: String(PROTOCOL_VERSION), ...headers }, timeoutMs });
    } catch {
      return { ok: false, failure: { kind: 'unreachable' } };
    }
    if (answer.status === 401) token = undefined;
    if (answer.status >= 400) return { ok: false, failure: failureOf(answer) };
    const parsed = schema.safeParse(answer.body);
    return parsed.success ? ok(parsed.data) : { ok: false, failure: { kind: 'not-the-province' } };
  }

  async function authorise(): Promise<Result<string, ProvinceFailure>> {
    const known = identity();
    if (known === undefined) return fail('refused', { reason: 'not-enrolled' }) as { ok: false; failure: ProvinceFailure };
    if (token !== undefined && token.expiresAtMs > clock()) return ok(token.value);
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(known.deviceId)
      .setAudience('qmc-province')
      .setJti(randomBytes(16).toString('hex'))
      .setIssuedAt()
      .setExpirationTime('2m')
      .sign(deviceKey);
    const answer = await call(paths.token, { assertion }, tokenAnswerSchema);
    if (!answer.ok) return answer;
    // Half of its life, so that no upload starts on a token about to end.
    token = { value: answer.value.token, expiresAtMs: clock() + answer.value.expiresInS * 500 };
    return ok(token.value);
  }

  async function authorised<S extends z.ZodType>(path: string, body: unknown, schema: S): Promise<Result<z.infer<S>, ProvinceFailure>> {
    const bearer = await authorise();
    return bearer.ok ? call(path, body, schema, { authorization: `Bearer ${bearer.value}` }) : bearer;
  }

  return {
    authorise,
    async hello() {
      const nonce = randomBytes(24).toString('base64url');
      const answer = await call(paths.hello, { nonce }, helloAnswerSchema, {}, HELLO_TIMEOUT_MS);
      if (!answer.ok) return answer;
      const { timeMs, epoch, signature } = answer.value;
      const serverKey = identity()?.serverKey;
      if (answer.value.nonce !== nonce || (serverKey !== undefined && !isSignedBy(serverKey, `qmc-hello.${nonce}.${timeMs}`, signature))) return { ok: false, failure: { kind: 'not-the-province' } };
      return ok({ epoch });
    },
    enrol(code) {
      const { x = '', y = '' } = createPublicKey(deviceKey as unknown as Parameters<typeof createPublicKey>[0]).export({ format: 'jwk' });
      const request: EnrolRequest = { code, publicKey: { kty: 'EC', crv: 'P-256', x, y }, ...about };
      return call(paths.enrol, request, enrolAnswerSchema);
    },
    push: (request) => authorised(paths.journal, request, journalAnswerSchema),
    status: (dossierIds, scans) => authorised(paths.status, { dossierIds, scans }, statusAnswerSchema),
    leaseNumbers: () => authorised(paths.numbers, {}, numbersAnswerSchema),
  };
}

const isSignedBy = (jwk: Identity['serverKey'], text: string, signature: string): boolean =>
  verify('sha256', Buffer.from(text, 'utf8'), { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));

function failureOf({ status, headers, body }: HttpAnswer): ProvinceFailure {
  if (status === 429 || status >= 500 || status === 408 || status === 401) {
    const seconds = Number(headers['retry-after']);
    return Number.isFinite(seconds) && seconds > 0 ? { kind: 'busy', retryAfterMs: Math.min(seconds, 3600) * 1000 } : { kind: 'busy' };
  }
  const problem = problemSchema.safeParse(body);
  // A 4xx in a form that is not ours comes from a proxy or portal in between.
  return problem.success ? { kind: 'refused', reason: problem.data.kind } : { kind: 'not-the-province' };
}
