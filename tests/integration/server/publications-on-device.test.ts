/** What the province publishes, on its way into a device: real PostgreSQL, real sockets, real files, and every way it goes wrong. */
import { createHash } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { openCatalogueFiles, type CatalogueFiles } from '../../../electron/catalogue/catalogue-files.ts';
import { openPublications, type Publications } from '../../../electron/publications/publications.ts';
import { createPublicationsLane } from '../../../electron/sync/publications-lane.ts';
import { bundledCatalogue } from '../../../shared/catalogue/bundled.ts';
import type { Catalogue } from '../../../shared/catalogue/catalogue.ts';
import { ok } from '../../../shared/lib/result.ts';
import { MAX_SLICE_BYTES, type PublicationKind } from '../../../shared/publications/publication.ts';
import { raiseEpoch } from '../../../server/devices/epoch-store.ts';
import { publish } from '../../../server/publications/publish.ts';
import { openShellDevice, type ShellDevice } from '../../fixtures/shell-device.ts';
import { OFFICE, provinceForAll } from '../../fixtures/test-province.ts';

const shipped = bundledCatalogue();

const province = provinceForAll();
let relay: Awaited<ReturnType<typeof startRelay>>;
let device: ShellDevice;
let errors: string[];
const downs: Down[] = [];

beforeAll(async () => {
  relay = await startRelay(province.port);
  device = await openShellDevice({ url: relay.url, code: await province.newCode() });
  await device.deliver();
});
beforeEach(async () => {
  errors = [];
  relay.seen.length = 0;
  relay.cutAfterDocuments(Infinity);
  await sql`truncate publications, published_documents`.execute(province.db);
  for (const name of ['catalogue', 'publications']) await rm(join(device.folder, name), { recursive: true, force: true });
});
afterEach(async () => {
  for (const down of downs.splice(0)) await down.publications.stop();
});
afterAll(async () => {
  await device.remove();
  await relay.stop();
});

/** Passes everything on, writes down what was asked of the publications, and cuts the line after so many documents' slices. */
async function startRelay(port: number) {
  const seen: string[] = [];
  let left = Infinity;
  const server = createServer((asked, answer) => {
    const isDocument = asked.url?.startsWith('/v1/documents/') === true;
    if (isDocument || asked.url?.startsWith('/v1/changes') === true) seen.push(isDocument ? `document ${asked.headers.range ?? ''}` : 'changes');
    if (isDocument && left-- <= 0) return void asked.socket.destroy();
    const onward = request({ port, host: '127.0.0.1', method: asked.method, path: asked.url, headers: asked.headers }, (came) => {
      answer.writeHead(came.statusCode ?? 502, came.headers);
      came.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    cutAfterDocuments: (count: number) => (left = count),
    stop: () => new Promise((done) => (server.closeAllConnections(), server.close(done))),
  };
}

type Down = {
  publications: Publications;
  catalogues: CatalogueFiles;
  /** One pass; resolves at its end. */
  pass(): Promise<void>;
  told: string[];
};

type Faults = { install?: (own: CatalogueFiles['install']) => CatalogueFiles['install']; record?: () => never; appVersion?: string; operatorId?: string };

/** The device's way down, opened from its folder as at a start. */
async function openDown({ install, record, appVersion = '0.1.0', operatorId = 'lan' }: Faults = {}): Promise<Down> {
  const log = { info: () => undefined, warn: (words: string) => errors.push(words), error: (words: string) => errors.push(words) };
  const files = await openCatalogueFiles(join(device.folder, 'catalogue'), log);
  const catalogues = install === undefined ? files : { ...files, install: install(files.install) };
  const told: string[] = [];
  const folder = join(device.folder, 'publications');
  let passed: () => void = () => undefined;
  const publications = await openPublications({
    folder,
    lane: createPublicationsLane({ url: relay.url, folder, province: device.province }),
    appVersion,
    operatorId,
    isOnline: () => true,
    catalogues,
    vault: device.vault,
    record: async (catalogue) => record?.() ?? device.journal.transact('system', () => ok({ type: 'catalogue.installed' as const, ...catalogue })),
    clock: Date.now,
    random: () => 0,
    log,
    onChange: () => passed(),
    onCatalogue: (version) => told.push(version),
  });
  const down = {
    publications,
    catalogues,
    told,
    pass: () =>
      new Promise<void>((done) => {
        passed = done;
        publications.heard(`news ${Math.random()}`);
      }),
  };
  downs.push(down);
  return down;
}

const publishes = (kind: PublicationKind, content: unknown) => publish(province.db, kind, JSON.stringify(content), Date.now());
const catalogueOf = (version: string, procedures = 2): Partial<Catalogue> => ({ version, procedures: shipped.procedures.slice(0, procedures) });
const calendarOf = (version: string) => ({ ...shipped.calendar, version });
const usersOf = (version: string, ...ids: string[]) => ({
  version,
  users: ids.map((id) => ({ id, name: `Cán bộ ${id}`, roles: ['officer'], office: OFFICE.officeId })),
});

/** As it would be if the province were wrong or someone sat between: no check of ours in the way. */
async function forge(kind: PublicationKind, version: string, text: string, sha256 = createHash('sha256').update(text).digest('hex')): Promise<void> {
  await province.db
    .insertInto('published_documents')
    .values({ sha256, bytes: Buffer.byteLength(text), packed: gzipSync(text) })
    .execute();
  await province.db.insertInto('publications').values({ kind, office_id: null, version, sha256, published_at: new Date() }).execute();
}

async function journalled(): Promise<string[]> {
  const entries = await device.journal.read(0, 1000);
  return entries.flatMap(({ operation, operatorId }) => (operation.type === 'catalogue.installed' ? [`${operatorId} ${operation.version}`] : []));
}
const documentsAsked = (): number => relay.seen.filter((asked) => asked.startsWith('document')).length;

describe('the way down', () => {
  it('brings catalogue, calendar and users, keeps them, and fetches nothing twice', async () => {
    await publishes('calendar', calendarOf('lich-2027'));
    await publishes('catalogue', catalogueOf('tinh-1'));
    await publishes('users', usersOf('u1', 'mai'));
    const down = await openDown();
    expect(down.publications.state()).toEqual({
      catalogue: { version: shipped.version, origin: 'bundled', sinceMs: null },
      askedAtMs: null,
      refused: [],
      isOperatorListed: null,
    });
    await down.pass();
    for (const one of [down, await openDown()]) {
      expect(one.catalogues.current()).toMatchObject({ version: 'tinh-1', calendar: { version: 'lich-2027' } });
      expect(one.catalogues.current().procedures).toHaveLength(2);
      expect(one.publications.state()).toMatchObject({ catalogue: { version: 'tinh-1', origin: 'province' }, refused: [], isOperatorListed: false });
    }
    expect((await openDown({ operatorId: 'mai' })).publications.state().isOperatorListed).toBe(true);
    expect(down.told).toEqual([shipped.version, 'tinh-1']);
    expect((await journalled()).at(-1)).toBe('system tinh-1');
    expect(documentsAsked()).toBe(3);

    const again = await openDown();
    await again.pass();
    await again.pass();
    expect(documentsAsked()).toBe(3);
    expect(province.logged()).toMatch(/"route":"\/v1\/changes","status":304/u);
    expect(errors).toEqual([]);
  });

  it('lets an intake go on under the version it began with, under today’s calendar', async () => {
    const down = await openDown();
    await publishes('catalogue', catalogueOf('tinh-1', 1));
    await down.pass();
    await publishes('catalogue', catalogueOf('tinh-2', 3));
    await publishes('calendar', calendarOf('lich-2027'));
    await down.pass();
    expect(down.catalogues.current().version).toBe('tinh-2');
    const begun = await (await openDown()).catalogues.version('tinh-1');
    expect(begun).toMatchObject({ version: 'tinh-1', calendar: { version: 'lich-2027' } });
    expect(begun?.procedures).toHaveLength(1);
  });

  it('comes to the same from any age, and after the province was restored', async () => {
    const young = await openDown();
    await young.pass();
    for (let index = 1; index <= 3; index += 1) {
      await publishes('catalogue', catalogueOf(`tinh-${index}`));
      await publishes('calendar', calendarOf(`lich-${index}`));
    }
    await young.pass();
    expect(young.catalogues.current()).toMatchObject({ version: 'tinh-3', calendar: { version: 'lich-3' } });
    expect(documentsAsked()).toBe(2);

    const { rows } = await sql<{ epoch: number }>`select epoch from server_state`.execute(province.db);
    const from = rows[0]?.epoch ?? 0;
    await raiseEpoch(province.db, { from, known: from, leaseSize: 100, nowMs: Date.now() });
    await young.pass();
    // Listed anew, and held already.
    expect(documentsAsked()).toBe(2);

    // The backup is older than what this device has: the province's word counts.
    await sql`delete from publications where version in ('tinh-3', 'lich-3')`.execute(province.db);
    await raiseEpoch(province.db, { from: from + 1, known: from + 1, leaseSize: 100, nowMs: Date.now() + 120_000 });
    await young.pass();
    expect(young.catalogues.current()).toMatchObject({ version: 'tinh-2', calendar: { version: 'lich-2' } });
  });

  it('refuses what is wrong, says why, and keeps what was in force', async () => {
    const down = await openDown();
    await publishes('catalogue', catalogueOf('tinh-1'));
    await down.pass();

    const { forms: _, ...withoutForms } = { ...shipped, version: 'tinh-2' };
    await forge('catalogue', 'tinh-2', JSON.stringify(withoutForms));
    await forge('calendar', 'lich-2', JSON.stringify({ ...calendarOf('lich-2'), workingHours: [] }));
    await publishes('users', usersOf('u1', 'lan'));
    await down.pass();
    expect(down.catalogues.current().version).toBe('tinh-1');
    // One bad document is in no other's way.
    expect(down.publications.state()).toMatchObject({
      isOperatorListed: true,
      refused: [
        { kind: 'catalogue', version: 'tinh-2', reason: 'missing', place: '$.forms' },
        { kind: 'calendar', version: 'lich-2', reason: 'missing', place: '$.workingHours' },
      ],
    });
    expect(errors.join()).toMatch(/catalogue tinh-2 refused: \$\.forms: missing/u);

    // Judged once, and again by an app of another version.
    const asked = documentsAsked();
    const again = await openDown();
    await again.pass();
    expect(documentsAsked()).toBe(asked);
    expect(again.publications.state().refused).toHaveLength(2);
    await (await openDown({ appVersion: '0.2.0' })).pass();
    expect(documentsAsked()).toBe(asked + 2);

    await publishes('catalogue', { ...shipped, version: 'tinh-3', calendar: calendarOf('lich-3') });
    await again.pass();
    expect(again.catalogues.current()).toMatchObject({ version: 'tinh-3', calendar: { version: 'lich-3' } });
    expect(again.publications.state().refused).toEqual([]);
  });

  it('never uses bytes that are not what was announced, and tries them again', async () => {
    const right = JSON.stringify({ ...shipped, version: 'tinh-1' });
    const sha256 = createHash('sha256').update(right).digest('hex');
    await forge('catalogue', 'tinh-1', right.replace('"required"', '"if-any"'), sha256);
    await publishes('calendar', calendarOf('lich-1'));
    const down = await openDown();
    await down.pass();
    expect(down.catalogues.current()).toMatchObject({ version: shipped.version, calendar: { version: 'lich-1' } });
    expect(down.publications.state().refused).toEqual([{ kind: 'catalogue', version: 'tinh-1', reason: 'wrong-digest' }]);

    await province.db
      .updateTable('published_documents')
      .set({ packed: gzipSync(right), bytes: Buffer.byteLength(right) })
      .where('sha256', '=', sha256)
      .execute();
    await down.pass();
    expect(down.catalogues.current().version).toBe('tinh-1');
    expect(down.publications.state().refused).toEqual([]);
  });

  it('goes on where a large document was cut, also after a restart, and begins anew what came damaged', async () => {
    // Words nothing can pack.
    const noise = (seed: string) => Array.from({ length: 7 }, (_, at) => createHash('sha256').update(`${seed}.${at}`).digest('base64')).join('');
    const large = { ...shipped.procedures[0], legalBasis: Array.from({ length: 3_000 }, (_, index) => noise(String(index))) };
    await publishes('catalogue', { version: 'lon', procedures: [large] });
    relay.cutAfterDocuments(2);
    await (await openDown()).pass();
    const again = await openDown();
    expect(again.catalogues.current().version).toBe(shipped.version);
    relay.cutAfterDocuments(Infinity);
    await again.pass();
    expect(again.catalogues.current().version).toBe('lon');
    const ranges = relay.seen.filter((asked) => asked.startsWith('document')).map((asked) => Number(/=(\d+)-/u.exec(asked)?.[1]) / MAX_SLICE_BYTES);
    expect(ranges).toEqual([0, 1, 2, 2]);
    expect((await readdir(join(device.folder, 'publications'))).sort()).toEqual(['memory.json']);

    await publishes('catalogue', { version: 'lon-2', procedures: [{ ...large, result: 'x' }] });
    relay.cutAfterDocuments(1);
    await again.pass();
    const part = (await readdir(join(device.folder, 'publications'))).find((name) => name.endsWith('.part')) ?? '';
    await writeFile(join(device.folder, 'publications', part), Buffer.alloc(MAX_SLICE_BYTES));
    relay.cutAfterDocuments(Infinity);
    await again.pass();
    expect(again.catalogues.current().version).toBe('lon');
    await again.pass();
    expect(again.catalogues.current().version).toBe('lon-2');
  });

  it('leaves the old or the new after a crash at any step, and comes through the next time', async () => {
    const died = (): never => {
      throw new Error('the process ended here');
    };
    const steps: Array<{ name: string; faults: Faults; inForce: 'old' | 'new' }> = [
      { name: 'before it is in force', faults: { install: () => died }, inForce: 'old' },
      {
        name: 'right after it is in force',
        faults: {
          install:
            (own) =>
            async (...given) => {
              await own(...given);
              return died();
            },
        },
        inForce: 'new',
      },
      { name: 'before it is in the journal', faults: { record: died }, inForce: 'new' },
    ];
    let number = 0;
    await publishes('catalogue', catalogueOf('tinh-0'));
    await (await openDown()).pass();
    for (const { name, faults, inForce } of steps) {
      number += 1;
      await publishes('catalogue', catalogueOf(`tinh-${number}`));
      const dying = await openDown(faults);
      await dying.pass();
      await dying.publications.stop();
      // What an interrupted write leaves behind.
      for (const folder of ['catalogue', 'publications']) await writeFile(join(device.folder, folder, '.tmp-current.json-x'), '{"version":');

      const next = await openDown();
      const found = next.catalogues.current();
      expect(found.version, name).toBe(inForce === 'old' ? `tinh-${number - 1}` : `tinh-${number}`);
      expect(found.procedures, name).toHaveLength(2);
      await next.pass();
      expect(next.publications.state().catalogue, name).toMatchObject({ version: `tinh-${number}`, origin: 'province' });
      expect((await journalled()).at(-1), name).toBe(`system tinh-${number}`);
    }
  });

  it('fetches again what the device has lost or cannot read', async () => {
    await publishes('catalogue', catalogueOf('tinh-1'));
    await publishes('users', usersOf('u1', 'lan'));
    await (await openDown()).pass();
    await rm(join(device.folder, 'catalogue'), { recursive: true });
    const bare = await openDown();
    expect(bare.catalogues.current().version).toBe(shipped.version);
    await bare.pass();
    expect(bare.catalogues.current().version).toBe('tinh-1');

    await writeFile(join(device.folder, 'publications', 'users.sealed'), 'x');
    const blind = await openDown();
    expect(blind.publications.state().isOperatorListed).toBeNull();
    await blind.pass();
    expect(blind.publications.state().isOperatorListed).toBe(true);

    await writeFile(join(device.folder, 'publications', 'memory.json'), '{');
    const forgetful = await openDown();
    await forgetful.pass();
    expect(forgetful.publications.state()).toMatchObject({ catalogue: { version: 'tinh-1', origin: 'province' }, refused: [] });
  });

  it('hears from the delivery that there is news', async () => {
    const before = await device.province.status({ dossierIds: [], scans: [] });
    await publishes('calendar', calendarOf('lich-1'));
    const after = await device.province.status({ dossierIds: [], scans: [] });
    if (!before.ok || !after.ok) throw new Error('no answer');
    expect(after.value.changes).not.toBe(before.value.changes);
    const down = await openDown();
    await down.pass();
    const asked = relay.seen.length;
    // The same cursor is no news.
    down.publications.heard(after.value.changes);
    await new Promise((done) => setTimeout(done, 50));
    expect(relay.seen).toHaveLength(asked);
  });
});
