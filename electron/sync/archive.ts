/** What has left this device, fetched again from the province: scans by their digest, dossiers by their id. */
import type { Agent } from 'node:https';
import { parseOrUndefined } from '../../shared/lib/json.ts';
import { dossierSchema, type Dossier } from '../../shared/dossiers/dossier.ts';
import type { RestoredPage } from '../../shared/ipc/contract.ts';
import { ok, type Result } from '../../shared/lib/result.ts';
import { sha256 as digestOf } from '../digest.ts';
import { MAX_SCAN_BYTES } from '../../shared/scanning/scan.ts';
import type { ProvinceFailure } from '../../shared/sync/engine.ts';
import { dossierAnswerSchema, dossierBodiesAnswerSchema, pathOf, paths } from '../../shared/sync/protocol.ts';
import { requestBytes } from './http-json.ts';
import { failureOf, type HttpProvince } from './http-province.ts';
import type { Identity } from './identity.ts';
import { NotTheProvince } from './province-trust.ts';

/** A scan of 50 MB over a line of 2 Mbit/s. */
const SCAN_TIMEOUT_MS = 5 * 60_000;

export type Archive = {
  /** The bytes are checked against their digest; others are never given. Refused with `not-found` when the office has sent no such scan. */
  scan(sha256: string): Promise<Result<Uint8Array<ArrayBuffer>, ProvinceFailure>>;
  dossier(dossierId: string): Promise<Result<Dossier, ProvinceFailure>>;
  /** A page of what the devices took in whose place this one took, the last to arrive first. */
  dossiers(after: string | null): Promise<Result<Omit<RestoredPage, 'expired'>, ProvinceFailure>>;
};

type Options = { url: string; agent?: Agent; province: Pick<HttpProvince, 'authorise' | 'get'>; identity(): Identity | undefined };

const refused = (reason: string): { ok: false; failure: ProvinceFailure } => ({ ok: false, failure: { kind: 'refused', reason } });
const notTheProvince: { ok: false; failure: ProvinceFailure } = { ok: false, failure: { kind: 'not-the-province' } };

export function createArchive({ url, agent, province, identity }: Options): Archive {
  const ofOffice = (path: string, parameters: Record<string, string> = {}): string | undefined => {
    const officeId = identity()?.officeId;
    return officeId === undefined ? undefined : pathOf(path, { officeId, ...parameters });
  };

  return {
    async scan(sha256) {
      const path = ofOffice(paths.officeScan, { sha256 });
      if (path === undefined) return refused('not-enrolled');
      const bearer = await province.authorise();
      if (!bearer.ok) return bearer;
      const limits = { headers: { authorization: `Bearer ${bearer.value}` }, timeoutMs: SCAN_TIMEOUT_MS, maxBytes: MAX_SCAN_BYTES, agent };
      const answer = await requestBytes(new URL(path, url), limits).catch((error: unknown) => (error instanceof NotTheProvince ? error : undefined));
      if (answer === undefined) return { ok: false, failure: { kind: 'unreachable' } };
      if (answer instanceof NotTheProvince) return notTheProvince;
      if (answer.status !== 200) return { ok: false, failure: failureOf({ ...answer, body: parseOrUndefined(answer.bytes.toString('utf8')) }) };
      // A captive portal answers 200 too; nothing but the right bytes has this digest.
      if (digestOf(answer.bytes) !== sha256) return notTheProvince;
      return ok(new Uint8Array(answer.bytes));
    },
    async dossier(dossierId) {
      const path = ofOffice(paths.officeDossier, { dossierId });
      if (path === undefined) return refused('not-enrolled');
      const answer = await province.get(path, dossierAnswerSchema);
      if (!answer.ok) return answer;
      const parsed = dossierSchema.safeParse(answer.value.dossier);
      return parsed.success && parsed.data.dossierId === dossierId ? ok(parsed.data) : refused('unreadable');
    },
    async dossiers(after) {
      const path = ofOffice(paths.dossierBodies);
      if (path === undefined) return refused('not-enrolled');
      const answer = await province.get(after === null ? path : `${path}?after=${encodeURIComponent(after)}`, dossierBodiesAnswerSchema);
      if (!answer.ok) return answer;
      const parsed = answer.value.dossiers.map(({ dossier }) => dossierSchema.safeParse(dossier));
      const dossiers = parsed.flatMap(({ data }) => (data === undefined ? [] : [data]));
      return ok({ dossiers, unreadable: parsed.length - dossiers.length, next: answer.value.next, total: answer.value.total });
    },
  };
}
