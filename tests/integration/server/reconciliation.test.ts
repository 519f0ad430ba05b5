import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { createReconciliation, type Reconciliation } from '../../../server/reconciliation/reconciliation.ts';
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import { dateAt } from '../../../shared/lib/time.ts';
import type { Outcome } from '../../../shared/reconciliation/compare.ts';
import { createMonitoring } from '../../../shared/reconciliation/monitoring.ts';
import { signedText, statementText, type Statement } from '../../../shared/reconciliation/statement.ts';
import { paths, type StatementAnswer } from '../../../shared/sync/protocol.ts';
import { accepted, aDossier, aTicket } from '../../fixtures/dossiers.ts';
import { buildServer } from '../../fixtures/province.ts';
import { send, sha256, type TestDevice } from '../../fixtures/test-device.ts';
import { provinceForAll } from '../../fixtures/test-province.ts';

const province = provinceForAll();
let alarms: string[];
let reconciliation: Reconciliation;

beforeAll(async () => {
  reconciliation = createReconciliation({ db: province.db, clock: Date.now, alarm: (what) => alarms.push(what) });
  alarms = [];
});

const date = dateAt(aDossier().acceptedAtMs);

/** A device with some tickets and `count` dossiers of the day in its journal, nothing sent. */
async function deviceWith(count: number): Promise<{ device: TestDevice; dossiers: Dossier[] }> {
  const device = await province.newDevice();
  const dossiers: Dossier[] = [];
  device.append({ type: 'catalogue.installed', version: '1', procedures: 1 });
  device.append({ type: 'ticket.issued', ticket: aTicket({ ticketId: randomUUID(), date }) });
  for (let index = 0; index < count; index++) {
    const operation = accepted(index % 2 === 0 ? {} : { channel: 'post' });
    dossiers.push(operation.dossier);
    device.append(operation);
  }
  return { device, dossiers };
}

const statementAt = (device: TestDevice, seq?: number): Statement => device.statementOf(date, seq);
async function sendStatement(device: TestDevice, statement = statementAt(device), signer = device) {
  const text = statementText(statement);
  return send<StatementAnswer & { kind?: string }>(province.url, paths.statements, {
    body: { text, signature: signer.sign(signedText(text)) },
    headers: await device.authorisation(),
  });
}
const outcomeHeld = async (device: TestDevice): Promise<Outcome | undefined> =>
  (await reconciliation.days(date, date)).find(({ deviceId }) => deviceId === device.deviceId)?.outcome;

describe('a day', () => {
  it('agrees when everything has arrived, and says so any number of times', async () => {
    const { device } = await deviceWith(5);
    await device.push();
    const answers = [await sendStatement(device), await sendStatement(device), await sendStatement(device)];
    for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 200, body: { date, headSeq: 7, outcome: { status: 'agrees' } } });
    const rows = await province.db.selectFrom('day_statements').select('head_seq').where('device_id', '=', device.deviceId).execute();
    expect(rows).toEqual([{ head_seq: 7 }]);
  });

  it('waits for late entries and agrees by itself once they are there', async () => {
    const { device } = await deviceWith(6);
    await device.push(device.entries.slice(0, 4));
    expect((await sendStatement(device)).body.outcome).toEqual({ status: 'waiting' });
    await device.push(device.entries.slice(4, 6));
    expect(await outcomeHeld(device)).toEqual({ status: 'waiting' });
    await device.push(device.entries.slice(6));
    await expect.poll(() => outcomeHeld(device)).toEqual({ status: 'agrees' });
  });

  it('agrees again under a later head when dossiers follow its closing', async () => {
    const { device } = await deviceWith(2);
    await device.push();
    const early = statementAt(device);
    await sendStatement(device, early);
    device.append(accepted());
    await device.push();
    expect((await sendStatement(device, early)).body.outcome).toEqual({ status: 'agrees' });
    expect((await sendStatement(device)).body).toMatchObject({ headSeq: 5, outcome: { status: 'agrees' } });
    expect((await reconciliation.days(date, date)).filter(({ deviceId }) => deviceId === device.deviceId)).toMatchObject([{ headSeq: 5 }]);
  });

  it('names a dossier that was refused, and no longer once it is taken', async () => {
    const { device, dossiers } = await deviceWith(2);
    const taken = accepted({ code: dossiers[0]?.code });
    device.append(taken);
    await device.push();
    expect((await sendStatement(device)).body.outcome).toEqual({
      status: 'differs',
      differences: [{ kind: 'missing', dossierId: taken.dossier.dossierId, code: taken.dossier.code }],
    });
    // The one that stood in the way turns out to be another's.
    await province.db
      .updateTable('dossiers')
      .set({ code: 'elsewhere' })
      .where('dossier_id', '=', dossiers[0]?.dossierId ?? '')
      .execute();
    await device.push(device.entries.slice(4));
    await expect
      .poll(() => outcomeHeld(device))
      .toEqual({
        status: 'differs',
        differences: [{ kind: 'other-code', dossierId: dossiers[0]?.dossierId, code: dossiers[0]?.code, counter: dossiers[0]?.code, province: 'elsewhere' }],
      });
  });

  it('agrees on what was handed over before the day was closed', async () => {
    const { device, dossiers } = await deviceWith(2);
    device.append({ type: 'dossiers.handed-over', handOverId: randomUUID(), dossierIds: [dossiers[0]?.dossierId] });
    await device.push();
    const statement = statementAt(device);
    expect(statement.counts.map(({ state, count }) => [state, count])).toEqual(expect.arrayContaining([['handed-over', 1]]));
    expect((await sendStatement(device, statement)).body.outcome).toEqual({ status: 'agrees' });
    const before = statementAt(device, 4);
    expect(before.dossiers.map(({ state }) => state)).toEqual(['accepted', 'accepted']);
    expect((await sendStatement(device, before)).body.outcome).toEqual({ status: 'agrees' });
  });

  it('counts what a re-enrolled device journals anew as held, whoever brought it', async () => {
    const lost = await deviceWith(0);
    const again = await deviceWith(0);
    const operation = accepted();
    const operationId = randomUUID();
    lost.device.append(operation, { operationId });
    again.device.append(operation, { operationId });
    await lost.device.push();
    await again.device.push();
    expect((await sendStatement(again.device)).body.outcome).toEqual({ status: 'agrees' });
    expect((await sendStatement(lost.device)).body.outcome).toEqual({ status: 'agrees' });
  });
});

describe('what the province holds is changed by hand', () => {
  const dossierAt = (dossiers: Dossier[], index: number): Dossier => dossiers[index] as Dossier;

  it('names a dossier removed from the table', async () => {
    const { device, dossiers } = await deviceWith(3);
    await device.push();
    await sendStatement(device);
    const gone = dossierAt(dossiers, 1);
    await province.db.deleteFrom('dossiers').where('dossier_id', '=', gone.dossierId).execute();
    const difference = { kind: 'missing' as const, dossierId: gone.dossierId, code: gone.code };
    expect((await sendStatement(device)).body.outcome).toEqual({ status: 'differs', differences: [difference] });
    expect(province.logged()).toContain('journal and dossiers table disagree');
  });

  it('names a dossier put into the table, and one whose columns or body were changed', async () => {
    const { device, dossiers } = await deviceWith(3);
    await device.push();
    const [first, second] = [dossierAt(dossiers, 0), dossierAt(dossiers, 1)];
    await province.db.updateTable('dossiers').set({ procedure_code: 'other' }).where('dossier_id', '=', first.dossierId).execute();
    await province.db
      .updateTable('dossiers')
      .set({ body: JSON.stringify({ ...second, note: 'changed' }) })
      .where('dossier_id', '=', second.dossierId)
      .execute();
    const row = await province.db.selectFrom('dossiers').selectAll().where('dossier_id', '=', first.dossierId).executeTakeFirstOrThrow();
    const { arrival: _, ...copied } = row;
    const dossierId = randomUUID();
    const code = `smuggled-${dossierId}`;
    await province.db
      .insertInto('dossiers')
      .values({ ...copied, body: JSON.stringify(copied.body), dossier_id: dossierId, operation_id: randomUUID(), code })
      .execute();
    const outcome = (await sendStatement(device)).body.outcome;
    expect(outcome).toEqual({
      status: 'differs',
      differences: expect.arrayContaining([
        { kind: 'other-procedure', dossierId: first.dossierId, code: first.code, counter: first.procedureCode, province: 'other' },
        { kind: 'other-body', dossierId: second.dossierId, code: second.code },
        { kind: 'unknown', dossierId, code },
      ]),
    });
    expect(outcome.status === 'differs' && outcome.differences).toHaveLength(3);
  });

  it('names an entry altered in the journal, even when its hashes were made to fit', async () => {
    const { device, dossiers } = await deviceWith(3);
    await device.push();
    const altered = dossierAt(dossiers, 0);
    const operation = JSON.stringify({ ...accepted(), dossier: { ...altered, resultDelivery: 'post' } });
    const entry = () => province.db.updateTable('journal_contents').where('device_id', '=', device.deviceId).where('seq', '=', 3);
    await entry().set({ operation }).execute();
    const named = { kind: 'other-body', dossierId: altered.dossierId, code: altered.code };
    expect((await sendStatement(device)).body.outcome).toEqual({ status: 'differs', differences: [named, { kind: 'chain', seq: 3 }] });
    expect(province.logged()).toContain('a stored journal entry does not fit its hash');
    await entry()
      .set({ operation, body_hash: sha256(operation) })
      .execute();
    expect((await sendStatement(device)).body.outcome).toEqual({ status: 'differs', differences: [named, { kind: 'chain', seq: 3 }] });
  });

  it('names an entry that is gone', async () => {
    const { device, dossiers } = await deviceWith(3);
    await device.push();
    const last = dossierAt(dossiers, 2);
    await province.db.deleteFrom('journal_entries').where('device_id', '=', device.deviceId).where('seq', '=', 5).execute();
    expect((await sendStatement(device)).body.outcome).toEqual({
      status: 'differs',
      differences: [
        { kind: 'missing', dossierId: last.dossierId, code: last.code },
        { kind: 'chain', seq: 5 },
      ],
    });
  });

  it('names the place from which it holds another journal', async () => {
    const { device } = await deviceWith(2);
    await device.push();
    const statement = statementAt(device);
    const other = { ...statement, head: { seq: 4, hash: 'f'.repeat(64) } };
    expect((await sendStatement(device, other)).body.outcome).toEqual({ status: 'differs', differences: [{ kind: 'chain', seq: 4 }] });
  });
});

describe('a statement that is not the sender’s own', () => {
  it('is refused when forged, altered after signing, of another device, contradictory or unreadable; nothing is stored', async () => {
    const [{ device }, other] = [await deviceWith(2), await deviceWith(2)];
    await device.push();
    const statement = statementAt(device);
    const text = statementText(statement);
    const post = async (body: { text: string; signature: string }) => {
      const { status, body: answer } = await send<{ kind: string }>(province.url, paths.statements, { body, headers: await device.authorisation() });
      return [status, answer.kind];
    };
    const signedBy = (signer: TestDevice, what: string) => ({ text: what, signature: signer.sign(signedText(what)) });
    expect(await post(signedBy(other.device, text))).toEqual([403, 'wrong-signature']);
    expect(await post({ text, signature: '' })).toEqual([403, 'wrong-signature']);
    expect(await post({ text, signature: device.sign(text) })).toEqual([403, 'wrong-signature']);
    expect(await post({ ...signedBy(device, text), text: text.replace('"lePhiVnd":0', '"lePhiVnd":9') })).toEqual([403, 'wrong-signature']);
    expect(await post(signedBy(device, statementText(statementAt(other.device))))).toEqual([403, 'foreign-journal']);
    expect(await post(signedBy(device, statementText({ ...statement, counts: [] })))).toEqual([422, 'inconsistent']);
    expect(await post(signedBy(device, JSON.stringify(statement)))).toEqual([422, 'inconsistent']);
    expect(await post(signedBy(device, '{"version":2}'))).toEqual([422, 'invalid']);
    expect(await post(signedBy(device, 'not JSON'))).toEqual([422, 'invalid']);
    expect((await send(province.url, paths.statements, { body: signedBy(device, text) })).status).toBe(401);
    expect(await outcomeHeld(device)).toBeUndefined();

    expect((await sendStatement(device)).status).toBe(200);
    const second = { ...statement, fees: { phiVnd: 1, lePhiVnd: 1 } };
    expect(await sendStatement(device, second)).toMatchObject({ status: 409, body: { kind: 'statement-conflict' } });
    expect(await outcomeHeld(device)).toEqual({ status: 'agrees' });
  });
});

describe('monitoring', () => {
  it('gives the figures of the record, of a past day the same after later entries, and over the command line', async () => {
    const office = { officeId: 'monitored', agencyCode: 'H36.77' };
    const device = await province.newDevice(office);
    const of = (change: Partial<Dossier> = {}) => accepted({ ...office, ...change });
    const scan = {
      sha256: sha256('scan'),
      bytes: 4,
      mediaType: 'image/png' as const,
      pageId: 'p',
      rotation: 0 as const,
      source: 'file' as const,
      capturedAtMs: 1,
      capturedBy: 'lan',
    };
    const papers = (pages: Array<typeof scan>) => [{ ...(aDossier().papers[0] as Dossier['papers'][number]), pages }];
    const operations = [
      of({ papers: papers([scan]) }),
      of({ papers: papers([{ ...scan, sha256: sha256('not sent') }]) }),
      of({ papers: papers([]), channel: 'post' }),
      of({ channel: 'online', resultDelivery: 'electronic', papers: [], dueAtMs: null, procedureCode: '2', procedureName: '=2+3' }),
      of({ channel: 'online', papers: papers([scan]) }),
    ];
    for (const operation of operations) device.append(operation);
    await device.push();
    const verified_at = new Date('2026-11-23T12:00:00Z');
    await province.db.insertInto('scans').values({ sha256: scan.sha256, bytes: 4, media_type: 'image/png', stored_at: verified_at }).execute();
    await province.db.insertInto('scan_offices').values({ sha256: scan.sha256, office_id: office.officeId, device_id: device.deviceId, verified_at }).execute();

    const period = { from: date, to: date, asOfMs: Date.parse('2026-11-24T00:00:00Z'), officeId: office.officeId };
    const record = await reconciliation.monitoring(period);
    expect(record).toMatchObject([
      { procedureCode: '1.001193', accepted: 4, counter: 2, post: 1, onlinePartial: 1, onlineFull: 0, digitised: 2, overdue: 4 },
      { procedureCode: '2', accepted: 1, onlineFull: 1, digitised: 1, noDueDate: 1 },
    ]);
    // What the counter computes from the same journal with the same function.
    const counter = createMonitoring(period);
    for (const { dossier } of operations)
      counter.add(
        dossier,
        dossier.papers.flatMap(({ pages }) => pages).every(({ sha256: digest }) => digest === scan.sha256),
      );
    expect(counter.rows()).toEqual(record);

    device.append(of({ acceptedAtMs: aDossier().acceptedAtMs + 86_400_000 }));
    device.append(of({ acceptedAtMs: aDossier().acceptedAtMs - 86_400_000 }));
    await device.push();
    expect(await reconciliation.monitoring(period)).toEqual(record);
    // Before the scan was verified fewer were digitised, and that does not change either.
    expect((await reconciliation.monitoring({ ...period, asOfMs: verified_at.getTime() - 1 }))[0]).toMatchObject({ digitised: 0 });

    await buildServer();
    const asked = ['monitoring', '--from', date, '--to', date, '--office', office.officeId, '--as-of', '2026-11-24T00:00:00Z'];
    const run = async (...more: string[]) =>
      (await promisify(execFile)(process.execPath, [resolve('out/server/main.cjs'), ...asked, ...more, '--database-url', province.databaseUrl])).stdout;
    expect(JSON.parse(await run('--format', 'json'))).toEqual({ ...period, rows: record });
    const csv = await run();
    expect(csv.split('\r\n')).toHaveLength(4);
    expect(csv).toContain(`monitored,2,'=2+3,1,1,0,0,0,1,0,0,1`);
  }, 120_000);
});
