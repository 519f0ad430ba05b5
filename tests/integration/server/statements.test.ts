import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openBookFile } from '../../../electron/reconciliation/book-file.ts';
import { createStatements, type Statements } from '../../../electron/reconciliation/statements.ts';
import { createReconciliation } from '../../../server/reconciliation/reconciliation.ts';
import { DAY_MS, dateAt } from '../../../shared/lib/time.ts';
import type { ReconciledDay, ReconciliationState } from '../../../shared/reconciliation/state.ts';
import { paths, statementAnswerSchema } from '../../../shared/sync/protocol.ts';
import { pngPage } from '../../fixtures/scans.ts';
import { openShellDevice, quietLog, type ShellDevice } from '../../fixtures/shell-device.ts';
import { provinceForAll } from '../../fixtures/test-province.ts';

const today = dateAt(Date.now());
const yesterday = dateAt(Date.now() - DAY_MS);

const province = provinceForAll();
const devices: ShellDevice[] = [];
const running: Statements[] = [];

afterEach(async () => {
  for (const statements of running.splice(0)) await statements.stop();
  for (const device of devices.splice(0)) await device.remove();
});

const aDevice = async (office?: { officeId: string; agencyCode: string }): Promise<ShellDevice> => {
  const device = await openShellDevice({ url: province.url, code: await province.newCode(office) });
  devices.push(device);
  return device;
};

type Send = Parameters<typeof createStatements>[0]['send'];

function statementsOf(
  device: ShellDevice,
  send: Send = (request) => device.province.post(paths.statements, request, statementAnswerSchema),
): { statements: Statements; told: ReconciliationState[]; fileOf: string } {
  const told: ReconciliationState[] = [];
  const fileOf = join(device.folder, 'days.sealed');
  const statements = createStatements({
    journal: device.journal,
    file: openBookFile(fileOf, device.vault, quietLog),
    deviceKey: device.deviceKey,
    send,
    isOnline: device.sync.isOnline,
    acknowledgedSeq: () => device.sync.memory().acknowledgedSeq,
    isConfirmed: (dossierId) => device.sync.deliveries([dossierId])[0]?.state === 'confirmed',
    operatorId: 'lan',
    clock: Date.now,
    onChange: (state) => told.push(state),
    log: quietLog,
  });
  running.push(statements);
  return { statements, told, fileOf };
}
const dayOf = async (statements: Statements, date: string): Promise<ReconciledDay | undefined> =>
  (await statements.state()).days.find((day) => day.date === date);
const closings = async (device: ShellDevice) =>
  (await device.journal.read(0, 1000)).flatMap(({ operation, operatorId }) => (operation.type === 'day.closed' ? [{ date: operation.date, operatorId }] : []));

describe('closing a day', () => {
  it('agrees once delivered, stands in the journal, and is open again after another dossier', async () => {
    const device = await aDevice();
    const { statements } = statementsOf(device);
    statements.start();
    expect(await statements.close(today)).toEqual({ ok: false, failure: { kind: 'nothing-to-close' } });
    await device.accept([], { acceptedAtMs: Date.now() });
    await device.accept([], { acceptedAtMs: Date.now(), channel: 'post' });
    expect(await dayOf(statements, today)).toMatchObject({ status: 'open', dossiers: 2, closedAtMs: null });
    expect((await statements.close(today)).ok).toBe(true);
    expect((await statements.close(today)).ok).toBe(true);
    expect(await closings(device)).toEqual([{ date: today, operatorId: 'lan' }]);

    await device.deliver();
    statements.wake();
    await expect.poll(() => dayOf(statements, today)).toMatchObject({ status: 'agrees', refused: null });
    await device.accept([], { acceptedAtMs: Date.now() });
    expect(await dayOf(statements, today)).toMatchObject({ status: 'open', dossiers: 3, sinceClosing: 1 });
    await statements.close(today);
    await device.deliver();
    statements.wake();
    await expect.poll(() => dayOf(statements, today)).toMatchObject({ status: 'agrees', dossiers: 3, sinceClosing: 0 });
    // The closing itself reached the province as an entry like any other.
    const { rejected } = device.sync.memory();
    expect(rejected).toEqual([]);
  });

  it('is done for earlier days by itself, and remembered or found again without the memory', async () => {
    const device = await aDevice();
    await device.accept([], { acceptedAtMs: Date.now() - DAY_MS });
    await device.accept([], { acceptedAtMs: Date.now() });
    const first = statementsOf(device);
    first.statements.start();
    await device.deliver();
    first.statements.wake();
    await expect.poll(() => dayOf(first.statements, yesterday)).toMatchObject({ status: 'agrees' });
    expect(await dayOf(first.statements, today)).toMatchObject({ status: 'open' });
    expect(await closings(device)).toEqual([{ date: yesterday, operatorId: 'system' }]);
    const before = await first.statements.state();
    await first.statements.stop();

    const again = statementsOf(device);
    expect(await again.statements.state()).toEqual(before);
    await again.statements.stop();

    await rm(again.fileOf);
    const anew = statementsOf(device);
    expect(await dayOf(anew.statements, yesterday)).toMatchObject({ status: 'unsent', dossiers: 1 });
    anew.statements.start();
    await expect.poll(() => dayOf(anew.statements, yesterday)).toMatchObject({ status: 'agrees' });
    expect(await closings(device)).toHaveLength(1);
  });

  it('is looked at again for news only, and until what was sent has arrived', async () => {
    const device = await aDevice();
    let sends = 0;
    const { statements, told } = statementsOf(device, (request) => {
      sends += 1;
      if (sends === 1) return Promise.resolve({ ok: false, failure: { kind: 'unreachable' } });
      return device.province.post(paths.statements, request, statementAnswerSchema);
    });
    statements.start();
    await device.accept([], { acceptedAtMs: Date.now() });
    await statements.close(today);
    await device.deliver();
    await expect
      .poll(() => {
        statements.wake();
        return told.at(-1)?.days[0]?.status;
      })
      .toBe('agrees');
    const before = [sends, told.length];
    expect(sends).toBe(2);
    for (let pass = 0; pass < 10; pass++) {
      statements.wake();
      await new Promise(setImmediate);
    }
    await statements.state();
    expect([sends, told.length]).toEqual(before);
  });

  it('names at the counter what the province lost, and agrees when it is back', async () => {
    const device = await aDevice();
    const { statements, told } = statementsOf(device);
    statements.start();
    const dossier = await device.accept([], { acceptedAtMs: Date.now() });
    await device.deliver();
    const row = await province.db.deleteFrom('dossiers').where('dossier_id', '=', dossier.dossierId).returningAll().executeTakeFirstOrThrow();
    await statements.close(today);
    await device.deliver();
    statements.wake();
    const difference = { kind: 'missing', dossierId: dossier.dossierId, code: dossier.code };
    await expect.poll(() => dayOf(statements, today)).toMatchObject({ status: 'differs', differences: [difference] });
    expect(told.at(-1)?.days[0]?.differences).toEqual([difference]);
    const { arrival: _, ...back } = row;
    await province.db
      .insertInto('dossiers')
      .values({ ...back, body: JSON.stringify(back.body) })
      .execute();
    expect((await statements.ask()).ok).toBe(true);
    expect(await dayOf(statements, today)).toMatchObject({ status: 'agrees', differences: [] });
  });
});

describe('figures', () => {
  it('are the same at the counter and at the province, from one journal', async () => {
    const office = { officeId: 'own', agencyCode: 'H36.99' };
    const device = await aDevice(office);
    const { statements } = statementsOf(device);
    const scan = pngPage(901);
    const acceptedAtMs = Date.now();
    const dueAtMs = acceptedAtMs + 1;
    await device.accept([scan], { ...office, acceptedAtMs, dueAtMs });
    await device.accept([], { ...office, acceptedAtMs, channel: 'post', dueAtMs: null });
    await device.accept([scan], { ...office, acceptedAtMs, channel: 'online', procedureCode: `2.${randomUUID().slice(0, 6)}`, dueAtMs: acceptedAtMs + DAY_MS });
    await device.accept([scan], { ...office, acceptedAtMs: acceptedAtMs - DAY_MS });
    await device.deliver();
    const period = { from: today, to: today, asOfMs: Date.now() + 1000, officeId: office.officeId };
    const counter = await statements.figures(period);
    expect(counter.map(({ accepted, digitised, overdue, inTime, noDueDate }) => [accepted, digitised, overdue, inTime, noDueDate])).toEqual([
      [2, 1, 1, 0, 1],
      [1, 1, 0, 1, 0],
    ]);
    const { monitoring } = createReconciliation({ db: province.db, clock: Date.now, alarm: () => undefined });
    expect(await monitoring(period)).toEqual(counter);
  });
});
