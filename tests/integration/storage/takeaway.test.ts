import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importFile } from '../../../server/import.ts';
import { TakeawayRefused } from '../../../server/takeaway/open-file.ts';
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import { scansOf } from '../../../shared/dossiers/scans-of.ts';
import { seeded } from '../../fixtures/journals.ts';
import { postgresForAll } from '../../fixtures/postgres.ts';
import { pdfPage, pngPage } from '../../fixtures/scans.ts';
import { openShellDevice, type ShellDevice } from '../../fixtures/shell-device.ts';
import { startTestProvince, type TestProvince } from '../../fixtures/test-province.ts';

const postgres = postgresForAll();
let province: TestProvince;
let device: ShellDevice;
let stick: string;
const file = (): string => join(stick, 'away');
const receiptFile = (): string => join(stick, 'receipt');

beforeEach(async () => {
  stick = await mkdtemp(join(tmpdir(), 'qmc-stick-'));
  province = await startTestProvince(postgres);
  device = await openShellDevice({ url: province.url, code: await province.newCode() });
  await device.accept([pngPage(1)]);
  await device.deliver();
  // From here on the line is down.
  await device.sync.stop();
});
afterEach(async () => {
  await device.remove();
  await province.stop();
  await rm(stick, { recursive: true, force: true });
});

const takeIn = (path = file(), at = province) => importFile({ db: at.db, scans: { dir: at.scansDir }, clock: Date.now, log: pino({ level: 'silent' }) }, path);

async function carry(): Promise<Awaited<ReturnType<typeof takeIn>>> {
  const taken = await device.takeaway.exportTo(file());
  expect(taken.ok).toBe(true);
  const imported = await takeIn();
  await writeFile(receiptFile(), imported.signed);
  return imported;
}

/** The device starts again, and its province is out of reach. */
async function startOffline(): Promise<void> {
  device = await device.reopen();
}

async function rows(): Promise<{ dossiers: number; entries: number; scans: number }> {
  const count = async (table: 'dossiers' | 'journal_entries' | 'scan_offices'): Promise<number> =>
    Number(
      (
        await province.db
          .selectFrom(table)
          .select(({ fn }) => fn.countAll().as('count'))
          .executeTakeFirstOrThrow()
      ).count,
    );
  return { dossiers: await count('dossiers'), entries: await count('journal_entries'), scans: await count('scan_offices') };
}

const refusal = async (path = file(), at = province): Promise<string> => {
  const before = await rows();
  const kind = await takeIn(path, at).then(
    () => 'taken',
    (error: unknown) => (error instanceof TakeawayRefused ? error.kind : String(error)),
  );
  expect(await rows()).toEqual(before);
  return kind;
};

describe('take-away', () => {
  it('carries weeks of work to the province and its answer back, exactly once', async () => {
    const dossiers: Dossier[] = [];
    for (let count = 0; count < 25; count += 1) dossiers.push(await device.accept([pngPage(100 + count), pdfPage(`paper ${count}`)]));
    const seen: string[] = [];
    const large = await device.accept([Buffer.concat([pdfPage('large'), Buffer.alloc(3_500_000, 7)])]);
    const taken = await device.takeaway.exportTo(file());
    expect(taken).toMatchObject({ ok: true, value: { entries: 26, scans: 51, missing: 0 } });
    expect(await readdir(stick)).toEqual(['away']);

    const { receipt, signed } = await takeIn();
    seen.push(...receipt.journal.results.map(({ status }) => status));
    expect(new Set(seen)).toEqual(new Set(['applied']));
    expect(await rows()).toEqual({ dossiers: 27, entries: device.journal.head().seq, scans: 52 });
    const stored = await readFile(join(province.scansDir, 'content', (scansOf(large)[0] ?? '').slice(0, 2), scansOf(large)[0] ?? ''));
    expect(stored.byteLength).toBeGreaterThan(3_500_000);

    await writeFile(receiptFile(), signed);
    await province.stop();
    await startOffline();
    expect(device.sync.deliveries(dossiers.map(({ dossierId }) => dossierId)).map(({ state }) => state)).not.toContain('confirmed');
    expect(await device.takeaway.importReceipt(receiptFile())).toEqual({ ok: true, value: { acknowledged: 26, confirmed: 26 } });
    expect(device.sync.state()).toMatchObject({ waitingEntries: 0, waitingScans: 0, needsFix: [] });
    expect(new Set(device.sync.deliveries(dossiers.map(({ dossierId }) => dossierId)).map(({ state }) => state))).toEqual(new Set(['confirmed']));
    expect(await device.takeaway.importReceipt(receiptFile())).toEqual({ ok: false, failure: { kind: 'receipt-old' } });
    expect(await device.takeaway.exportTo(file())).toEqual({ ok: false, failure: { kind: 'nothing-waiting' } });
    province = await startTestProvince(postgres);
  });

  it('may be imported twice, before or after the line is back, without a second effect', async () => {
    await device.accept([pngPage(2)]);
    await carry();
    const once = await rows();
    const again = await takeIn();
    expect(again.receipt.journal.results.map(({ status }) => status)).toEqual(['duplicate']);
    expect(await rows()).toEqual(once);
    await startOffline();
    await device.accept([pngPage(3)]);
    await device.deliver();
    expect(await rows()).toEqual({ dossiers: 3, entries: device.journal.head().seq, scans: 3 });
    expect((await takeIn()).receipt.status.dossiers.every(({ confirmed }) => confirmed)).toBe(true);
    expect(device.sync.state().needsFix).toEqual([]);
    expect(await device.takeaway.importReceipt(receiptFile())).toEqual({ ok: false, failure: { kind: 'receipt-old' } });
  });

  it('carries scans of a dossier that was sent before the line broke', async () => {
    // The line breaks between record and scan.
    const dossier = await device.accept([pngPage(4)]);
    const scan = await readFile(device.scans.pathOf(scansOf(dossier)[0] ?? ''));
    await rm(device.scans.pathOf(scansOf(dossier)[0] ?? ''));
    device = await device.reopen();
    await expect.poll(() => (device.sync.wake(), device.sync.memory().scanProblems)).toEqual({ [scansOf(dossier)[0] ?? '']: 'scan-missing' });
    // First the line, then the scan: a pass under way would still send it.
    await device.sync.stop();
    await writeFile(device.scans.pathOf(scansOf(dossier)[0] ?? ''), scan);
    const { receipt } = await carry();
    expect(receipt.journal.results).toEqual([]);
    expect(receipt.status.dossiers).toEqual([expect.objectContaining({ dossierId: dossier.dossierId, confirmed: true })]);
    await startOffline();
    expect(await device.takeaway.importReceipt(receiptFile())).toMatchObject({ ok: true, value: { confirmed: 1 } });
  });

  it('says what it could not carry, and the dossier stays unconfirmed', async () => {
    const lost = await device.accept([pngPage(5)]);
    await rm(device.scans.pathOf(scansOf(lost)[0] ?? ''));
    expect(await device.takeaway.exportTo(file())).toMatchObject({ ok: true, value: { entries: 1, scans: 0, missing: 1 } });
    const { receipt } = await takeIn();
    expect(receipt.status.dossiers).toMatchObject([{ dossierId: lost.dossierId, confirmed: false }]);
  });

  it('raises its alarms where supervisors see them', async () => {
    await province.db
      .updateTable('journal_entries')
      .set({ hash: 'f'.repeat(64) })
      .execute();
    await province.db
      .updateTable('devices')
      .set({ head_hash: 'f'.repeat(64) })
      .execute();
    await device.accept([]);
    expect((await carry()).receipt.journal.results).toMatchObject([{ status: 'rejected', reason: 'journal-forked' }]);
    const alarms = await province.db.selectFrom('alarms').select(['what', 'device_id']).execute();
    expect(alarms).toContainEqual({ what: 'journal forked: the device was copied or set back', device_id: device.identity.current()?.deviceId });
  });

  it('shows nothing of a citizen on the stick', async () => {
    const dossier = await device.accept([pdfPage('CANARY-IN-SCAN')]);
    await carry();
    for (const name of await readdir(stick)) {
      const bytes = await readFile(join(stick, name), 'latin1');
      const utf8 = Buffer.from(bytes, 'latin1').toString('utf8');
      for (const secret of [dossier.applicant.fullName, dossier.code, 'CANARY-IN-SCAN', dossier.procedureName]) expect(utf8).not.toContain(secret);
    }
  });

  it('says when there is no room or no such place, and leaves nothing behind', async () => {
    await device.accept();
    expect(await device.takeaway.exportTo(join(stick, 'gone', 'away'))).toMatchObject({ ok: false, failure: { kind: 'file-not-written' } });
    expect(await device.takeaway.exportTo('/dev/full/away')).toMatchObject({ ok: false, failure: { kind: 'file-not-written' } });
    expect(await readdir(stick)).toEqual([]);
  });
});

describe('a file the province does not take', () => {
  beforeEach(async () => {
    await device.accept([pngPage(6)]);
    await device.takeaway.exportTo(file());
  });

  it('is one that is damaged anywhere, cut anywhere, or longer', async () => {
    const whole = await readFile(file());
    const random = seeded(20_261_121);
    const wrong = async (bytes: Buffer): Promise<string> => {
      await writeFile(join(stick, 'wrong'), bytes);
      return refusal(join(stick, 'wrong'));
    };
    const kinds = new Set<string>();
    const places = [...Array.from({ length: 60 }, (_, at) => at * 9), ...Array.from({ length: 60 }, () => random(whole.length)), whole.length - 1];
    for (const at of places.filter((place) => place < whole.length)) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << random(8));
      kinds.add(await wrong(flipped));
    }
    for (const length of [0, 1, 8, 12, 200, whole.length - 65, whole.length - 64, whole.length - 1]) kinds.add(await wrong(whole.subarray(0, length)));
    kinds.add(await wrong(Buffer.concat([whole, Buffer.alloc(1)])));
    kinds.add(await wrong(Buffer.concat([whole, whole])));
    expect(kinds.has('taken')).toBe(false);
    for (const kind of kinds)
      expect(['not-a-takeaway', 'newer-format', 'damaged', 'other-province', 'device-unknown', 'foreign-journal', 'not-signed-by-device']).toContain(kind);
    expect((await takeIn()).receipt.journal.results).toMatchObject([{ status: 'applied' }]);
  });

  it('is one for another province, of an unknown or revoked device, or of another journal', async () => {
    const other = await startTestProvince(postgres);
    expect(await refusal(file(), other)).toBe('other-province');
    await other.stop();
    await writeFile(join(stick, 'note.txt'), 'a letter');
    expect(await refusal(join(stick, 'note.txt'))).toBe('not-a-takeaway');
    await province.db.updateTable('devices').set({ revoked_at: new Date() }).execute();
    expect(await refusal()).toBe('device-revoked');
    await province.db.updateTable('devices').set({ revoked_at: null, journal_id: randomUUID() }).execute();
    expect(await refusal()).toBe('foreign-journal');
  });

  it('is one that another device signed', async () => {
    const { x = '', y = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
    await province.db
      .updateTable('devices')
      .set({ public_key: JSON.stringify({ kty: 'EC', crv: 'P-256', x, y }) })
      .execute();
    expect(await refusal()).toBe('not-signed-by-device');
  });

  it('is one that begins behind what the province holds', async () => {
    await province.db.updateTable('devices').set({ head_seq: 1 }).execute();
    await province.db.deleteFrom('journal_entries').where('seq', '>', 1).execute();
    expect(await refusal()).toBe('entries-missing');
  });
});

describe('a receipt the device does not take', () => {
  const refused = async (text: string): Promise<string> => {
    await writeFile(receiptFile(), text);
    const before = device.sync.memory();
    const taken = await device.takeaway.importReceipt(receiptFile());
    expect(device.sync.memory()).toEqual(before);
    return taken.ok ? 'taken' : taken.failure.kind;
  };

  it('is no receipt, edited, of another province, of another device or of another history', async () => {
    await device.accept([pngPage(7)]);
    const { signed } = await carry();
    await startOffline();
    expect(await refused('a letter')).toBe('receipt-unreadable');
    const [head = '', body = '', signature = ''] = signed.split('.');
    expect(await refused(`${head}.${body.slice(0, 40)}${body[40] === 'A' ? 'B' : 'A'}${body.slice(41)}.${signature}`)).toBe('receipt-not-signed');
    expect(await refused((await device.province.authorise().then((token) => (token.ok ? token.value : ''))) || 'a.b.c')).toBe('receipt-not-signed');

    const other = await openShellDevice({ url: province.url, code: await province.newCode() });
    await other.accept();
    await other.deliver();
    await other.accept();
    await other.takeaway.exportTo(join(stick, 'other'));
    const foreign = await takeIn(join(stick, 'other'));
    expect(await refused(foreign.signed)).toBe('receipt-foreign');
    await other.remove();

    await province.db
      .updateTable('devices')
      .set({ head_hash: 'f'.repeat(64) })
      .where('device_id', '=', device.identity.current()?.deviceId ?? '')
      .execute();
    expect(await refused((await takeIn()).signed)).toBe('receipt-other-journal');
  });
});
