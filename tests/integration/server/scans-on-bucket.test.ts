import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { copyToBucket } from '../../../server/scans/copy-to-bucket.ts';
import { openScanBucket } from '../../../server/scans/scan-bucket.ts';
import { openScanFiles } from '../../../server/scans/scan-place.ts';
import { paths, wholeUploadText } from '../../../shared/sync/protocol.ts';
import { startS3Store } from '../../fakes/s3-store.ts';
import { startTcpProxy } from '../../fakes/tcp-proxy.ts';
import { forAllTests } from '../../fixtures/for-all-tests.ts';
import { postgresForAll } from '../../fixtures/postgres.ts';
import { buildServer, serverBundle } from '../../fixtures/province.ts';
import { sendScan } from '../../fixtures/send-scan.ts';
import { startServerProcess } from '../../fixtures/server-process.ts';
import { send, sha256, type TestDevice } from '../../fixtures/test-device.ts';
import { OFFICE, startTestProvince, type TestProvince } from '../../fixtures/test-province.ts';

const PDF = 'application/pdf';
const largePdf = (bytes: number): Buffer => Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(bytes - 9)]);
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const contentKey = (scan: Buffer): string => `content/${sha256(scan).slice(0, 2)}/${sha256(scan)}`;

const postgres = postgresForAll();
const store = forAllTests(startS3Store);
beforeEach(() => store.set('up'));

const announced = async (device: TestDevice, scan: Buffer) => ({
  ...(await device.authorisation()),
  'tus-resumable': '1.0.0',
  'upload-length': String(scan.byteLength),
  'upload-metadata': `sha256 ${base64(sha256(scan))},mediaType ${base64(PDF)}`,
});
async function create(url: string, device: TestDevice, scan: Buffer) {
  const { status, headers } = await send(url, paths.scans, { headers: await announced(device, scan) });
  return { status, location: headers.get('location') ?? '', retryAfter: headers.get('retry-after') };
}
async function sendAtOnce(url: string, device: TestDevice, scan: Buffer): Promise<{ status: number; retryAfter: string | null }> {
  const headers = { ...(await announced(device, scan)), 'content-type': 'application/offset+octet-stream' };
  const { status, headers: answered } = await fetch(new URL(paths.scans, url), { method: 'POST', headers, body: new Uint8Array(scan) });
  return { status, retryAfter: answered.get('retry-after') };
}
async function patch(url: string, device: TestDevice, location: string, bytes: Buffer, offset: number) {
  const headers = { ...(await device.authorisation()), 'tus-resumable': '1.0.0', 'upload-offset': String(offset) };
  const body = new Uint8Array(bytes);
  const answer = await fetch(new URL(location, url), { method: 'PATCH', headers: { ...headers, 'content-type': 'application/offset+octet-stream' }, body });
  return { status: answer.status, retryAfter: answer.headers.get('retry-after') };
}
async function offsetAt(url: string, device: TestDevice, location: string): Promise<number> {
  const answer = await fetch(new URL(location, url), { method: 'HEAD', headers: { ...(await device.authorisation()), 'tus-resumable': '1.0.0' } });
  return answer.status === 200 ? Number(answer.headers.get('upload-offset')) : -answer.status;
}
const locationOfWhole = (device: TestDevice, scan: Buffer): string => `${paths.scans}/${sha256(wholeUploadText(device.deviceId, sha256(scan))).slice(0, 32)}`;
const isVerified = async (device: TestDevice, scan: Buffer): Promise<boolean> => (await device.status([], [sha256(scan)])).verifiedScans.includes(sha256(scan));
async function bytesOf(scan: Buffer): Promise<Buffer> {
  const object = await store.bucket.get(contentKey(scan));
  const chunks: Buffer[] = [];
  for await (const chunk of object?.stream ?? []) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('two servers on one bucket', () => {
  let province: TestProvince;
  let other: Awaited<ReturnType<TestProvince['another']>>;
  let device: TestDevice;
  beforeAll(async () => {
    province = await startTestProvince(postgres, { scans: store.place });
    other = await province.another();
    device = await province.newDevice();
  });
  afterAll(async () => {
    await other.stop();
    await province.stop();
  });

  /** Lets the line be cut under what `send` sends. */
  async function cutAfter(bytes: number, sendOver: (url: string) => Promise<unknown>): Promise<void> {
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: province.port });
    try {
      proxy.set({ kind: 'cut-after', bytes });
      expect(await sendOver(proxy.url).catch(() => 'cut')).toBe('cut');
    } finally {
      await proxy.stop();
    }
  }

  async function goOn(scan: Buffer, location: string): Promise<void> {
    const from = await offsetAt(other.url, device, location);
    expect(from).toBeLessThan(scan.byteLength - 400_000);
    expect(await store.keys(contentKey(scan))).toEqual([]);
    const middle = from + 300_000;
    expect((await patch(other.url, device, location, scan.subarray(from, middle), from)).status).toBe(204);
    expect((await patch(province.url, device, location, scan.subarray(middle), middle)).status).toBe(204);
    expect(await isVerified(device, scan)).toBe(true);
    expect((await bytesOf(scan)).equals(scan)).toBe(true);
    expect(await store.keys('incoming/')).toEqual([]);
  }

  it('go on with a scan in one request that was cut at the other', async () => {
    const scan = largePdf(1_800_000);
    await cutAfter(900_000, (url) => sendAtOnce(url, device, scan));
    // Put there once the server has seen that the line was cut.
    await expect.poll(() => offsetAt(other.url, device, locationOfWhole(device, scan))).toBeGreaterThan(100_000);
    await goOn(scan, locationOfWhole(device, scan));
  });

  it('go on with a scan in pieces that was cut at the other', async () => {
    const scan = largePdf(7_000_000);
    const { location } = await create(province.url, device, scan);
    await cutAfter(5_500_000, (url) => patch(url, device, location, scan, 0));
    // Whoever asks waits until the request that was cut has let go.
    expect(await offsetAt(other.url, device, location)).toBeGreaterThan(2_000_000);
    await goOn(scan, location);
  });

  it('take a scan larger than a piece in one request, and give it back at the other', async () => {
    const scan = largePdf(5_000_000);
    expect((await sendAtOnce(province.url, device, scan)).status).toBe(201);
    const got = await fetch(new URL(`/v1/offices/${OFFICE.officeId}/scans/${sha256(scan)}`, other.url), { headers: await device.authorisation() });
    expect([got.status, sha256(Buffer.from(await got.arrayBuffer()))]).toEqual([200, sha256(scan)]);
    expect(await store.keys('incoming/')).toEqual([]);
  });

  it('ask for patience while the store is down, and lose nothing', async () => {
    const [grown, whole, kept] = [largePdf(3_000_000), largePdf(50_000), largePdf(1_000)];
    await sendScan(province.url, device, kept);
    const { location } = await create(province.url, device, grown);
    expect((await patch(province.url, device, location, grown.subarray(0, 1_000_000), 0)).status).toBe(204);
    store.set('down');
    const wait = { status: 503, retryAfter: expect.stringMatching(/^\d+$/u) as string };
    const read = async () =>
      (await fetch(new URL(`/v1/offices/${OFFICE.officeId}/scans/${sha256(kept)}`, province.url), { headers: await device.authorisation() })).status;
    const answers = [
      patch(other.url, device, location, grown.subarray(1_000_000), 1_000_000),
      sendAtOnce(province.url, device, whole),
      create(province.url, device, whole),
    ];
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject(wait);
    expect(await Promise.all([offsetAt(province.url, device, location), read()])).toEqual([-503, 503]);
    expect(await isVerified(device, whole)).toBe(false);
    store.set('up');
    expect(await read()).toBe(200);
    const from = await offsetAt(province.url, device, location);
    expect(from).toBeGreaterThanOrEqual(1_000_000);
    expect((await patch(province.url, device, location, grown.subarray(from), from)).status).toBe(204);
    expect((await sendAtOnce(other.url, device, whole)).status).toBe(201);
    expect([await isVerified(device, grown), await isVerified(device, whole)]).toEqual([true, true]);
    // A store that is away is no scan that is gone.
    expect(province.logged()).not.toContain('a verified scan is not as it was stored');
    expect(province.logged()).not.toContain(store.place.credentials.secretAccessKey);
  });

  it('remove what was left behind, and nothing else', async () => {
    const [abandoned, kept] = [largePdf(400_000), largePdf(2_000)];
    const { location } = await create(province.url, device, abandoned);
    await patch(province.url, device, location, abandoned.subarray(0, 300_000), 0);
    await sendScan(province.url, device, kept);
    // Pieces whose upload nobody can know of any more.
    await store.bucket.put(`incoming/${randomBytes(16).toString('hex')}/0000000000`, Buffer.from('lost'));
    const files = openScanBucket(store.bucket);
    expect(await files.sweep(Date.now() - 3_600_000)).toBe(0);
    expect(await offsetAt(other.url, device, location)).toBe(300_000);
    expect(await files.sweep(Date.now() + 3_600_000)).toBe(2);
    expect(await store.keys('incoming/')).toEqual([]);
    expect(await offsetAt(other.url, device, location)).toBe(-404);
    expect((await bytesOf(kept)).equals(kept)).toBe(true);
  });
});

describe('a bucket', () => {
  it('never holds a scan that is not whole or not right', async () => {
    const scan = largePdf(3_000_000);
    const body = { bytes: scan.byteLength, sha256: sha256(scan), mayEnd: () => undefined };
    const cuts = (chunks: Buffer[]) =>
      async function* (): AsyncGenerator<Buffer> {
        yield* chunks;
      };
    const [half, wrong] = [scan.subarray(0, 1_500_000), Buffer.alloc(1_500_000)];
    await expect(store.bucket.putStream(contentKey(scan), { ...body, source: cuts([half]) })).rejects.toThrow();
    await expect(store.bucket.putStream(contentKey(scan), { ...body, source: cuts([half, wrong]) })).rejects.toThrow();
    const judged = { ...body, source: cuts([half, scan.subarray(1_500_000)]) };
    const refused = async (): Promise<void> =>
      store.bucket.putStream(contentKey(scan), {
        ...judged,
        mayEnd: () => {
          throw new Error('refused');
        },
      });
    await expect(refused()).rejects.toThrow('refused');
    expect(await store.keys(contentKey(scan))).toEqual([]);
    await store.bucket.putStream(contentKey(scan), judged);
    expect((await bytesOf(scan)).equals(scan)).toBe(true);
  });

  it('that refuses the key or does not exist stops the start and says so, without the key; one that is silent does not', async () => {
    const { bucket, credentials } = store.place;
    const secretAccessKey = 'khong-phai-khoa-nay';
    const start = (place: typeof store.place) => openScanFiles(place, () => undefined);
    const failure = await start({ bucket, credentials: { ...credentials, secretAccessKey } }).catch((error: Error) => error.message);
    expect(failure).toMatch(/refuses the bucket .*(SignatureDoesNotMatch|AccessDenied|403)/u);
    expect(failure).not.toContain(secretAccessKey);
    await expect(start({ bucket: { ...bucket, bucket: 'khong-co' }, credentials })).rejects.toThrow(/NoSuchBucket|404/u);
    store.set('down');
    let told: Error | undefined;
    await openScanFiles(store.place, (error) => (told = error));
    expect(told).toBeInstanceOf(Error);
  });
});

describe('a process of its own', () => {
  let province: TestProvince;
  let dataDir: string;
  let settings: string;
  beforeAll(async () => {
    await buildServer();
    province = await startTestProvince(postgres, { scans: store.place });
    dataDir = await mkdtemp(join(tmpdir(), 'qmc-bucket-'));
    settings = join(dataDir, 'province.json');
    const credentialsFile = join(dataDir, 's3.json');
    await writeFile(credentialsFile, JSON.stringify(store.place.credentials), { mode: 0o600 });
    await writeFile(settings, JSON.stringify({ scans: { s3: { ...store.place.bucket, credentialsFile } } }));
  });
  afterAll(async () => {
    await province.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it.each(['before', 'after'] as const)('killed (-9) %s its scan is put under its digest loses nothing, and another server goes on', async (at) => {
    const device = await province.newDevice();
    const scan = largePdf(2_500_000);
    const dying = await startServerProcess({ databaseUrl: province.databaseUrl, dataDir, args: ['--settings', settings] });
    const { location } = await create(dying.url, device, scan);
    expect((await patch(dying.url, device, location, scan.subarray(0, 1_000_000), 0)).status).toBe(204);
    const held = store.hold(at, ({ key }) => key === contentKey(scan));
    const cut = patch(dying.url, device, location, scan.subarray(1_000_000), 1_000_000).catch(() => 'cut');
    await held.reached;
    await dying.end('SIGKILL');
    expect(await cut).toBe('cut');
    held.end();
    expect(await isVerified(device, scan)).toBe(false);
    // The question of a counter that comes back finishes it.
    expect([scan.byteLength, -404]).toContain(await offsetAt(province.url, device, location));
    expect(await isVerified(device, scan)).toBe(true);
    expect((await bytesOf(scan)).equals(scan)).toBe(true);
  });

  it('copies the scans of a folder (copy-scans)', async () => {
    const scan = largePdf(30_000);
    const shelf = join(dataDir, 'scans', 'content', sha256(scan).slice(0, 2));
    await mkdir(shelf, { recursive: true });
    await writeFile(join(shelf, sha256(scan)), scan);
    const args = [serverBundle, 'copy-scans', '--settings', settings, '--data', dataDir, '--database-url', province.databaseUrl];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(JSON.parse(stdout)).toEqual({ copied: 1, present: 0, damaged: [], missing: [] });
    expect((await bytesOf(scan)).equals(scan)).toBe(true);
  });
});

describe('a province that moves to a bucket', () => {
  it('goes on where it was stopped, and is told of what is damaged or missing', async () => {
    const province = await startTestProvince(postgres);
    const target = await startS3Store();
    try {
      const device = await province.newDevice();
      const scans = Array.from({ length: 4 }, () => largePdf(20_000)).sort((a, b) => (sha256(a) < sha256(b) ? -1 : 1));
      for (const scan of scans) await sendScan(province.url, device, scan);
      const [first, second, damaged, missing] = scans as [Buffer, Buffer, Buffer, Buffer];
      const fileOf = (scan: Buffer): string => join(province.scansDir, contentKey(scan));
      await writeFile(fileOf(damaged), randomBytes(20_000));
      await rm(fileOf(missing));
      const copy = () => copyToBucket(province.db, province.scansDir, target.bucket, () => undefined);
      const refusing = target.refuse(({ method, key }) => method === 'PUT' && key === contentKey(second));
      await expect(copy()).rejects.toMatchObject({ status: 503 });
      refusing.end();
      expect(await target.keys('content/')).toEqual([contentKey(first)]);
      expect(await copy()).toEqual({ copied: 1, present: 1, damaged: [sha256(damaged)], missing: [sha256(damaged), sha256(missing)] });
      expect(sha256(await readFile(fileOf(first)))).toBe(sha256(first));
      const moved = await openScanFiles(target.place, () => undefined);
      expect((await moved.find(sha256(second)))?.bytes).toBe(20_000);
    } finally {
      await target.stop();
      await province.stop();
    }
  });
});
