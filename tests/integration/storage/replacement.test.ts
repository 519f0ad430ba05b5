import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEnrolmentCode } from '../../../server/devices/enrolment.ts';
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import { scansOf } from '../../../shared/dossiers/scans-of.ts';
import { pngPage } from '../../fixtures/scans.ts';
import { openShellDevice, type ShellDevice } from '../../fixtures/shell-device.ts';
import { OFFICE, provinceForAll } from '../../fixtures/test-province.ts';

const province = provinceForAll();
let old: ShellDevice;

beforeAll(async () => {
  old = await openShellDevice({ url: province.url, code: await province.newCode() });
});
afterAll(async () => {
  await old.remove();
});

const codeFor = (replaces: string, office = OFFICE): Promise<string> => createEnrolmentCode(province.db, office, Date.now(), 86_400_000, { replaces });

it('gives a new PC the dossiers and scans of the old one, which may no longer send', async () => {
  const taken: Dossier[] = [];
  // More than a page.
  for (let count = 0; count < 130; count += 1) taken.push(await old.accept(count < 3 ? [pngPage(count)] : []));
  await old.deliver();
  const oldId = old.identity.current()?.deviceId ?? '';

  const device = await openShellDevice({ url: province.url, code: await codeFor(oldId) });
  try {
    await device.deliver();
    expect(device.identity.current()?.replaces).toBe(oldId);
    const restored: Dossier[] = [];
    for (let after: string | null = null, pages = 0; pages === 0 || after !== null; pages += 1) {
      const page = await device.archive.dossiers(after);
      if (!page.ok) throw new Error(page.failure.kind);
      expect(page.value).toMatchObject({ total: 130, unreadable: 0 });
      restored.push(...page.value.dossiers);
      after = page.value.next;
    }
    // The newest first, which is looked for most.
    expect(restored).toEqual([...taken].reverse());
    const scan = await device.readScan(scansOf(taken[2] as Dossier)[0] ?? '');
    expect(scan.ok && Buffer.from(scan.value.bytes).equals(pngPage(2))).toBe(true);

    old = await old.reopen();
    await old.accept();
    old.sync.wake();
    await expect.poll(() => old.sync.state().connection).toMatchObject({ status: 'revoked' });
    // The new one goes on taking in under numbers of its own.
    await device.accept();
    await device.deliver();
    expect(device.sync.state().numbers).not.toBeNull();
  } finally {
    await device.remove();
  }
});

it('makes no code for a device of another office or one nobody knows', async () => {
  await expect(codeFor(randomUUID())).rejects.toThrow('has no device');
  await expect(codeFor(old.identity.current()?.deviceId ?? '', { officeId: 'other', agencyCode: 'H36.13' })).rejects.toThrow('has no device');
});
