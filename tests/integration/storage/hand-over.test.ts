import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scansOf } from '../../../shared/dossiers/scans-of.ts';
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import { postgresForAll } from '../../fixtures/postgres.ts';
import { pngPage } from '../../fixtures/scans.ts';
import { openShellDevice, type ShellDevice } from '../../fixtures/shell-device.ts';
import { startTestProvince, type TestProvince } from '../../fixtures/test-province.ts';
import { DAY_MS } from '../../../shared/lib/time.ts';

const postgres = postgresForAll();
let province: TestProvince;
let device: ShellDevice;

beforeEach(async () => {
  province = await startTestProvince(postgres, { lease: { size: 100, days: 60 } });
});
afterEach(async () => {
  await device.remove();
  await province.stop();
});

const open = async (backupDays: number): Promise<void> => {
  const rules = { scanDays: 30, dossierDays: 365, backupDays };
  device = await openShellDevice({ url: province.url, code: await province.newCode(), role: 'postal', rules, limits: { segmentBytes: 2_000 } });
};
const hasScans = (dossier: Dossier): Promise<boolean[]> => Promise.all(scansOf(dossier).map((sha256) => device.scans.has(sha256)));
const later = async (days: number): Promise<void> => {
  province.advance(days * DAY_MS);
  device = await device.reopen();
  await device.deliver();
  await device.retention.runWhenDue();
};

it('lets what was handed over go at once, and nothing else', async () => {
  await open(0);
  const given: Dossier[] = [];
  for (let count = 0; count < 6; count += 1) given.push(await device.accept([pngPage(20 + count)]));
  const kept = await device.accept([pngPage(30)]);
  await device.deliver();
  // Scans of the last hour stay for whoever is still at work with them.
  device = await device.reopen();
  await device.deliver();
  const ids = given.map(({ dossierId }) => dossierId);
  expect(await device.handOver(ids)).toEqual({ ok: true, value: null });
  await expect.poll(async () => (await Promise.all(given.map(hasScans))).flat()).toEqual([false, false, false, false, false, false]);
  await expect.poll(() => device.purged.at(-1)?.dossiers).toEqual(ids);
  expect(device.journal.firstSeq()).toBeGreaterThan(1);
  expect(await hasScans(kept)).toEqual([true]);
  expect(device.journal.acceptedAt(kept.dossierId)).toBeDefined();
  expect(device.sync.deliveries([kept.dossierId])[0]?.isHandedOver).toBeUndefined();

  // The province took the entry, the counter remembers it, and each goes over once.
  await device.deliver();
  expect(device.sync.state().needsFix).toEqual([]);
  device = await device.reopen();
  expect(device.journal.state().handedOver).toEqual(ids);
  expect(await device.handOver([kept.dossierId])).toMatchObject({ ok: true });
  expect(await device.handOver([kept.dossierId])).toMatchObject({ ok: false });
});

it('hands over nothing the province has not confirmed', async () => {
  await open(0);
  const sent = await device.accept([pngPage(40)]);
  await device.deliver();
  await province.stop();
  const unsent = await device.accept([pngPage(41)]);
  expect(await device.handOver([sent.dossierId, unsent.dossierId])).toMatchObject({ ok: false, failure: { kind: 'not-confirmed' } });
  expect(await device.handOver([randomUUID()])).toMatchObject({ ok: false, failure: { kind: 'not-confirmed' } });
  expect(device.journal.state().handedOver).toEqual([]);
  province = await startTestProvince(postgres);
});

it('waits for the backups of a province that makes them by the week', async () => {
  await open(7);
  const dossier = await device.accept([pngPage(50)]);
  await device.deliver();
  await device.retention.runWhenDue();
  expect(await device.handOver([dossier.dossierId])).toMatchObject({ ok: true });
  await later(6);
  expect(await hasScans(dossier)).toEqual([true]);
  await later(2);
  expect(await hasScans(dossier)).toEqual([false]);
  expect(device.purged.at(-1)?.dossiers).toEqual([dossier.dossierId]);
});

it('keeps the days of any other counter for what was not handed over', async () => {
  await open(7);
  const dossier = await device.accept([pngPage(60)]);
  await device.deliver();
  await device.retention.runWhenDue();
  await later(20);
  expect(await hasScans(dossier)).toEqual([true]);
  await later(12);
  expect(await hasScans(dossier)).toEqual([false]);
  expect(device.journal.acceptedAt(dossier.dossierId)).toBeDefined();
});
