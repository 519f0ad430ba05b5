import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import type { z } from 'zod';
import { bundledCatalogue } from '../../../shared/catalogue/bundled.ts';
import type { Catalogue } from '../../../shared/catalogue/catalogue.ts';
import { MAX_SLICE_BYTES, type changesAnswerSchema, type PublicationKind } from '../../../shared/publications/publication.ts';
import { pathOf, paths } from '../../../shared/sync/protocol.ts';
import { raiseEpoch } from '../../../server/devices/epoch-store.ts';
import { NotPublished, publish } from '../../../server/publications/publish.ts';
import { type Answer, send, type TestDevice } from '../../fixtures/test-device.ts';
import { OFFICE, provinceForAll } from '../../fixtures/test-province.ts';

const OTHER = { officeId: 'le-loi', agencyCode: 'H36.12' };
const shipped = bundledCatalogue();

const province = provinceForAll();
let device: TestDevice;
let foreign: TestDevice;

beforeAll(async () => {
  device = await province.newDevice();
  foreign = await province.newDevice(OTHER);
});
beforeEach(async () => {
  await sql`truncate publications, published_documents`.execute(province.db);
});

const publishes = (kind: PublicationKind, content: unknown) => publish(province.db, kind, JSON.stringify(content), Date.now());
const catalogueOf = (version: string): Partial<Catalogue> => ({ version, procedures: shipped.procedures.slice(0, 2) });
const calendarOf = (version: string) => ({ ...shipped.calendar, version });
const user = (id: string, office = OFFICE.officeId) => ({ id, name: `Cán bộ ${id}`, roles: ['officer'], office });

type Changes = z.infer<typeof changesAnswerSchema>;
async function changes(after?: string, { headers = {}, of = device, limit = 100 } = {}): Promise<Answer<Changes>> {
  const query = new URLSearchParams({ limit: String(limit), ...(after === undefined ? {} : { after }) });
  return send<Changes>(province.url, `${paths.changes}?${query}`, { method: 'GET', headers: { ...(await of.authorisation()), ...headers } });
}
const listed = async (after?: string, of = device): Promise<string[]> =>
  (await changes(after, { of })).body.documents.map(({ kind, version }) => `${kind} ${version}`);

async function fetchSlice(sha256: string, range: string | undefined, of = device) {
  const answer = await fetch(new URL(pathOf(paths.document, { sha256 }), province.url), {
    headers: { ...(await of.authorisation()), ...(range === undefined ? {} : { range }) },
  });
  return { status: answer.status, range: answer.headers.get('content-range'), bytes: Buffer.from(await answer.arrayBuffer()) };
}

describe('publishing', () => {
  it('puts a catalogue in force, whole: what the file leaves out is as shipped or as published before', async () => {
    await publishes('calendar', calendarOf('lich-2027'));
    const [published] = await publishes('catalogue', catalogueOf('tinh-2027'));
    expect(published).toMatchObject({ kind: 'catalogue', version: 'tinh-2027', officeId: null, isNew: true });
    const { body } = await changes();
    const document = body.documents.find(({ kind }) => kind === 'catalogue');
    const { bytes } = await fetchSlice(document?.sha256 ?? '', undefined);
    const plain = gunzipSync(bytes);
    expect(plain.byteLength).toBe(document?.bytes);
    expect(createHash('sha256').update(plain).digest('hex')).toBe(document?.sha256);
    const catalogue = JSON.parse(plain.toString('utf8')) as Catalogue;
    expect(catalogue.procedures.map(({ code }) => code)).toEqual(shipped.procedures.slice(0, 2).map(({ code }) => code));
    expect(catalogue.forms).toHaveLength(shipped.forms.length);
    expect(catalogue.calendar.version).toBe('lich-2027');
  });

  it('names every field that is wrong, and changes nothing', async () => {
    const before = await changes();
    const wrong = catalogueOf('tinh-2027');
    const procedures = structuredClone(wrong.procedures ?? []);
    procedures[1] = { ...procedures[1], level: 'village' as never, field: 'no-such-field' } as never;
    const files: Array<[PublicationKind, unknown, RegExp]> = [
      ['catalogue', { ...wrong, procedures }, /^\$\.procedures\[1\]\.level: not-one-of \(village\)/u],
      ['catalogue', { ...wrong, procedures: [{ ...procedures[0], field: 'no-such-field' }] }, /\$\.procedures\[0\]\.field: unknown-reference/u],
      ['catalogue', { procedures: 'all' }, /^\$: wrong-form/u],
      ['catalogue', { ...wrong, version: shipped.version }, /^\$\.version:/u],
      ['calendar', { ...calendarOf('lich'), holidays: [{ date: '2027-13-01', id: 'tet', name: 'Tết' }] }, /^\$\.holidays\[0\]\.date: wrong-form/u],
      ['users', { version: 'u1', users: [user('lan'), user('lan')] }, /^\$\.users\[1\]\.id: duplicate/u],
      ['users', { version: 'u1', users: [{ ...user('lan'), roles: ['king'] }] }, /^\$\.users\[0\]\.roles\[0\]: not-one-of/u],
    ];
    for (const [kind, content, message] of files) {
      await expect(publishes(kind, content), String(message)).rejects.toThrow(NotPublished);
      await expect(publishes(kind, content)).rejects.toThrow(message);
    }
    await expect(publish(province.db, 'calendar', '{', Date.now())).rejects.toThrow(/^\$: not-json/u);
    expect((await changes()).body).toEqual(before.body);
  });

  it('takes a document once, and never two under one version', async () => {
    expect(await publishes('calendar', calendarOf('lich-2027'))).toMatchObject([{ isNew: true }]);
    expect(await publishes('calendar', calendarOf('lich-2027'))).toMatchObject([{ isNew: false }]);
    await expect(publishes('calendar', { ...calendarOf('lich-2027'), holidays: [] })).rejects.toThrow(/published before/u);
    // A calendar inside a catalogue counts as published; with it the whole file is refused.
    await expect(publishes('catalogue', { ...catalogueOf('tinh-2027'), calendar: { ...calendarOf('lich-2027'), holidays: [] } })).rejects.toThrow(
      /published before/u,
    );
    expect(await listed()).toEqual(['calendar lich-2027']);
    await publishes('catalogue', { ...catalogueOf('tinh-2027'), calendar: calendarOf('lich-2028') });
    expect(await listed()).toEqual(['calendar lich-2028', 'catalogue tinh-2027']);
  });

  it('gives positions in the order they become visible, however many publish at once', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, index) => publishes('calendar', calendarOf(`lich-${index}`))));
    const { body } = await changes();
    expect(body.documents).toHaveLength(1);
    await publishes('calendar', calendarOf('lich-last'));
    expect(await listed(body.cursor)).toEqual(['calendar lich-last']);
  });
});

describe('changes', () => {
  it('says what is new since a cursor, of any age, and nothing else', async () => {
    const empty = (await changes()).body;
    expect(empty).toMatchObject({ documents: [], more: false });
    await publishes('calendar', calendarOf('lich-1'));
    await publishes('catalogue', catalogueOf('tinh-1'));
    const middle = (await changes(empty.cursor)).body;
    expect(middle.documents.map(({ version }) => version)).toEqual(['lich-1', 'tinh-1']);
    await publishes('calendar', calendarOf('lich-2'));
    await publishes('calendar', calendarOf('lich-3'));
    // Only the newest of a kind: what it superseded is no news to anybody.
    expect(await listed(middle.cursor)).toEqual(['calendar lich-3']);
    expect(await listed(empty.cursor)).toEqual(['catalogue tinh-1', 'calendar lich-3']);
    for (const cursor of [undefined, 'x', 'p.', '../..', Buffer.from('p1.999999').toString('base64url')])
      expect(await listed(cursor)).toEqual(['catalogue tinh-1', 'calendar lich-3']);
    const { body: last } = await changes();
    expect(await listed(last.cursor)).toEqual([]);
    expect((await device.status()).changes).toBe(last.cursor);
  });

  it('answers 304 to whoever has it, and 200 once something was published', async () => {
    await publishes('calendar', calendarOf('lich-1'));
    const first = await changes();
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{22}"$/u);
    const same = await changes(undefined, { headers: { 'if-none-match': etag } });
    expect(same).toMatchObject({ status: 304, body: '' });
    await publishes('calendar', calendarOf('lich-2'));
    expect(await changes(undefined, { headers: { 'if-none-match': etag } })).toMatchObject({ status: 200, body: { documents: [{ version: 'lich-2' }] } });
  });

  it('comes in pages, each with the cursor to go on from', async () => {
    await publishes('calendar', calendarOf('lich-1'));
    await publishes('catalogue', catalogueOf('tinh-1'));
    await publishes('users', { version: 'u1', users: [user('lan')] });
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 5; page += 1) {
      const { body } = await changes(cursor, { limit: 1 });
      seen.push(...body.documents.map(({ kind }) => kind));
      cursor = body.cursor;
      if (!body.more) break;
    }
    expect(seen).toEqual(['calendar', 'catalogue', 'users']);
    expect(cursor).toBe((await changes()).body.cursor);
  });

  it('tells a device anew after the province was restored to another life', async () => {
    await publishes('calendar', calendarOf('lich-1'));
    const { cursor } = (await changes()).body;
    expect(await listed(cursor)).toEqual([]);
    const { epoch: from } = await device.status();
    await raiseEpoch(province.db, { from, known: from, leaseSize: 100, nowMs: Date.now() });
    expect(await listed(cursor)).toEqual(['calendar lich-1']);
    expect((await device.status()).changes).not.toBe(cursor);
  });

  it('tells an office of its own users only, and that it has none any more', async () => {
    const published = await publishes('users', { version: 'u1', users: [user('lan'), user('mai'), user('hoa', OTHER.officeId), user('no', 'no-such-office')] });
    expect(published.filter((one) => one.isUnknownOffice)).toMatchObject([{ officeId: 'no-such-office' }]);
    const documentOf = async (of: TestDevice) => (await changes(undefined, { of })).body.documents[0]?.sha256 ?? '';
    const usersOf = async (of: TestDevice) => JSON.parse(gunzipSync((await fetchSlice(await documentOf(of), undefined, of)).bytes).toString('utf8')) as unknown;
    expect(await usersOf(device)).toEqual({
      version: 'u1',
      users: [
        { id: 'lan', name: 'Cán bộ lan', roles: ['officer'] },
        { id: 'mai', name: 'Cán bộ mai', roles: ['officer'] },
      ],
    });
    expect(await usersOf(foreign)).toMatchObject({ users: [{ id: 'hoa' }] });
    expect(await fetchSlice(await documentOf(device), undefined, foreign)).toMatchObject({ status: 404 });

    await publishes('users', { version: 'u2', users: [user('lan')] });
    expect(await usersOf(foreign)).toEqual({ version: 'u2', users: [] });
  });

  it('is for devices only', async () => {
    for (const path of [paths.changes, pathOf(paths.document, { sha256: 'a'.repeat(64) })])
      expect(await send(province.url, path, { method: 'GET' })).toMatchObject({ status: 401, body: { kind: 'not-authorised' } });
    const headers = await device.authorisation();
    expect(await send(province.url, pathOf(paths.document, { sha256: 'a'.repeat(64) }), { method: 'GET', headers })).toMatchObject({ status: 404 });
    expect(await send(province.url, pathOf(paths.document, { sha256: '../etc' }), { method: 'GET', headers })).toMatchObject({ status: 400 });
  });
});

describe('a device that cannot use what was published', () => {
  it('is told to the supervisors once, not with every report', async () => {
    const refused = [{ kind: 'catalogue', version: 'tinh-2', reason: 'missing', place: '$.forms' }];
    const report = {
      appVersion: '0.1.0',
      atMs: 1,
      freeBytes: 1,
      waitingEntries: 0,
      waitingScans: 0,
      needsFix: 0,
      numbers: null,
      queueWaiting: 0,
      printers: [],
    };
    const headers = await device.authorisation();
    for (const refusedDocuments of [undefined, refused, refused, [], refused])
      expect((await send(province.url, paths.deviceReport, { body: { ...report, refusedDocuments }, headers })).status).toBe(200);
    const alarms = () => province.db.selectFrom('alarms').select(['what', 'times', 'facts']).execute();
    await expect.poll(alarms).toMatchObject([{ what: 'a device cannot use what was published', times: 2, facts: { refused } }]);
  });
});

describe('a document', () => {
  it('comes slice by slice, in any slices', async () => {
    // Words nothing can pack: larger than one slice.
    const legalBasis = Array.from({ length: 2_000 }, (_, index) =>
      Array.from({ length: 7 }, (__, at) => createHash('sha256').update(`${index}.${at}`).digest('base64')).join(''),
    );
    const procedure = { ...shipped.procedures[0], legalBasis };
    await publishes('catalogue', { version: 'lon', procedures: [procedure] });
    const document = (await changes()).body.documents[0];
    if (document === undefined) throw new Error('nothing published');
    expect(document.packedBytes).toBeGreaterThan(MAX_SLICE_BYTES * 1.5);

    const first = await fetchSlice(document.sha256, undefined);
    expect(first).toMatchObject({ status: 206, range: `bytes 0-${MAX_SLICE_BYTES - 1}/${document.packedBytes}` });
    const rest: Buffer[] = [];
    for (let from = MAX_SLICE_BYTES; from < document.packedBytes;) {
      const { bytes } = await fetchSlice(document.sha256, `bytes=${from}-${from + 99_999}`);
      rest.push(bytes);
      from += bytes.byteLength;
    }
    const plain = gunzipSync(Buffer.concat([first.bytes, ...rest]));
    expect(createHash('sha256').update(plain).digest('hex')).toBe(document.sha256);
    expect(await fetchSlice(document.sha256, `bytes=${document.packedBytes}-`)).toMatchObject({ status: 416, range: `bytes */${document.packedBytes}` });
    // Nobody makes the server hold more than a slice.
    expect((await fetchSlice(document.sha256, 'bytes=0-999999999')).bytes.byteLength).toBe(MAX_SLICE_BYTES);
    expect((await fetchSlice(document.sha256, 'bytes=9-1')).bytes.byteLength).toBe(MAX_SLICE_BYTES);
  });
});
