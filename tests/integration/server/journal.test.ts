import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import { chainText, GENESIS_HASH } from '../../../shared/journal/chain.ts';
import { PROTOCOL_HEADER, paths, type WireEntry } from '../../../shared/sync/protocol.ts';
import { startTcpProxy } from '../../fakes/tcp-proxy.ts';
import { accepted, aTicket } from '../../fixtures/dossiers.ts';
import { send, sha256, statuses, type TestDevice } from '../../fixtures/test-device.ts';
import { provinceForAll } from '../../fixtures/test-province.ts';

const province = provinceForAll();

describe('exactly once', () => {
  it('applies a batch, and answers duplicate for ever after', async () => {
    const device = await province.newDevice();
    const operations = [accepted(), accepted(), accepted()];
    for (const operation of operations) device.append(operation);
    const first = await device.push();
    expect(statuses(first)).toEqual(['applied', 'applied', 'applied']);
    expect(first.body.head).toEqual({ seq: 3, hash: device.entries[2]?.hash });
    expect(statuses(await device.push())).toEqual(['duplicate', 'duplicate', 'duplicate']);
    await province.restart();
    expect(statuses(await device.push())).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect(await province.dossiersOf(device)).toEqual(operations.map((operation) => operation.dossier.dossierId));
  });

  it('applies each entry once when the same batch arrives ten times at once', async () => {
    const device = await province.newDevice();
    for (let index = 0; index < 20; index += 1) device.append(accepted());
    await device.authorisation();
    const answers = await Promise.all(Array.from({ length: 10 }, () => device.push()));
    const all = answers.flatMap(statuses);
    expect(all.filter((status) => status === 'applied')).toHaveLength(20);
    expect(all.filter((status) => status === 'duplicate')).toHaveLength(180);
    expect(await province.dossiersOf(device)).toHaveLength(20);
  });

  it('converges when batches overlap, repeat and come in any order', async () => {
    const device = await province.newDevice();
    for (let index = 0; index < 30; index += 1) device.append(accepted());
    await device.authorisation();
    const slice = (from: number, to: number): WireEntry[] => device.entries.slice(from, to);
    const early = await device.push(slice(10, 20));
    expect(early.body).toMatchObject({ head: { seq: 0, hash: GENESIS_HASH }, results: [] });
    await Promise.all([device.push([...slice(0, 12)].reverse()), device.push(slice(5, 30)), device.push(slice(0, 30)), device.push(slice(8, 9))]);
    let head = (await device.status()).head;
    for (let round = 0; head.seq < 30 && round < 10; round += 1) head = (await device.push(slice(head.seq, 30))).body.head;
    expect(head).toEqual({ seq: 30, hash: device.entries[29]?.hash });
    expect(await province.dossiersOf(device)).toEqual(device.entries.map((entry) => (entry.operation as ReturnType<typeof accepted>).dossier.dossierId));
  });

  it('loses and doubles nothing when the answer is lost after the commit', async () => {
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: province.port });
    try {
      const direct = await province.newDevice();
      for (let index = 0; index < 5; index += 1) direct.append(accepted());
      const headers = await direct.authorisation();
      const body = { journalId: direct.journalId, entries: direct.entries };
      proxy.set({ kind: 'answers-lost' });
      await expect(send(proxy.url, paths.journal, { body, headers })).rejects.toThrow();
      proxy.set({ kind: 'up' });
      await expect.poll(async () => (await direct.status()).head.seq).toBe(5);
      expect(statuses(await direct.push())).toEqual(Array.from({ length: 5 }, () => 'duplicate'));
      expect(await province.dossiersOf(direct)).toHaveLength(5);
    } finally {
      await proxy.stop();
    }
  });

  it('undoes the whole batch when the database ends the connection in the middle', async () => {
    const device = await province.newDevice();
    for (let index = 0; index < 200; index += 1) device.append(accepted());
    await device.authorisation();
    // The entries go in before what they do: held up there, the batch is in the middle for certain.
    const pushing = await province.db.transaction().execute(async (holding) => {
      await sql`lock table dossiers in exclusive mode`.execute(holding);
      const held = device.push();
      const cut = async (): Promise<number> => {
        const { rows } = await sql`
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query ilike '%dossiers%'`.execute(province.db);
        return rows.length;
      };
      await expect.poll(cut).toBe(1);
      return { held };
    });
    expect(await pushing.held).toMatchObject({ status: 503, body: { kind: 'unavailable' } });
    expect((await device.status()).head.seq).toBe(0);
    expect(await province.dossiersOf(device)).toEqual([]);
    expect((await device.push()).body.head.seq).toBe(200);
    expect(await province.dossiersOf(device)).toHaveLength(200);
  });

  it('knows an operation that a re-enrolled device journals anew', async () => {
    const lost = await province.newDevice();
    const operation = accepted();
    const operationId = randomUUID();
    lost.append(operation, { operationId });
    await lost.push();
    const again = await province.newDevice();
    again.append(operation, { operationId });
    again.append(accepted());
    const answer = await again.push();
    expect(statuses(answer)).toEqual(['duplicate', 'applied']);
    expect(answer.body.head.seq).toBe(2);
  });

  it('takes two devices that send each other’s operations at once, in opposite order', async () => {
    const [one, two] = [await province.newDevice(), await province.newDevice()];
    const shared = Array.from({ length: 20 }, () => ({ operation: accepted(), operationId: randomUUID() }));
    for (const { operation, operationId } of shared) one.append(operation, { operationId });
    for (const { operation, operationId } of [...shared].reverse()) two.append(operation, { operationId });
    await Promise.all([one.authorisation(), two.authorisation()]);
    const answers = await Promise.all([one.push(), two.push()]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    const all = answers.flatMap(statuses);
    expect(all.filter((status) => status === 'applied')).toHaveLength(20);
    expect(all.filter((status) => status === 'duplicate')).toHaveLength(20);
  });
});

describe('one bad entry', () => {
  it('is rejected alone, named by field, and blocks nothing behind it', async () => {
    const device = await province.newDevice();
    device.append(accepted());
    device.append(accepted({ applicant: { kind: 'person', fullName: 'A', idNumber: '12' } } as never));
    device.append(accepted());
    const answer = await device.push();
    expect(answer.body.results).toEqual([
      expect.objectContaining({ status: 'applied' }),
      expect.objectContaining({ status: 'rejected', reason: 'invalid', field: '/dossier/applicant/idNumber' }),
      expect.objectContaining({ status: 'applied' }),
    ]);
    expect(answer.body.head.seq).toBe(3);
    expect(await province.dossiersOf(device)).toHaveLength(2);
  });

  const deep = JSON.parse('['.repeat(300) + ']'.repeat(300)) as unknown;
  it.each<[string, () => unknown, string, string]>([
    ['NUL in a text', () => accepted({ note: 'a\0b' }), 'forbidden-character', '/dossier/note'],
    ['half a surrogate pair', () => accepted({ note: 'a\ud800b' }), 'forbidden-character', '/dossier/note'],
    ['NUL in the name of a field', () => accepted({ formData: { 'a\0': 1 } }), 'forbidden-character', '/dossier/formData'],
    [
      '__proto__',
      () => accepted({ formData: JSON.parse('{"__proto__":{"admin":true}}') as Dossier['formData'] }),
      'forbidden-key',
      '/dossier/formData/__proto__',
    ],
    ['a form nested too deeply', () => accepted({ formData: { deep } as Dossier['formData'] }), 'too-deep', '/'],
    ['an operation of tomorrow', () => ({ type: 'dossier.teleported', dossier: {} }), 'unknown-operation', '/type'],
    ['no operation at all', () => null, 'invalid', '/'],
    ['a text instead of an operation', () => 'dossier.accepted', 'invalid', '/'],
    ['another office’s dossier', () => accepted({ officeId: 'another' }), 'foreign-office', '/dossier/officeId'],
    ['another agency’s dossier', () => accepted({ agencyCode: 'H01' }), 'foreign-office', '/dossier/agencyCode'],
    [
      'a date that does not exist',
      () => accepted({ applicant: { kind: 'person', fullName: 'A', dateOfBirth: '2026-02-30' } } as never),
      'invalid',
      '/dossier/applicant/dateOfBirth',
    ],
    [
      'another device’s enrolment',
      () => ({ type: 'device.enrolled', deviceId: randomUUID(), instance: 1, officeId: 'nguyen-hue' }),
      'foreign-device',
      '/deviceId',
    ],
  ])('%s is said clearly', async (_name, operation, reason, field) => {
    const device = await province.newDevice();
    device.append(operation());
    device.append(accepted());
    const answer = await device.push();
    expect(answer.body.results).toEqual([expect.objectContaining({ status: 'rejected', reason, field }), expect.objectContaining({ status: 'applied' })]);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('keeps text in every script and sign that can be kept', async () => {
    const device = await province.newDevice();
    const note = 'Ưởng Ẵ 🙂 \u200b \\u0000 "\' -- ; drop table dossiers; \r\n\t\u0001';
    device.append(accepted({ note }));
    expect(statuses(await device.push())).toEqual(['applied']);
    const { body } = await province.db.selectFrom('dossiers').select('body').where('device_id', '=', device.deviceId).executeTakeFirstOrThrow();
    expect((body as Dossier).note).toBe(note);
  });

  it('is judged again when it is offered again', async () => {
    const device = await province.newDevice();
    const code = 'H36.12-261123-TWIN';
    const blocker = await province.newDevice();
    blocker.append(accepted({ code }));
    await blocker.push();
    device.append(accepted({ code }));
    expect((await device.push()).body.results[0]).toMatchObject({ status: 'rejected', reason: 'code-taken', field: '/dossier/code' });
    await province.db.updateTable('dossiers').set({ code: 'H36.12-261123-MOVED' }).where('code', '=', code).execute();
    expect(statuses(await device.push())).toEqual(['applied']);
    expect(statuses(await device.push())).toEqual(['duplicate']);
  });

  it('gives a code to one of many devices that use it at once', async () => {
    const devices = await Promise.all(Array.from({ length: 8 }, () => province.newDevice()));
    for (const device of devices) device.append(accepted({ code: 'H36.12-261123-RACE' }));
    await Promise.all(devices.map((device) => device.authorisation()));
    const results = (await Promise.all(devices.map((device) => device.push()))).map((answer) => answer.body.results[0]);
    expect(results.filter((result) => result?.status === 'applied')).toHaveLength(1);
    expect(results.filter((result) => result?.reason === 'code-taken')).toHaveLength(7);
  });

  it('cannot bring in a dossier a second time under a new operation', async () => {
    const device = await province.newDevice();
    const dossierId = randomUUID();
    device.append(accepted({ dossierId } as never));
    device.append(accepted({ dossierId } as never));
    expect((await device.push()).body.results[1]).toMatchObject({ status: 'rejected', reason: 'dossier-exists', field: '/dossier/dossierId' });
  });
});

describe('a batch', () => {
  const scan = { pageId: 'p', sha256: sha256('x'), bytes: 4, mediaType: 'image/png', rotation: 0, source: 'file', capturedAtMs: 1, capturedBy: 'lan' };
  const text = 'Ứng "trích" \\ \n\t\u2028 😀 {"a":1} \\u0041';
  /** What a counter may send after a day without a line; `spoil` puts in the middle what can be found out only by storing it. */
  function day(spoil: (code: string) => unknown[]): unknown[] {
    const ticket = aTicket({ ticketId: randomUUID() });
    const first = accepted({ note: text, 'tương lai': [1.5, null, text] });
    const papers = first.dossier.papers.map((paper, at) => (at === 0 ? { ...paper, pages: [scan, scan] } : paper));
    return [
      first,
      { type: 'ticket.issued', ticket, later: text },
      accepted({ papers } as never),
      { type: 'catalogue.installed', version: '7', procedures: 2 },
      ...spoil(first.dossier.code),
      { type: 'ticket.called', ticketId: ticket.ticketId, number: ticket.number, counter: '1', atMs: 1_795_000_000_000 },
      accepted(),
      accepted(),
    ];
  }
  const without = ({ device_id: _, operation_id: _1, received_at: _2, decided_at: _3, arrival: _4, ...row }: Record<string, unknown>) => row;
  /** Everything the province holds of a device, apart from its ids and the time. */
  async function held({ deviceId }: TestDevice): Promise<unknown> {
    const rows = async (table: 'journal_entries' | 'journal_contents' | 'operations' | 'dossiers') =>
      (await province.db.selectFrom(table).selectAll().where('device_id', '=', deviceId).execute()).map((row) => JSON.stringify(without(row))).sort();
    const scans = await sql<{
      n: number;
    }>`select count(*)::int as n from dossier_scans join dossiers using (dossier_id) where device_id = ${deviceId}::uuid`.execute(province.db);
    const device = await province.db.selectFrom('devices').select(['head_seq', 'head_hash', 'catalogue_version']).where('device_id', '=', deviceId).execute();
    return {
      device,
      scans: scans.rows,
      journal: await rows('journal_entries'),
      contents: await rows('journal_contents'),
      operations: await rows('operations'),
      dossiers: await rows('dossiers'),
    };
  }

  it.each<[string, (code: string) => unknown[], string[]]>([
    ['with nothing wrong', () => [], []],
    ['with a code that is taken', (code) => [accepted({ code })], ['rejected']],
    ['with another office’s dossier', () => [accepted({ officeId: 'another' })], ['rejected']],
    ['with an operation of tomorrow', () => [{ type: 'dossier.teleported' }], ['rejected']],
    ['with numbers of nobody', () => [{ type: 'numbers.leased', lease: { leaseId: 'x' } }], ['rejected']],
  ])('%s ends the same whether it is taken whole or one by one', async (_name, spoil, expected) => {
    const operations = day(spoil);
    const wanted = ['applied', 'applied', 'applied', 'applied', ...expected, 'applied', 'applied', 'applied'];
    const devices = [await province.newDevice(), await province.newDevice()];
    const [whole, single] = devices as [TestDevice, TestDevice];
    for (const operation of operations) whole.append(operation);
    expect(statuses(await whole.push())).toEqual(wanted);
    const afterWhole = await held(whole);
    // The other device says the very same, in a province that has forgotten the first.
    const own = province.db.selectFrom('dossiers').select('dossier_id').where('device_id', '=', whole.deviceId);
    await province.db.deleteFrom('dossier_scans').where('dossier_id', 'in', own).execute();
    await province.db.deleteFrom('dossiers').where('device_id', '=', whole.deviceId).execute();
    for (const operation of operations) single.append(operation);
    for (const [index, entry] of single.entries.entries()) expect(statuses(await single.push([entry]))).toEqual([wanted[index]]);
    expect(JSON.stringify(whole.entries.map(({ operation }) => operation))).toBe(JSON.stringify(single.entries.map(({ operation }) => operation)));
    const chained = (value: unknown): string => JSON.stringify(value).replaceAll(/[0-9a-f]{64}/gu, 'hash');
    expect(chained(await held(single))).toBe(chained(afterWhole));
  });

  it('is taken whole once, however many times its halves come at once', async () => {
    const device = await province.newDevice();
    for (let count = 0; count < 40; count += 1) device.append(accepted());
    await Promise.all([device.push(), device.push(device.entries.slice(0, 20)), device.push(), device.push(device.entries.slice(0, 7))]);
    expect(statuses(await device.push())).toEqual(Array.from({ length: 40 }, () => 'duplicate'));
    expect(await province.dossiersOf(device)).toHaveLength(40);
  });
});

describe('the chain', () => {
  it('keeps the very characters, so that anybody can compute it again', async () => {
    const device = await province.newDevice();
    device.append({ ...accepted(), futureField: { b: 1, a: [1.5, null, 'Ứ'] } });
    device.append(accepted({ formData: { z: 1, a: 2, '10': 'x', '2': 'y' } }));
    await device.push();
    const rows = await province.db.selectFrom('journal').selectAll().where('device_id', '=', device.deviceId).orderBy('seq').execute();
    let previousHash = GENESIS_HASH;
    for (const row of rows) {
      const link = { seq: row.seq, operationId: row.operation_id, atMs: row.at_ms, monotonicMs: row.monotonic_ms, operatorId: row.operator_id, previousHash };
      expect(row.previous_hash).toBe(previousHash);
      expect(sha256(chainText(link, sha256(row.operation)))).toBe(row.hash);
      previousHash = row.hash;
    }
    expect(rows).toHaveLength(2);
    expect(rows[0]?.operation).toContain('"futureField":{"b":1,"a":[1.5,null,"Ứ"]}');
  });

  it('keeps fields of a dossier that only a newer app knows', async () => {
    const device = await province.newDevice();
    device.append(accepted({ futureField: { kept: true } }));
    await device.push();
    const { body } = await province.db.selectFrom('dossiers').select('body').where('device_id', '=', device.deviceId).executeTakeFirstOrThrow();
    expect(body).toMatchObject({ futureField: { kept: true } });
  });

  it('refuses an entry changed on its way, goes on behind it, and takes the true one later', async () => {
    const device = await province.newDevice();
    device.append(accepted());
    const second = device.append(accepted());
    device.append(accepted());
    const changed = { ...second, operatorId: 'somebody-else' };
    const answer = await device.push([device.entries[0], changed, device.entries[2]]);
    expect(answer.body.results).toEqual([
      expect.objectContaining({ status: 'applied' }),
      expect.objectContaining({ status: 'rejected', reason: 'wrong-hash', field: '/hash' }),
      expect.objectContaining({ status: 'applied' }),
    ]);
    expect(province.logged()).toContain('journal entry does not fit its hash');
    expect(statuses(await device.push())).toEqual(['duplicate', 'applied', 'duplicate']);
    expect(statuses(await device.push())).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect(await province.dossiersOf(device)).toHaveLength(3);
  });

  it('goes on behind an entry whose hash itself was damaged', async () => {
    const device = await province.newDevice();
    const first = device.append(accepted(), { change: { hash: 'f'.repeat(64) } });
    device.append(accepted());
    expect(statuses(await device.push([first, device.entries[1]]))).toEqual(['rejected', 'applied']);
    const answer = await device.push();
    expect(statuses(answer)).toEqual(['applied', 'duplicate']);
    expect(answer.body.head).toEqual({ seq: 2, hash: device.entries[1]?.hash });
  });

  it('tells a copied device from the one it was copied from', async () => {
    const device = await province.newDevice();
    device.append(accepted());
    device.append(accepted());
    await device.push();
    const [kept] = device.entries.splice(1, 1);
    device.append(accepted());
    device.append(accepted());
    const answer = await device.push();
    expect(answer.body.results.map((result) => result.reason ?? result.status)).toEqual(['duplicate', 'journal-forked']);
    expect(answer.body.head).toEqual({ seq: 2, hash: kept?.hash });
    expect(await province.dossiersOf(device)).toHaveLength(2);
    expect(province.logged()).toContain('journal forked');
  });

  it('raises the alarm over one operation id with two bodies', async () => {
    const device = await province.newDevice();
    const operationId = randomUUID();
    device.append(accepted(), { operationId });
    device.append(accepted(), { operationId });
    device.append(accepted());
    const answer = await device.push();
    expect(answer.body.results).toEqual([
      expect.objectContaining({ status: 'applied' }),
      expect.objectContaining({ status: 'rejected', reason: 'operation-conflict', field: '/operationId' }),
      expect.objectContaining({ status: 'applied' }),
    ]);
    expect(province.logged()).toContain('one operation id with two bodies');
  });

  it('takes a journal only from the device that enrolled with it', async () => {
    const device = await province.newDevice();
    const other = await province.newDevice();
    device.append(accepted());
    const answer = await send(province.url, paths.journal, {
      body: { journalId: device.journalId, entries: device.entries },
      headers: await other.authorisation(),
    });
    expect(answer).toMatchObject({ status: 409, body: { kind: 'foreign-journal' } });
    expect(await province.dossiersOf(device)).toEqual([]);
  });
});

describe('what may be sent', () => {
  it('takes gzip, and no bomb', async () => {
    const device = await province.newDevice();
    device.append(accepted());
    const headers = { ...(await device.authorisation()), 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const post = async (plain: string) => {
      const answer = await fetch(new URL(paths.journal, province.url), { method: 'POST', headers, body: gzipSync(plain) });
      return { status: answer.status, body: (await answer.json()) as unknown };
    };
    expect(await post(JSON.stringify({ journalId: device.journalId, entries: device.entries }))).toMatchObject({
      status: 200,
      body: { results: [{ status: 'applied' }] },
    });
    expect(await post(`"${' '.repeat(33 * 1024 * 1024)}"`)).toMatchObject({ status: 413, body: { kind: 'too-large' } });
  });

  it('refuses a body over the limit and one nested beyond reason', async () => {
    const device = await province.newDevice();
    const headers = await device.authorisation();
    expect(await send(province.url, paths.journal, { text: `"${'x'.repeat(33 * 1024 * 1024)}"`, headers })).toMatchObject({
      status: 413,
      body: { kind: 'too-large' },
    });
    expect(await send(province.url, paths.journal, { text: '['.repeat(100_000) + ']'.repeat(100_000), headers })).toMatchObject({
      status: 400,
      body: { kind: 'too-deep' },
    });
  });

  it('reads no body of a stranger', async () => {
    expect(await send(province.url, paths.journal, { text: '['.repeat(100_000), headers: { authorization: 'Bearer x' } })).toMatchObject({ status: 401 });
  });

  it('refuses a frame that is not the protocol, naming the field', async () => {
    const device = await province.newDevice();
    device.append(accepted());
    expect(await device.push([{ ...device.entries[0], seq: 0 }])).toMatchObject({
      status: 400,
      body: { kind: 'invalid', message: expect.stringContaining('/entries/0/seq') as string },
    });
    expect(await device.push([])).toMatchObject({ status: 400 });
  });

  it('asks an app that is too old to be renewed, and stores nothing of it', async () => {
    const device = await province.newDevice();
    device.append(accepted());
    expect((await device.push(device.entries, { [PROTOCOL_HEADER]: '0' })).body).toMatchObject({ head: { seq: 0 }, results: [{ status: 'needs-newer-app' }] });
    expect(statuses(await device.push(device.entries, { [PROTOCOL_HEADER]: '99' }))).toEqual(['applied']);
  });
});

describe('tickets', () => {
  it('follow their events, whichever device of the office sends first', async () => {
    const [kiosk, counter] = [await province.newDevice(), await province.newDevice()];
    const ticket = aTicket({ ticketId: randomUUID() });
    const move = { ticketId: ticket.ticketId, number: ticket.number, counter: '3', atMs: ticket.issuedAtMs + 60_000 };
    counter.append({ type: 'ticket.called', ...move });
    counter.append({ type: 'ticket.recalled', ...move, atMs: move.atMs + 5_000 });
    await counter.push();
    kiosk.append({ type: 'ticket.issued', ticket });
    await kiosk.push();
    counter.append({ type: 'ticket.finished', ...move, atMs: move.atMs + 300_000 });
    await counter.push();
    expect(await province.db.selectFrom('tickets').selectAll().where('ticket_id', '=', ticket.ticketId).executeTakeFirst()).toMatchObject({
      office_id: 'nguyen-hue',
      number: ticket.number,
      group_id: ticket.groupId,
      date: ticket.date,
      issued_at_ms: ticket.issuedAtMs,
      state: 'served',
      counter: '3',
      called_at_ms: move.atMs + 5_000,
      calls: 2,
      ended_at_ms: move.atMs + 300_000,
    });
  });

  it('of another office cannot be moved', async () => {
    const [ours, theirs] = [await province.newDevice(), await province.newDevice({ officeId: 'dong-van', agencyCode: 'H36.20' })];
    const ticket = aTicket({ ticketId: randomUUID() });
    ours.append({ type: 'ticket.issued', ticket });
    await ours.push();
    theirs.append({ type: 'ticket.no-show', ticketId: ticket.ticketId, number: ticket.number, counter: '1', atMs: 1 });
    expect((await theirs.push()).body.results[0]).toMatchObject({ status: 'rejected', reason: 'foreign-ticket', field: '/ticketId' });
  });
});

describe('reading', () => {
  it('pages through the dossiers of one’s own office only', async () => {
    const office = { officeId: 'sa-pa', agencyCode: 'H40.01' };
    const device = await province.newDevice(office);
    for (let index = 0; index < 7; index += 1)
      device.append(accepted({ officeId: office.officeId, agencyCode: office.agencyCode, code: `H40.01-261123-000${index}` }));
    await device.push();
    const headers = await device.authorisation();
    const codes: string[] = [];
    let after: string | null = '';
    while (after !== null) {
      const path: string = `/v1/offices/${office.officeId}/dossiers?limit=3${after === '' ? '' : `&after=${after}`}`;
      const answer = await send<{ dossiers: Array<{ code: string; confirmed: boolean }>; next: string | null }>(province.url, path, { method: 'GET', headers });
      expect(answer.body.dossiers.length).toBeLessThanOrEqual(3);
      expect(answer.body.dossiers.every((dossier) => dossier.confirmed)).toBe(true);
      codes.push(...answer.body.dossiers.map((dossier) => dossier.code));
      after = answer.body.next;
    }
    expect(codes).toEqual(Array.from({ length: 7 }, (_, index) => `H40.01-261123-000${index}`));

    const read = (path: string) => send(province.url, path, { method: 'GET', headers });
    expect(await read('/v1/offices/nguyen-hue/dossiers')).toMatchObject({ status: 403, body: { kind: 'foreign-office' } });
    expect(await read(`/v1/offices/${encodeURIComponent("sa-pa' or '1'='1")}/dossiers`)).toMatchObject({ status: 403 });
    expect(await read('/v1/offices/sa-pa/dossiers?after=%00%ff')).toMatchObject({ status: 400 });
    expect(await read('/v1/offices/sa-pa/dossiers?limit=100000')).toMatchObject({ status: 400 });
  });

  it('tells a device nothing of another office', async () => {
    const [ours, theirs] = [await province.newDevice(), await province.newDevice({ officeId: 'dong-van', agencyCode: 'H36.20' })];
    const operation = accepted();
    ours.append(operation);
    await ours.push();
    expect((await ours.status([operation.dossier.dossierId])).dossiers).toEqual([
      { dossierId: operation.dossier.dossierId, scansExpected: 0, scansVerified: 0, confirmed: true },
    ]);
    expect((await theirs.status([operation.dossier.dossierId])).dossiers).toEqual([]);
  });

  it('logs no word of a citizen, also when something fails', async () => {
    const device = await province.newDevice();
    const canary = 'CANARY-Nguyễn-Thị-Bí-Mật';
    device.append(accepted({ note: canary }));
    device.append(accepted({ note: `${canary}\0` }));
    device.append(accepted({ note: canary, code: canary }));
    await device.push();
    await send(province.url, paths.journal, { text: `{"${canary}": ${canary}`, headers: await device.authorisation() });
    await send(province.url, `/v1/offices/${encodeURIComponent(canary)}/dossiers`, { method: 'GET', headers: await device.authorisation() });
    await sql`alter table tickets rename to tickets_away`.execute(province.db);
    device.append({ type: 'ticket.issued', ticket: aTicket({ groupId: canary }) });
    const failed = await device.push();
    await sql`alter table tickets_away rename to tickets`.execute(province.db);
    expect(failed).toMatchObject({ status: 500, body: { kind: 'internal' } });
    expect(province.logged()).toContain('request failed');
    expect(province.logged()).not.toContain('CANARY');
    expect(JSON.stringify(failed.body)).not.toContain('CANARY');
  });
});
