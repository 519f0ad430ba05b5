/** The province set back to a backup, a device copied, a device set back: with real PostgreSQL, real sockets and real files. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { openDeviceKeys } from '../../../electron/keys/device-keys.ts';
import { revokeAndDestroy, revokeDevice } from '../../../server/devices/device-store.ts';
import { raiseEpoch } from '../../../server/devices/epoch-store.ts';
import { openShellDevice, type ShellDevice } from '../../fixtures/shell-device.ts';
import { provinceForAll } from '../../fixtures/test-province.ts';

/** Everything a backup of the database holds; scans' files are kept elsewhere and survive. */
const TABLES = [
  'agencies',
  'offices',
  'devices',
  'enrolment_codes',
  'number_leases',
  'operations',
  'journal_entries',
  'journal_contents',
  'dossiers',
  'dossier_scans',
  'scans',
  'scan_offices',
  'tickets',
] as const;

const province = provinceForAll();
const opened: ShellDevice[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const device of opened.splice(0)) await device.close().catch(() => undefined);
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function device(options: { folder?: string; code?: string; deviceKey?: ShellDevice['deviceKey'] } = {}): Promise<ShellDevice> {
  const one = await openShellDevice({
    url: province.url,
    code: options.code ?? (options.folder === undefined ? await province.newCode() : undefined),
    ...options,
  });
  opened.push(one);
  if (options.folder === undefined) folders.push(one.folder);
  return one;
}

async function backUp(): Promise<void> {
  await sql`drop schema if exists backup cascade`.execute(province.db);
  await sql`create schema backup`.execute(province.db);
  for (const table of [...TABLES, 'server_state']) await sql`create table backup.${sql.raw(table)} as table ${sql.raw(table)}`.execute(province.db);
}

async function setBack(): Promise<void> {
  await province.db.transaction().execute(async (trx) => {
    await sql`truncate ${sql.raw([...TABLES, 'server_state', 'seen_assertions'].join(', '))} cascade`.execute(trx);
    for (const table of [...TABLES, 'server_state']) {
      const { rows } = await sql<{ name: string }>`
        select column_name as name from information_schema.columns where table_schema = 'public' and table_name = ${table} and is_identity = 'NO'`.execute(trx);
      const columns = sql.raw(rows.map(({ name }) => `"${name}"`).join(', '));
      await sql`insert into ${sql.raw(table)} (${columns}) select ${columns} from backup.${sql.raw(table)}`.execute(trx);
    }
  });
}

const epochOf = async (): Promise<number> => (await province.db.selectFrom('server_state').select('epoch').executeTakeFirstOrThrow()).epoch;
const held = async (): Promise<string[]> => (await province.db.selectFrom('dossiers').select('dossier_id').execute()).map((row) => row.dossier_id).sort();
const scan = (text: string): Buffer => Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.from(text)]);

describe('a province set back to a backup', () => {
  it('learns it from its own word, raises the epoch, and gets everything again, once', async () => {
    const one = await device();
    const first = await one.accept([scan('one')]);
    await one.deliver();
    await backUp();
    const second = await one.accept([scan('two')]);
    const third = await one.accept();
    await one.deliver();
    const before = await epochOf();

    await setBack();
    expect(await held()).not.toContain(second.dossierId);
    const fourth = await one.accept();
    await one.deliver();

    expect(await epochOf()).toBeGreaterThan(before);
    expect(province.logged()).toContain('set back to a backup');
    for (const { dossierId } of [first, second, third, fourth]) expect(await held()).toContain(dossierId);
    const effects = await province.db.selectFrom('operations').select('operation_id').execute();
    expect(new Set(effects.map((row) => row.operation_id)).size).toBe(effects.length);
    expect(one.sync.memory()).toMatchObject({ acknowledgedSeq: one.journal.head().seq, unconfirmed: {}, rejected: [] });
    expect(one.sync.memory().epoch).toBe(await epochOf());
  });

  it('does not believe a receipt that it has not signed', async () => {
    const one = await device();
    await one.accept();
    await one.deliver();
    const { receipt } = one.sync.memory();
    if (receipt === undefined) throw new Error('no receipt');
    const before = await epochOf();
    const forged = { ...receipt, seq: receipt.seq + 100 };
    expect((await one.province.status({ dossierIds: [], scans: [], receipt: forged })).ok).toBe(true);
    expect(await epochOf()).toBe(before);
  });

  it('gives no number of the forgotten time to anybody else, and learns the range from who has it', async () => {
    const one = await device();
    await one.deliver();
    await backUp();
    const two = await device();
    await two.deliver();
    const [lost] = two.journal.state().leases;
    if (lost === undefined) throw new Error('no lease');

    await setBack();
    await raiseEpoch(province.db, { from: await epochOf(), known: 0, leaseSize: 100, nowMs: Date.now() });
    const three = await device();
    await three.deliver();
    const [fresh] = three.journal.state().leases;
    expect(fresh === undefined || fresh.from > lost.to || fresh.to < lost.from).toBe(true);
    expect(three.journal.state().enrolment?.instance).toBeGreaterThan(1_000);
  });

  it('knows nothing of a device that enrolled after the backup: it enrols anew, and its dossiers arrive under their codes', async () => {
    await backUp();
    const one = await device();
    const dossier = await one.accept([scan('after the backup')]);
    await one.deliver();
    await setBack();
    one.sync.wake();
    await expect.poll(() => one.sync.state().connection).toMatchObject({ status: 'quarantined', reason: 'unknown' });
    const next = await enrolAnew(one);
    await next.deliver();
    const row = await province.db.selectFrom('dossiers').select(['code']).where('dossier_id', '=', dossier.dossierId).executeTakeFirst();
    expect(row?.code).toBe(dossier.code);
  });
});

/** The officer types a new code; the start that follows begins the new journal. */
async function enrolAnew(one: ShellDevice): Promise<ShellDevice> {
  void one.sync.enrol(await province.newCode());
  await expect.poll(() => readdir(join(one.folder, 'journal-next')).catch(() => [])).toContain('enrolment.json');
  await one.close();
  return device({ folder: one.folder, deviceKey: one.deviceKey });
}

async function copyOf(one: ShellDevice): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'qmc-copy-'));
  folders.push(folder);
  // Of a device that goes on: what it is about to rename may be gone before it is copied.
  await cp(one.folder, folder, { recursive: true, filter: (source) => !basename(source).startsWith('.tmp-') });
  return folder;
}

describe('a device that was copied or set back', () => {
  it('stops the copy, says so, and takes its work over into a new journal beside the kept one', async () => {
    const one = await device();
    await one.accept();
    await one.deliver();
    const folder = await copyOf(one);
    const kept = await one.accept();
    await one.deliver();

    const copy = await device({ folder, deviceKey: one.deviceKey });
    const unsent = await copy.accept([scan('of the copy')]);
    copy.sync.wake();
    await expect.poll(() => copy.sync.state().connection).toMatchObject({ status: 'quarantined', reason: 'forked' });
    expect(await held()).not.toContain(unsent.dossierId);
    // Its numbers are the other's too: none of them is given out any more, but the counter goes on.
    expect(copy.journal.state().leases).toEqual([]);
    expect(copy.journal.state().enrolment?.series).toMatch(/^X[A-Z0-9]{5}$/u);
    const oldJournal = copy.journal.journalId;
    const meanwhile = await copy.accept();

    const next = await enrolAnew(copy);
    expect(next.journal.journalId).not.toBe(oldJournal);
    expect(await readdir(join(folder, 'journal-kept'))).toEqual([oldJournal]);
    await next.deliver();
    for (const { dossierId } of [kept, unsent, meanwhile]) expect(await held()).toContain(dossierId);
    expect(next.journal.acceptedAt(unsent.dossierId)).toBeDefined();
    expect(next.identity.current()?.deviceId).not.toBe(one.identity.current()?.deviceId);

    const after = await one.accept();
    await one.deliver();
    expect(await held()).toContain(after.dossierId);
  });

  it('notices that the province holds more of its journal than it does', async () => {
    const one = await device();
    await one.deliver();
    const folder = await copyOf(one);
    await one.accept();
    await one.accept();
    await one.deliver();
    await one.close();
    const restored = await device({ folder, deviceKey: one.deviceKey });
    restored.sync.wake();
    await expect.poll(() => restored.sync.state().connection).toMatchObject({ status: 'quarantined', reason: 'set-back' });
  });

  it('takes over wholly however often the take-over is cut', async () => {
    const one = await device();
    await one.accept();
    await one.deliver();
    const folder = await copyOf(one);
    await one.accept();
    await one.deliver();
    const copy = await device({ folder, deviceKey: one.deviceKey });
    const dossiers = [await copy.accept(), await copy.accept(), await copy.accept()];
    copy.sync.wake();
    await expect.poll(() => copy.sync.state().connection.status).toBe('quarantined');
    let next = await enrolAnew(copy);
    // As if the power had gone before the take-over was noted: it is done again, and nothing is there twice.
    for (let cut = 0; cut < 3; cut += 1) {
      const head = next.journal.head().seq;
      await next.close();
      await rm(join(folder, 'journal', 'carried.json'));
      next = await device({ folder, deviceKey: one.deviceKey });
      expect(next.journal.head().seq).toBe(head);
    }
    await next.deliver();
    for (const { dossierId } of dossiers) expect(await held()).toContain(dossierId);
  });
});

describe('a device the province revokes', () => {
  const keysOf = async (one: ShellDevice): Promise<string> => {
    const folder = join(one.folder, 'keys');
    await openDeviceKeys(folder, noStore, true, () => Promise.resolve(false));
    return folder;
  };
  const noStore = { isEncryptionAvailable: () => false, encryptString: () => Buffer.alloc(0), decryptString: () => '' };
  const reopenKeys = (folder: string) => openDeviceKeys(folder, noStore, true, () => Promise.resolve(true));

  it('sends no more from its next contact on, and keeps what it holds', async () => {
    const one = await device();
    await one.deliver();
    const folder = await keysOf(one);
    await revokeDevice(province.db, one.identity.current()?.deviceId as string, new Date());
    const dossier = await one.accept();
    one.sync.wake();
    await expect.poll(() => one.sync.state().connection.status).toBe('revoked');
    expect(await held()).not.toContain(dossier.dossierId);
    await expect(reopenKeys(folder)).resolves.toBeDefined();
  });

  it('destroys its keys on the signed order, so that its folder opens no more', async () => {
    const one = await device();
    await one.deliver();
    const folder = await keysOf(one);
    const sealed = await readFile(join(folder, 'keys.json'));
    await revokeAndDestroy(province.db, one.identity.current()?.deviceId as string, 'now', new Date());
    one.sync.wake();
    await expect.poll(() => readdir(folder)).toEqual(['destroyed.json']);
    await expect(reopenKeys(folder)).rejects.toMatchObject({ kind: 'keys-destroyed' });
    // A cut half-way, or keys put back beside the notice: the next start finishes it.
    await writeFile(join(folder, 'keys.json'), sealed);
    await expect(reopenKeys(folder)).rejects.toMatchObject({ kind: 'keys-destroyed' });
    expect(await readdir(folder)).toEqual(['destroyed.json']);
  });

  it('delivers everything first when it may', async () => {
    const one = await device();
    await one.deliver();
    const folder = await keysOf(one);
    await revokeAndDestroy(province.db, one.identity.current()?.deviceId as string, 'when-delivered', new Date());
    const dossier = await one.accept([scan('the last one')]);
    one.sync.wake();
    await expect.poll(() => readdir(folder)).toEqual(['destroyed.json']);
    const [row] = await sql<{ verified: number }>`
      select count(*)::int as verified from dossier_scans join scan_offices using (sha256) where dossier_id = ${dossier.dossierId}`
      .execute(province.db)
      .then(({ rows }) => rows);
    expect(row?.verified).toBe(1);
  });

  it('believes no order that the province has not signed for it', async () => {
    const one = await device();
    await one.deliver();
    const folder = await keysOf(one);
    const deviceId = one.identity.current()?.deviceId as string;
    const liar = createServer((_request, answer) => {
      answer.writeHead(403, { 'content-type': 'application/json' });
      answer.end(JSON.stringify({ kind: 'device-revoked', message: '', destroy: { deviceId, signature: Buffer.alloc(64, 1).toString('base64url') } }));
    });
    await new Promise<void>((listening) => liar.listen(0, '127.0.0.1', listening));
    const { port } = liar.address() as AddressInfo;
    await one.close();
    const misled = await openShellDevice({ url: `http://127.0.0.1:${port}`, folder: one.folder, deviceKey: one.deviceKey });
    opened.push(misled);
    misled.sync.wake();
    await expect.poll(() => misled.sync.state().connection.status).toBe('revoked');
    expect(await readdir(folder)).toContain('keys.json');
    liar.close();
  });
});
