/** What each simulated system does with a request it hears: checks it against the contract, keeps what it took, answers. */
import { createHmac, randomUUID } from 'node:crypto';
import { compactVerify, importJWK } from 'jose';
import type { z } from 'zod';
import { submissionSchema } from '../../../shared/upstreams/contracts/business-registry.ts';
import { registryRequestSchema } from '../../../shared/upstreams/contracts/civil-registry.ts';
import { igateDossierSchema } from '../../../shared/upstreams/contracts/igate.ts';
import { landFilingSchema } from '../../../shared/upstreams/contracts/land.ts';
import { signedText, verificationRequestSchema } from '../../../shared/upstreams/contracts/vneid.ts';
import type { UpstreamName } from '../../../shared/upstreams/upstream.ts';
import type { PublicJwk } from '../../db/database.ts';
import { sha256 as digestOf } from '../../digest.ts';

export type Heard = { method: string; path: string; query: URLSearchParams; headers: Record<string, string | undefined>; body: Buffer };
export type Said = { status: number; body?: unknown };

/** One thing a system did for good. A dossier with two of them was delivered twice. */
export type Effect = { dossierCode: string; reference: string };

export type Memory = {
  effects: Effect[];
  /** By the name the system knows it by, usually the dossier's id. */
  records: Map<string, Record<string, unknown>>;
  /** Codes of dossiers it will not have, with the field it blames. */
  refuses: Map<string, string>;
  /** Codes of dossiers it fails on, whatever else it does. */
  failsOn: Set<string>;
  /** How long a late result takes. */
  resultAfterMs: number;
};

export type World = { secret: string; /** The province's public key; undefined: signatures are read and not checked. */ provinceKey(): PublicJwk | undefined };
export type System = (heard: Heard, memory: Memory, world: World) => Promise<Said> | Said;

const wrong = (message: string): Said => ({ status: 400, body: { message } });
const unauthorised: Said = { status: 401 };

/** A body as agreed, or the refusal to read it. */
function read<S extends z.ZodType>({ body }: Heard, schema: S): { ok: true; value: z.infer<S> } | { ok: false; said: Said } {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return { ok: false, said: wrong('not JSON') };
  }
  const parsed = schema.safeParse(json);
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, said: wrong(parsed.error.issues.map(({ path }) => path.join('.')).join(', ')) };
}

const refusal = ({ refuses, failsOn }: Memory, dossierCode: string): Said | undefined => {
  if (failsOn.has(dossierCode)) return { status: 500, body: { message: 'out of order' } };
  const field = refuses.get(dossierCode);
  return field === undefined ? undefined : { status: 422, body: { reason: 'not-accepted', field } };
};

const number = (prefix: string, { effects }: Memory): string => `${prefix}-${String(effects.length + 1).padStart(6, '0')}`;

const igate: System = (heard, memory, { secret }) => {
  if (heard.headers['authorization'] !== `Bearer ${secret}`) return unauthorised;
  const key = heard.headers['idempotency-key'];
  if (heard.method !== 'POST' || heard.path !== '/api/v1/dossiers' || key === undefined) return wrong('no such address');
  const dossier = read(heard, igateDossierSchema);
  if (!dossier.ok) return dossier.said;
  const known = memory.records.get(key);
  if (known !== undefined) return { status: 200, body: known };
  const { dossierCode } = dossier.value;
  const refused = refusal(memory, dossierCode);
  if (refused !== undefined) return refused;
  const record = { code: number('IG', memory), state: 'received' };
  memory.records.set(key, record);
  memory.effects.push({ dossierCode, reference: record.code });
  return { status: 201, body: record };
};

/** Undefined when it was signed by another than the province, if that is known. */
async function signedContent(jws: Buffer, key: PublicJwk | undefined): Promise<Buffer | undefined> {
  if (key === undefined) return Buffer.from(jws.toString('latin1').split('.')[1] ?? '', 'base64url');
  const { kty, crv, x, y } = key;
  const signed = await compactVerify(jws, await importJWK({ kty, crv, x, y }, 'ES256')).catch(() => undefined);
  return signed === undefined ? undefined : Buffer.from(signed.payload);
}

const civilRegistry: System = async (heard, memory, { secret, provinceKey }) => {
  if (heard.headers['x-api-key'] !== secret) return unauthorised;
  if (heard.path !== '/registry/v2/entries') return wrong('no such address');
  if (heard.method === 'GET') {
    const entry = memory.records.get(heard.query.get('source') ?? '');
    return { status: 200, body: { entries: entry === undefined ? [] : [entry] } };
  }
  const payload = await signedContent(heard.body, provinceKey());
  if (payload === undefined) return unauthorised;
  const request = read({ ...heard, body: payload }, registryRequestSchema);
  if (!request.ok) return request.said;
  const { source, dossierCode } = request.value;
  if (memory.records.has(source)) return { status: 409, body: { reason: 'exists' } };
  const refused = refusal(memory, dossierCode);
  if (refused !== undefined) return refused;
  const entry = { entryNumber: number('HT', memory), source };
  memory.records.set(source, entry);
  memory.effects.push({ dossierCode, reference: entry.entryNumber });
  return { status: 201, body: entry };
};

type Filing = { filingNumber: string; state: 'open' | 'submitted'; missing: string[]; dossierCode: string };

const land: System = (heard, memory, { secret }) => {
  if (heard.headers['authorization'] !== `Basic ${Buffer.from(`province:${secret}`).toString('base64')}`) return unauthorised;
  const [, id, step, sha256] = /^\/cadastre\/filings\/([\w-]+)(?:\/(attachments|submit)(?:\/(\w+))?)?$/u.exec(heard.path) ?? [];
  if (id === undefined) return wrong('no such address');
  const known = memory.records.get(id) as Filing | undefined;
  const say = ({ filingNumber, state, missing }: Filing): Said => ({ status: 200, body: { filingNumber, state, missing } });
  if (step === undefined) {
    if (known !== undefined) return say(known);
    const filing = read(heard, landFilingSchema);
    if (!filing.ok) return filing.said;
    const { dossierCode, attachments } = filing.value;
    const refused = refusal(memory, dossierCode);
    if (refused !== undefined) return refused;
    const opened: Filing = {
      filingNumber: `DD-${String(memory.records.size + 1).padStart(6, '0')}`,
      state: 'open',
      missing: attachments.map((one) => one.sha256),
      dossierCode,
    };
    memory.records.set(id, opened);
    return say(opened);
  }
  if (known === undefined) return wrong('no such filing');
  if (step === 'attachments') {
    if (digestOf(heard.body) !== sha256) return { status: 409, body: { reason: 'digest' } };
    known.missing = known.missing.filter((one) => one !== sha256);
    return { status: 204 };
  }
  if (known.missing.length > 0) return { status: 409, body: { missing: known.missing } };
  if (known.state === 'open') {
    known.state = 'submitted';
    memory.effects.push({ dossierCode: known.dossierCode, reference: known.filingNumber });
  }
  return say(known);
};

const businessRegistry: System = (heard, memory, { secret }) => {
  if (heard.headers['x-client-secret'] !== secret) return unauthorised;
  const standing = (id: string): Record<string, unknown> | undefined => {
    const record = memory.records.get(id) as { dossierCode: string; resultAtMs: number; registrationNumber?: string } | undefined;
    if (record === undefined) return undefined;
    const { dossierCode, resultAtMs } = record;
    if (Date.now() < resultAtMs) return { submissionId: id, state: 'processing', checkAfterS: Math.max(0.05, Math.min(2, (resultAtMs - Date.now()) / 1000)) };
    const field = memory.refuses.get(dossierCode);
    if (field !== undefined) return { submissionId: id, state: 'rejected', reason: 'not-accepted', field };
    if (record.registrationNumber === undefined) {
      record.registrationNumber = number('HKD', memory);
      memory.effects.push({ dossierCode, reference: record.registrationNumber });
    }
    return { submissionId: id, state: 'registered', registrationNumber: record.registrationNumber };
  };
  const [, asked] = /^\/enterprise\/submissions\/([\w-]+)$/u.exec(heard.path) ?? [];
  if (heard.method === 'GET' && asked !== undefined) {
    const body = standing(asked);
    return body === undefined ? { status: 404 } : { status: 200, body };
  }
  if (heard.method !== 'POST' || heard.path !== '/enterprise/submissions') return wrong('no such address');
  const submission = read(heard, submissionSchema);
  if (!submission.ok) return submission.said;
  const { submissionId, dossierCode } = submission.value;
  const isNew = !memory.records.has(submissionId);
  if (isNew) memory.records.set(submissionId, { dossierCode, resultAtMs: Date.now() + memory.resultAfterMs });
  return { status: isNew ? 202 : 200, body: standing(submissionId) };
};

const MAX_CLOCK_DIFFERENCE_MS = 5 * 60_000;

const vneid: System = (heard, memory, { secret }) => {
  const timestamp = Number(heard.headers['x-timestamp']);
  const signature = createHmac('sha256', secret)
    .update(signedText(timestamp, heard.body.toString('utf8')))
    .digest('hex');
  if (heard.headers['x-signature'] !== signature || !(Math.abs(Date.now() - timestamp) < MAX_CLOCK_DIFFERENCE_MS)) return unauthorised;
  if (heard.method !== 'POST' || heard.path !== '/identity/v1/verifications') return wrong('no such address');
  const request = read(heard, verificationRequestSchema);
  if (!request.ok) return request.said;
  const { requestId, idNumber } = request.value;
  const known = memory.records.get(requestId);
  if (known !== undefined) return { status: 200, body: known };
  // It never learns the code of the dossier: people are refused by their number.
  const isRefused = memory.refuses.has(idNumber);
  const record = { verificationId: `VN-${randomUUID()}`, result: isRefused ? 'mismatch' : 'match', differing: isRefused ? ['fullName'] : [] };
  memory.records.set(requestId, record);
  memory.effects.push({ dossierCode: requestId, reference: record.verificationId });
  return { status: 200, body: record };
};

export const systems: Record<UpstreamName, System> = { igate, 'civil-registry': civilRegistry, land, 'business-registry': businessRegistry, vneid };
