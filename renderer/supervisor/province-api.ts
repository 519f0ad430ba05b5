/** What this page asks of the province that served it; the one file here that speaks HTTP. */
import type { z } from 'zod';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import {
  givenCodeSchema,
  monitoringAnswerSchema,
  overviewSchema,
  ratingsAnswerSchema,
  reconciliationAnswerSchema,
  sessionSchema,
  supervisorPaths as paths,
  type AskedPeriod,
  type DestroyMoment,
  type GivenCode,
  type MonitoringAnswer,
  type NewCode,
  type Overview,
  type RatingsAnswer,
  type ReconciliationAnswer,
} from '../../shared/supervisor/contract.ts';
import { pathOf, problemSchema } from '../../shared/sync/protocol.ts';

/** `refused` says why in `kind` as the province does; `locked` for how long. */
export type ApiFailure = Failure<
  | 'unreachable'
  | 'not-signed-in'
  | 'wrong-credentials'
  | 'foreign-agency'
  | 'foreign-device'
  | 'not-found'
  | 'period-too-long'
  | 'revoked-already'
  | 'locked'
  | 'refused'
>;
const known = ['not-signed-in', 'wrong-credentials', 'foreign-agency', 'foreign-device', 'not-found', 'period-too-long', 'revoked-already'] as const;

export type ProvinceApi = {
  session(): Promise<Result<{ name: string }, ApiFailure>>;
  signIn(name: string, password: string): Promise<Result<{ name: string }, ApiFailure>>;
  signOut(): Promise<Result<null, ApiFailure>>;
  /** `date` of the charts, YYYY-MM-DD; today without one. */
  overview(date: string | undefined): Promise<Result<Overview, ApiFailure>>;
  newCode(code: NewCode): Promise<Result<GivenCode, ApiFailure>>;
  /** `destroy` orders its keys to be destroyed as well. */
  revoke(deviceId: string, destroy: DestroyMoment | undefined): Promise<Result<null, ApiFailure>>;
  /** `again` compares every statement of the period anew first. */
  reconciliation(period: AskedPeriod, again: boolean): Promise<Result<ReconciliationAnswer, ApiFailure>>;
  monitoring(period: AskedPeriod): Promise<Result<MonitoringAnswer, ApiFailure>>;
  /** Address of the same figures as a file. */
  monitoringFile(shown: MonitoringAnswer): string;
  ratings(period: AskedPeriod): Promise<Result<RatingsAnswer, ApiFailure>>;
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
      ...bodyOf(body),
    });
    return answer.ok ? ok(schema.parse(await answer.json())) : await refusalOf(answer);
  } catch {
    return fail('unreachable');
  }
}

async function tell(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<Result<null, ApiFailure>> {
  try {
    const answer = await fetch(path, { method, credentials: 'same-origin', ...bodyOf(body) });
    return answer.ok ? ok(null) : await refusalOf(answer);
  } catch {
    return fail('unreachable');
  }
}

const bodyOf = (body: unknown): RequestInit => (body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

const asked = (path: string, query: Record<string, string>): string => `${path}?${new URLSearchParams(query).toString()}`;

export const provinceApi: ProvinceApi = {
  session: () => ask('GET', paths.session, sessionSchema),
  signIn: (name, password) => ask('POST', paths.session, sessionSchema, { name, password }),
  signOut: () => tell('DELETE', paths.session),
  overview: (date) => ask('GET', date === undefined ? paths.overview : `${paths.overview}?date=${date}`, overviewSchema),
  newCode: (code) => ask('POST', paths.enrolmentCodes, givenCodeSchema, code),
  revoke: (deviceId, destroy) => tell('POST', pathOf(paths.revocation, { deviceId }), { destroy }),
  reconciliation: (period, again) =>
    again ? ask('POST', paths.reconciliation, reconciliationAnswerSchema, period) : ask('GET', asked(paths.reconciliation, period), reconciliationAnswerSchema),
  monitoring: (period) => ask('GET', asked(paths.monitoring, period), monitoringAnswerSchema),
  monitoringFile: ({ from, to, asOfMs }) => asked(paths.monitoringCsv, { from, to, asOfMs: String(asOfMs) }),
  ratings: (period) => ask('GET', asked(paths.ratings, period), ratingsAnswerSchema),
  alarmSeen: (alarmId) => tell('POST', pathOf(paths.alarmSeen, { alarmId: String(alarmId) })),
};
