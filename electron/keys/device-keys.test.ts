import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDeviceKeys, type KeyStore } from './device-keys.ts';

/** As the operating system's store behaves: reversible here, and of no use to another store. */
const storeWith = (secret: number): KeyStore => ({
  isEncryptionAvailable: () => true,
  encryptString: (plain) => Buffer.from([secret, ...Buffer.from(plain).map((byte) => byte ^ secret)]),
  decryptString: (sealed) => {
    if (sealed[0] !== secret) throw new Error('not sealed here');
    return Buffer.from(sealed.subarray(1).map((byte) => byte ^ secret)).toString();
  },
});
const noStore: KeyStore = { ...storeWith(1), isEncryptionAvailable: () => false };
const nothing = () => Promise.resolve(false);

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'qmc-keys-'))));
afterEach(() => rm(folder, { recursive: true }));

describe('openDeviceKeys', () => {
  it('makes keys once and opens the same ones again', async () => {
    const first = await openDeviceKeys(folder, storeWith(7), false, nothing);
    const again = await openDeviceKeys(folder, storeWith(7), false, nothing);
    expect(again.dataKey.equals(first.dataKey)).toBe(true);
    expect(again.deviceKey.equals(first.deviceKey)).toBe(true);
    expect(again.isUnprotected).toBe(false);
    expect(await readFile(join(folder, 'keys.json'), 'utf8')).not.toContain(first.dataKey.toString('base64'));
  });

  it('refuses a machine without a key store, unless development says otherwise', async () => {
    await expect(openDeviceKeys(folder, noStore, false, nothing)).rejects.toMatchObject({ kind: 'no-key-store' });
    expect((await openDeviceKeys(folder, noStore, true, nothing)).isUnprotected).toBe(true);
    await expect(openDeviceKeys(folder, noStore, false, nothing)).rejects.toMatchObject({ kind: 'no-key-store' });
  });

  it('never replaces keys that do not open', async () => {
    await openDeviceKeys(folder, storeWith(7), false, nothing);
    const before = await readFile(join(folder, 'keys.json'), 'utf8');
    await expect(openDeviceKeys(folder, storeWith(8), false, nothing)).rejects.toMatchObject({ kind: 'keys-damaged' });
    await writeFile(join(folder, 'keys.json'), before.slice(0, 40));
    await expect(openDeviceKeys(folder, storeWith(7), false, nothing)).rejects.toMatchObject({ kind: 'keys-damaged' });
  });

  it('makes no new keys beside data that lost ones sealed', async () => {
    await expect(openDeviceKeys(folder, storeWith(7), false, () => Promise.resolve(true))).rejects.toMatchObject({ kind: 'keys-missing' });
  });
});
