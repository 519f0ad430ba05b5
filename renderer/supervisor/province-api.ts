/** What this page asks of the province that served it; the one file here that speaks HTTP. */
import type { z } from 'zod';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import {
  givenCodeSchema,
  overviewSchema,
  sessionSchema,
  supervisorPaths as paths,
  type GivenCode,
  type NewCode,
  type Overview,
} from '../../shared/supervisor/contract.ts';
import { pathOf, problemSchema } from '../../shared/sync/protocol.ts';

/** `refused` says why in `kind` as the province does; `locked` for how long. */
export type ApiFailure = Failure<
  'unreachable' | 'not-signed-in' | 'wrong-credentials' | 'foreign-agency' | 'foreign-device' | 'not-found' | 'locked' | 'refused'
>;
const known = ['not-signed-in', 'wrong-credentials', 'foreign-agency', 'foreign-device', 'not-found'] as const;

export type ProvinceApi = {
  session(): Promise<Result<{ name: string }, ApiFailure>>;
  signIn(name: string, password: string): Promise<Result<{ name: string }, ApiFailure>>;
  signOut(): Promise<Result<null, ApiFailure>>;
  /** `date` of the charts, YYYY-MM-DD; today without one. */
  overview(date: string | undefined): Promise<Result<Overview, ApiFailure>>;
  newCode(code: NewCode): Promise<Result<GivenCode, ApiFailure>>;
  revoke(deviceId: string): Promise<Result<null, ApiFailure>>;
  alarmSeen(alarmId: number): Promise<Result<null, ApiFailure>>;
};

type Refused = { ok: false; failure: ApiFailure };

async function refusalOf(answer: Response): Promise<Refused> {
  const problem = problemSchema.safeParse(await answer.json().catch(() => null)).data;
  if (answer.status === 429) return fail('locked', { seconds: Number(answer.headers.get('retry-after') ?? 60) });
  const kind = known.find((one) => one === problem?.kind);
  return fail(kind ?? (answer.status >= 500 ? 'unreachable' : 'refused'));
}

async function ask<S extends z.ZodType>(method: 'GET' | 'POST', path: string, schema: S, body?: unknown): Promise<Result<z.infer<S>, ApiFailure>> {
  try {
    const answer = await fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return answer.ok ? ok(schema.parse(await answer.json())) : await refusalOf(answer);
  } catch {
    return fail('unreachable');
  }
}

async function tell(method: 'POST' | 'DELETE', path: string): Promise<Result<null, ApiFailure>> {
  try {
    const answer = await fetch(path, { method, credentials: 'same-origin' });
    return answer.ok ? ok(null) : await refusalOf(answer);
  } catch {
    return fail('unreachable');
  }
}

export const provinceApi: ProvinceApi = {
  session: () => ask('GET', paths.session, sessionSchema),
  signIn: (name, password) => ask('POST', paths.session, sessionSchema, { name, password }),
  signOut: () => tell('DELETE', paths.session),
  overview: (date) => ask('GET', date === undefined ? paths.overview : `${paths.overview}?date=${date}`, overviewSchema),
  newCode: (code) => ask('POST', paths.enrolmentCodes, givenCodeSchema, code),
  revoke: (deviceId) => tell('POST', pathOf(paths.revocation, { deviceId })),
  alarmSeen: (alarmId) => tell('POST', pathOf(paths.alarmSeen, { alarmId: String(alarmId) })),
};
