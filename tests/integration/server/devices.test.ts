import { createPublicKey, generateKeyPairSync, randomUUID, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type EnrolAnswer, type HelloAnswer, helloAnswerSchema, paths } from '../../../shared/sync/protocol.ts';
import { postgresForAll } from '../../fixtures/postgres.ts';
import { enrolledDevice, send, TestDevice } from '../../fixtures/test-device.ts';
import { provinceForAll, startTestProvince } from '../../fixtures/test-province.ts';

const postgres = postgresForAll();
const province = provinceForAll(postgres);

const numbersOf = (answer: EnrolAnswer): number[] => Array.from({ length: answer.lease.to - answer.lease.from + 1 }, (_, index) => answer.lease.from + index);

describe('hello', () => {
  it('is signed with the key learnt at enrolment, over the nonce that was asked', async () => {
    const device = await province.newDevice();
    const nonce = randomUUID();
    const answer = await send<HelloAnswer>(province.url, paths.hello, { body: { nonce } });
    const hello = helloAnswerSchema.parse(answer.body);
    const key = createPublicKey({ key: device.enrolment?.serverKey as never, format: 'jwk' });
    const signature = Buffer.from(hello.signature, 'base64url');
    const holds = (text: string): boolean => verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, signature);
    expect(hello.nonce).toBe(nonce);
    expect(holds(`qmc-hello.${nonce}.${hello.timeMs}`)).toBe(true);
    expect(holds(`qmc-hello.${randomUUID()}.${hello.timeMs}`)).toBe(false);
  });
});

describe('enrolment', () => {
  it('refuses a code nobody gave', async () => {
    const answer = await new TestDevice(province.url).enrol('ABCDE-12345');
    expect(answer).toMatchObject({ status: 403, body: { kind: 'code-unknown' } });
  });

  it('takes a code once, however it is typed', async () => {
    const code = await province.newCode();
    expect((await new TestDevice(province.url).enrol(` ${code.toLowerCase().replace('-', ' ')} `)).status).toBe(200);
    expect(await new TestDevice(province.url).enrol(code)).toMatchObject({ status: 403, body: { kind: 'code-used' } });
  });

  it('repeats its answer to the same device, whose first answer was lost', async () => {
    const device = new TestDevice(province.url);
    const code = await province.newCode();
    const first = await device.enrol(code);
    expect((await device.enrol(code)).body).toEqual(first.body);
  });

  it('gives one of twenty devices that race for one code', async () => {
    const code = await province.newCode();
    const answers = await Promise.all(Array.from({ length: 20 }, () => new TestDevice(province.url).enrol(code)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 403)]);
  });

  it('refuses an expired code', async () => {
    const code = await province.newCode();
    province.advance(86_400_001);
    try {
      expect(await new TestDevice(province.url).enrol(code)).toMatchObject({ status: 403, body: { kind: 'code-expired' } });
    } finally {
      province.advance(-86_400_001);
    }
  });

  it('refuses a key that is no point of the curve', async () => {
    const device = new TestDevice(province.url);
    const body = { ...device.enrolRequest(await province.newCode()), publicKey: { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' } };
    expect(await send(province.url, paths.enrol, { body })).toMatchObject({ status: 400, body: { kind: 'invalid' } });
  });

  it('stores no code in the clear', async () => {
    const code = await province.newCode();
    const rows = await province.db.selectFrom('enrolment_codes').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(code.replace('-', ''));
    expect(JSON.stringify(rows)).not.toContain(code);
  });
});

describe('numbers', () => {
  it('never leases one number twice to twenty counters that enrol at once and ask again', async () => {
    const office = { officeId: 'cao-loc', agencyCode: 'H37.05' };
    const codes = await Promise.all(Array.from({ length: 20 }, () => province.newCode(office)));
    const devices = await Promise.all(codes.map((code) => enrolledDevice(province.url, code)));
    for (const device of devices) device.append({ type: 'numbers.leased', lease: device.enrolment?.lease });
    await Promise.all(devices.map((device) => device.push()));
    const more = await Promise.all(
      devices.map(async (device) => send<EnrolAnswer>(province.url, paths.numbers, { body: {}, headers: await device.authorisation() })),
    );
    const numbers = [...devices.map((device) => device.enrolment as EnrolAnswer), ...more.map((answer) => answer.body)].flatMap(numbersOf);
    expect(numbers).toHaveLength(4_000);
    expect(new Set(numbers).size).toBe(4_000);
    expect(new Set(devices.map((device) => device.enrolment?.instance)).size).toBe(20);
  });

  it('gives a lease again until the device has journalled it: its answer may have been lost', async () => {
    const device = await province.newDevice();
    const ask = async () => (await send<EnrolAnswer>(province.url, paths.numbers, { body: {}, headers: await device.authorisation() })).body.lease;
    expect(await ask()).toEqual(device.enrolment?.lease);
    device.append({ type: 'numbers.leased', lease: device.enrolment?.lease });
    await device.push();
    const second = await ask();
    expect(second.from).toBeGreaterThan(device.enrolment?.lease.to as number);
    expect(await ask()).toEqual(second);
  });

  it('says so when the agency has none left, and gives them anew after they have rested', async () => {
    const small = await startTestProvince(postgres, { lease: { size: 5_000, days: 30 } });
    try {
      const first = await small.newDevice();
      expect(first.enrolment?.lease).toMatchObject({ from: 1, to: 5_000 });
      expect(await new TestDevice(small.url).enrol(await small.newCode())).toMatchObject({ status: 409, body: { kind: 'numbers-exhausted' } });
      small.advance(36 * 86_400_000);
      expect(await new TestDevice(small.url).enrol(await small.newCode())).toMatchObject({ status: 409, body: { kind: 'numbers-exhausted' } });
      small.advance(2 * 86_400_000);
      expect((await small.newDevice()).enrolment?.lease.from).toBe(1);
    } finally {
      await small.stop();
    }
  });

  it('is kept apart by the database itself', async () => {
    const device = await province.newDevice();
    const lease = await province.db.selectFrom('number_leases').selectAll().where('device_id', '=', device.deviceId).executeTakeFirstOrThrow();
    await expect(
      province.db
        .insertInto('number_leases')
        .values({ ...lease, lease_id: randomUUID() })
        .execute(),
    ).rejects.toMatchObject({ code: '23P01' });
  });
});

describe('tokens', () => {
  it('opens the door', async () => {
    const device = await province.newDevice();
    expect((await device.status()).head.seq).toBe(0);
  });

  it('takes an assertion once', async () => {
    const device = await province.newDevice();
    const assertion = device.assertion();
    const answers = await Promise.all(Array.from({ length: 8 }, () => device.askToken(assertion)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 401, 401, 401, 401, 401, 401, 401]);
    expect(await device.askToken(assertion)).toMatchObject({ status: 401, body: { kind: 'assertion-replayed' } });
  });

  it('refuses what is forged, old, long-lived or meant for another', async () => {
    const device = await province.newDevice();
    const other = await province.newDevice();
    const nowS = Math.floor(Date.now() / 1000);
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${device.assertion().split('.')[1]}.`;
    const cases: Array<[string, string]> = [
      [device.assertion({ key: stranger }), 'assertion-refused'],
      [device.assertion({ claims: { iss: other.deviceId } }), 'assertion-refused'],
      [device.assertion({ claims: { iss: randomUUID() } }), 'device-unknown'],
      [device.assertion({ claims: { iss: "x' or 1=1" } }), 'device-unknown'],
      [device.assertion({ claims: { exp: nowS - 120 } }), 'assertion-expired'],
      [device.assertion({ claims: { exp: nowS + 3_600 } }), 'assertion-too-long'],
      [device.assertion({ claims: { aud: 'somebody' } }), 'assertion-refused'],
      [device.assertion({ claims: { jti: undefined } }), 'assertion-refused'],
      [unsigned, 'assertion-refused'],
      ['not a token', 'assertion-refused'],
    ];
    for (const [assertion, kind] of cases) expect(await device.askToken(assertion)).toMatchObject({ status: 401, body: { kind } });
  });

  it('refuses a caller without a token, with a forged one, and with one that has run out', async () => {
    const device = await province.newDevice();
    const call = (headers: Record<string, string>) => send(province.url, paths.status, { body: { dossierIds: [], scans: [] }, headers });
    expect(await call({})).toMatchObject({ status: 401, body: { kind: 'not-authorised' } });
    expect(
      await call({ authorization: `Bearer ${device.assertion({ claims: { aud: 'qmc-device', iss: 'qmc-province', sub: device.deviceId } })}` }),
    ).toMatchObject({
      status: 401,
      body: { kind: 'token-refused' },
    });
    const headers = await device.authorisation();
    expect((await call(headers)).status).toBe(200);
    province.advance(901_000);
    try {
      expect(await call(headers)).toMatchObject({ status: 401, body: { kind: 'token-expired' } });
    } finally {
      province.advance(-901_000);
    }
  });

  it('closes the door on a revoked device at once', async () => {
    const device = await province.newDevice();
    const headers = await device.authorisation();
    await province.db.updateTable('devices').set({ revoked_at: new Date() }).where('device_id', '=', device.deviceId).execute();
    expect(await send(province.url, paths.status, { body: { dossierIds: [], scans: [] }, headers })).toMatchObject({
      status: 403,
      body: { kind: 'device-revoked' },
    });
    expect(await device.askToken()).toMatchObject({ status: 403, body: { kind: 'device-revoked' } });
  });
});

describe('the face of the server', () => {
  it('answers its health and describes itself', async () => {
    expect((await send(province.url, paths.health, { method: 'GET' })).body).toEqual({ status: 'ok' });
    expect((await send(province.url, paths.ready, { method: 'GET' })).body).toEqual({ status: 'ok' });
    const document = (await send<{ openapi: string; paths: Record<string, unknown> }>(province.url, paths.openapi, { method: 'GET' })).body;
    expect(document.openapi).toMatch(/^3\.1/u);
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining([paths.hello, paths.enrol, paths.token, paths.journal, paths.status, paths.numbers]));
  });

  it('gives every refusal the form of a problem', async () => {
    for (const answer of [
      await send(province.url, '/nowhere', { method: 'GET' }),
      await send(province.url, paths.hello, { body: { nonce: 1 } }),
      await send(province.url, paths.hello, { text: '{"nonce":' }),
      await send(province.url, paths.hello, { text: 'x', headers: { 'content-type': 'text/csv' } }),
      await send(province.url, paths.hello, { body: { nonce: 'n'.repeat(300_000) } }),
    ]) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.body).toEqual({ kind: expect.any(String), message: expect.any(String) });
    }
  });

  it('limits those who try codes', async () => {
    const guarded = await startTestProvince(postgres, { limits: { all: 100_000, credentials: 5 } });
    try {
      const answers = [];
      for (let attempt = 0; attempt < 8; attempt += 1) answers.push(await new TestDevice(guarded.url).enrol(`GUESS-${attempt}0000`));
      expect(answers.map((answer) => answer.status)).toEqual([403, 403, 403, 403, 403, 429, 429, 429]);
      expect(answers.at(-1)?.body).toMatchObject({ kind: 'rate-limited' });
      expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await guarded.stop();
    }
  });
});
