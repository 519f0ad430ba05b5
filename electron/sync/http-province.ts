/** The province over HTTP: contracts from `shared/sync/protocol.ts`, signed hello, short-lived tokens. */
import type { Agent } from 'node:https';
import { createPublicKey, randomBytes, verify, type KeyObject } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { SignJWT } from 'jose';
import type { z } from 'zod';
import { deferred } from '../../shared/lib/deferred.ts';
import { fail, ok, type Result } from '../../shared/lib/result.ts';
import type { JournalEntry } from '../../shared/journal/operation.ts';
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
  destroyOrderText,
  type DestroyOrder,
  type EnrolAnswer,
  type EnrolRequest,
  type JournalAnswer,
  type JournalRequest,
} from '../../shared/sync/protocol.ts';
import { bytesOf } from '../entry-bytes.ts';
import { requestJson, type HttpAnswer, type Turn } from './http-json.ts';
import type { Identity } from './identity.ts';
import { NotTheProvince } from './province-trust.ts';

const TIMEOUT_MS = 20_000;
/** Batches of entries on the line at once: more might overtake each other. */
const MOST_SENT = 2;
const HELLO_TIMEOUT_MS = 5_000;
const ASSERTION_LIFE_S = 120;
/** Nobody is believed who wants us to stay away for longer. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;
/** RFC 6585 § 6: a portal's own word for itself. */
const NETWORK_AUTHENTICATION_REQUIRED = 511;

export type HttpProvinceOptions = {
  url: string;
  /** Who may answer at an https address; see province-trust.ts. */
  agent?: Agent;
  deviceKey: KeyObject;
  identity(): Identity | undefined;
  about: { journalId: string; deviceName: string; appVersion: string };
  clock: Clock;
  /** For an answer; hello has a shorter time. */
  timeoutMs?: number;
};

export type HttpProvince = Province & {
  /** The bearer token for what is not JSON. */
  authorise(): Promise<Result<string, ProvinceFailure>>;
  get<S extends z.ZodType>(path: string, schema: S): Promise<Result<z.infer<S>, ProvinceFailure>>;
  post<S extends z.ZodType>(path: string, body: unknown, schema: S): Promise<Result<z.infer<S>, ProvinceFailure>>;
  /** The province's time by its last signed hello; undefined before one, and late by as long as this machine slept since. */
  timeMs(): number | undefined;
  /** Enrols another journal of this device. */
  enrolJournal(code: string, journalId: string): Promise<Result<EnrolAnswer, ProvinceFailure>>;
};

export function createHttpProvince({ url, agent, deviceKey, identity, about, clock, timeoutMs: longestMs = TIMEOUT_MS }: HttpProvinceOptions): HttpProvince {
  let lastHello: { timeMs: number; atMs: number } | undefined;
  let token: { value: string; expiresAtMs: number } | undefined;

  /** For this device, and signed by the key learnt at enrolment: a bare answer from anyone destroys nothing. */
  const isOrdered = (order: DestroyOrder | undefined, when: 'now' | 'when-delivered'): boolean => {
    const known = identity();
    return order !== undefined && order.deviceId === known?.deviceId && isSignedBy(known.serverKey, destroyOrderText(known.deviceId, when), order.signature);
  };

  const timeMs = (): number | undefined => (lastHello === undefined ? undefined : Math.floor(lastHello.timeMs + performance.now() - lastHello.atMs));

  async function call<S extends z.ZodType>(
    path: string,
    json: readonly Buffer[] | undefined,
    schema: S,
    headers: Record<string, string> = {},
    timeoutMs = longestMs,
    turn?: Turn,
  ): Promise<Result<z.infer<S>, ProvinceFailure>> {
    let answer: HttpAnswer;
    try {
      answer = await requestJson(new URL(path, url), {
        json,
        headers: { [PROTOCOL_HEADER]: String(PROTOCOL_VERSION), ...headers },
        timeoutMs,
        agent,
        turn,
      });
    } catch (error) {
      return { ok: false, failure: { kind: error instanceof NotTheProvince ? 'not-the-province' : 'unreachable' } };
    }
    if (answer.status === 401) token = undefined;
    if (answer.status >= 400) {
      const failure = failureOf(answer);
      const order = problemSchema.safeParse(answer.body).data?.destroy;
      return { ok: false, failure: failure.kind === 'refused' && isOrdered(order, 'now') ? { ...failure, destroys: true } : failure };
    }
    const parsed = schema.safeParse(answer.body);
    return parsed.success ? ok(parsed.data) : { ok: false, failure: { kind: 'not-the-province' } };
  }

  async function authorise(): Promise<Result<string, ProvinceFailure>> {
    const known = identity();
    if (known === undefined) return fail('refused', { reason: 'not-enrolled' }) as { ok: false; failure: ProvinceFailure };
    if (token !== undefined && token.expiresAtMs > clock()) return ok(token.value);
    // By the province's clock when it is known: a counter whose own clock is wrong still gets its token.
    const nowS = Math.floor((timeMs() ?? clock()) / 1000);
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(known.deviceId)
      .setAudience('qmc-province')
      .setJti(randomBytes(16).toString('hex'))
      .setIssuedAt(nowS)
      .setExpirationTime(nowS + ASSERTION_LIFE_S)
      .sign(deviceKey);
    const answer = await call(paths.token, jsonOf({ assertion }), tokenAnswerSchema);
    if (!answer.ok) return answer;
    // Half of its life, so that no upload starts on a token about to end.
    token = { value: answer.value.token, expiresAtMs: clock() + answer.value.expiresInS * 500 };
    return ok(token.value);
  }

  async function authorised<S extends z.ZodType>(
    path: string,
    json: readonly Buffer[] | undefined,
    schema: S,
    turn?: Turn,
  ): Promise<Result<z.infer<S>, ProvinceFailure>> {
    const bearer = await authorise();
    return bearer.ok ? call(path, json, schema, { authorization: `Bearer ${bearer.value}` }, longestMs, turn) : bearer;
  }

  /** Entries build on those before them. */
  let lastPush: Promise<void> = Promise.resolve();
  const underWay: Array<Promise<Result<JournalAnswer, ProvinceFailure>>> = [];

  function push(request: JournalRequest): Promise<Result<JournalAnswer, ProvinceFailure>> {
    const pushing = pushAfter(underWay.at(-MOST_SENT), request).finally(() => underWay.splice(underWay.indexOf(pushing), 1));
    underWay.push(pushing);
    return pushing;
  }

  /** Made ready now, sent once `earlier` has been answered; where that failed, what builds on it is not sent. */
  async function pushAfter(earlier: (typeof underWay)[number] | undefined, request: JournalRequest): Promise<Result<JournalAnswer, ProvinceFailure>> {
    const before = Promise.all([lastPush, earlier]).then(([, answer]) => {
      if (answer?.ok === false) throw new Error('the entries before did not get across');
    });
    // Nobody may be waiting for it yet.
    before.catch(() => undefined);
    const { promise, resolve: hasLeft } = deferred();
    lastPush = promise;
    try {
      return await authorised(paths.journal, jsonOfEntries(request), journalAnswerSchema, { before, hasLeft });
    } finally {
      hasLeft();
    }
  }

  function enrolJournal(code: string, journalId: string): Promise<Result<EnrolAnswer, ProvinceFailure>> {
    const { x = '', y = '' } = createPublicKey(deviceKey).export({ format: 'jwk' });
    const request: EnrolRequest = { code, publicKey: { kty: 'EC', crv: 'P-256', x, y }, ...about, journalId };
    return call(paths.enrol, jsonOf(request), enrolAnswerSchema);
  }

  return {
    authorise,
    get: (path, schema) => authorised(path, undefined, schema),
    post: (path, body, schema) => authorised(path, jsonOf(body), schema),
    timeMs,
    async hello() {
      const nonce = randomBytes(24).toString('base64url');
      const answer = await call(paths.hello, jsonOf({ nonce }), helloAnswerSchema, {}, Math.min(HELLO_TIMEOUT_MS, longestMs));
      if (!answer.ok) return answer;
      const { timeMs, epoch, signature } = answer.value;
      const serverKey = identity()?.serverKey;
      if (answer.value.nonce !== nonce || (serverKey !== undefined && !isSignedBy(serverKey, `qmc-hello.${nonce}.${timeMs}`, signature)))
        return { ok: false, failure: { kind: 'not-the-province' } };
      if (serverKey !== undefined) lastHello = { timeMs, atMs: performance.now() };
      return ok({ epoch });
    },
    enrol: (code) => enrolJournal(code, about.journalId),
    enrolJournal,
    push,
    async status(request) {
      const answer = await authorised(paths.status, jsonOf(request), statusAnswerSchema);
      return !answer.ok || isOrdered(answer.value.destroy, 'when-delivered') ? answer : ok({ ...answer.value, destroy: undefined });
    },
    leaseNumbers: () => authorised(paths.numbers, jsonOf({}), numbersAnswerSchema),
  };
}

/** In UTF-8, in pieces. */
const jsonOf = (body: unknown): Buffer[] => [Buffer.from(JSON.stringify(body), 'utf8')];

/** The same, with the entries as they were read. */
function jsonOfEntries({ entries, ...rest }: JournalRequest): Buffer[] {
  const pieces = entries.flatMap((entry, at) => [...(at === 0 ? [] : [COMMA]), ...bytesOf(entry as JournalEntry)]);
  return [Buffer.from(`${JSON.stringify(rest).slice(0, -1)},"entries":[`, 'utf8'), ...pieces, END];
}
const COMMA = Buffer.from(',');
const END = Buffer.from(']}');

const isSignedBy = (jwk: Identity['serverKey'], text: string, signature: string): boolean =>
  verify(
    'sha256',
    Buffer.from(text, 'utf8'),
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );

export function failureOf({ status, headers, body }: HttpAnswer): ProvinceFailure {
  const problem = problemSchema.safeParse(body);
  // Every other 401 is about a token, and the next one may do.
  if (status === 401 && problem.data?.kind === 'device-unknown') return { kind: 'refused', reason: 'device-unknown' };
  const isOurs401 = status === 401 && problem.success;
  if (status === NETWORK_AUTHENTICATION_REQUIRED) return { kind: 'not-the-province' };
  if (status === 408 || status === 429 || status >= 500 || isOurs401) {
    const retryAfterMs = retryAfterMsOf(headers);
    return retryAfterMs === undefined ? { kind: 'busy' } : { kind: 'busy', retryAfterMs };
  }
  // Whatever else is in a form that is not ours comes from a proxy or portal in between.
  return problem.success ? { kind: 'refused', reason: problem.data.kind } : { kind: 'not-the-province' };
}

/** RFC 9110 § 10.2.3: seconds, or a date, which is held against the answer's own clock, for ours may be wrong. */
function retryAfterMsOf(headers: HttpAnswer['headers']): number | undefined {
  const [asked, date] = [headers['retry-after'], headers['date']];
  if (typeof asked !== 'string') return undefined;
  const answeredAtMs = typeof date === 'string' ? Date.parse(date) : NaN;
  const waitMs = /^\d+$/u.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - (Number.isNaN(answeredAtMs) ? Date.now() : answeredAtMs);
  return waitMs > 0 ? Math.min(waitMs, LONGEST_RETRY_AFTER_MS) : undefined;
}
