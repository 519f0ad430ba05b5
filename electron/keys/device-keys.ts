/** The device's data keys and signing key, wrapped by the operating system's key store and, when set, by a recovery passphrase. */
import { createPrivateKey, generateKeyPairSync, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { createTurns } from '../../shared/lib/turns.ts';
import { isMissing, preparePrivateFolder, writeDurably } from '../files.ts';
import { areKeysDestroyed, destroyKeys } from './destroy-keys.ts';
import { createRecovery, newRecoveryKey, openRecovery, recoverySchema, resealRecovery, type Recovery } from './recovery.ts';
import { KeysUnavailable } from './keys-unavailable.ts';
import { KEY_ID_BYTES, type LaterKey } from './vault.ts';

/** The operating system's key store, as Electron's `safeStorage` offers it. */
export type KeyStore = {
  isEncryptionAvailable(): boolean;
  encryptString(plain: string): Buffer;
  decryptString(sealed: Buffer): string;
};

const fileSchema = z.object({
  /** 2: there are later keys, which an app that knows only 1 must not pass over. */
  version: z.union([z.literal(1), z.literal(2)]),
  /** `none`: a development profile on a machine without a key store; never in production. */
  wrapping: z.enum(['system', 'none']),
  secrets: z.string(),
  recovery: recoverySchema.optional(),
});
type KeyFile = z.infer<typeof fileSchema>;

const secretsSchema = z.object({
  /** The first data key; what the others seal says so. */
  dataKey: z.string(),
  deviceKey: z.string(),
  later: z.array(z.object({ id: z.string().regex(/^[0-9a-f]{8}$/u), key: z.string() })).default([]),
  recoveryKey: z.string().optional(),
});
type Secrets = z.infer<typeof secretsSchema>;

/** HKDF-SHA256 (RFC 5869), 32 bytes. Who gets it can neither find the data key nor the key of another purpose. */
export const deriveKey = (dataKey: Uint8Array, purpose: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(hkdfSync('sha256', dataKey, new Uint8Array(0), purpose, 32));

export type DeviceKeys = {
  /** The first data key. */
  dataKey: Buffer;
  /** Those that took its place since, oldest first. */
  laterKeys: readonly LaterKey[];
  deviceKey: KeyObject;
  isUnprotected: boolean;
  hasRecovery(): boolean;
  /** Makes this passphrase the only one that recovers the keys. Resolves once that is on disk. */
  setRecovery(passphrase: string): Promise<void>;
  /** A new data key for what is sealed from now on, durable and wrapped in every way the keys are before it is given out. */
  rotate(): Promise<LaterKey>;
};

/**
 * Opens the keys, or makes them on first start. Keys that exist but cannot be opened are never replaced:
 * that would make everything sealed with them unreadable. Nor are new ones made beside data that older ones sealed.
 */
export async function openDeviceKeys(
  folder: string,
  store: KeyStore,
  allowUnprotected: boolean,
  isAnythingSealed: () => Promise<boolean>,
): Promise<DeviceKeys> {
  await preparePrivateFolder(folder);
  if (await areKeysDestroyed(folder)) {
    await destroyKeys(folder);
    throw new KeysUnavailable('keys-destroyed');
  }
  const path = join(folder, 'keys.json');
  const existing = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (existing !== undefined) return keysOf(path, unwrap(existing, store, allowUnprotected), store);

  if (await isAnythingSealed()) throw new KeysUnavailable('keys-missing');
  const isProtected = store.isEncryptionAvailable();
  if (!isProtected && !allowUnprotected) throw new KeysUnavailable('no-key-store');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secrets: Secrets = {
    dataKey: randomBytes(32).toString('base64'),
    deviceKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    later: [],
  };
  const opened: Opened = { secrets, wrapping: isProtected ? 'system' : 'none', recovery: undefined };
  await writeKeys(path, opened, store);
  return keysOf(path, opened, store);
}

/**
 * Opens the keys with the recovery passphrase and wraps them for this machine's own store again. Nothing is changed unless
 * the passphrase opens them; without a usable store nothing is either.
 */
export async function recoverDeviceKeys(
  folder: string,
  store: KeyStore,
  passphrase: string,
): Promise<Result<null, Failure<'no-key-store' | 'no-recovery' | 'recovery-refused'>>> {
  if (!store.isEncryptionAvailable()) return fail('no-key-store');
  const path = join(folder, 'keys.json');
  const recovery = await readRecovery(path);
  if (recovery === undefined) return fail('no-recovery');
  let secrets: Secrets;
  try {
    secrets = secretsSchema.parse(JSON.parse(await openRecovery(recovery, passphrase)));
  } catch {
    return fail('recovery-refused');
  }
  await writeKeys(path, { secrets, wrapping: 'system', recovery }, store);
  return ok(null);
}

async function readRecovery(path: string): Promise<Recovery | undefined> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(path, 'utf8'))).recovery;
  } catch {
    return undefined;
  }
}

type Opened = { secrets: Secrets; wrapping: KeyFile['wrapping']; recovery: Recovery | undefined };

async function writeKeys(path: string, { secrets, wrapping, recovery }: Opened, store: KeyStore): Promise<void> {
  const text = JSON.stringify(secrets);
  const file: KeyFile = {
    version: secrets.later.length === 0 ? 1 : 2,
    wrapping,
    secrets: (wrapping === 'system' ? store.encryptString(text) : Buffer.from(text, 'utf8')).toString('base64'),
    recovery,
  };
  await writeDurably(path, Buffer.from(JSON.stringify(file)));
}

function keysOf(path: string, opened: Opened, store: KeyStore): DeviceKeys {
  let current = opened;
  const inTurn = createTurns();
  const keyOf = ({ id, key }: Secrets['later'][number]): LaterKey => ({ id, key: Buffer.from(key, 'base64') });
  return {
    dataKey: Buffer.from(opened.secrets.dataKey, 'base64'),
    laterKeys: opened.secrets.later.map(keyOf),
    deviceKey: createPrivateKey({ key: Buffer.from(opened.secrets.deviceKey, 'base64'), type: 'pkcs8', format: 'der' }),
    isUnprotected: opened.wrapping === 'none',
    hasRecovery: () => current.recovery !== undefined,
    setRecovery: (passphrase) =>
      inTurn(async () => {
        const recoveryKey = newRecoveryKey();
        const secrets = { ...current.secrets, recoveryKey: recoveryKey.toString('base64') };
        const next = { ...current, secrets, recovery: await createRecovery(passphrase, recoveryKey, JSON.stringify(secrets)) };
        await writeKeys(path, next, store);
        current = next;
      }),
    rotate: () =>
      inTurn(async () => {
        const added = { id: randomBytes(KEY_ID_BYTES).toString('hex'), key: randomBytes(32).toString('base64') };
        const secrets = { ...current.secrets, later: [...current.secrets.later, added] };
        const { recovery } = current;
        const isRecoverable = recovery !== undefined && secrets.recoveryKey !== undefined;
        const resealed = isRecoverable ? resealRecovery(recovery, Buffer.from(secrets.recoveryKey as string, 'base64'), JSON.stringify(secrets)) : recovery;
        const next = { ...current, secrets, recovery: resealed };
        await writeKeys(path, next, store);
        current = next;
        return keyOf(added);
      }),
  };
}

function unwrap(text: string, store: KeyStore, allowUnprotected: boolean): Opened {
  try {
    const file = fileSchema.parse(JSON.parse(text));
    if (file.wrapping === 'none' && !allowUnprotected) throw new KeysUnavailable('no-key-store');
    const sealed = Buffer.from(file.secrets, 'base64');
    const secrets = secretsSchema.parse(JSON.parse(file.wrapping === 'system' ? store.decryptString(sealed) : sealed.toString('utf8')));
    return { secrets, wrapping: file.wrapping, recovery: file.recovery };
  } catch (cause) {
    if (cause instanceof KeysUnavailable) throw cause;
    throw new KeysUnavailable('keys-damaged', { cause });
  }
}
