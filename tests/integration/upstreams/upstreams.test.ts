/** Deliveries to the specialised systems: the real server and PostgreSQL, and systems that fail in every way they can. */
import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createVault } from '../../../electron/keys/vault.ts';
import { openDeliveryMirror } from '../../../electron/sync/delivery-mirror.ts';
import type { Identity } from '../../../electron/sync/identity.ts';
import { startSimulator, type Simulator } from '../../../server/upstreams/simulator/simulator.ts';
import { provinceState } from '../../../server/db/province-store.ts';
import { requeueStopped } from '../../../server/upstreams/requeue.ts';
import { upstreamSettingsSchema } from '../../../server/upstreams/settings.ts';
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import { ok } from '../../../shared/lib/result.ts';
import { paths, pathOf } from '../../../shared/sync/protocol.ts';
import type { DossierUpstreams, UpstreamName, UpstreamsAnswer } from '../../../shared/upstreams/upstream.ts';
import { aDossier, aLandDossier } from '../../fixtures/dossiers.ts';
import { postgresForAll } from '../../fixtures/postgres.ts';
import { pdfPage } from '../../fixtures/scans.ts';
import { quietLog } from '../../fixtures/shell-device.ts';
import { send, sha256, statuses, type TestDevice } from '../../fixtures/test-device.ts';
import { OFFICE, startTestProvince, type TestProvince } from '../../fixtures/test-province.ts';
import { sendScan } from '../../fixtures/send-scan.ts';

const postgres = postgresForAll();
let simulator: Simulator;
let province: TestProvince;
let device: TestDevice;

const quick = { pollMs: 25, sweepEveryS: 1 };
const system = { timeoutMs: 400, deadlineMs: 1_000, breaker: { openAfter: 3, restMs: 200, longestRestMs: 400, slowMs: 150 } };

beforeEach(async () => {
  simulator = await startSimulator({ resultAfterMs: 300 });
  const systems = Object.fromEntries(Object.entries(simulator.settings()).map(([name, where]) => [name, { ...where, ...system }]));
  province = await startTestProvince(postgres, { upstreams: upstreamSettingsSchema.parse({ ...quick, systems }) });
  const { x, y } = (await provinceState(province.db)).signingKey;
  simulator.trust({ kty: 'EC', crv: 'P-256', x, y });
  device = await province.newDevice();
});
afterEach(async () => {
  await province.stop();
  await simulator.stop();
});

let count = 0;
const fresh = (change: Partial<Dossier> = {}, build = aDossier): Dossier => {
  count += 1;
  return build({ dossierId: randomUUID() as never, code: `H36.12-261123-${String(count).padStart(4, '0')}`, ...change });
};
const birth = () => fresh();
const householdBusiness = () => fresh({ procedureCode: '1.001612' });

async function take(...dossiers: Dossier[]): Promise<void> {
  const entries = dossiers.map((dossier) =>
    device.append({ type: 'dossier.accepted', dossier, number: { leaseId: device.enrolment?.lease.leaseId, order: 1 } }),
  );
  const answer = await device.push(entries);
  expect(statuses(answer)).toEqual(dossiers.map(() => 'applied'));
}

async function whereIs(dossier: Dossier, upstream: UpstreamName): Promise<DossierUpstreams[number] | undefined> {
  const path = pathOf(paths.dossierUpstreams, { officeId: OFFICE.officeId, dossierId: dossier.dossierId });
  const answer = await send<{ deliveries: DossierUpstreams }>(province.url, path, { method: 'GET', headers: await device.authorisation() });
  expect(answer.status).toBe(200);
  return answer.body.deliveries.find((delivery) => delivery.upstream === upstream);
}
const stateOf = async (dossier: Dossier, upstream: UpstreamName) => (await whereIs(dossier, upstream))?.state;
const arrives = (dossier: Dossier, upstream: UpstreamName) => expect.poll(() => stateOf(dossier, upstream)).toBe('delivered');

async function health(name: UpstreamName): Promise<UpstreamsAnswer['upstreams'][number] | undefined> {
  const answer = await send<UpstreamsAnswer>(province.url, paths.upstreams, { method: 'GET', headers: await device.authorisation() });
  return answer.body.upstreams.find((one) => one.name === name);
}
const effectsOf = (name: UpstreamName, dossier: Dossier) => simulator.system(name).effects.filter(({ dossierCode }) => dossierCode === dossier.code);
const breakerOf = async (name: UpstreamName) =>
  (await province.db.selectFrom('upstream_health').select('health').where('upstream', '=', name).executeTakeFirstOrThrow()).health.breaker;

describe('what is new for an office', () => {
  it('comes by cursor, a page at a time, and is kept by the counter with or without a line', async () => {
    const dossiers = [birth(), householdBusiness(), birth()];
    await take(...dossiers);
    for (const dossier of dossiers) await arrives(dossier, 'igate');
    for (const dossier of [dossiers[0], dossiers[2]] as Dossier[]) for (const name of ['civil-registry', 'vneid'] as const) await arrives(dossier, name);
    await arrives(dossiers[1] as Dossier, 'business-registry');

    // One statement may change any number of them in the same moment.
    await sql`update upstream_deliveries set changed_at = now()`.execute(province.db);
    const folder = await mkdtemp(join(tmpdir(), 'qmc-mirror-'));
    const asked: string[] = [];
    const line = { isUp: true };
    const open = () =>
      openDeliveryMirror({
        file: join(folder, 'deliveries.sealed'),
        vault: createVault(Buffer.alloc(32, 7)),
        identity: () => ({ officeId: OFFICE.officeId }) as Identity,
        async get(path, schema) {
          if (!line.isUp) return { ok: false, failure: { kind: 'unreachable' } };
          asked.push(path);
          const limited = `${path}${path.includes('?') ? '&' : '?'}limit=3`;
          const answer = await send<object>(province.url, limited, { method: 'GET', headers: await device.authorisation() });
          expect(answer.status).toBe(200);
          return ok(schema.parse(answer.body));
        },
        log: quietLog,
      });
    const mirror = await open();
    expect(await mirror.pull()).toBe(true);
    // Eight deliveries in pages of three.
    expect(asked.length).toBeGreaterThanOrEqual(3);
    const perDossier = async ({ dossierId }: Dossier) => {
      const path = pathOf(paths.dossierUpstreams, { officeId: OFFICE.officeId, dossierId });
      return (await send<{ deliveries: DossierUpstreams }>(province.url, path, { method: 'GET', headers: await device.authorisation() })).body.deliveries;
    };
    for (const dossier of dossiers) expect(mirror.of(dossier.dossierId)).toEqual(await perDossier(dossier));

    // A minute later only what is new comes; here the database's own clock is set back instead.
    await sql`update upstream_deliveries set changed_at = changed_at - interval '5 minutes'`.execute(province.db);
    await mirror.pull();
    simulator.system('igate').mode = { kind: 'down' };
    const late = birth();
    await take(late);
    asked.length = 0;
    await expect.poll(async () => (await mirror.pull(), mirror.of(late.dossierId)?.find(({ upstream }) => upstream === 'igate')?.state)).toBe('queued');
    expect(mirror.of((dossiers[0] as Dossier).dossierId)).toEqual(await perDossier(dossiers[0] as Dossier));

    line.isUp = false;
    const again = await open();
    expect(await again.pull()).toBe(false);
    expect(again.of(late.dossierId)?.map(({ upstream }) => upstream)).toEqual(['civil-registry', 'igate', 'vneid']);

    const foreign = await send(province.url, pathOf(paths.officeDeliveries, { officeId: 'bac-ha' }), { method: 'GET', headers: await device.authorisation() });
    expect(foreign.status).toBe(403);
  });
});

describe('delivery', () => {
  it('brings each dossier to each of its systems, by its own contract, with the number it has there', async () => {
    const [child, shop] = [birth(), householdBusiness()];
    await take(child, shop);
    for (const upstream of ['igate', 'civil-registry', 'vneid'] as const) await arrives(child, upstream);
    for (const upstream of ['igate', 'business-registry'] as const) await arrives(shop, upstream);
    expect(await whereIs(child, 'civil-registry')).toMatchObject({ reference: effectsOf('civil-registry', child)[0]?.reference });
    expect(await whereIs(child, 'land')).toBeUndefined();
    expect(simulator.system('business-registry').effects.map(({ dossierCode }) => dossierCode)).toEqual([shop.code]);
  });

  it('waits for the last scan where a system needs them, and sends every byte', async () => {
    const scans = [pdfPage('one'), pdfPage('two')];
    const page = (scan: Buffer) => ({
      ...{ pageId: sha256(scan).slice(0, 8), sha256: sha256(scan), bytes: scan.byteLength, mediaType: 'application/pdf' as const },
      ...{ rotation: 0 as const, source: 'file' as const, capturedAtMs: 1, capturedBy: 'lan' },
    });
    const parcel = fresh({}, aLandDossier);
    const [first, second] = scans as [Buffer, Buffer];
    parcel.papers = parcel.papers.map((paper, index) => (index < 2 ? { ...paper, pages: [page(index === 0 ? first : second)] } : paper));
    await take(parcel);
    await arrives(parcel, 'igate');
    await sendScan(province.url, device, first);
    expect(await stateOf(parcel, 'land')).toBe('awaiting-scans');
    expect(simulator.system('land').requests).toBe(0);
    await sendScan(province.url, device, second);
    await arrives(parcel, 'land');
    expect(effectsOf('land', parcel)).toHaveLength(1);
  });

  it('has one effect when every answer is lost', async () => {
    const [child, shop] = [birth(), householdBusiness()];
    for (const name of ['igate', 'civil-registry', 'business-registry', 'vneid'] as const) simulator.system(name).mode = { kind: 'answers-lost' };
    await take(child, shop);
    for (const name of ['igate', 'civil-registry', 'business-registry', 'vneid'] as const) {
      await expect.poll(() => simulator.system(name).requests).toBeGreaterThan(1);
      simulator.system(name).mode = { kind: 'working' };
    }
    for (const upstream of ['igate', 'civil-registry', 'vneid'] as const) await arrives(child, upstream);
    for (const upstream of ['igate', 'business-registry'] as const) await arrives(shop, upstream);
    expect(effectsOf('igate', child)).toHaveLength(1);
    expect(effectsOf('civil-registry', child)).toHaveLength(1);
    expect(effectsOf('business-registry', shop)).toHaveLength(1);
    expect(simulator.system('vneid').effects.filter(({ dossierCode }) => dossierCode === child.dossierId)).toHaveLength(1);
  });

  it('takes the dossier and its jobs together or not at all', async () => {
    const child = birth();
    const twin = { ...birth(), code: child.code };
    await take(child);
    device.append({ type: 'dossier.accepted', dossier: twin, number: { leaseId: device.enrolment?.lease.leaseId, order: 2 } });
    expect((await device.push(device.entries.slice(-1))).body.results).toMatchObject([{ status: 'rejected', reason: 'code-taken' }]);
    await arrives(child, 'igate');
    const rows = await province.db.selectFrom('upstream_deliveries').select('dossier_id').where('dossier_id', '=', twin.dossierId).execute();
    expect(rows).toEqual([]);
    expect(simulator.system('igate').effects).toHaveLength(1);
  });

  it('asks for a late result until it is there, across a restart of the server', async () => {
    simulator.system('business-registry').resultAfterMs = 2_500;
    const shop = householdBusiness();
    await take(shop);
    await expect.poll(() => stateOf(shop, 'business-registry')).toBe('accepted');
    await province.restart();
    await arrives(shop, 'business-registry');
    expect((await whereIs(shop, 'business-registry'))?.reference).toMatch(/^HKD-/u);
  });
});

describe('a system in trouble', () => {
  it('touches no other: land is down all the while and the others deliver', async () => {
    simulator.system('land').mode = { kind: 'down' };
    simulator.system('civil-registry').mode = { kind: 'drip' };
    const scan = pdfPage('three');
    await sendScan(province.url, device, scan);
    const parcels = Array.from({ length: 8 }, () => fresh({ papers: aLandDossier().papers.slice(0, 1) }, aLandDossier));
    const others = Array.from({ length: 20 }, householdBusiness);
    const children = Array.from({ length: 6 }, birth);
    await take(...parcels, ...children, ...others);
    for (const dossier of [...others, ...parcels, ...children]) await arrives(dossier, 'igate');
    for (const dossier of others) await arrives(dossier, 'business-registry');
    for (const dossier of children) await arrives(dossier, 'vneid');
    await expect.poll(async () => (await health('land'))?.status).toBe('down');
    await expect.poll(async () => (await health('civil-registry'))?.status).toBe('down');
    expect(await health('land')).toMatchObject({ waiting: 8, stopped: 0 });
    expect(await health('igate')).toMatchObject({ status: 'working', waiting: 0 });

    simulator.system('land').mode = { kind: 'working' };
    simulator.system('civil-registry').mode = { kind: 'working' };
    for (const parcel of parcels) await arrives(parcel, 'land');
    for (const child of children) await arrives(child, 'civil-registry');
    expect(simulator.system('land').effects).toHaveLength(8);
    expect(simulator.system('civil-registry').effects).toHaveLength(6);
    expect((await health('land'))?.status).toBe('working');
  });

  it('is left alone, then tried by one probe, then used again', async () => {
    simulator.system('igate').mode = { kind: 'error' };
    const dossiers = Array.from({ length: 12 }, birth);
    await take(...dossiers);
    await expect.poll(async () => (await breakerOf('igate')).state).toBe('open');
    const since = (await health('igate'))?.sinceMs;
    const before = simulator.system('igate').requests;
    // Restarted servers know of it: the breaker is in the database.
    await province.restart();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const probes = simulator.system('igate').requests - before;
    // Rests of 100–200 ms, then 200–400 ms: one request each, however many wait.
    expect(probes).toBeGreaterThanOrEqual(2);
    expect(probes).toBeLessThanOrEqual(12);
    expect(await health('igate')).toMatchObject({ status: 'down', sinceMs: since, waiting: 12 });
    simulator.system('igate').mode = { kind: 'working' };
    for (const dossier of dossiers) await arrives(dossier, 'igate');
    expect((await breakerOf('igate')).state).toBe('closed');
    // Nothing that failed while it was down is held against a dossier.
    expect(simulator.system('igate').effects).toHaveLength(12);
  });

  it.each([
    ['wrong JSON', { kind: 'wrong-json' }],
    ['no connection', { kind: 'down' }],
    ['an answer that never ends', { kind: 'drip' }],
  ] as const)('opens its breaker for %s and delivers afterwards', async (_name, mode) => {
    simulator.system('igate').mode = mode;
    const [one, two] = [birth(), birth()];
    await take(one, two);
    await expect.poll(async () => (await health('igate'))?.status).toBe('down');
    simulator.system('igate').mode = { kind: 'working' };
    await arrives(one, 'igate');
    await arrives(two, 'igate');
    expect(simulator.system('igate').effects).toHaveLength(2);
  });

  it('is called slow by what its deliveries take', async () => {
    simulator.system('igate').mode = { kind: 'slow', ms: 250 };
    const child = birth();
    await take(child);
    await arrives(child, 'igate');
    expect((await health('igate'))?.status).toBe('slow');
  });

  it('is not asked again before the time it named', async () => {
    simulator.system('igate').mode = { kind: 'busy', retryAfterS: 2 };
    const [one, two] = [birth(), birth()];
    await take(one);
    await expect.poll(() => simulator.system('igate').requests).toBe(1);
    const askedAtMs = Date.now();
    simulator.system('igate').mode = { kind: 'working' };
    await take(two);
    await expect.poll(() => simulator.system('igate').requests, { interval: 20 }).toBeGreaterThan(1);
    expect(Date.now() - askedAtMs).toBeGreaterThan(1_800);
    await arrives(one, 'igate');
    await arrives(two, 'igate');
    expect((await health('igate'))?.status).toBe('working');
  });

  it('that refuses one dossier stops only that one, which goes on when a person sends it again', async () => {
    const [bad, good] = [birth(), birth()];
    simulator.system('civil-registry').refuses.set(bad.code, '/applicant/idNumber');
    await take(bad, good);
    await arrives(good, 'civil-registry');
    await expect.poll(() => whereIs(bad, 'civil-registry')).toMatchObject({ state: 'refused', reason: 'not-accepted', field: '/applicant/idNumber' });
    expect(await health('civil-registry')).toMatchObject({ status: 'working', waiting: 0, stopped: 1 });
    expect(await requeueStopped(province.db, 'civil-registry', good.dossierId, Date.now())).toBe(0);

    simulator.system('civil-registry').refuses.clear();
    expect(await requeueStopped(province.db, 'civil-registry', undefined, Date.now())).toBe(1);
    await arrives(bad, 'civil-registry');
    expect(await health('civil-registry')).toMatchObject({ waiting: 0, stopped: 0 });
    expect(effectsOf('civil-registry', bad)).toHaveLength(1);
  });

  it('is used by all others though one dossier fails whenever it is tried, until that one is given up and kept', async () => {
    const poison = birth();
    simulator.system('igate').failsOn.add(poison.code);
    await take(poison);
    // Alone it looks like an outage.
    await expect.poll(async () => (await health('igate'))?.status, { timeout: 40_000 }).toBe('down');
    const others = Array.from({ length: 5 }, birth);
    await take(...others);
    for (const other of others) await arrives(other, 'igate');
    expect(await stateOf(poison, 'igate')).toBe('queued');

    // Eleven tries take half an hour; the twelfth is what matters.
    await province.db
      .updateTable('upstream_deliveries')
      .set({ tries: 11 })
      .where('dossier_id', '=', poison.dossierId)
      .where('upstream', '=', 'igate')
      .execute();
    await expect
      .poll(
        async () => {
          await take(birth());
          return stateOf(poison, 'igate');
        },
        { timeout: 40_000, interval: 500 },
      )
      .toBe('failed');
    expect(province.logged()).toContain('a dossier was given up');
    simulator.system('igate').failsOn.clear();
    expect(await requeueStopped(province.db, 'igate', poison.dossierId, Date.now())).toBe(1);
    await arrives(poison, 'igate');
    expect(effectsOf('igate', poison)).toHaveLength(1);
  }, 120_000);

  it('is not troubled by a dossier that nobody can read', async () => {
    const damaged = birth();
    simulator.system('igate').mode = { kind: 'busy', retryAfterS: 2 };
    await take(damaged);
    // Not while it is on its way, read before it was damaged.
    await expect.poll(() => simulator.system('igate').requests, { interval: 20 }).toBeGreaterThan(0);
    await province.db
      .updateTable('dossiers')
      .set({ body: JSON.stringify({ code: 1 }) })
      .where('dossier_id', '=', damaged.dossierId)
      .execute();
    simulator.system('igate').mode = { kind: 'working' };
    const good = birth();
    await take(good);
    await arrives(good, 'igate');
    await expect.poll(() => whereIs(damaged, 'igate')).toMatchObject({ state: 'refused', reason: 'unreadable' });
  });
});

describe('what counters are told', () => {
  it('costs nothing while nothing changed', async () => {
    const headers = await device.authorisation();
    const first = await send<UpstreamsAnswer>(province.url, paths.upstreams, { method: 'GET', headers });
    expect(first.body.upstreams.map(({ name, status }) => [name, status])).toEqual(
      ['igate', 'civil-registry', 'land', 'business-registry', 'vneid'].map((name) => [name, 'working']),
    );
    const etag = first.headers.get('etag') as string;
    const again = await send(province.url, paths.upstreams, { method: 'GET', headers: { ...headers, 'if-none-match': etag } });
    expect(again).toMatchObject({ status: 304, body: '' });
    simulator.system('igate').mode = { kind: 'down' };
    await take(birth());
    const changed = await send<UpstreamsAnswer>(province.url, paths.upstreams, { method: 'GET', headers: { ...headers, 'if-none-match': etag } });
    expect(changed.status).toBe(200);
    expect(changed.body.upstreams.find(({ name }) => name === 'igate')?.waiting).toBe(1);
  });

  it('is for devices, about their own office only', async () => {
    expect((await send(province.url, paths.upstreams, { method: 'GET' })).status).toBe(401);
    const child = birth();
    simulator.system('igate').mode = { kind: 'down' };
    await take(child);
    const other = await province.newDevice({ officeId: 'bac-ha', agencyCode: 'H40.02' });
    const headers = await other.authorisation();
    const answer = await send<UpstreamsAnswer>(province.url, paths.upstreams, { method: 'GET', headers });
    expect(answer.body.upstreams.map(({ waiting }) => waiting)).toEqual([0, 0, 0, 0, 0]);
    const foreign = pathOf(paths.dossierUpstreams, { officeId: OFFICE.officeId, dossierId: child.dossierId });
    expect((await send(province.url, foreign, { method: 'GET', headers })).status).toBe(403);
    const own = pathOf(paths.dossierUpstreams, { officeId: 'bac-ha', dossierId: child.dossierId });
    expect((await send(province.url, own, { method: 'GET', headers })).status).toBe(404);
  });

  it('and the log keep citizens out', async () => {
    simulator.system('vneid').mode = { kind: 'down' };
    const child = birth();
    simulator.system('civil-registry').refuses.set(child.code, '/applicant/fullName');
    await take(child);
    await expect.poll(async () => (await health('vneid'))?.status).toBe('down');
    await expect.poll(() => stateOf(child, 'civil-registry')).toBe('refused');
    for (const secret of [child.applicant.fullName, '004190001234', 'simulated']) expect(province.logged()).not.toContain(secret);
  });
});
