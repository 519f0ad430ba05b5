/** Everything hostile or broken that may reach the real server: each gets a clear status, and the database and the folder of scans stay as they were. */
import { createHmac, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { importJWK, SignJWT } from 'jose';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { provinceState } from '../../../server/db/province-store.ts';
import type { Dossier, DossierId } from '../../../shared/dossiers/dossier.ts';
import { MAX_SCAN_BYTES } from '../../../shared/scanning/scan.ts';
import { supervisorPaths } from '../../../shared/supervisor/contract.ts';
import { MAX_BATCH, pathOf, paths, PROTOCOL_HEADER, PROTOCOL_VERSION, type WireEntry } from '../../../shared/sync/protocol.ts';
import { accepted, aTicket } from '../../fixtures/dossiers.ts';
import { pdfPage } from '../../fixtures/scans.ts';
import { sendScan } from '../../fixtures/send-scan.ts';
import { sha256, statuses, type TestDevice } from '../../fixtures/test-device.ts';
import { OFFICE, provinceForAll } from '../../fixtures/test-province.ts';

const ELSEWHERE = { officeId: 'yen-minh', agencyCode: 'H36.40' };
/** In everything that is sent, and in no answer. */
const CANARY = 'NguyenThiBiMat';

const province = provinceForAll();
let device: TestDevice;
/** Of the same office. */
let colleague: TestDevice;
/** Of another. */
let neighbour: TestDevice;
let bearer: Record<string, string>;

beforeAll(async () => {
  device = await province.newDevice();
  colleague = await province.newDevice();
  neighbour = await province.newDevice(ELSEWHERE);
  bearer = await device.authorisation();
  device.append({ type: 'numbers.leased', lease: device.enrolment?.lease });
  device.append(accepted());
  device.append({ type: 'ticket.issued', ticket: aTicket({ ticketId: randomUUID() }) });
  neighbour.append(accepted({ ...ELSEWHERE, code: `H36.40-${randomUUID()}` }));
  for (const one of [device, neighbour]) expect(statuses(await one.push())).not.toContain('rejected');
  await sendScan(province.url, neighbour, pdfPage('giấy của đơn vị khác'));
});

/** Rows of every table, digested; alarms apart, for raising one is the right answer to some of this. */
async function held(except: readonly string[] = []): Promise<Record<string, string>> {
  const { rows: tables } = await sql<{ name: string }>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
      and relname not like 'kysely%' order by 1`.execute(province.db);
  const wanted = tables.map(({ name }) => name).filter((name) => name !== 'alarms' && !except.includes(name));
  const parts = wanted.map(
    (name) =>
      sql`select ${sql.lit(name)} as name, count(*) || ' ' || md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as rows from ${sql.table(name)} t`,
  );
  const { rows } = await sql<{ name: string; rows: string }>`${sql.join(parts, sql` union all `)}`.execute(province.db);
  const files = await readdir(province.scansDir, { recursive: true });
  return { ...Object.fromEntries(rows.map((row) => [row.name, row.rows])), files: files.sort().join(' ') };
}

type Asked = { method?: string; path: string; headers?: Record<string, string>; body?: Buffer | string };
type Told = { status: number; type: string; text: string };

/** Paths and headers as they are given: `fetch` would tidy them. */
function ask({ method = 'POST', path, headers = {}, body }: Asked): Promise<Told> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: province.port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    // Refused while it was still sending: the answer has come all the same, or the test runs into its time limit.
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error);
    });
    request.end(body);
  });
}

async function isRefused(asked: Asked, status: number, kind: string): Promise<void> {
  const before = await held();
  const told = await ask(asked);
  expect({ status: told.status, type: told.type.split(';')[0] }, told.text).toEqual({ status, type: 'application/problem+json' });
  expect(JSON.parse(told.text)).toEqual({ kind, message: expect.any(String) as string });
  expect(told.text).not.toContain(CANARY);
  expect(await held()).toEqual(before);
}

const json = { 'content-type': 'application/json' };
const asDevice = (path: string, body: Buffer | string, headers: Record<string, string> = {}): Asked => ({
  path,
  body,
  headers: { ...json, ...bearer, ...headers },
});
const statusAs = (authorization: string): Asked => ({ path: paths.status, headers: { ...json, authorization }, body: '{"dossierIds":[],"scans":[]}' });
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('tokens', () => {
  const nowS = (): number => Math.floor(Date.now() / 1000);
  const claims = (): Record<string, unknown> => ({ iss: 'qmc-province', aud: 'qmc-device', sub: device.deviceId, iat: nowS(), exp: nowS() + 600 });
  const asToken = (change: Record<string, unknown>) => device.assertion({ claims: { ...claims(), ...change } });
  const hmac = (text: string, key: string): string => `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  /** By the province's own key, as nobody else could. */
  const bySigningKey = async (change: Record<string, unknown>): Promise<string> => {
    const { signingKey } = await provinceState(province.db);
    return new SignJWT({ ...claims(), ...change }).setProtectedHeader({ alg: 'ES256' }).sign(await importJWK({ ...signingKey }, 'ES256'));
  };

  it.each<[string, () => string | Promise<string>, string]>([
    ['no scheme', () => 'x', 'not-authorised'],
    ['another scheme', () => 'Basic bGFuOmxhbg==', 'not-authorised'],
    ['no JWT', () => 'Bearer not.a.token', 'token-refused'],
    ['alg none', () => `Bearer ${encoded({ alg: 'none' })}.${encoded(claims())}.`, 'token-refused'],
    [
      'HMAC with the public key',
      () => `Bearer ${hmac(`${encoded({ alg: 'HS256' })}.${encoded(claims())}`, JSON.stringify(device.enrolment?.serverKey))}`,
      'token-refused',
    ],
    ['the device’s own key', () => `Bearer ${asToken({})}`, 'token-refused'],
    [
      'a stranger’s key',
      () => `Bearer ${device.assertion({ claims: claims(), key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey })}`,
      'token-refused',
    ],
    ['a key named in its own header', () => `Bearer ${device.assertion({ claims: claims(), header: { jwk: device.publicKey } })}`, 'token-refused'],
    ['another audience', async () => `Bearer ${await bySigningKey({ aud: 'qmc-province' })}`, 'token-refused'],
    ['another issuer', async () => `Bearer ${await bySigningKey({ iss: device.deviceId })}`, 'token-refused'],
    ['expired', async () => `Bearer ${await bySigningKey({ exp: nowS() - 1 })}`, 'token-expired'],
    ['without an end', async () => `Bearer ${await bySigningKey({ exp: undefined })}`, 'token-refused'],
    ['of nobody', async () => `Bearer ${await bySigningKey({ sub: randomUUID() })}`, 'device-unknown'],
    ['an assertion in its place', () => `Bearer ${device.assertion()}`, 'token-refused'],
    ['a changed claim', () => (bearer['authorization'] ?? '').replace(/\.[^.]+\./u, `.${encoded({ ...claims(), sub: neighbour.deviceId })}.`), 'token-refused'],
  ])('%s', async (_name, authorization, kind) => isRefused(statusAs(await authorization()), 401, kind));

  const tokenFor = (assertion: string): Asked => ({ path: paths.token, headers: json, body: JSON.stringify({ assertion }) });
  it.each<[string, () => string | Promise<string>, string]>([
    ['alg none', () => `${encoded({ alg: 'none' })}.${device.assertion().split('.')[1]}.`, 'assertion-refused'],
    ['another device’s key', () => neighbour.assertion({ claims: { iss: device.deviceId } }), 'assertion-refused'],
    ['another audience', () => device.assertion({ claims: { aud: 'qmc-device' } }), 'assertion-refused'],
    ['expired', () => device.assertion({ claims: { exp: nowS() - 120 } }), 'assertion-expired'],
    ['far too long', () => device.assertion({ claims: { exp: nowS() + 86_400 } }), 'assertion-too-long'],
    ['without an id', () => device.assertion({ claims: { jti: undefined } }), 'assertion-refused'],
    ['with NUL in its id', () => device.assertion({ claims: { jti: 'abcdefgh\0' } }), 'assertion-refused'],
    ['of nobody', () => device.assertion({ claims: { iss: "x' or '1'='1" } }), 'device-unknown'],
    ['a token in its place', async () => bySigningKey({}), 'device-unknown'],
  ])('an assertion: %s', async (_name, assertion, kind) => isRefused(tokenFor(await assertion()), 401, kind));

  it('an assertion used a second time', async () => {
    const assertion = device.assertion();
    expect((await ask(tokenFor(assertion))).status).toBe(200);
    await isRefused(tokenFor(assertion), 401, 'assertion-replayed');
  });
});

describe('paths', () => {
  const get = (path: string): Asked => ({ method: 'GET', path, headers: bearer });
  const office = (officeId: string): string => `/v1/offices/${officeId}/dossiers`;
  it.each<[string, number, string]>([
    ['/v1/offices/../../etc/passwd', 404, 'not-found'],
    ['/%2e%2e/%2e%2e/etc/passwd', 404, 'not-found'],
    ['/__proto__', 404, 'not-found'],
    [office('..%2f..%2fetc'), 403, 'foreign-office'],
    [office('__proto__'), 403, 'foreign-office'],
    [office('constructor'), 403, 'foreign-office'],
    [office('%00'), 403, 'foreign-office'],
    [office(`${OFFICE.officeId}%00`), 403, 'foreign-office'],
    [office(`${OFFICE.officeId}'%20or%20'1'='1`), 403, 'foreign-office'],
    [office(ELSEWHERE.officeId), 403, 'foreign-office'],
    [office('%zz'), 400, 'malformed'],
    [office('%ff%fe'), 400, 'malformed'],
    [office('x'.repeat(5_000)), 414, 'too-large'],
    [`${office(OFFICE.officeId)}/..%2f..%2f${CANARY}`, 400, 'invalid'],
    [`${office(OFFICE.officeId)}/%00`, 400, 'invalid'],
    [`/v1/offices/${OFFICE.officeId}/scans/..%2f..%2f..%2fetc%2fpasswd`, 400, 'invalid'],
    [`${office(OFFICE.officeId)}?limit=-1`, 400, 'invalid'],
    [`${office(OFFICE.officeId)}?limit=1000000`, 400, 'invalid'],
    [`${office(OFFICE.officeId)}?after=%00`, 400, 'invalid'],
    [`${office(OFFICE.officeId)}?after=${encoded("a1' or 1=1")}`, 400, 'invalid'],
    [`${office(OFFICE.officeId)}?after=a&after=b`, 400, 'invalid'],
    ['/giam-sat/assets/..%2f..%2fserver%2fmain.cjs', 404, 'not-found'],
  ])('%s', (path, status, kind) => isRefused(get(path), status, kind));

  it('a scan another office has sent, a dossier another office holds', async () => {
    const [dossier] = await province.db.selectFrom('dossiers').select('dossier_id').where('office_id', '=', ELSEWHERE.officeId).execute();
    const dossierId = dossier?.dossier_id as string;
    const scan = sha256(pdfPage('giấy của đơn vị khác'));
    await isRefused(get(pathOf(paths.officeDossier, { officeId: ELSEWHERE.officeId, dossierId })), 403, 'foreign-office');
    await isRefused(get(pathOf(paths.officeDossier, { officeId: OFFICE.officeId, dossierId })), 404, 'not-found');
    await isRefused(get(pathOf(paths.officeScan, { officeId: OFFICE.officeId, sha256: scan })), 404, 'not-found');
    expect((await device.status([dossierId], [scan])).dossiers).toEqual([]);
    expect((await device.status([dossierId], [scan])).verifiedScans).toEqual([]);
  });

  it('a change another page asks for', () =>
    isRefused({ path: pathOf(supervisorPaths.revocation, { deviceId: device.deviceId }), headers: json, body: '{}' }, 403, 'foreign-page'));
});

const frame = (entries: unknown): string => JSON.stringify({ journalId: device.journalId, entries });
/** What could come next, and never does. */
const fresh = (): WireEntry => {
  const entry = device.append(accepted());
  device.entries.pop();
  return entry;
};

describe('bodies', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  const deepObject = '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000);
  const gzip = { 'content-encoding': 'gzip' };
  const whole = (): Buffer => gzipSync(frame([fresh()]));
  const invalidUtf8 = (): Buffer => {
    const bytes = Buffer.from(frame([fresh()]));
    bytes[bytes.indexOf('Nguy')] = 0xc3;
    return bytes;
  };
  it.each<[string, () => Asked, number, string]>([
    ['100,000 deep', () => asDevice(paths.journal, deep), 400, 'too-deep'],
    [
      '100,000 objects deep, in an entry',
      () => asDevice(paths.journal, frame([{ ...fresh(), operation: 0 }]).replace('"operation":0', `"operation":${deepObject}`)),
      400,
      'too-deep',
    ],
    ['100,000 deep, gzipped', () => asDevice(paths.journal, gzipSync(deep), gzip), 400, 'too-deep'],
    ['over the limit', () => asDevice(paths.journal, Buffer.alloc(33 * 2 ** 20, 32)), 413, 'too-large'],
    ['over the limit of a small route', () => asDevice(paths.hello, Buffer.alloc(300 * 1024, 32)), 413, 'too-large'],
    ['a gzip bomb', () => asDevice(paths.journal, gzipSync(Buffer.alloc(256 * 2 ** 20)), gzip), 413, 'too-large'],
    ['a gzip bomb for a small route', () => asDevice(paths.deviceReport, gzipSync(Buffer.alloc(2 ** 20)), gzip), 413, 'too-large'],
    ['a brotli bomb', () => asDevice(paths.journal, brotliCompressSync(Buffer.alloc(256 * 2 ** 20)), { 'content-encoding': 'br' }), 413, 'too-large'],
    ['plain called brotli', () => asDevice(paths.journal, frame([fresh()]), { 'content-encoding': 'br' }), 400, 'malformed'],
    ['an encoding nobody reads', () => asDevice(paths.journal, frame([fresh()]), { 'content-encoding': 'zstd' }), 415, 'wrong-encoding'],
    ['truncated gzip', () => asDevice(paths.journal, whole().subarray(0, -20), gzip), 400, 'malformed'],
    ['gzip with a flipped bit', () => asDevice(paths.journal, whole().map((byte, at) => (at === 60 ? byte ^ 4 : byte)) as Buffer, gzip), 400, 'malformed'],
    ['plain called gzip', () => asDevice(paths.journal, frame([fresh()]), gzip), 400, 'malformed'],
    ['gzip called plain', () => asDevice(paths.journal, whole()), 400, 'malformed'],
    ['invalid UTF-8', () => asDevice(paths.journal, invalidUtf8()), 400, 'malformed'],
    ['invalid UTF-8, gzipped', () => asDevice(paths.journal, gzipSync(invalidUtf8()), gzip), 400, 'malformed'],
    [
      'UTF-16',
      () => asDevice(paths.journal, Buffer.from(frame([fresh()]), 'utf16le'), { 'content-type': 'application/json; charset=utf-16' }),
      400,
      'malformed',
    ],
    ...['text/plain', 'text/xml', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'application/octet-stream'].map(
      (type): [string, () => Asked, number, string] => [
        `called ${type}`,
        () => asDevice(paths.journal, frame([fresh()]), { 'content-type': type }),
        415,
        'wrong-media-type',
      ],
    ),
    ['called nothing', () => ({ path: paths.journal, headers: bearer, body: frame([fresh()]) }), 415, 'wrong-media-type'],
    ['half a JSON', () => asDevice(paths.journal, frame([fresh()]).slice(0, -5)), 400, 'malformed'],
    ['two JSONs', () => asDevice(paths.journal, `${frame([fresh()])}${frame([fresh()])}`), 400, 'malformed'],
    ['null', () => asDevice(paths.journal, 'null'), 400, 'invalid'],
    ['a list', () => asDevice(paths.journal, '[]'), 400, 'invalid'],
    ['a number that is none', () => asDevice(paths.journal, '{"journalId":NaN}'), 400, 'malformed'],
    ['a frame behind __proto__', () => asDevice(paths.journal, `{"__proto__":${frame([fresh()])}}`), 400, 'invalid'],
    ['a frame behind constructor', () => asDevice(paths.journal, `{"constructor":{"prototype":${frame([fresh()])}}}`), 400, 'invalid'],
    ['a path for a journal', () => asDevice(paths.journal, JSON.stringify({ journalId: '../../journal', entries: [fresh()] })), 400, 'invalid'],
    ['no entries', () => asDevice(paths.journal, frame([])), 400, 'invalid'],
    ['too many entries', () => asDevice(paths.journal, frame(Array.from({ length: MAX_BATCH + 1 }, fresh))), 400, 'invalid'],
    ...[
      { seq: '4' },
      { seq: -1 },
      { seq: 0 },
      { seq: 1.5 },
      { seq: 1e300 },
      { seq: 2 ** 53 },
      { operationId: '../x' },
      { operationId: 'x\0' },
      { hash: 'f'.repeat(63) },
      { operatorId: CANARY.repeat(20) },
    ].map((wrong): [string, () => Asked, number, string] => [
      `an entry with ${JSON.stringify(wrong).slice(0, 40)}`,
      () => asDevice(paths.journal, frame([{ ...fresh(), ...wrong }])),
      400,
      'invalid',
    ]),
    [
      'another device’s journal',
      () => asDevice(paths.journal, JSON.stringify({ journalId: neighbour.journalId, entries: neighbour.entries })),
      409,
      'foreign-journal',
    ],
    ['a report beyond its bounds', () => asDevice(paths.deviceReport, JSON.stringify({ appVersion: 'x'.repeat(41), atMs: -1 })), 400, 'invalid'],
    [
      'a code nobody gave',
      () => ({ path: paths.enrol, headers: json, body: JSON.stringify({ ...device.enrolRequest("' or ''='"), journalId: randomUUID() }) }),
      403,
      'code-unknown',
    ],
    [
      'a statement signed by another',
      () => asDevice(paths.statements, JSON.stringify({ text: '{"version":1}', signature: neighbour.sign('qmc-statement\n{"version":1}') })),
      403,
      'wrong-signature',
    ],
    [
      'a statement of nothing',
      () => asDevice(paths.statements, JSON.stringify({ text: '{"__proto__":{}}', signature: device.sign('qmc-statement\n{"__proto__":{}}') })),
      422,
      'invalid',
    ],
  ])('%s', (_name, asked, status, kind) => isRefused(asked(), status, kind));
});

describe('what is not HTTP as we read it', () => {
  const raw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(province.port, '127.0.0.1', () => socket.write(text));
      let told = '';
      socket.on('data', (chunk) => (told += chunk.toString('latin1')));
      socket.on('close', () => resolve(told));
      socket.on('error', reject);
    });
  it.each<[string, () => string, number, string]>([
    ['a head of 64 KB', () => `GET /healthz HTTP/1.1\r\nhost: x\r\nx-big: ${CANARY.repeat(5_000)}\r\n\r\n`, 431, 'too-large'],
    ['another protocol', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'malformed'],
    ['no host', () => `GET /healthz HTTP/1.1\r\n\r\n`, 400, 'malformed'],
    ['two lengths', () => `POST /v1/hello HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello`, 400, 'malformed'],
    ['a length and chunks', () => `POST /v1/hello HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 'malformed'],
    ['a line break in a header', () => `GET /healthz HTTP/1.1\r\nhost: x\r\nx: a\0b\r\n\r\n`, 400, 'malformed'],
  ])('%s', async (_name, text, status, kind) => {
    const before = await held();
    const told = await raw(text());
    expect(told.split('\r\n')[0]).toContain(` ${status} `);
    if (_name !== 'no host') {
      expect(told.toLowerCase()).toContain('content-type: application/problem+json');
      expect(JSON.parse(told.slice(told.indexOf('\r\n\r\n') + 4))).toMatchObject({ kind });
    }
    expect(told).not.toContain(CANARY);
    expect(await held()).toEqual(before);
  });
});

describe('scans', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const scan = Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(3_000)]);
  const tus = { 'tus-resumable': '1.0.0' };
  const creation = (change: Record<string, string> = {}, digest = sha256(scan), mediaType = 'application/pdf'): Asked => ({
    path: paths.scans,
    headers: {
      ...bearer,
      ...tus,
      'upload-length': String(scan.byteLength),
      'upload-metadata': `sha256 ${base64(digest)},mediaType ${base64(mediaType)}`,
      ...change,
    },
  });
  it.each<[string, () => Asked, number, string]>([
    ['too large', () => creation({ 'upload-length': String(MAX_SCAN_BYTES + 1) }), 413, 'too-large'],
    ['empty', () => creation({ 'upload-length': '0' }), 400, 'invalid'],
    ['of a negative length', () => creation({ 'upload-length': '-1' }), 400, 'malformed'],
    ['without tus', () => creation({ 'tus-resumable': '' }), 412, 'refused'],
    ['with a path for a digest', () => creation({}, '../../../etc/passwd'), 400, 'invalid'],
    ['with NUL in its type', () => creation({}, sha256(scan), 'application/pdf\0'), 415, 'wrong-media-type'],
    ['a program', () => creation({}, sha256(scan), 'application/x-msdownload'), 415, 'wrong-media-type'],
    ...['..%2f..%2fetc%2fpasswd', '%00', '__proto__', 'a'.repeat(32)].map((name): [string, () => Asked, number, string] => [
      `an upload named ${name}`,
      () => ({
        method: 'PATCH',
        path: `${paths.scans}/${name}`,
        headers: { ...bearer, ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
        body: 'x',
      }),
      404,
      'not-found',
    ]),
  ])('%s', (_name, asked, status, kind) => isRefused(asked(), status, kind));

  it('with another digest, at another place, of another office: nothing of it stays', async () => {
    const before = await held();
    const created = await new Promise<string>((resolve, reject) => {
      const { path, headers } = creation();
      httpRequest({ host: '127.0.0.1', port: province.port, method: 'POST', path, headers, agent: false }, (answer) => resolve(answer.headers.location ?? ''))
        .on('error', reject)
        .end();
    });
    const part = (offset: number, authorisation: Record<string, string>, type = 'application/offset+octet-stream'): Asked => ({
      method: 'PATCH',
      path: created,
      headers: { ...authorisation, ...tus, 'upload-offset': String(offset), 'content-type': type },
      body: Buffer.alloc(scan.byteLength, 1),
    });
    await isRefused(part(0, await neighbour.authorisation()), 404, 'not-found');
    await isRefused(part(17, bearer), 409, 'refused');
    await isRefused(part(0, bearer, 'application/json'), 400, 'malformed');
    const told = await ask(part(0, bearer));
    expect({ status: told.status, body: JSON.parse(told.text) as unknown }).toMatchObject({ status: 460, body: { kind: 'wrong-digest' } });
    expect(await held()).toEqual(before);
  });
});

/** What an entry leaves behind when it is rejected: itself, so that it can be looked at, and nothing else. */
const OWN_TRACES = ['journal_entries', 'journal_contents', 'operations', 'devices'];

describe('an entry that must have no effect', () => {
  it.each<[string, () => unknown, string]>([
    ['NUL', () => accepted({ note: 'a\0b' }), 'forbidden-character'],
    ['__proto__', () => accepted({ formData: JSON.parse('{"__proto__":{"isAdmin":true}}') as Dossier['formData'] }), 'forbidden-key'],
    ['300 levels', () => accepted({ formData: { deep: JSON.parse('['.repeat(300) + ']'.repeat(300)) as never } }), 'too-deep'],
    ['another office’s dossier', () => accepted({ officeId: ELSEWHERE.officeId }), 'foreign-office'],
    [
      'the id of another office’s dossier',
      () => accepted({ dossierId: (neighbour.entries[0]?.operation as { dossier: Dossier }).dossier.dossierId }),
      'dossier-exists',
    ],
    ['the code of another office’s dossier', () => accepted({ code: (neighbour.entries[0]?.operation as { dossier: Dossier }).dossier.code }), 'code-taken'],
    ['another device’s numbers', () => ({ type: 'numbers.leased', lease: colleague.enrolment?.lease }), 'lease-taken'],
    ['another device’s enrolment', () => ({ type: 'device.enrolled', deviceId: neighbour.deviceId, instance: 1, officeId: OFFICE.officeId }), 'foreign-device'],
    ['a path for a dossier', () => accepted({ dossierId: '../../x' as DossierId }), 'invalid'],
    [
      'SQL for a date',
      () => ({ type: 'ticket.issued', ticket: { ...aTicket({ ticketId: randomUUID() }), date: "2026-11-22'; drop table dossiers --" } }),
      'invalid',
    ],
  ])('%s', async (_name, operation, reason) => {
    const before = await held(OWN_TRACES);
    const entry = device.append(operation());
    expect((await device.push([entry])).body.results).toMatchObject([{ status: 'rejected', reason }]);
    expect(await held(OWN_TRACES)).toEqual(before);
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });

  it('an operation sent again with another body', async () => {
    const entry = device.append(accepted());
    await device.push([entry]);
    const before = await held(OWN_TRACES);
    const other = device.append(accepted(), { operationId: entry.operationId as ReturnType<typeof randomUUID> });
    expect((await device.push([other])).body.results).toMatchObject([{ status: 'rejected', reason: 'operation-conflict' }]);
    expect(await held(OWN_TRACES)).toEqual(before);
  });
});

describe('what only looks wrong', () => {
  it('fields nobody here knows are kept as they came, constructor and all', async () => {
    const known = accepted({ formData: { constructor: { prototype: { isAdmin: true } }, prototype: 1 } });
    const operation = { ...known, later: { a: [1] }, dossier: { ...known.dossier, 'tương lai': CANARY } };
    const entry = device.append(operation);
    expect((await device.push([{ ...entry, alsoLater: 1 }])).body.results).toMatchObject([{ status: 'applied' }]);
    const stored = await province.db
      .selectFrom('journal_contents')
      .select('operation')
      .where('device_id', '=', device.deviceId)
      .where('seq', '=', entry.seq)
      .executeTakeFirstOrThrow();
    expect(stored.operation).toBe(JSON.stringify(operation));
    const row = await province.db.selectFrom('dossiers').select('body').where('operation_id', '=', entry.operationId).executeTakeFirstOrThrow();
    expect(row.body).toEqual(operation.dossier);
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });

  it('the two protocol versions before this one are spoken, a later one too; an older one is asked to be renewed', async () => {
    const oldest = Math.max(1, PROTOCOL_VERSION - 2);
    for (const version of [String(oldest), String(PROTOCOL_VERSION), String(PROTOCOL_VERSION + 1), 'not a number']) {
      const entry = device.append(accepted());
      expect((await device.push([entry], { [PROTOCOL_HEADER]: version })).body.results).toMatchObject([{ status: 'applied' }]);
    }
    const before = await held();
    const entry = device.append(accepted());
    expect((await device.push([entry], { [PROTOCOL_HEADER]: String(oldest - 1) })).body.results).toMatchObject([{ status: 'needs-newer-app' }]);
    expect(await held()).toEqual(before);
  });

  it('and the server is well', async () => {
    expect((await ask({ method: 'GET', path: paths.ready })).status).toBe(200);
    expect(province.logged()).not.toContain(CANARY);
  });
});
