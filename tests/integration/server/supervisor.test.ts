import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ensureHealth } from '../../../server/upstreams/health-store.ts';
import { changeSupervisor } from '../../../server/supervisor/accounts.ts';
import { dateAt } from '../../../shared/lib/time.ts';
import { monitoringCsv } from '../../../shared/reconciliation/monitoring.ts';
import {
  type MonitoringAnswer,
  type Overview,
  overviewSchema,
  type RatingsAnswer,
  type ReconciliationAnswer,
  supervisorPaths,
} from '../../../shared/supervisor/contract.ts';
import type { DeviceReport } from '../../../shared/sync/device-report.ts';
import { pathOf, paths } from '../../../shared/sync/protocol.ts';
import { aDossier } from '../../fixtures/dossiers.ts';
import { type Answer, enrolledDevice, send, statuses, TestDevice } from '../../fixtures/test-device.ts';
import { provinceForAll } from '../../fixtures/test-province.ts';

const province = provinceForAll();

const own = (): Record<string, string> => ({ origin: province.url });
const signIn = (name: string, password: string, headers = own()) => send(province.url, supervisorPaths.session, { body: { name, password }, headers });

async function supervisor(): Promise<{ name: string; password: string; headers: Record<string, string> }> {
  const name = `lan-${randomUUID().slice(0, 8)}`;
  const password = (await changeSupervisor(province.db, 'add', name, Date.now())) as string;
  const answer = await signIn(name, password);
  expect(answer.status).toBe(200);
  return { name, password, headers: { ...own(), cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] as string } };
}

const overview = async (headers: Record<string, string>, query = ''): Promise<Overview> => {
  const answer = await send(province.url, `${supervisorPaths.overview}${query}`, { method: 'GET', headers });
  return overviewSchema.parse(answer.body);
};
const act = (path: string, headers: Record<string, string>, body: unknown = {}): Promise<Answer> => send(province.url, path, { body, headers });

const report: DeviceReport = {
  appVersion: '0.2.0',
  atMs: 0,
  freeBytes: 7e9,
  waitingEntries: 4,
  waitingScans: 9,
  needsFix: 1,
  numbers: { left: 55, daysLeft: 31, emergency: false },
  queueWaiting: 6,
  printers: [{ name: 'Quầy 1', status: 'paper-out', waiting: 2 }],
};

describe('who may come in', () => {
  it('answers nothing without a session, and names no account', async () => {
    for (const path of [supervisorPaths.overview, supervisorPaths.session]) {
      expect(await send(province.url, path, { method: 'GET' })).toMatchObject({ status: 401, body: { kind: 'not-signed-in' } });
    }
    const { name } = await supervisor();
    expect(await signIn(name, 'wrong')).toMatchObject({ status: 401, body: { kind: 'wrong-credentials' } });
    expect(await signIn('nobody-here', 'wrong')).toMatchObject({ status: 401, body: { kind: 'wrong-credentials' } });
    expect(await signIn("x'; drop table devices --", 'wrong')).toMatchObject({ status: 401, body: { kind: 'wrong-credentials' } });
  });

  it('gives a cookie that no script reads and no other site sends', async () => {
    const { name, password } = await supervisor();
    const cookie = (await signIn(name, password)).headers.get('set-cookie');
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/u);
    expect(cookie).toContain('; Path=/giam-sat;');
  });

  it('keeps neither password nor session where a copy of the database would open the page', async () => {
    const { name, password, headers } = await supervisor();
    const rows = JSON.stringify([
      await province.db.selectFrom('supervisors').selectAll().where('name', '=', name).execute(),
      await province.db.selectFrom('supervisor_sessions').selectAll().execute(),
    ]);
    expect(rows).toContain('$argon2id$');
    expect(rows).not.toContain(password);
    expect(rows).not.toContain((headers['cookie'] ?? '').split('=')[1]);
    expect(province.logged()).not.toContain(password);
  });

  it('takes no change from another site, session or not', async () => {
    const { headers, name, password } = await supervisor();
    const code = { officeId: 'xa-moi', agencyCode: 'H36.99', days: 1 };
    for (const origin of ['https://elsewhere.example', 'null', undefined]) {
      const { origin: _, ...cookie } = headers;
      const foreign = origin === undefined ? cookie : { ...cookie, origin };
      expect(await act(supervisorPaths.enrolmentCodes, foreign, code)).toMatchObject({ status: 403, body: { kind: 'foreign-page' } });
      expect((await signIn(name, password, origin === undefined ? {} : { origin })).status).toBe(403);
    }
    expect((await overview(headers)).offices.map(({ officeId }) => officeId)).not.toContain('xa-moi');
  });
});

describe('what a supervisor sees', () => {
  it('shows devices as they last reported, with how wrong their clock is', async () => {
    const { headers } = await supervisor();
    const device = await province.newDevice({ officeId: 'xa-bao-cao', agencyCode: 'H36.20' });
    const before = (await overview(headers)).devices.find(({ deviceId }) => deviceId === device.deviceId);
    expect(before).toMatchObject({ officeId: 'xa-bao-cao', appVersion: '0.1.0', report: null, quarantine: null });

    const { nowMs } = await overview(headers);
    const sent = await act(paths.deviceReport, await device.authorisation(), { ...report, atMs: nowMs - 3_600_000 });
    expect(sent).toMatchObject({ status: 200, body: { nextInS: 60 } });
    await act(paths.deviceReport, await device.authorisation(), { ...report, atMs: nowMs - 3_600_000, waitingEntries: 5, later: 'a field of a newer app' });
    const after = (await overview(headers)).devices.find(({ deviceId }) => deviceId === device.deviceId);
    const { appVersion, atMs: _, ...told } = report;
    expect(after).toMatchObject({ appVersion, report: { ...told, waitingEntries: 5 } });
    expect(after?.report?.clockAheadMs).toBeGreaterThan(-3_660_000);
    expect(after?.report?.clockAheadMs).toBeLessThanOrEqual(-3_600_000);
  });

  it('shows opinions by office and day, with their reasons, for days it may ask', async () => {
    const { headers } = await supervisor();
    const get = (query: string, given = headers) => send<RatingsAnswer>(province.url, `${supervisorPaths.ratings}?${query}`, { method: 'GET', headers: given });
    const [here, there] = [
      await province.newDevice({ officeId: 'xa-y-kien', agencyCode: 'H36.31' }),
      await province.newDevice({ officeId: 'xa-khac', agencyCode: 'H36.32' }),
    ];
    const rate = async (kiosk: TestDevice, time: string, score: number, ...reasons: string[]): Promise<void> => {
      const entry = kiosk.append({ type: 'service.rated', rating: { score, reasons } }, { atMs: Date.parse(`${time}+07:00`) });
      expect((await kiosk.push([entry])).body.results).toMatchObject([{ status: 'applied' }]);
    };
    await rate(here, '2026-11-19T23:59:59', 5, 'polite');
    await rate(here, '2026-11-20T00:00:00', 5, 'quick');
    await rate(here, '2026-11-20T16:00:00', 5, 'quick');
    await rate(here, '2026-11-20T16:00:01', 1, 'slow', 'came-again');
    await rate(there, '2026-11-20T08:00:00', 3);

    expect((await get('from=2026-11-19&to=2026-11-20')).body).toEqual({
      ...{ from: '2026-11-19', to: '2026-11-20' },
      days: [
        { date: '2026-11-20', officeId: 'xa-khac', byScore: [0, 0, 1, 0, 0] },
        { date: '2026-11-20', officeId: 'xa-y-kien', byScore: [1, 0, 0, 0, 2] },
        { date: '2026-11-19', officeId: 'xa-y-kien', byScore: [0, 0, 0, 0, 1] },
      ],
      reasons: [
        { reason: 'quick', count: 2 },
        { reason: 'polite', count: 1 },
        { reason: 'slow', count: 1 },
        { reason: 'came-again', count: 1 },
      ],
    });
    expect((await get('from=2026-11-18&to=2026-11-18')).body).toMatchObject({ days: [], reasons: [] });
    expect(await get('from=2026-01-01&to=2026-12-31')).toMatchObject({ status: 400, body: { kind: 'period-too-long' } });
    expect((await get('from=2026-11-20&to=2026-11-19')).status).toBe(400);
    expect(await get('from=2026-11-19&to=2026-11-20', {})).toMatchObject({ status: 401, body: { kind: 'not-signed-in' } });
  });

  it('takes a report of its own device only, within bounds', async () => {
    expect((await act(paths.deviceReport, {}, report)).status).toBe(401);
    const device = await province.newDevice();
    const refused = await act(paths.deviceReport, await device.authorisation(), { ...report, printers: Array.from({ length: 21 }, () => report.printers[0]) });
    expect(refused).toMatchObject({ status: 400, body: { kind: 'invalid' } });
  });

  it('counts the day by hour, channel and office, by the counters’ own time, and tells nothing of citizens', async () => {
    const { headers } = await supervisor();
    const device = await province.newDevice({ officeId: 'xa-dem', agencyCode: 'H36.21' });
    const at = (time: string) => Date.parse(`2026-11-20T${time}+07:00`);
    const moments: Array<[string, 'counter' | 'post' | 'online']> = [
      ['00:00:00', 'counter'],
      ['08:59:59.999', 'counter'],
      ['09:00:00', 'post'],
      ['23:59:59', 'online'],
    ];
    for (const [time, channel] of [...moments, ['24:00:00', 'counter'] as const]) {
      const acceptedAtMs = time === '24:00:00' ? at('23:59:59') + 1000 : at(time);
      const dossier = aDossier({ dossierId: randomUUID() as never, code: `H36.21-${randomUUID()}`, acceptedAtMs, channel });
      device.append({ type: 'dossier.accepted', dossier: { ...dossier, officeId: 'xa-dem', agencyCode: 'H36.21' }, number: { leaseId: 'x', order: 1 } });
    }
    const pushed = await device.push();
    expect(statuses(pushed)).toEqual(Array.from({ length: 5 }, () => 'applied'));
    const answer = await send(province.url, `${supervisorPaths.overview}?date=2026-11-20`, { method: 'GET', headers });
    const { accepted } = overviewSchema.parse(answer.body);
    expect(accepted.byHour.flatMap((count, hour) => (count === 0 ? [] : [[hour, count]]))).toEqual([
      [0, 1],
      [8, 1],
      [9, 1],
      [23, 1],
    ]);
    expect(accepted.byChannel).toEqual([
      { channel: 'counter', accepted: 2 },
      { channel: 'post', accepted: 1 },
      { channel: 'online', accepted: 1 },
    ]);
    expect(accepted.byOffice).toEqual([{ officeId: 'xa-dem', accepted: 4 }]);
    const { procedureCode, procedureName: name } = aDossier();
    expect(accepted.byProcedure).toEqual([{ procedureCode, name, accepted: 4 }]);
    const { applicant } = aDossier();
    expect(JSON.stringify(answer.body)).not.toContain(applicant.fullName);
    expect((await send(province.url, `${supervisorPaths.overview}?date=yesterday`, { method: 'GET', headers })).status).toBe(400);
  });

  it('keeps an alarm until someone has seen it, and counts what repeats', async () => {
    const { headers, name } = await supervisor();
    const device = await province.newDevice({ officeId: 'xa-bao-dong', agencyCode: 'H36.22' });
    const entry = device.append({ type: 'catalogue.installed', version: '1', procedures: 1 });
    for (let time = 0; time < 3; time += 1) await device.push([{ ...entry, hash: 'f'.repeat(64) }]);
    const alarmsOf = async () => (await overview(headers)).alarms.filter(({ deviceId }) => deviceId === device.deviceId);
    await expect.poll(async () => (await alarmsOf())[0]?.times).toBe(3);
    const alarms = await alarmsOf();
    expect(alarms).toHaveLength(1);
    const path = pathOf(supervisorPaths.alarmSeen, { alarmId: String(alarms[0]?.alarmId) });
    expect((await act(path, headers)).status).toBe(204);
    expect((await act(path, headers)).status).toBe(404);
    expect(await alarmsOf()).toEqual([]);
    expect((await overview(headers)).audit[0]).toMatchObject({ supervisor: name, action: 'alarm-seen' });
  });

  it('shows the connected systems with what waits for each', async () => {
    const { headers } = await supervisor();
    expect((await overview(headers)).upstreams).toEqual([]);
    await ensureHealth(province.db, 'land', Date.now());
    // Not connected and nothing waiting: nothing to see to.
    expect((await overview(headers)).upstreams).toEqual([]);
    const { dossier_id: dossierId } = await province.db.selectFrom('dossiers').select('dossier_id').limit(1).executeTakeFirstOrThrow();
    const delivery = { dossier_id: dossierId, upstream: 'land' as const, office_id: 'xa-dem', since_ms: 1 };
    await province.db
      .insertInto('upstream_deliveries')
      .values({ ...delivery, state: 'awaiting-scans' })
      .execute();
    expect((await overview(headers)).upstreams).toMatchObject([{ name: 'land', status: 'working', waiting: 1, stopped: 0 }]);
  });

  it('shows a copied device as in quarantine', async () => {
    const { headers } = await supervisor();
    const device = await province.newDevice({ officeId: 'xa-ban-sao', agencyCode: 'H36.23' });
    device.append({ type: 'catalogue.installed', version: '1', procedures: 1 });
    await device.push();
    device.entries.length = 0;
    await device.push([device.append({ type: 'catalogue.installed', version: '2', procedures: 1 })]);
    const seen = async () => (await overview(headers)).devices.find(({ deviceId }) => deviceId === device.deviceId)?.quarantine;
    await expect.poll(seen).toMatchObject({ reason: 'forked', seq: 1 });
  });

  it('takes a quarantined device’s own word for the reason, and forgets none of it when an alarm is seen', async () => {
    const { headers } = await supervisor();
    const device = await province.newDevice({ officeId: 'xa-lui', agencyCode: 'H36.27' });
    const quarantine = { reason: 'set-back', sinceMs: 1_795_000_000_000 };
    expect((await act(paths.deviceReport, await device.authorisation(), { ...report, quarantine })).status).toBe(200);
    const seen = (await overview(headers)).devices.find(({ deviceId }) => deviceId === device.deviceId);
    expect(seen?.quarantine).toEqual({ ...quarantine, seq: null });
    expect(seen?.report).not.toHaveProperty('quarantine');
  });
});

describe('what a supervisor does', () => {
  it('gives a code once that enrols one device, and writes it down', async () => {
    const { headers, name } = await supervisor();
    const given = await act(supervisorPaths.enrolmentCodes, headers, { officeId: 'xa-ma', agencyCode: 'H36.24', days: 2 });
    const { code } = given.body as { code: string };
    expect((await enrolledDevice(province.url, code)).enrolment).toMatchObject({ officeId: 'xa-ma', agencyCode: 'H36.24' });
    expect((await new TestDevice(province.url).enrol(code)).status).toBe(403);
    expect((await overview(headers)).audit[0]).toMatchObject({ supervisor: name, action: 'enrolment-code', subject: 'xa-ma' });
    expect(JSON.stringify((await overview(headers)).audit)).not.toContain(code);
    expect(province.logged()).not.toContain(code);
    expect(await act(supervisorPaths.enrolmentCodes, headers, { officeId: 'xa-ma', agencyCode: 'H36.25', days: 2 })).toMatchObject({
      status: 409,
      body: { kind: 'foreign-agency' },
    });
  });

  it('revokes a device at once', async () => {
    const { headers, name } = await supervisor();
    const device = await province.newDevice();
    await device.authorisation();
    expect((await act(pathOf(supervisorPaths.revocation, { deviceId: device.deviceId }), headers)).status).toBe(204);
    expect((await act(paths.deviceReport, await device.authorisation(), report)).status).toBe(403);
    const seen = await overview(headers);
    expect(seen.devices.find(({ deviceId }) => deviceId === device.deviceId)?.revokedAtMs).not.toBeNull();
    expect(seen.audit[0]).toMatchObject({ supervisor: name, action: 'revocation' });
    expect((await act(pathOf(supervisorPaths.revocation, { deviceId: randomUUID() }), headers)).status).toBe(404);
  });

  it('orders keys to be destroyed, by a word only that device gets and that names the moment', async () => {
    const { headers, name } = await supervisor();
    const order = (device: TestDevice, destroy: string) => act(pathOf(supervisorPaths.revocation, { deviceId: device.deviceId }), headers, { destroy });
    const seen = async ({ deviceId }: TestDevice) => (await overview(headers)).devices.find((one) => one.deviceId === deviceId);
    const [stolen, leaving] = [await province.newDevice(), await province.newDevice()];

    expect((await order(leaving, 'when-delivered')).status).toBe(204);
    expect(await seen(leaving)).toMatchObject({ destroy: 'when-delivered', revokedAtMs: null });
    expect((await leaving.status()).destroy).toMatchObject({ deviceId: leaving.deviceId });

    expect((await order(stolen, 'now')).status).toBe(204);
    const revokedAtMs = (await seen(stolen))?.revokedAtMs;
    expect(revokedAtMs).not.toBeNull();
    expect(await stolen.askToken()).toMatchObject({ status: 403, body: { kind: 'device-revoked', destroy: { deviceId: stolen.deviceId } } });
    province.advance(5_000);
    expect((await order(stolen, 'now')).status).toBe(204);
    expect(await seen(stolen)).toMatchObject({ destroy: 'now', revokedAtMs });
    expect(await order(stolen, 'when-delivered')).toMatchObject({ status: 409, body: { kind: 'revoked-already' } });
    expect((await order(stolen, 'tomorrow')).status).toBe(400);
    expect((await overview(headers)).audit[0]).toMatchObject({ supervisor: name, action: 'destroy-order' });
  });

  it('puts a new device in the place of an old one', async () => {
    const { headers } = await supervisor();
    const old = await province.newDevice({ officeId: 'xa-thay', agencyCode: 'H36.26' });
    const code = { officeId: 'xa-thay', agencyCode: 'H36.26', days: 2, replaces: old.deviceId };
    const foreign = await province.newDevice();
    expect((await act(supervisorPaths.enrolmentCodes, headers, { ...code, replaces: foreign.deviceId })).status).toBe(409);
    const given = await act(supervisorPaths.enrolmentCodes, headers, code);
    const next = await enrolledDevice(province.url, (given.body as { code: string }).code);
    expect(next.enrolment?.replaces).toBe(old.deviceId);
    expect((await old.askToken()).status).toBe(403);
  });

  it('sees today when no day is asked for', async () => {
    const { headers } = await supervisor();
    const { accepted, nowMs } = await overview(headers);
    expect(accepted.date).toBe(dateAt(nowMs));
  });
});

describe('days gone by', () => {
  const DAY = '2026-11-18';
  const period = { from: '2026-11-12', to: DAY };
  const reconciliation = async (headers: Record<string, string>, asked = period) =>
    send<ReconciliationAnswer>(province.url, `${supervisorPaths.reconciliation}?${new URLSearchParams(asked).toString()}`, { method: 'GET', headers });

  async function dayOf(officeId: string, count: number): Promise<TestDevice> {
    const device = await province.newDevice({ officeId, agencyCode: 'H36.30' });
    for (let index = 0; index < count; index += 1) {
      const acceptedAtMs = Date.parse(`${DAY}T09:00:00+07:00`) + index;
      const dossier = aDossier({ dossierId: randomUUID() as never, code: `H36.30-${randomUUID()}`, acceptedAtMs, officeId, agencyCode: 'H36.30' });
      device.append({ type: 'dossier.accepted', dossier, number: { leaseId: 'x', order: index + 1 } });
    }
    await device.push();
    return device;
  }

  it('shows for each device and day whether it agrees, and which dossier differs', async () => {
    const { headers, name } = await supervisor();
    const [agreeing, tampered, late] = [await dayOf('xa-khop', 3), await dayOf('xa-lech', 2), await dayOf('xa-chua-chot', 1)];
    for (const device of [agreeing, tampered]) expect((await device.close(DAY)).status).toBe(200);
    const after = aDossier({ dossierId: randomUUID() as never, code: `H36.30-${randomUUID()}`, acceptedAtMs: Date.parse(`${DAY}T16:00:00+07:00`) });
    agreeing.append({ type: 'dossier.accepted', dossier: { ...after, officeId: 'xa-khop', agencyCode: 'H36.30' }, number: { leaseId: 'x', order: 9 } });
    await agreeing.push();
    const lost = (tampered.entries[1]?.operation as { dossier: { dossierId: string; code: string } }).dossier;
    await province.db.deleteFrom('dossier_scans').where('dossier_id', '=', lost.dossierId).execute();
    await province.db.deleteFrom('dossiers').where('dossier_id', '=', lost.dossierId).execute();

    const before = (await reconciliation(headers)).body.days;
    const of = (days: ReconciliationAnswer['days'], { deviceId }: TestDevice) => days.find((day) => day.deviceId === deviceId);
    expect(of(before, agreeing)).toMatchObject({ date: DAY, status: 'agrees', dossiers: 4, sinceClosing: 1, differences: [] });
    expect(of(before, tampered)).toMatchObject({ status: 'agrees', dossiers: 1 });
    expect(of(before, late)).toMatchObject({ status: 'open', dossiers: 1, comparedAtMs: null });

    const again = await act(supervisorPaths.reconciliation, headers, period);
    const found = (again.body as ReconciliationAnswer).days;
    expect(found[0]).toMatchObject({
      deviceId: tampered.deviceId,
      status: 'differs',
      differing: 1,
      differences: [{ kind: 'missing', code: lost.code }],
    });
    expect(found.map(({ status }) => status)).toEqual(['differs', 'open', 'agrees']);
    expect((await overview(headers)).audit[0]).toMatchObject({ supervisor: name, action: 'compared-anew' });
    expect((await overview(headers)).alarms).toContainEqual(expect.objectContaining({ what: 'journal and dossiers table disagree', date: DAY }));
    expect(JSON.stringify(again.body)).not.toContain(aDossier().applicant.fullName);
  });

  it('gives the monitoring figures of the journals, and the same ones as a file', async () => {
    const { headers } = await supervisor();
    const query = new URLSearchParams(period).toString();
    const answer = await send<MonitoringAnswer>(province.url, `${supervisorPaths.monitoring}?${query}`, { method: 'GET', headers });
    const { asOfMs, rows } = answer.body;
    expect(rows.map(({ officeId, accepted }) => [officeId, accepted])).toEqual([
      ['xa-chua-chot', 1],
      ['xa-khop', 4],
      ['xa-lech', 2],
    ]);
    const file = await send(province.url, `${supervisorPaths.monitoringCsv}?${query}&asOfMs=${asOfMs}`, { method: 'GET', headers });
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="theo-doi-2026-11-12-2026-11-18.csv"');
    expect(file.body).toBe(monitoringCsv({ ...period, asOfMs }, rows).replace(/^\uFEFF/u, ''));
  });

  it('answers questions of bounded length, in order, to the signed in only', async () => {
    const { headers } = await supervisor();
    expect((await reconciliation({})).status).toBe(401);
    expect(await reconciliation(headers, { from: '2026-10-01', to: DAY })).toMatchObject({ status: 400, body: { kind: 'period-too-long' } });
    expect(await reconciliation(headers, { from: DAY, to: '2026-11-12' })).toMatchObject({ status: 400, body: { kind: 'invalid' } });
    expect(await act(supervisorPaths.reconciliation, headers, { from: '2026-11-11', to: DAY })).toMatchObject({
      status: 400,
      body: { kind: 'period-too-long' },
    });
    const foreign = { ...headers, origin: 'https://elsewhere.example' };
    expect((await act(supervisorPaths.reconciliation, foreign, period)).status).toBe(403);
  });
});

// Last: what a device was given before the clock moved has expired after it.
describe('what time does', () => {
  it('locks a name for longer and longer, known or not, and lets the right password in afterwards', async () => {
    const { name, password } = await supervisor();
    for (const guessed of [name, `unknown-${randomUUID().slice(0, 8)}`]) {
      for (let wrong = 0; wrong < 5; wrong += 1) expect((await signIn(guessed, 'wrong')).status).toBe(401);
      const locked = await signIn(guessed, guessed === name ? password : 'wrong');
      expect(locked).toMatchObject({ status: 429, body: { kind: 'locked' } });
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(20);
      expect(Number(locked.headers.get('retry-after'))).toBeLessThanOrEqual(30);
    }
    province.advance(31_000);
    expect((await signIn(name, 'wrong')).status).toBe(401);
    province.advance(31_000);
    expect((await signIn(name, password)).status).toBe(429);
    province.advance(30_000);
    expect((await signIn(name, password)).status).toBe(200);
    expect((await signIn(name, 'wrong')).status).toBe(401);
  });

  it('ends a session when it says so, after ten hours, and when the password is renewed or the account removed', async () => {
    const status = async (headers: Record<string, string>) => (await send(province.url, supervisorPaths.session, { method: 'GET', headers })).status;
    const [leaving, renewed, removed, staying] = [await supervisor(), await supervisor(), await supervisor(), await supervisor()];
    expect((await send(province.url, supervisorPaths.session, { method: 'DELETE', headers: leaving.headers })).status).toBe(204);
    await changeSupervisor(province.db, 'renew', renewed.name, Date.now());
    await changeSupervisor(province.db, 'remove', removed.name, Date.now());
    expect(await Promise.all([leaving, renewed, removed, staying].map(({ headers }) => status(headers)))).toEqual([401, 401, 401, 200]);
    expect((await signIn(renewed.name, renewed.password)).status).toBe(401);
    province.advance(10 * 3_600_000);
    expect(await status(staying.headers)).toBe(401);
    await expect(changeSupervisor(province.db, 'remove', removed.name, Date.now())).rejects.toThrow(/no supervisor/u);
    await expect(changeSupervisor(province.db, 'add', staying.name, Date.now())).rejects.toThrow(/already/u);
  });
});
