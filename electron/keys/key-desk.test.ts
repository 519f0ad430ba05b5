import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ok } from '../../shared/lib/result.ts';
import { appendDossier, kindsOf, testJournals, type TestJournals } from '../../tests/fixtures/journals.ts';
import { openDeviceKeys, type KeyStore } from './device-keys.ts';
import { createKeyDesk } from './key-desk.ts';
import { createVault } from './vault.ts';

const noStore: KeyStore = { isEncryptionAvailable: () => false, encryptString: () => Buffer.alloc(0), decryptString: () => '' };

let folder: string;
let journals: TestJournals;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qmc-keys-'));
  journals = await testJournals();
});
afterEach(async () => {
  await journals.remove();
  await rm(folder, { recursive: true });
});

const open = () => openDeviceKeys(folder, noStore, true, () => Promise.resolve(false));

it('changes the key under a journal at work; all of it opens after a restart, from its checkpoint or without', async () => {
  const keys = await open();
  const vault = createVault(keys.dataKey, keys.laterKeys);
  const journal = await journals.open({ vault, deviceKey: keys.deviceKey });
  const desk = createKeyDesk({ keys, vault, record: (operation) => journal.transact('officer', () => ok(operation)) });
  for (let round = 0; round < 3; round += 1) {
    await appendDossier(journal);
    expect(await desk.rotate()).toEqual({ ok: true, value: { protected: false, recovery: false } });
  }
  await appendDossier(journal);
  const before = journal.state();
  await journals.closeAll();

  for (const withIndex of [true, false]) {
    if (!withIndex) for (const name of await journals.names('.index')) await rm(join(journals.folder, name));
    const again = await open();
    const reopened = await journals.open({ vault: createVault(again.dataKey, again.laterKeys), deviceKey: again.deviceKey });
    expect(kindsOf(reopened)).toEqual([]);
    expect((await reopened.read(0, 100)).map(({ operation }) => operation.type)).toEqual([
      ...['dossier.accepted', 'keys.rotated', 'dossier.accepted', 'keys.rotated', 'dossier.accepted', 'keys.rotated', 'dossier.accepted'],
    ]);
    expect(reopened.state()).toEqual(before);
    await journals.closeAll();
  }
});

it('takes no PIN as a recovery passphrase', async () => {
  const keys = await open();
  const desk = createKeyDesk({ keys, vault: createVault(keys.dataKey), record: async () => ok(null) });
  expect(await desk.setRecovery('001090012345 0912345678')).toMatchObject({ ok: false, failure: { kind: 'passphrase-digits' } });
  expect(desk.state().recovery).toBe(false);
});
