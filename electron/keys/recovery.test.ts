import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDeviceKeys, recoverDeviceKeys, type DeviceKeys, type KeyStore } from './device-keys.ts';
import { createVault } from './vault.ts';

const storeWith = (secret: number): KeyStore => ({
  isEncryptionAvailable: () => true,
  encryptString: (plain) => Buffer.from([secret, ...Buffer.from(plain).map((byte) => byte ^ secret)]),
  decryptString: (sealed) => {
    if (sealed[0] !== secret) throw new Error('not sealed here');
    return Buffer.from(sealed.subarray(1).map((byte) => byte ^ secret)).toString();
  },
});
const oldPc = storeWith(7);
const newPc = storeWith(8);
const PASSPHRASE = 'con trâu đi trước cái cày đi sau';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'qmc-keys-'))));
afterEach(() => rm(folder, { recursive: true }));
const open = (store: KeyStore): Promise<DeviceKeys> => openDeviceKeys(folder, store, false, () => Promise.resolve(false));
const vaultOf = ({ dataKey, laterKeys }: DeviceKeys) => createVault(dataKey, laterKeys);
const file = (): Promise<string> => readFile(join(folder, 'keys.json'), 'utf8');

describe('recovery', () => {
  it('opens everything on a machine whose key store was lost, rotated keys too', async () => {
    const keys = await open(oldPc);
    const vault = vaultOf(keys);
    const sealed = [vault.seal(Buffer.from('first'), 'x')];
    await keys.setRecovery(PASSPHRASE);
    // Rotated after the passphrase was set, and without it.
    vault.use(await keys.rotate());
    sealed.push(vault.seal(Buffer.from('second'), 'x'));
    await expect(open(newPc)).rejects.toMatchObject({ kind: 'keys-damaged' });

    expect(await recoverDeviceKeys(folder, newPc, `  ${PASSPHRASE.normalize('NFD')}`)).toEqual({ ok: true, value: null });
    const recovered = await open(newPc);
    expect(sealed.map((bytes) => vaultOf(recovered).open(bytes, 'x').toString())).toEqual(['first', 'second']);
    expect(recovered.deviceKey.equals(keys.deviceKey)).toBe(true);
    expect(recovered.hasRecovery()).toBe(true);
  });

  it('changes nothing for a wrong passphrase, a PIN, an old passphrase, without a passphrase or without a store', async () => {
    const keys = await open(oldPc);
    expect(await recoverDeviceKeys(folder, newPc, PASSPHRASE)).toMatchObject({ ok: false, failure: { kind: 'no-recovery' } });
    await keys.setRecovery('the passphrase of last year');
    await keys.setRecovery(PASSPHRASE);
    const before = await file();
    for (const wrong of ['123456', '', 'the passphrase of last year', `${PASSPHRASE}!`]) {
      expect(await recoverDeviceKeys(folder, newPc, wrong)).toMatchObject({ ok: false, failure: { kind: 'recovery-refused' } });
    }
    expect(await recoverDeviceKeys(folder, { ...newPc, isEncryptionAvailable: () => false }, PASSPHRASE)).toMatchObject({
      ok: false,
      failure: { kind: 'no-key-store' },
    });
    expect(await file()).toBe(before);
  });

  it('is refused when any part of it was changed, or asks for more memory than is sane', async () => {
    const keys = await open(oldPc);
    await keys.setRecovery(PASSPHRASE);
    const whole = JSON.parse(await file());
    for (const part of ['salt', 'wrappedKey', 'secrets']) {
      const bytes = Buffer.from(whole.recovery[part], 'base64');
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
      await writeFile(join(folder, 'keys.json'), JSON.stringify({ ...whole, recovery: { ...whole.recovery, [part]: bytes.toString('base64') } }));
      expect(await recoverDeviceKeys(folder, newPc, PASSPHRASE)).toMatchObject({ failure: { kind: 'recovery-refused' } });
    }
    await writeFile(
      join(folder, 'keys.json'),
      JSON.stringify({ ...whole, recovery: { ...whole.recovery, kdf: { ...whole.recovery.kdf, memorySize: 2 ** 24 } } }),
    );
    expect(await recoverDeviceKeys(folder, newPc, PASSPHRASE)).toMatchObject({ failure: { kind: 'no-recovery' } });
  });

  it('follows RFC 9106 and leaves neither passphrase nor keys in the file', async () => {
    const keys = await open(oldPc);
    await keys.setRecovery(PASSPHRASE);
    const text = await file();
    expect(JSON.parse(text).recovery.kdf).toEqual({ name: 'argon2id', iterations: 3, parallelism: 4, memorySize: 65_536 });
    expect(text).not.toContain(keys.dataKey.toString('base64'));
    expect(text).not.toContain('trâu');
  });
});

describe('rotation', () => {
  it('keeps every key, over restarts, however often and at once', async () => {
    let keys = await open(oldPc);
    const sealed: Buffer[] = [];
    for (let round = 0; round < 3; round += 1) {
      const vault = vaultOf(keys);
      const added = await Promise.all([keys.rotate(), keys.rotate()]);
      for (const key of added) {
        vault.use(key);
        sealed.push(vault.seal(Buffer.from('text'), 'x'));
      }
      keys = await open(oldPc);
    }
    expect(keys.laterKeys).toHaveLength(6);
    expect(new Set(sealed.map((bytes) => bytes.subarray(1, 5).toString('hex'))).size).toBe(6);
    for (const bytes of sealed) expect(vaultOf(keys).open(bytes, 'x').toString()).toBe('text');
  });
});
