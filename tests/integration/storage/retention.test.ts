import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scansOf } from '../../../shared/dossiers/scans-of.ts';
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import { draftSchema } from '../../../shared/dossiers/draft.ts';
import { pathOf, paths } from '../../../shared/sync/protocol.ts';
import { postgresForAll } from '../../fixtures/postgres.ts';
import { pdfPage, pngPage } from '../../fixtures/scans.ts';
import { openShellDevice, type ShellDevice } from '../../fixtures/shell-device.ts';
import { send } from '../../fixtures/test-device.ts';
import { OFFICE, startTestProvince, type TestProvince } from '../../fixtures/test-province.ts';
import { DAY_MS } from '../../../shared/lib/time.ts';

const postgres = postgresForAll();
let province: TestProvince;
let device: ShellDevice;

beforeEach(async () => {
  province = await startTestProvince(postgres, { lease: { size: 100, days: 60 } });
  device = await openShellDevice({ url: province.url, code: await province.newCode(), limits: { segmentBytes: 4_000 } });
});
afterEach(async () => {
  await device.remove();
  await province.stop();
});

const scanOf = (dossier: Dossier): string => scansOf(dossier)[0] ?? '';

/** Everything is delivered but this dossier, whose scan the device lost. */
const allButOneConfirmed = (unsent: Dossier): Promise<void> =>
  expect
    .poll(() => {
      device.sync.wake();
      const { acknowledgedSeq, unconfirmed } = device.sync.memory();
      return device.sync.agreedMs() !== undefined && [acknowledgedSeq - device.journal.head().seq, ...Object.keys(unconfirmed)];
    })
    .toEqual([0, unsent.dossierId]);

/** The province's clock goes on, the device meets it and looks what may leave. */
async function daysLater(days: number): Promise<void> {
  province.advance(days * DAY_MS);
  device = await device.reopen();
  await device.deliver();
  await device.retention.runWhenDue();
}

describe('scans of drafts', () => {
  const pageOf = (sha256: string) => ({
    sha256,
    bytes: 1,
    mediaType: 'image/png' as const,
    pageId: sha256.slice(0, 8),
    rotation: 0 as const,
    source: 'file' as const,
    capturedAtMs: 1,
    capturedBy: 'lan',
  });
  const draftWith = (digests: string[]) =>
    draftSchema.parse({
      draftId: '0192f3a0-8d2f-7c55-8e1f-6b5d4c3b2a77',
      updatedAtMs: 1,
      startedAtMs: 1,
      facts: [],
      papers: [
        { requirementId: 'a', name: 'a', required: true, originals: 1, certifiedCopies: 0, photocopies: 0, state: 'received', pages: digests.map(pageOf) },
      ],
    });
  const put = async (seed: number): Promise<string> => {
    const kept = await device.scans.put(pngPage(seed));
    if (!kept.ok) throw new Error(kept.failure.kind);
    return kept.value.sha256;
  };

  it('leave a day after their draft was given up, unless another draft or a dossier stands on them', async () => {
    const [alone, inDraft, inDossier] = [await put(41), await put(42), await put(43)];
    await device.accept([pngPage(43)]);
    await device.scans.settled();
    await device.retention.dropped([alone, inDraft, inDossier]);
    await device.retention.dropped([alone]);
    await device.deliver();
    await device.retention.runWhenDue();
    const isHere = () => Promise.all([alone, inDraft, inDossier].map((sha256) => device.scans.has(sha256)));
    expect(await isHere()).toEqual([true, true, true]);
    const reopened = async (days: number): Promise<void> => {
      province.advance(days * DAY_MS);
      device = await device.reopen();
      device.drafts.push(draftWith([inDraft]));
      await device.deliver();
      await device.retention.runWhenDue();
    };
    await reopened(0.5);
    expect(await isHere()).toEqual([true, true, true]);
    await reopened(1);
    expect(await isHere()).toEqual([false, true, true]);
    expect(device.purged.at(-1)?.scans).toEqual([alone]);
    // The dossier goes by its own days, and the draft keeps what is its own for ever.
    await daysLater(31);
    device.drafts.push(draftWith([inDraft]));
    expect(await isHere()).toEqual([false, true, false]);
  });
});

describe('retention', () => {
  it('lets confirmed scans go after their days, tells the page, and fetches them again', async () => {
    const bytes = pngPage(1);
    const dossier = await device.accept([bytes]);
    await device.deliver();
    await device.retention.runWhenDue();
    await daysLater(29);
    expect(await device.scans.has(scanOf(dossier))).toBe(true);
    await daysLater(2);
    expect(await device.scans.has(scanOf(dossier))).toBe(false);
    expect(device.purged.at(-1)).toMatchObject({ scans: [scanOf(dossier)], dossiers: [] });
    expect(device.journal.acceptedAt(dossier.dossierId)).toBeDefined();

    const again = await device.readScan(scanOf(dossier));
    expect(again.ok && Buffer.from(again.value.bytes).equals(bytes)).toBe(true);
    expect(again.ok && again.value.mediaType).toBe('image/png');
    expect(await device.scans.has(scanOf(dossier))).toBe(false);
  });

  it('says it again after a restart until the page has dropped its copies', async () => {
    const dossier = await device.accept([pngPage(2)]);
    await device.deliver();
    await device.retention.runWhenDue();
    await daysLater(31);
    device = await device.reopen();
    expect(device.retention.purged().scans).toEqual([scanOf(dossier)]);
    await device.retention.forgotten([scanOf(dossier)]);
    device = await device.reopen();
    expect(device.retention.purged().scans).toEqual([]);
  });

  it('keeps what is unconfirmed for years, and scans a draft or a younger dossier stands on', async () => {
    const [shared, inDraft] = [pngPage(3), pngPage(4)];
    const old = await device.accept([shared, inDraft]);
    const unsent = await device.accept([pngPage(5)]);
    await rm(device.scans.pathOf(scanOf(unsent)));
    // Its scan never reaches the province, so it is never confirmed.
    await allButOneConfirmed(unsent);
    await device.retention.runWhenDue();
    province.advance(31 * DAY_MS);
    device = await device.reopen();
    device.drafts.push(
      draftSchema.parse({ draftId: old.dossierId, updatedAtMs: 1, startedAtMs: 1, papers: [{ ...old.papers[0], pages: [old.papers[0]?.pages[1]] }] }),
    );
    await device.accept([shared]);
    await allButOneConfirmed(unsent);
    await device.retention.runWhenDue();
    expect(await Promise.all(scansOf(old).map((sha256) => device.scans.has(sha256)))).toEqual([true, true]);

    device.drafts.length = 0;
    province.advance(1_000 * DAY_MS);
    device = await device.reopen();
    await allButOneConfirmed(unsent);
    await device.retention.runWhenDue();
    expect(await Promise.all(scansOf(old).map((sha256) => device.scans.has(sha256)))).toEqual([false, false]);
    expect(device.journal.acceptedAt(unsent.dossierId)).toBeDefined();
    expect(device.purged.flatMap(({ dossiers }) => dossiers)).not.toContain(unsent.dossierId);
  });

  it('lets dossiers go after theirs, with their part of the journal, and fetches them again', async () => {
    const dossiers: Dossier[] = [];
    for (let count = 0; count < 12; count += 1) dossiers.push(await device.accept([pdfPage(`paper ${count}`)]));
    await device.deliver();
    await device.retention.runWhenDue();
    await daysLater(366);
    const gone = dossiers.map(({ dossierId }) => dossierId);
    expect(device.purged.at(-1)?.dossiers).toEqual(gone);
    const first = dossiers[0] as Dossier;
    expect(device.journal.firstSeq()).toBeGreaterThan(1);
    expect(device.journal.acceptedAt(first.dossierId)).toBeUndefined();
    const fetched = await device.archive.dossier(first.dossierId);
    expect(fetched).toEqual({ ok: true, value: first });
    // The journal goes on, and the province still agrees with it.
    await device.accept();
    await device.deliver();
    expect(device.sync.state().needsFix).toEqual([]);
  });

  it('never goes by the clock of the counter, nor without the province', async () => {
    const dossier = await device.accept([pngPage(6)]);
    await device.deliver();
    await device.retention.runWhenDue();
    await province.stop();
    device = await device.reopen();
    await device.retention.runWhenDue();
    expect(device.province.timeMs()).toBeUndefined();
    expect(await device.scans.has(scanOf(dossier))).toBe(true);
    province = await startTestProvince(postgres);
  });

  it('counts anew for what a restored province had lost', async () => {
    await device.accept([pngPage(7)]);
    await device.deliver();
    await device.retention.runWhenDue();
    const lost = await device.accept([pngPage(8)]);
    await device.deliver();
    await daysLater(2);
    // The province's database is set back to before the second dossier.
    const before = device.journal.acceptedAt(lost.dossierId)?.seq ?? 0;
    const keep = await device.journal.read(before - 2, 1);
    await province.db.deleteFrom('dossier_scans').where('dossier_id', '=', lost.dossierId).execute();
    await province.db.deleteFrom('dossiers').where('dossier_id', '=', lost.dossierId).execute();
    await province.db.deleteFrom('journal_entries').where('seq', '>=', before).execute();
    await province.db.deleteFrom('operations').where('operation_id', 'not in', province.db.selectFrom('journal_entries').select('operation_id')).execute();
    await province.db.deleteFrom('scan_offices').where('sha256', '=', scanOf(lost)).execute();
    await province.db
      .updateTable('devices')
      .set({ head_seq: before - 1, head_hash: keep[0]?.hash ?? '' })
      .execute();
    await daysLater(29);
    // Confirmed for the second time only today: its scan stays, though 31 days have passed since the first.
    expect(await device.scans.has(scanOf(lost))).toBe(true);
    const [row] = await province.db.selectFrom('dossiers').select('dossier_id').where('dossier_id', '=', lost.dossierId).execute();
    expect(row).toBeDefined();
    await daysLater(31);
    expect(await device.scans.has(scanOf(lost))).toBe(false);
  });

  it('shows nothing of citizens in what it remembers', async () => {
    const dossier = await device.accept([pngPage(9)]);
    await device.deliver();
    await device.retention.runWhenDue();
    const memory = await readFile(join(device.folder, 'retention.sealed'), 'latin1');
    expect(memory).not.toContain(dossier.dossierId);
    await writeFile(join(device.folder, 'retention.sealed'), 'damaged');
    await daysLater(40);
    expect(await device.scans.has(scanOf(dossier))).toBe(true);
    await daysLater(31);
    expect(await device.scans.has(scanOf(dossier))).toBe(false);
    expect((await readdir(join(device.folder, 'scans'))).filter((name) => name.endsWith('.scan'))).toEqual([]);
  });
});

describe('reading from the archive', () => {
  it('gives a scan and a dossier to the own office only', async () => {
    const dossier = await device.accept([pngPage(10)]);
    await device.deliver();
    const stranger = await province.newDevice({ officeId: 'other', agencyCode: 'H36.13' });
    const headers = await stranger.authorisation();
    const ask = async (path: string, officeId: string, name: object) =>
      (await send(province.url, pathOf(path, { officeId, ...name }), { method: 'GET', headers })).status;
    for (const [path, name] of [
      [paths.officeScan, { sha256: scanOf(dossier) }],
      [paths.officeDossier, { dossierId: dossier.dossierId }],
      [paths.dossierBodies, {}],
    ] as const) {
      expect(await ask(path, OFFICE.officeId, name)).toBe(403);
      expect(await ask(path, 'other', name)).toBe(path === paths.dossierBodies ? 200 : 404);
      expect((await send(province.url, pathOf(path, { officeId: OFFICE.officeId, ...name }), { method: 'GET' })).status).toBe(401);
    }
  });

  it('mends a damaged scan, says when the province cannot be asked, and believes no wrong bytes', async () => {
    const bytes = pngPage(11);
    const dossier = await device.accept([bytes]);
    const sha256 = scanOf(dossier);
    await device.deliver();
    const sealed = await readFile(device.scans.pathOf(sha256));
    sealed[sealed.length - 20] = (sealed[sealed.length - 20] ?? 0) ^ 1;
    await writeFile(device.scans.pathOf(sha256), sealed);
    expect((await device.scans.read(sha256)).ok).toBe(false);
    expect((await device.readScan(sha256)).ok).toBe(true);
    expect((await device.scans.read(sha256)).ok).toBe(true);

    await device.scans.settled();
    await rm(device.scans.pathOf(sha256));
    const stored = join(province.scansDir, 'content', sha256.slice(0, 2), sha256);
    await writeFile(stored, Buffer.alloc(bytes.byteLength, 1));
    expect(await device.readScan(sha256)).toEqual({ ok: false, failure: { kind: 'scan-away' } });
    await writeFile(stored, 'short');
    expect(await device.readScan(sha256)).toEqual({ ok: false, failure: { kind: 'scan-away' } });
    expect(province.logged()).toContain('a verified scan is not as it was stored');
    expect(await device.readScan('0'.repeat(64))).toEqual({ ok: false, failure: { kind: 'scan-missing' } });
  });
});
