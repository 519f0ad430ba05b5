/** Dossiers the province refused, mended at the counter: with real PostgreSQL, real sockets and real journals. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createReconciliation, type Reconciliation } from '../../../server/reconciliation/reconciliation.ts';
import type { Dossier, DossierId } from '../../../shared/dossiers/dossier.ts';
import type { Operation } from '../../../shared/journal/operation.ts';
import { dateAt } from '../../../shared/lib/time.ts';
import { addToBook, emptyDayBook, statementOf } from '../../../shared/reconciliation/day-book.ts';
import { signedText, statementText } from '../../../shared/reconciliation/statement.ts';
import { paths, type StatementAnswer } from '../../../shared/sync/protocol.ts';
import { aDossier } from '../../fixtures/dossiers.ts';
import { pngPage } from '../../fixtures/scans.ts';
import { openShellDevice, type ShellDevice } from '../../fixtures/shell-device.ts';
import { send, sha256, type TestDevice } from '../../fixtures/test-device.ts';
import { provinceForAll } from '../../fixtures/test-province.ts';

const province = provinceForAll();
let reconciliation: Reconciliation;
const shells: ShellDevice[] = [];

beforeAll(async () => {
  reconciliation = createReconciliation({ db: province.db, clock: Date.now, alarm: () => undefined });
});
afterEach(async () => {
  for (const shell of shells.splice(0)) await shell.remove();
});

const HALF_A_LETTER = 'Bản\ud800';
let orders = 0;
const newDossier = (change: Partial<Dossier> = {}): Dossier => {
  orders += 1;
  return aDossier({ dossierId: randomUUID() as DossierId, code: `H36.12-261123-${String(orders).padStart(4, '0')}`, ...change });
};
const accepted = (dossier: Dossier) => ({ type: 'dossier.accepted', dossier, number: { leaseId: 'lease', order: 1 } });
const corrected = (dossier: Dossier) => ({ type: 'dossier.corrected', dossier, correctedAtMs: 1 });
const push = async (device: TestDevice, entries?: unknown[]) => (await device.push(entries)).body.results;
const tell = (device: TestDevice, operation: unknown) => push(device, [device.append(operation)]);
const heldOf = ({ dossierId }: Dossier) =>
  province.db.selectFrom('dossiers').select(['code', 'body', 'operation_id']).where('dossier_id', '=', dossierId).execute();

describe('a refused dossier', () => {
  it('is taken as its correction says, once, and the journal keeps what was refused', async () => {
    const device = await province.newDevice();
    const wrong = newDossier({ note: HALF_A_LETTER });
    const right = { ...wrong, note: 'Bản gốc' };
    expect(await tell(device, accepted(wrong))).toMatchObject([{ status: 'rejected', reason: 'forbidden-character', field: '/dossier/note' }]);
    expect(await heldOf(wrong)).toEqual([]);
    const correction = device.append(corrected(right));
    const [one, other] = await Promise.all([push(device, [correction]), push(device, [correction])]);
    expect([one[0]?.status, other[0]?.status].sort()).toEqual(['applied', 'duplicate']);
    expect(await heldOf(wrong)).toMatchObject([{ code: wrong.code, body: { note: 'Bản gốc' }, operation_id: correction.operationId }]);

    // Everything is said again, as by a device that lost its memory.
    expect(await push(device)).toMatchObject([{ status: 'rejected', reason: 'forbidden-character' }, { status: 'duplicate' }]);
    expect(await heldOf(wrong)).toHaveLength(1);
    const kept = await province.db.selectFrom('journal').select(['operation', 'status']).where('device_id', '=', device.deviceId).orderBy('seq').execute();
    expect(kept.map(({ status }) => status)).toEqual(['rejected', 'applied']);
    expect(JSON.parse(kept[0]?.operation ?? '')).toMatchObject({ dossier: { note: HALF_A_LETTER } });
  });

  it('gets a code of its own where another has its code', async () => {
    const [first, second] = [await province.newDevice(), await province.newDevice()];
    const one = newDossier();
    const twin = newDossier({ code: one.code });
    await tell(first, accepted(one));
    expect(await tell(second, accepted(twin))).toMatchObject([{ status: 'rejected', reason: 'code-taken', field: '/dossier/code' }]);
    const third = newDossier();
    await tell(first, accepted(third));
    expect(await tell(second, corrected({ ...twin, code: third.code }))).toMatchObject([{ status: 'rejected', reason: 'code-taken' }]);
    const own = newDossier();
    expect(await tell(second, corrected({ ...twin, code: own.code, formerCodes: [twin.code, third.code] }))).toMatchObject([{ status: 'applied' }]);
    expect(await heldOf(twin)).toMatchObject([{ code: own.code, body: { formerCodes: [twin.code, third.code] } }]);
    expect(await heldOf(one)).toMatchObject([{ code: one.code }]);
  });

  it('that was taken after all is replaced by its correction, with its scans', async () => {
    const device = await province.newDevice();
    const page = { bytes: 1, mediaType: 'image/png' as const, pageId: 'p', rotation: 0 as const, source: 'file' as const, capturedAtMs: 1, capturedBy: 'lan' };
    const paper = { requirementId: 'a', name: 'a', required: true, originals: 1, certifiedCopies: 0, photocopies: 0, state: 'received' as const };
    const dossier = newDossier({ papers: [{ ...paper, pages: [{ ...page, sha256: 'a'.repeat(64) }] }] });
    const right = { ...dossier, code: newDossier().code, papers: [{ ...paper, pages: [{ ...page, sha256: 'b'.repeat(64) }] }] };
    expect(await push(device, [device.append(accepted(dossier)), device.append(corrected(right))])).toMatchObject([
      { status: 'applied' },
      { status: 'applied' },
    ]);
    expect(await heldOf(dossier)).toMatchObject([{ code: right.code }]);
    const scans = await province.db.selectFrom('dossier_scans').select('sha256').where('dossier_id', '=', dossier.dossierId).execute();
    expect(scans).toEqual([{ sha256: 'b'.repeat(64) }]);
    // A second word follows the first.
    expect(await tell(device, corrected({ ...right, note: 'nữa' }))).toMatchObject([{ status: 'applied' }]);
    expect(await heldOf(dossier)).toMatchObject([{ code: right.code, body: { note: 'nữa' } }]);
  });

  it('is mended by nobody but the device in whose journal it stands', async () => {
    const [device, other] = [await province.newDevice(), await province.newDevice()];
    const elsewhere = await province.newDevice({ officeId: 'elsewhere', agencyCode: 'H36.99' });
    const dossier = newDossier();
    const taken = newDossier();
    await tell(device, accepted(dossier));
    await tell(device, accepted(taken));
    const before = await heldOf(dossier);
    expect(await tell(other, corrected({ ...dossier, note: 'x' }))).toMatchObject([{ status: 'rejected', reason: 'dossier-exists' }]);
    expect(await tell(elsewhere, corrected({ ...dossier, note: 'x' }))).toMatchObject([{ status: 'rejected', reason: 'foreign-office' }]);
    expect(await tell(device, corrected({ ...dossier, code: taken.code }))).toMatchObject([{ status: 'rejected', reason: 'code-taken' }]);
    expect(await tell(device, corrected({ ...dossier, note: HALF_A_LETTER }))).toMatchObject([{ status: 'rejected', field: '/dossier/note' }]);
    expect(await heldOf(dossier)).toEqual(before);
  });

  it('is missing from the day it was refused on and agreed once it is corrected, and counted once', async () => {
    const device = await province.newDevice({ officeId: 'mended', agencyCode: 'H36.98' });
    const home = { officeId: 'mended', agencyCode: 'H36.98' };
    const wrong = newDossier({ ...home, note: HALF_A_LETTER });
    const date = dateAt(wrong.acceptedAtMs);
    await tell(device, accepted(newDossier(home)));
    await tell(device, accepted(wrong));
    const close = async (): Promise<StatementAnswer> => {
      const book = emptyDayBook();
      for (const { seq, atMs, operation } of device.entries) addToBook(book, { seq, atMs, operation: operation as Operation }, sha256);
      const last = device.entries.at(-1);
      const page = book.pages[date];
      const statement = page === undefined || last === undefined ? undefined : statementOf(page, device.journalId, { seq: last.seq, hash: last.hash });
      if (statement === undefined) throw new Error('no statement');
      const text = statementText(statement);
      const body = { text, signature: device.sign(signedText(text)) };
      return (await send<StatementAnswer>(province.url, paths.statements, { body, headers: await device.authorisation() })).body;
    };
    expect((await close()).outcome).toEqual({ status: 'differs', differences: [{ kind: 'missing', dossierId: wrong.dossierId, code: wrong.code }] });
    await tell(device, corrected({ ...wrong, note: 'Bản gốc' }));
    expect(await close()).toMatchObject({ headSeq: 3, outcome: { status: 'agrees' } });
    expect((await reconciliation.days(date, date)).filter(({ deviceId }) => deviceId === device.deviceId)).toMatchObject([{ outcome: { status: 'agrees' } }]);
    const rows = await reconciliation.monitoring({ from: date, to: date, asOfMs: wrong.acceptedAtMs + 1, officeId: 'mended' });
    expect(rows.map(({ accepted: count }) => count)).toEqual([2]);
  });
});

describe('at the counter', () => {
  const open = async (code?: string): Promise<ShellDevice> => {
    const shell = await openShellDevice({ url: province.url, code: code ?? (await province.newCode()) });
    shells.push(shell);
    return shell;
  };
  const stateOf = ({ sync }: ShellDevice, { dossierId }: Dossier) => sync.deliveries([dossierId])[0]?.state;
  const refused = async (shell: ShellDevice, dossier: Dossier): Promise<void> => {
    await expect
      .poll(() => {
        shell.sync.wake();
        return stateOf(shell, dossier);
      })
      .toBe('needs-fix');
  };

  it('the officer mends the field: saved at once, sent, confirmed with its scans, and never refused again', async () => {
    const shell = await open();
    const dossier = await shell.accept([pngPage(31)], { note: HALF_A_LETTER });
    const sound = await shell.accept();
    const changes = [{ field: '/note', value: 'Bản gốc' }];
    expect(await shell.correct({ dossierId: sound.dossierId, changes })).toMatchObject({ failure: { kind: 'not-refused' } });
    await refused(shell, dossier);
    expect(stateOf(shell, sound)).not.toBe('needs-fix');
    expect(shell.sync.state().needsFix).toMatchObject([{ reason: 'forbidden-character', field: '/dossier/note' }]);
    expect(await shell.correct({ dossierId: dossier.dossierId, changes: [{ field: '/note', value: HALF_A_LETTER }] })).toMatchObject({
      failure: { kind: 'field-wrong' },
    });

    const both = await Promise.all([1, 2].map(() => shell.correct({ dossierId: dossier.dossierId, changes })));
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
    expect(stateOf(shell, dossier)).toBe('saved');
    expect(shell.sync.state().needsFix).toEqual([]);
    await shell.deliver();
    expect([stateOf(shell, dossier), stateOf(shell, sound)]).toEqual(['confirmed', 'confirmed']);
    expect(await heldOf(dossier)).toMatchObject([{ body: { note: 'Bản gốc' } }]);
    shell.sync.retry();
    const again = await shell.reopen();
    shells.splice(0, 1, again);
    await again.deliver();
    expect([stateOf(again, dossier), again.sync.memory().rejected]).toEqual(['confirmed', []]);
    expect(await again.correct({ dossierId: dossier.dossierId, changes })).toMatchObject({ failure: { kind: 'not-refused' } });
    const said = (await again.journal.read(0, 100)).flatMap(({ operation }) =>
      'dossier' in operation && operation.dossier.dossierId === dossier.dossierId ? [operation.dossier.note] : [],
    );
    expect(said).toEqual([HALF_A_LETTER, 'Bản gốc']);
  });

  it('a code that was taken is replaced by the next of the range, which no other dossier gets', async () => {
    const [shell, other] = [await open(), await open()];
    const held = await other.accept();
    await other.deliver();
    const dossier = await shell.accept([], { code: held.code });
    await refused(shell, dossier);
    const corrected = await shell.correct({ dossierId: dossier.dossierId, changes: [] });
    if (!corrected.ok) throw new Error(corrected.failure.kind);
    const { leases, usedByDate } = shell.journal.state();
    const lease = leases[0];
    expect(corrected.value.dossier.code).toBe(`H36.12-${dateAt(Date.now()).slice(2).replaceAll('-', '')}-${String(lease?.from).padStart(4, '0')}`);
    expect(corrected.value).toMatchObject({ isRecoded: true, dossier: { formerCodes: [held.code] } });
    expect(usedByDate[dateAt(Date.now())]?.[lease?.leaseId ?? '']).toBe(lease?.from);
    await shell.deliver();
    expect(stateOf(shell, dossier)).toBe('confirmed');
    expect(await heldOf(dossier)).toMatchObject([{ code: corrected.value.dossier.code }]);
  });

  it('a device that goes on under a new identity takes its corrections along', async () => {
    const shell = await open();
    const dossier = await shell.accept([], { note: HALF_A_LETTER });
    await refused(shell, dossier);
    await shell.correct({ dossierId: dossier.dossierId, changes: [{ field: '/note', value: 'Bản gốc' }] });
    await shell.deliver();
    await province.db
      .updateTable('devices')
      .set({ journal_id: randomUUID() })
      .where('device_id', '=', shell.identity.current()?.deviceId ?? '')
      .execute();
    await shell.accept();
    await expect
      .poll(() => {
        shell.sync.wake();
        return shell.sync.state().connection.status;
      })
      .toBe('quarantined');
    expect((await shell.sync.enrol(await province.newCode())).ok).toBe(true);
    const again = await shell.reopen();
    shells.splice(0, 1, again);
    await again.deliver();
    expect([stateOf(again, dossier), again.sync.memory().rejected]).toEqual(['confirmed', []]);
    expect(await heldOf(dossier)).toMatchObject([{ body: { note: 'Bản gốc' } }]);
  });
});
