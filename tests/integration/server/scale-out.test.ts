import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../server/db/database.ts';
import { createEnrolmentCode } from '../../../server/devices/enrolment.ts';
import { type EnrolAnswer, type JournalAnswer, paths } from '../../../shared/sync/protocol.ts';
import { accepted } from '../../fixtures/dossiers.ts';
import { postgresForAll } from '../../fixtures/postgres.ts';
import { buildServer } from '../../fixtures/province.ts';
import { startServerProcess, type ServerProcess } from '../../fixtures/server-process.ts';
import { enrolledDevice, send, sha256, type TestDevice } from '../../fixtures/test-device.ts';

const postgres = postgresForAll();
let databaseUrl: string;
let db: Database;
let dataDir: string;
let servers: ServerProcess[];

const start = () => startServerProcess({ databaseUrl, dataDir });
const url = (index: number): string => (servers[index % servers.length] as ServerProcess).url;

beforeAll(async () => {
  await buildServer();
  databaseUrl = await postgres.createDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'qmc-two-servers-'));
  // On an empty database, at once: both find that the schema is missing.
  servers = await Promise.all([start(), start()]);
  db = openDatabase(databaseUrl, () => undefined);
});
afterAll(async () => {
  for (const server of servers) await server.end();
  await db.destroy();
  await rm(dataDir, { recursive: true, force: true });
});

const newCode = () => createEnrolmentCode(db, { officeId: 'nguyen-hue', agencyCode: 'H36.12' }, Date.now(), 86_400_000);
const push = async (device: TestDevice, at: string, entries: readonly unknown[]) =>
  send<JournalAnswer>(at, paths.journal, { body: { journalId: device.journalId, entries }, headers: await device.authorisation() });
const countOf = async (device: TestDevice) => {
  const counts = await Promise.all(
    (['journal_entries', 'operations', 'dossiers'] as const).map((table) =>
      db
        .selectFrom(table)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('device_id', '=', device.deviceId)
        .executeTakeFirstOrThrow(),
    ),
  );
  return counts.map(({ count }) => count);
};

describe('two servers on one database and one folder', () => {
  it('are one province: one key, and a device known to one is known to the other', async () => {
    const device = await enrolledDevice(url(0), await newCode());
    const other = await send<EnrolAnswer>(url(1), paths.enrol, { body: { ...device.enrolRequest(await newCode()), journalId: randomUUID() } });
    expect(other.body.serverKey).toEqual(device.enrolment?.serverKey);
    expect((await send(url(1), paths.status, { body: { dossierIds: [], scans: [] }, headers: await device.authorisation() })).status).toBe(200);
  });

  it('enrol one device with one code, whichever it reaches', async () => {
    const code = await newCode();
    const answers = await Promise.allSettled(Array.from({ length: 12 }, (_, index) => enrolledDevice(url(index), code)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('apply every entry exactly once, said to both in turn and to both at once', async () => {
    const device = await enrolledDevice(url(0), await newCode());
    for (let index = 0; index < 300; index += 1) device.append(accepted());
    const batches = Array.from({ length: 15 }, (_, index) => device.entries.slice(index * 20, index * 20 + 20));
    for (const [index, batch] of batches.entries()) {
      const said = index % 3 === 0 ? [0, 1] : [index];
      const answers = await Promise.all(said.map((server) => push(device, url(server), batch)));
      for (const answer of answers) {
        expect(answer.status).toBe(200);
        expect(answer.body.head.seq).toBe((index + 1) * 20);
      }
    }
    await Promise.all([push(device, url(0), device.entries), push(device, url(1), device.entries)]);
    expect(await countOf(device)).toEqual([300, 300, 300]);
  });

  it('lease no number twice', async () => {
    const devices = await Promise.all(Array.from({ length: 8 }, async (_, index) => enrolledDevice(url(index), await newCode())));
    const ranges = devices.map(({ enrolment }) => enrolment?.lease.from);
    expect(new Set(ranges).size).toBe(devices.length);
  });

  it('take one scan in pieces that reach either, also when both get the same piece at once', async () => {
    const device = await enrolledDevice(url(0), await newCode());
    const scan = Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(3_000_000)]);
    const pieces = Array.from({ length: 6 }, (_, index) => scan.subarray(index * 500_002, (index + 1) * 500_002));
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const tus = { ...(await device.authorisation()), 'tus-resumable': '1.0.0' };
    const metadata = { 'upload-length': String(scan.byteLength), 'upload-metadata': `sha256 ${base64(sha256(scan))},mediaType ${base64('application/pdf')}` };
    const created = await send(url(0), paths.scans, { headers: { ...tus, ...metadata } });
    const location = created.headers.get('location') ?? '';
    const offsetAt = async (server: number): Promise<number> =>
      Number((await fetch(new URL(location, url(server)), { method: 'HEAD', headers: tus })).headers.get('upload-offset'));
    const patch = (server: number, piece: Buffer, offset: number) =>
      fetch(new URL(location, url(server)), {
        method: 'PATCH',
        headers: { ...tus, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
        body: new Uint8Array(piece),
      }).then(({ status }) => status);
    let offset = 0;
    for (const [index, piece] of pieces.entries()) {
      const statuses = await Promise.all([patch(index, piece, offset), ...(index === 2 ? [patch(index + 1, piece, offset)] : [])]);
      if (index === 2) expect([...statuses].sort()).not.toEqual([204, 204]);
      offset += piece.byteLength;
      if (index < pieces.length - 1) {
        // Whoever had to give way says so, and the counter asks how far it got, as tus clients do.
        if ((await offsetAt(index)) < offset) expect(await patch(index, scan.subarray(await offsetAt(index), offset), await offsetAt(index))).toBe(204);
        expect(await offsetAt(index + 1)).toBe(offset);
      }
    }
    const held = await send<{ verifiedScans: string[] }>(url(1), paths.status, { body: { dossierIds: [], scans: [sha256(scan)] }, headers: tus });
    expect(held.body.verifiedScans).toEqual([sha256(scan)]);
    expect(await db.selectFrom('upload_locks').select('upload_id').execute()).toEqual([]);
  });

  it('end a request under way whole when one of them is told to stop, and the other goes on', async () => {
    const device = await enrolledDevice(url(0), await newCode());
    await device.authorisation();
    for (let index = 0; index < 400; index += 1) device.append(accepted());
    const stopping = servers[0] as ServerProcess;
    // Held up in the middle of its transaction until the server knows that it has to stop.
    const blocker = db.startTransaction().execute();
    const blocking = await blocker;
    await blocking.selectFrom('devices').selectAll().where('device_id', '=', device.deviceId).forUpdate().execute();
    const pushing = push(device, stopping.url, device.entries);
    await new Promise((done) => setTimeout(done, 500));
    const ended = stopping.end('SIGTERM');
    await expect.poll(() => stopping.logged()).toContain('"stopping"');
    await expect(send(stopping.url, paths.health, { method: 'GET' })).rejects.toThrow();
    await blocking.rollback().execute();
    const answer = await pushing;
    expect(answer.status).toBe(200);
    expect(answer.body.results).toHaveLength(400);
    const answeredAt = performance.now();
    expect(await ended).toBe(0);
    // Not by the cut that ends what does not end by itself.
    expect(performance.now() - answeredAt).toBeLessThan(8_000);
    expect(await countOf(device)).toEqual([400, 400, 400]);
    expect((await push(device, url(1), [device.append(accepted())])).body.head.seq).toBe(401);
    servers[0] = await start();
  });
});
