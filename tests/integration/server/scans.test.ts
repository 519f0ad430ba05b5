import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_SCAN_BYTES } from '../../../shared/scanning/scan.ts';
import { paths, wholeUploadText } from '../../../shared/sync/protocol.ts';
import { startS3Store, type S3Store } from '../../fakes/s3-store.ts';
import { startTcpProxy } from '../../fakes/tcp-proxy.ts';
import { aDossier } from '../../fixtures/dossiers.ts';
import { postgresForAll } from '../../fixtures/postgres.ts';
import { pdfPage, pngPage } from '../../fixtures/scans.ts';
import { send, sha256, type TestDevice } from '../../fixtures/test-device.ts';
import { startTestProvince, type TestProvince } from '../../fixtures/test-province.ts';

const postgres = postgresForAll();
let province: TestProvince;
let device: TestDevice;

/** What the tests must know of where the scans are kept. */
type Place = {
  start(): Promise<TestProvince>;
  kept(digest: string): Promise<Buffer>;
  leftBehind(): Promise<string[]>;
  /** Makes the end of the check fail, as it does when the server is killed there; returns what mends it, and what is answered. */
  breakTheEnd(): Promise<{ status: number; mend(): Promise<void> }>;
  stop(): Promise<void>;
};

function inFolder(): Place {
  const contentDir = (): string => join(province.scansDir, 'content');
  return {
    start: () => startTestProvince(postgres),
    kept: (digest) => readFile(join(contentDir(), digest.slice(0, 2), digest)),
    leftBehind: () => readdir(join(province.scansDir, 'incoming')),
    async breakTheEnd() {
      const content = contentDir();
      // A file in the folder's place.
      await rename(content, `${content}.away`);
      await writeFile(content, '');
      return {
        status: 500,
        async mend() {
          await rm(content);
          await rename(`${content}.away`, content);
        },
      };
    },
    stop: async () => undefined,
  };
}

function inBucket(): Place {
  let store: S3Store;
  return {
    async start() {
      store = await startS3Store();
      return startTestProvince(postgres, { scans: store.place });
    },
    async kept(digest) {
      const object = await store.bucket.get(`content/${digest.slice(0, 2)}/${digest}`);
      return object === undefined ? Buffer.alloc(0) : buffer(object.stream);
    },
    leftBehind: () => store.keys('incoming/'),
    async breakTheEnd() {
      const refusing = store.refuse(({ method, key }) => method === 'PUT' && key.startsWith('content/'));
      return { status: 503, mend: async () => refusing.end() };
    },
    stop: () => store.stop(),
  };
}

const PDF = 'application/pdf';
/** A PDF's first bytes and then noise: large, different every time. */
const largePdf = (bytes: number): Buffer => Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(bytes - 9)]);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function create(scan: Buffer, { digest = sha256(scan), mediaType = PDF, length = String(scan.byteLength), sender = device, url = province.url } = {}) {
  const headers = {
    ...(await sender.authorisation()),
    'tus-resumable': '1.0.0',
    'upload-length': length,
    'upload-metadata': `sha256 ${base64(digest)},mediaType ${base64(mediaType)}`,
  };
  const answer = await send<{ kind?: string }>(url, paths.scans, { headers });
  return { ...answer, location: answer.headers.get('location') ?? '' };
}

async function patch(location: string, bytes: Buffer, offset: number, { sender = device, url = province.url } = {}) {
  const answer = await fetch(new URL(location, url), {
    method: 'PATCH',
    headers: {
      ...(await sender.authorisation()),
      'tus-resumable': '1.0.0',
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
    },
    body: new Uint8Array(bytes),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as { kind: string }) };
}

const head = async (location: string, sender = device): Promise<Response> =>
  fetch(new URL(location, province.url), { method: 'HEAD', headers: { ...(await sender.authorisation()), 'tus-resumable': '1.0.0' } });

const isVerified = async (scan: Buffer, sender = device): Promise<boolean> => (await sender.status([], [sha256(scan)])).verifiedScans.includes(sha256(scan));

async function sendWhole(scan: Buffer, mediaType = PDF, sender = device): Promise<number> {
  const created = await create(scan, { mediaType, sender });
  expect(created.status).toBe(201);
  return (await patch(created.location, scan, 0, { sender })).status;
}

/** Announced and sent in one request. */
async function sendAtOnce(scan: Buffer, { digest = sha256(scan), mediaType = PDF, url = province.url } = {}) {
  const answer = await fetch(new URL(paths.scans, url), {
    method: 'POST',
    headers: {
      ...(await device.authorisation()),
      'tus-resumable': '1.0.0',
      'upload-length': String(scan.byteLength),
      'upload-metadata': `sha256 ${base64(digest)},mediaType ${base64(mediaType)}`,
      'content-type': 'application/offset+octet-stream',
    },
    body: new Uint8Array(scan),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : (JSON.parse(text) as { kind: string }) };
}

describe.each([
  ['a folder', inFolder],
  ['a bucket', inBucket],
])('with scans kept in %s', (_name, open) => {
  const place = open();
  beforeAll(async () => {
    province = await place.start();
    device = await province.newDevice();
  });
  afterAll(async () => {
    await province.stop();
    await place.stop();
  });

  describe('a scan', () => {
    it('is verified, kept under its digest, and leaves nothing behind', async () => {
      for (const [scan, mediaType] of [
        [pdfPage('giay chung sinh'), PDF],
        [pngPage(1), 'image/png'],
        [Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]), 'image/jpeg'],
      ] as const) {
        expect(await sendWhole(scan, mediaType)).toBe(204);
        expect(await isVerified(scan)).toBe(true);
        const digest = sha256(scan);
        expect(sha256(await place.kept(digest))).toBe(digest);
      }
      expect(await place.leftBehind()).toEqual([]);
    });

    it('need not be sent again', async () => {
      const scan = largePdf(1_000);
      await sendWhole(scan);
      expect(await create(scan)).toMatchObject({ status: 208, body: { kind: 'already-verified' } });
    });

    it('confirms its dossier only when every scan of it is verified', async () => {
      const scans = [pngPage(7), pngPage(8)];
      const page = (scan: Buffer, pageId: string) => ({
        pageId,
        sha256: sha256(scan),
        bytes: scan.byteLength,
        mediaType: 'image/png' as const,
        rotation: 0 as const,
        source: 'file' as const,
        capturedAtMs: 1,
        capturedBy: 'lan',
      });
      const dossier = aDossier({ dossierId: randomUUID() as never });
      // The same bytes twice count once.
      dossier.papers[0] = {
        ...(dossier.papers[0] as (typeof dossier.papers)[number]),
        pages: [page(scans[0] as Buffer, 'a'), page(scans[1] as Buffer, 'b'), page(scans[0] as Buffer, 'c')],
      };
      device.append({ type: 'dossier.accepted', dossier, number: { leaseId: 'x', order: 1 } });
      await device.push();
      const progress = async () => (await device.status([dossier.dossierId])).dossiers[0];
      expect(await progress()).toMatchObject({ scansExpected: 2, scansVerified: 0, confirmed: false });
      await sendWhole(scans[0] as Buffer, 'image/png');
      expect(await progress()).toMatchObject({ scansExpected: 2, scansVerified: 1, confirmed: false });
      await sendWhole(scans[1] as Buffer, 'image/png');
      expect(await progress()).toMatchObject({ scansExpected: 2, scansVerified: 2, confirmed: true });
    });

    it('of another office must be sent by the office itself: naming a digest proves nothing', async () => {
      const other = await province.newDevice({ officeId: 'meo-vac', agencyCode: 'H36.30' });
      const scan = largePdf(5_000);
      await sendWhole(scan);
      expect(await isVerified(scan, other)).toBe(false);
      expect(await sendWhole(scan, PDF, other)).toBe(204);
      expect(await isVerified(scan, other)).toBe(true);
    });
  });

  describe('a scan in one request', () => {
    it('is verified as one in many is, and need not be sent again', async () => {
      const scan = largePdf(1_500_000);
      const sent = await sendAtOnce(scan);
      expect([sent.status, sent.headers.get('upload-offset'), sent.headers.get('tus-resumable')]).toEqual([201, '1500000', '1.0.0']);
      expect(await isVerified(scan)).toBe(true);
      const digest = sha256(scan);
      expect(sha256(await place.kept(digest))).toBe(digest);
      expect(await sendAtOnce(scan)).toMatchObject({ status: 208, body: { kind: 'already-verified' } });
      expect(await place.leftBehind()).toEqual([]);
    });

    it('that is wrong is refused and leaves nothing', async () => {
      const scan = largePdf(300_000);
      expect(await sendAtOnce(scan, { digest: sha256('another') })).toMatchObject({ status: 460, body: { kind: 'wrong-digest' } });
      expect(await sendAtOnce(scan, { mediaType: 'image/png' })).toMatchObject({ status: 415, body: { kind: 'wrong-media-type' } });
      expect(await sendAtOnce(scan, { mediaType: 'text/html' })).toMatchObject({ status: 415 });
      expect(await sendAtOnce(scan, { digest: 'no digest' })).toMatchObject({ status: 400, body: { kind: 'invalid' } });
      expect(await isVerified(scan)).toBe(false);
      expect(await place.leftBehind()).toEqual([]);
    });

    it('goes on where it was cut', async () => {
      const scan = largePdf(1_800_000);
      const proxy = await startTcpProxy({ host: '127.0.0.1', port: province.port });
      try {
        proxy.set({ kind: 'cut-after', bytes: 900_000 });
        expect(await sendAtOnce(scan, { url: proxy.url }).catch(() => 'cut')).toBe('cut');
      } finally {
        await proxy.stop();
      }
      const location = `${paths.scans}/${sha256(wholeUploadText(device.deviceId, sha256(scan))).slice(0, 32)}`;
      const offset = async (): Promise<number> => Number((await head(location)).headers.get('upload-offset'));
      await expect.poll(offset).toBeGreaterThan(500_000);
      const from = await offset();
      expect(from).toBeLessThan(900_000);
      expect((await patch(location, scan.subarray(from), from)).status).toBe(204);
      expect(await isVerified(scan)).toBe(true);
      expect(await place.leftBehind()).toEqual([]);
    });
  });

  describe('a cut line', () => {
    it('costs only what was not sent, at any byte', async () => {
      const scan = largePdf(3 * 1024 * 1024);
      const proxy = await startTcpProxy({ host: '127.0.0.1', port: province.port });
      try {
        const { location } = await create(scan);
        let offset = 0;
        let cuts = 0;
        let resumed = 0;
        while (offset < scan.byteLength && cuts < 200) {
          proxy.set(cuts < 8 ? { kind: 'cut-after', bytes: 1 + Math.floor(Math.random() * 600_000) } : { kind: 'up' });
          const done = await patch(location, scan.subarray(offset), offset, { url: proxy.url }).catch(() => undefined);
          if (done?.status === 204) break;
          cuts += 1;
          // A lock held by the request that was cut is let go before the offset is told.
          const answer = await head(location);
          expect(answer.status).toBe(200);
          const next = Number(answer.headers.get('upload-offset'));
          expect(next).toBeGreaterThanOrEqual(offset);
          if (next > offset) resumed += 1;
          offset = next;
        }
        expect(cuts).toBeGreaterThanOrEqual(5);
        expect(resumed).toBeGreaterThan(0);
        expect(await isVerified(scan)).toBe(true);
      } finally {
        await proxy.stop();
      }
    });

    it('and a restart of the server are survived by the very client the counter uses', async () => {
      const scan = largePdf(2 * 1024 * 1024);
      const headers = await device.authorisation();
      let restarted: Promise<void> | undefined;
      await new Promise<void>((resolve, reject) => {
        new Upload(scan, {
          endpoint: new URL(paths.scans, province.url).href,
          metadata: { sha256: sha256(scan), mediaType: PDF },
          headers,
          chunkSize: 256 * 1024,
          retryDelays: [100, 200, 400, 800, 1_600],
          onProgress: (sent) => {
            if (sent > scan.byteLength / 2) restarted ??= province.restart();
          },
          onSuccess: () => resolve(),
          onError: reject,
        }).start();
      });
      await restarted;
      expect(restarted).toBeDefined();
      expect(await isVerified(scan)).toBe(true);
    });

    it('is no harm between the last byte and the check: the next question finishes it', async () => {
      const scan = largePdf(10_000);
      const { location } = await create(scan);
      const { status, mend } = await place.breakTheEnd();
      expect((await patch(location, scan, 0)).status).toBe(status);
      await mend();
      expect(await isVerified(scan)).toBe(false);
      await province.restart();
      await head(location);
      expect(await isVerified(scan)).toBe(true);
    });
  });

  describe('a wrong scan', () => {
    it('with another digest is refused and removed, and may be sent anew', async () => {
      const scan = largePdf(20_000);
      const damaged = Buffer.from(scan);
      damaged.writeUInt8(damaged.readUInt8(15_000) ^ 1, 15_000);
      const { location } = await create(scan);
      expect(await patch(location, damaged, 0)).toMatchObject({ status: 460, body: { kind: 'wrong-digest' } });
      expect((await head(location)).status).toBe(404);
      expect(await place.leftBehind()).toEqual([]);
      expect(await isVerified(scan)).toBe(false);
      expect(await sendWhole(scan)).toBe(204);
    });

    it('that is not what it says is refused', async () => {
      const disguised = pngPage(3);
      const { location } = await create(disguised, { mediaType: PDF });
      expect(await patch(location, disguised, 0)).toMatchObject({ status: 415, body: { kind: 'wrong-media-type' } });
      expect(await isVerified(disguised)).toBe(false);
      const program = Buffer.from('MZ'.padEnd(200, 'x'));
      expect(await create(program, { mediaType: 'application/x-msdownload' })).toMatchObject({ status: 415, body: { kind: 'wrong-media-type' } });
    });

    it('is refused before a byte of it when it is too large, empty, endless or unnamed', async () => {
      const scan = largePdf(100);
      expect(await create(scan, { length: String(MAX_SCAN_BYTES + 1) })).toMatchObject({ status: 413, body: { kind: 'too-large' } });
      expect(await create(scan, { length: '0' })).toMatchObject({ status: 400, body: { kind: 'invalid' } });
      expect(await create(scan, { digest: 'not-a-digest' })).toMatchObject({ status: 400, body: { kind: 'invalid' } });
      const headers = {
        ...(await device.authorisation()),
        'tus-resumable': '1.0.0',
        'upload-defer-length': '1',
        'upload-metadata': `sha256 ${base64(sha256(scan))},mediaType ${base64(PDF)}`,
      };
      expect(await send(province.url, paths.scans, { headers })).toMatchObject({ status: 400, body: { kind: 'invalid' } });
      expect(await place.leftBehind()).toEqual([]);
    });

    it('cannot grow beyond the length it announced', async () => {
      const scan = largePdf(1_000);
      const { location } = await create(scan);
      const answer = await patch(location, Buffer.concat([scan, randomBytes(5_000)]), 0);
      expect(answer.status).toBe(413);
      expect(await isVerified(scan)).toBe(false);
    });

    it('cannot leave its folder', async () => {
      for (const name of ['..%2f..%2fetc%2fpasswd', '%2e%2e', 'x.json', '%00', 'a'.repeat(5_000)]) {
        const answer = await fetch(new URL(`${paths.scans}/${name}`, province.url), {
          method: 'PATCH',
          headers: { ...(await device.authorisation()), 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
          body: 'x',
        });
        expect([400, 404, 414]).toContain(answer.status);
      }
    });
  });

  describe('an upload', () => {
    it('is closed to strangers and to other offices', async () => {
      const scan = largePdf(4_000);
      expect((await send(province.url, paths.scans, { headers: { 'tus-resumable': '1.0.0', 'upload-length': '10' } })).status).toBe(401);
      const { location } = await create(scan);
      const other = await province.newDevice({ officeId: 'yen-minh', agencyCode: 'H36.40' });
      expect((await head(location, other)).status).toBe(404);
      expect((await patch(location, scan, 0, { sender: other })).status).toBe(404);
      expect((await patch(location, scan, 0)).status).toBe(204);
    });

    it('that everybody sends at once ends as one scan', async () => {
      const scan = largePdf(300_000);
      const answers = await Promise.all(
        Array.from({ length: 6 }, async () => {
          const created = await create(scan);
          return created.status === 208 ? 208 : (await patch(created.location, scan, 0)).status;
        }),
      );
      expect(answers.every((status) => status === 204 || status === 208)).toBe(true);
      expect(await isVerified(scan)).toBe(true);
      expect((await place.kept(sha256(scan))).byteLength).toBe(scan.byteLength);
    });
  });
});
