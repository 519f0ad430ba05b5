/** What the province says of its specialised systems: asked for now and then while connected, never waited for. */
import type { Agent } from 'node:https';
import { fail, ok, type Result } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import { pathOf, paths } from '../../shared/sync/protocol.ts';
import { dossierUpstreamsAnswerSchema, upstreamsAnswerSchema, type DossierUpstreams, type UpstreamsState } from '../../shared/upstreams/upstream.ts';
import { requestBytes } from './http-json.ts';
import type { HttpProvince } from './http-province.ts';
import type { DeliveryMirror } from './delivery-mirror.ts';
import type { Identity } from './identity.ts';

const ASK_EVERY_MS = 30_000;
/** While somebody looks at a dossier that is on its way. */
const WATCHED_EVERY_MS = 5_000;
const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

export type UpstreamHealth = {
  state(): UpstreamsState;
  /** As the province says it now, or said it last while there is no line. */
  ofDossier(dossierId: string): Promise<Result<DossierUpstreams>>;
  /** The way to the province may have opened. */
  wake(): void;
  stop(): void;
};

type Options = {
  url: string;
  /** Who may answer at an https address; see province-trust.ts. */
  agent?: Agent;
  province: Pick<HttpProvince, 'authorise' | 'get'>;
  identity(): Identity | undefined;
  mirror: DeliveryMirror;
  isOnline(): boolean;
  clock: Clock;
  onChange(state: UpstreamsState): void;
};

export function createUpstreamHealth({ url, agent, province, identity, mirror, isOnline, clock, onChange }: Options): UpstreamHealth {
  let state: UpstreamsState = { upstreams: [], asOfMs: null };
  let etag: string | undefined;
  let askedAtMs = -Infinity;
  let isAsking = false;
  let watching: ReturnType<typeof setTimeout> | undefined;

  async function ask(): Promise<void> {
    const bearer = await province.authorise();
    if (!bearer.ok) return;
    const headers = { accept: 'application/json', authorization: `Bearer ${bearer.value}`, ...(etag === undefined ? {} : { 'if-none-match': etag }) };
    const answer = await requestBytes(new URL(paths.upstreams, url), { headers, timeoutMs: TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES, agent });
    if (answer.status === 304) state = { ...state, asOfMs: clock() };
    else if (answer.status === 200) {
      // Throws for a captive portal's page: then nothing is known anew.
      const { upstreams } = upstreamsAnswerSchema.parse(JSON.parse(answer.bytes.toString('utf8')));
      const told = answer.headers['etag'];
      etag = typeof told === 'string' ? told : undefined;
      state = { upstreams, asOfMs: clock() };
    } else return;
    onChange(state);
    await mirror.pull();
  }

  function wake(everyMs = ASK_EVERY_MS): void {
    if (isAsking || !isOnline() || Math.abs(clock() - askedAtMs) < everyMs) return;
    askedAtMs = clock();
    isAsking = true;
    ask()
      .catch(() => undefined)
      .finally(() => {
        isAsking = false;
      });
  }

  /** What is said anew makes the page that shows the dossier ask for it again, and one that shows it no longer does not. */
  function watch(deliveries: DossierUpstreams): void {
    clearTimeout(watching);
    if (!deliveries.some(({ state }) => state === 'queued' || state === 'awaiting-scans')) return;
    watching = setTimeout(() => wake(WATCHED_EVERY_MS), WATCHED_EVERY_MS);
    watching.unref();
  }

  const timer = setInterval(() => wake(), ASK_EVERY_MS);
  timer.unref();
  return {
    state: () => state,
    wake: () => wake(),
    stop() {
      clearInterval(timer);
      clearTimeout(watching);
    },
    async ofDossier(dossierId) {
      const officeId = identity()?.officeId;
      const isCurrent = isOnline() && (await mirror.pull());
      const held = mirror.of(dossierId);
      if (held !== undefined) {
        watch(held);
        return ok(held);
      }
      if (officeId === undefined || !isCurrent) return fail('province-unreachable');
      // Not on its way anywhere, or not changed for a very long time.
      const answer = await province.get(pathOf(paths.dossierUpstreams, { officeId, dossierId }), dossierUpstreamsAnswerSchema);
      if (answer.ok) return ok(answer.value.deliveries);
      return fail(answer.failure.kind === 'refused' ? 'dossier-unknown' : 'province-unreachable');
    },
  };
}
