/** The real sync lane of a counter and the real province on a real PostgreSQL, with everything in between that a network can do. */
import { randomBytes } from 'node:crypto';
import dns from 'node:dns';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import { scansOf } from '../../../shared/dossiers/scans-of.ts';
import { paths } from '../../../shared/sync/protocol.ts';
import type { Connection, SyncState } from '../../../shared/sync/state.ts';
import { startTcpProxy, type Line } from '../../fakes/tcp-proxy.ts';
import { newCertificate } from '../../fixtures/certificates.ts';
import { forAllTests } from '../../fixtures/for-all-tests.ts';
import { postgresForAll } from '../../fixtures/postgres.ts';
import { pdfPage, pngPage } from '../../fixtures/scans.ts';
import { openShellDevice, type ShellDevice } from '../../fixtures/shell-device.ts';
import { provinceForAll, startTestProvince } from '../../fixtures/test-province.ts';

/** Far below a counter's own, so that a test of silence is short. */
const PATIENCE = { answerMs: 1_500, silenceMs: 1_500 };
/** Less than a drip that is waited out, or a line that is asked for ever, takes. */
const SLOW_MACHINE_MS = 6_000;

const postgres = postgresForAll();
const province = provinceForAll(postgres);
const line = forAllTests(() => startTcpProxy({ host: '127.0.0.1', port: province.port }));
let device: ShellDevice;
let pages = 0;

beforeEach(async () => {
  line.set({ kind: 'up' });
  device = await openShellDevice({ url: line.url, code: await province.newCode(), patience: PATIENCE });
  await device.accept();
  await device.deliver();
});
afterEach(async () => {
  line.set({ kind: 'up' });
  await device.remove();
});

/** A scan nobody has sent before. */
const newPage = (): Buffer => pngPage((pages += 1) + 1_000);
const largePage = (bytes: number): Buffer => Buffer.concat([pdfPage('Large'), randomBytes(bytes)]);
const connectionIs = (wanted: Partial<Connection>, timeout = 10_000): Promise<void> =>
  expect.poll(() => device.sync.state().connection, { timeout, interval: 20 }).toMatchObject(wanted);
const isConfirmed = ({ dossierId }: Dossier): boolean => device.sync.deliveries([dossierId])[0]?.state === 'confirmed';
const arrives = (dossier: Dossier, timeout = 10_000): Promise<void> => expect.poll(() => isConfirmed(dossier), { timeout, interval: 20 }).toBe(true);
const unconfirmed = (): string[] => Object.keys(device.sync.memory().unconfirmed);

/** What the province holds of dossiers: each once, by one entry, with its scans verified. */
async function expectExactlyOnce(dossiers: Dossier[]): Promise<void> {
  for (const { dossierId, officeId, ...dossier } of dossiers) {
    const count = (rows: Array<{ count: number }>): number => rows[0]?.count ?? 0;
    const { db } = province;
    const entries = await db
      .selectFrom('journal_contents')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('operation', 'like', `%${dossierId}%`)
      .execute();
    const held = await db
      .selectFrom('dossiers')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('dossier_id', '=', dossierId)
      .execute();
    const scans = scansOf({ papers: dossier.papers });
    const verified =
      scans.length === 0
        ? []
        : await db
            .selectFrom('scan_offices')
            .select((eb) => eb.fn.countAll<number>().as('count'))
            .where('office_id', '=', officeId)
            .where('sha256', 'in', scans)
            .execute();
    expect({ entries: count(entries), held: count(held), verified: count(verified) }).toEqual({ entries: 1, held: 1, verified: scans.length });
  }
}

/** Breaks the line, takes in a dossier, waits until the screen says so, and goes on saying so; mends it, and everything is there exactly once. */
async function through(broken: Line, says: Partial<Connection>): Promise<{ tookMs: number }> {
  line.set(broken);
  const startedAtMs = Date.now();
  const dossier = await device.accept([newPage(), newPage()]);
  device.sync.wake();
  await connectionIs(says);
  const tookMs = Date.now() - startedAtMs;
  line.set({ kind: 'up' });
  device.sync.retry();
  await device.deliver();
  await expectExactlyOnce([dossier]);
  return { tookMs };
}

describe('while the line is broken', () => {
  const offline: Array<[string, Line, Partial<Connection>]> = [
    ['nobody listens', { kind: 'down' }, { status: 'offline', reason: 'unreachable' }],
    ['a captive portal answers everything', { kind: 'portal' }, { status: 'offline', reason: 'not-the-province' }],
    ['a portal says 511', { kind: 'answer', status: '511 Network Authentication Required' }, { status: 'offline', reason: 'not-the-province' }],
    [
      'a portal sends elsewhere',
      { kind: 'answer', status: '302 Found', headers: { location: 'http://login.example/' } },
      { status: 'offline', reason: 'not-the-province' },
    ],
    ['a portal wants a login', { kind: 'answer', status: '401 Unauthorized', body: '<html>' }, { status: 'offline', reason: 'not-the-province' }],
    ['a gateway finds nobody behind it', { kind: 'answer', status: '502 Bad Gateway', body: '<html>' }, { status: 'offline', reason: 'busy' }],
    ['every answer is lost', { kind: 'answers-lost' }, { status: 'offline', reason: 'unreachable' }],
    ['connections open and nothing comes back', { kind: 'silent' }, { status: 'offline', reason: 'unreachable' }],
    ['the connections that are open freeze', { kind: 'frozen' }, { status: 'offline', reason: 'unreachable' }],
    ['answers come a byte at a time', { kind: 'drip', bytesPerSecond: 20 }, { status: 'offline', reason: 'unreachable' }],
  ];
  it.each(offline)('%s: offline, and nothing is lost or doubled', async (_, broken, says) => {
    const { tookMs } = await through(broken, says);
    expect(tookMs).toBeLessThan(2 * PATIENCE.answerMs + SLOW_MACHINE_MS);
    // A counter that starts on such a line never says that it is online, however often it tries.
    line.set(broken);
    device = await device.reopen();
    for (let tries = 0; tries < 3; tries += 1) {
      device.sync.retry();
      await connectionIs(says);
      await expect.poll(() => device.states.filter(({ connection }) => connection.status === 'offline').length).toBeGreaterThan(tries);
    }
    expect(device.states.map(({ connection }) => connection.status)).not.toContain('online');
  });

  const inOneStep: Array<[string, Line, Partial<Connection>]> = [
    ['the answer to a batch is lost after its commit', { kind: 'answers-lost', path: paths.journal }, { status: 'offline', reason: 'unreachable' }],
    ['a batch is swallowed', { kind: 'swallow', path: paths.journal }, { status: 'offline', reason: 'unreachable' }],
    ['a portal comes up in the middle of a pass', { kind: 'portal', path: paths.journal }, { status: 'offline', reason: 'not-the-province' }],
    ['the answer to a token is lost', { kind: 'answers-lost', path: paths.token }, { status: 'offline', reason: 'unreachable' }],
    ['the answer to a question is lost', { kind: 'answers-lost', path: paths.status }, { status: 'offline', reason: 'unreachable' }],
    ['the answer to a batch drips', { kind: 'drip', bytesPerSecond: 20, path: paths.journal }, { status: 'offline', reason: 'unreachable' }],
  ];
  it.each(inOneStep)('%s: said, and taken exactly once', async (name, broken, says) => {
    if (name.includes('token')) device = await device.reopen();
    const { tookMs } = await through(broken, says);
    expect(tookMs).toBeLessThan(PATIENCE.answerMs + SLOW_MACHINE_MS);
  });

  it('has committed what it could not answer for', async () => {
    line.set({ kind: 'answers-lost', path: paths.journal });
    const dossier = await device.accept();
    device.sync.wake();
    await connectionIs({ status: 'offline' });
    await expectExactlyOnce([dossier]);
    expect(device.sync.state().waitingEntries).toBe(1);
    line.set({ kind: 'up' });
    await device.deliver();
    await expectExactlyOnce([dossier]);
  });
});

describe('a server that asks for patience', () => {
  it.each([
    ['in seconds', () => '2'],
    ['by a date', () => new Date(Date.now() + 2_900).toUTCString()],
  ])('is left alone until then, %s, whatever new work comes', async (_, retryAfter) => {
    line.set({ kind: 'answer', status: '503 Service Unavailable', headers: { 'retry-after': retryAfter(), date: new Date().toUTCString() } });
    const dossiers = [await device.accept()];
    device.sync.wake();
    await connectionIs({ status: 'offline', reason: 'busy' });
    const saidAtMs = Date.now();
    line.set({ kind: 'up' });
    const before = line.requests().length;
    for (let more = 0; more < 5; more += 1) {
      dossiers.push(await device.accept());
      device.sync.wake();
    }
    await connectionIs({ status: 'online' });
    const next = line.requests()[before];
    expect(next).toBeDefined();
    expect((next?.atMs ?? 0) - saidAtMs).toBeGreaterThan(1_800);
    expect((next?.atMs ?? 0) - saidAtMs).toBeLessThan(5_000);
    await device.deliver();
    await expectExactlyOnce(dossiers);
  });

  it('does not keep an officer waiting who wants it sent now', async () => {
    line.set({ kind: 'answer', status: '503 Service Unavailable', headers: { 'retry-after': '600' } });
    device.sync.wake();
    await connectionIs({ status: 'offline', reason: 'busy' });
    line.set({ kind: 'up' });
    device.sync.retry();
    await connectionIs({ status: 'online' });
  });
});

describe('a name that leads nowhere', () => {
  afterEach(() => vi.restoreAllMocks());
  const gone: Array<[string, (answer: (error: Error) => void) => void]> = [
    ['is not found', (answer) => answer(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }))],
    ['is never looked up', () => undefined],
  ];
  it.each(gone)('%s', async (_, lookup) => {
    await device.remove();
    const address = new URL(line.url);
    address.hostname = 'localhost';
    device = await openShellDevice({ url: address.href, code: await province.newCode(), patience: PATIENCE });
    await device.deliver();
    vi.spyOn(dns, 'lookup').mockImplementation(((_name: string, _options: unknown, answer: (error: Error) => void) => lookup(answer)) as typeof dns.lookup);
    line.set({ kind: 'up' });
    const dossier = await device.accept([newPage()]);
    device.sync.wake();
    await connectionIs({ status: 'offline', reason: 'unreachable' });
    vi.restoreAllMocks();
    await device.deliver();
    await expectExactlyOnce([dossier]);
  });
});

describe('over TLS', () => {
  it('a server that never ends the handshake, and one that speaks something else, are nobody', async () => {
    const certificate = await newCertificate();
    const closed = await startTestProvince(postgres, { tls: certificate });
    const wire = await startTcpProxy({ host: '127.0.0.1', port: closed.port });
    const other = await openShellDevice({
      url: wire.url.replace('http:', 'https:'),
      trust: { pin: certificate.pin },
      code: await closed.newCode(),
      patience: PATIENCE,
    });
    try {
      await other.deliver();
      for (const kind of ['silent', 'frozen', 'answers-lost', 'portal'] as const) {
        wire.set({ kind });
        await other.accept([newPage()]);
        other.sync.wake();
        await expect.poll(() => other.sync.state().connection, { timeout: 10_000 }).toMatchObject({ status: 'offline', reason: 'unreachable' });
        wire.set({ kind: 'up' });
        other.sync.retry();
        await other.deliver();
      }
    } finally {
      await other.remove();
      await wire.stop();
      await closed.stop();
    }
  });
});

describe('a scan on its way', () => {
  it('gets across a line that is cut every 64 KiB, most bytes once', async () => {
    const scan = largePage(1_200_000);
    line.set({ kind: 'cut-after', bytes: 64 * 1024 });
    const before = line.bytesUp();
    const dossier = await device.accept([scan]);
    device.sync.wake();
    await expect.poll(() => (device.sync.wake(), isConfirmed(dossier)), { timeout: 45_000, interval: 250 }).toBe(true);
    // What was still in the air at a cut is sent again.
    expect(line.bytesUp() - before).toBeLessThan(scan.byteLength * 1.6);
    await expectExactlyOnce([dossier]);
  });

  /** Too large to go whole in the request that announces it. */
  const inPieces = (): Buffer => largePage(2_200_000);
  const inTheMiddle: Array<[string, Line, () => Buffer]> = [
    ['is swallowed whole', { kind: 'swallow', path: paths.scans }, newPage],
    ['is swallowed piece by piece', { kind: 'swallow', path: `${paths.scans}/` }, inPieces],
    ['is answered by a portal', { kind: 'portal', path: paths.scans }, newPage],
    ['is answered 502', { kind: 'answer', status: '502 Bad Gateway', body: '<html>', path: paths.scans }, newPage],
    ['loses the answer to the whole of it', { kind: 'answers-lost', path: paths.scans }, newPage],
    ['loses the answer to its first word', { kind: 'answers-lost', path: paths.scans }, inPieces],
    ['loses the answer to every piece', { kind: 'answers-lost', path: `${paths.scans}/` }, inPieces],
    ['hears nothing but drips', { kind: 'drip', bytesPerSecond: 20, path: paths.scans }, newPage],
  ];
  it.each(inTheMiddle)('that %s blocks no dossier, and is sent when the line is good', async (_, broken, page) => {
    line.set(broken);
    const withScan = await device.accept([page()]);
    device.sync.wake();
    await expect.poll(() => (device.sync.wake(), device.sync.memory().unconfirmed)).toHaveProperty(withScan.dossierId);
    const startedAtMs = Date.now();
    const other = await device.accept();
    device.sync.wake();
    await arrives(other);
    expect(Date.now() - startedAtMs).toBeLessThan(4 * PATIENCE.silenceMs);
    await expectExactlyOnce([other]);
    // The province itself answers all the while.
    await connectionIs({ status: 'online' });
    line.set({ kind: 'up' });
    device.sync.retry();
    await device.deliver();
    await expectExactlyOnce([withScan, other]);
  });

  it('that the province asks to wait with is waited with', async () => {
    line.set({ kind: 'answer', status: '503 Service Unavailable', headers: { 'retry-after': '2' }, path: paths.scans });
    const dossier = await device.accept([newPage()]);
    device.sync.wake();
    await connectionIs({ status: 'offline', reason: 'busy' });
    const saidAtMs = Date.now();
    line.set({ kind: 'up' });
    await connectionIs({ status: 'online' });
    expect(Date.now() - saidAtMs).toBeGreaterThan(1_800);
    await device.deliver();
    await expectExactlyOnce([dossier]);
  });

  it('goes on where it was after a gateway could not find the province for a while', async () => {
    const scan = largePage(3_000_000);
    line.set({ kind: 'cut-after', bytes: 2_000_000 });
    const dossier = await device.accept([scan]);
    device.sync.wake();
    await expect.poll(() => line.requests().some(({ method }) => method === 'PATCH')).toBe(true);
    const before = line.bytesUp();
    line.set({ kind: 'answer', status: '503 Service Unavailable', path: `${paths.scans}/` });
    await expect.poll(() => (device.sync.wake(), line.requests().filter(({ method }) => method === 'HEAD').length)).toBeGreaterThan(0);
    line.set({ kind: 'up' });
    device.sync.retry();
    await device.deliver();
    expect(line.bytesUp() - before).toBeLessThan(scan.byteLength * 1.3);
    await expectExactlyOnce([dossier]);
  });

  it('that is huge holds up neither a dossier nor the scans of one', async () => {
    const huge = await device.accept([largePage(6_000_000)]);
    line.set({ kind: 'slow', bytesPerSecond: 600_000 });
    device.sync.wake();
    await expect.poll(() => line.requests().some(({ method }) => method === 'PATCH')).toBe(true);
    const [plain, scanned] = [await device.accept(), await device.accept([newPage()])];
    device.sync.wake();
    await arrives(plain);
    await arrives(scanned);
    expect(unconfirmed()).toEqual([huge.dossierId]);
    await expectExactlyOnce([plain, scanned]);
    line.set({ kind: 'up' });
    await device.deliver();
    await expectExactlyOnce([huge]);
  });

  it('that the province will not have is said in words, and the others go on', async () => {
    line.set({ kind: 'answer', status: '415 Unsupported Media Type', body: '{"kind":"wrong-media-type","message":""}', path: paths.scans });
    const refused = await device.accept([newPage()]);
    device.sync.wake();
    await expect.poll((): SyncState['needsFix'] => device.sync.state().needsFix).toMatchObject([{ dossierId: refused.dossierId, reason: 'wrong-media-type' }]);
    line.set({ kind: 'up' });
    const fine = await device.accept([newPage()]);
    device.sync.wake();
    await arrives(fine);
    expect(unconfirmed()).toEqual([refused.dossierId]);
    await expectExactlyOnce([fine]);
    expect(device.sync.state().connection.status).toBe('online');
    device.sync.retry();
    await device.deliver();
    expect(device.sync.state().needsFix).toEqual([]);
  });

  it('is taken when it is a PDF with something before its header, as the counter took it', async () => {
    const dossier = await device.accept([Buffer.concat([Buffer.from('\uFEFF\r\n'), pdfPage(`Before ${Date.now()}`)])]);
    await device.deliver();
    await expectExactlyOnce([dossier]);
  });
});

describe('the hours of scans', () => {
  const openPaced = async (kbps: number): Promise<void> => {
    await device.remove();
    device = await openShellDevice({
      url: line.url,
      code: await province.newCode(),
      patience: PATIENCE,
      scanHours: {
        windows: [
          { from: '00:00', to: '12:00', maxKbps: kbps },
          { from: '12:00', to: '00:00', maxKbps: kbps },
        ],
      },
    });
  };

  it('leave the line to the office: two scans together keep to the rate, dossiers go at once', async () => {
    await openPaced(2_000);
    await device.deliver();
    const before = line.bytesUp();
    const startedAtMs = Date.now();
    const scanned = await device.accept([largePage(500_000), largePage(500_000)]);
    device.sync.wake();
    await expect.poll(() => line.bytesUp() - before).toBeGreaterThan(200_000);
    expect(device.sync.state().scanPace).toMatchObject({ kbps: 2_000 });
    const other = await device.accept();
    const acceptedAtMs = Date.now();
    device.sync.wake();
    await arrives(other);
    expect(unconfirmed()).toEqual([scanned.dossierId]);
    expect(Date.now() - acceptedAtMs).toBeLessThan(1_500);
    await device.deliver();
    const kbps = ((line.bytesUp() - before) * 8) / (Date.now() - startedAtMs);
    expect(kbps).toBeLessThan(2_200);
    expect(kbps).toBeGreaterThan(1_200);
    await expectExactlyOnce([scanned, other]);
    expect(device.sync.state().scanPace).toBeUndefined();
  });

  it('may close altogether: dossiers go, scans wait, nothing is called a failure', async () => {
    await openPaced(0);
    const before = line.requests().length;
    const scanned = await device.accept([newPage()]);
    const plain = await device.accept();
    device.sync.wake();
    await arrives(plain);
    expect(unconfirmed()).toEqual([scanned.dossierId]);
    await expectExactlyOnce([plain]);
    expect(device.sync.state()).toMatchObject({ connection: { status: 'online' }, waitingScans: 1, scanPace: { kbps: 0 } });
    const asked = line.requests().slice(before);
    expect(asked.filter(({ path }) => path.startsWith(paths.scans))).toEqual([]);
  });
});
