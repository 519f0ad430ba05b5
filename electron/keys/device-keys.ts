/** The device's data key and signing key, wrapped by the operating system's key store. */
import { createPrivateKey, generateKeyPairSync, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isMissing, preparePrivateFolder, writeDurably } from '../files.ts';

/** The operating system's key store, as Electron's `safeStorage` offers it. */
export type KeyStore = {
  isEncryptionAvailable(): boolean;
  encryptString(plain: string): Buffer;
  decryptString(sealed: Buffer): string;
};

const fileSchema = z.object({
  version: z.literal(1),
  /** `none`: a development profile on a machine without a key store; never in production. */
  wrapping: z.enum(['system', 'none']),
  secrets: z.string(),
});
const secretsSchema = z.object({ dataKey: z.string(), deviceKey: z.string() });

/** HKDF-SHA256 (RFC 5869), 32 bytes. Who gets it can neither find the data key nor the key of another purpose. */
export const deriveKey = (dataKey: Uint8Array, purpose: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(hkdfSync('sha256', dataKey, new Uint8Array(0), purpose, 32));

export type DeviceKeys = { dataKey: Buffer; deviceKey: KeyObject; isUnprotected: boolean };

/** The machine has no usable key store, or its store no longer opens our keys. */
export class KeysUnavailable extends Error {
  constructor(
    readonly kind: 'no-key-store' | 'keys-damaged' | 'keys-missing',
    options?: ErrorOptions,
  ) {
    super(kind, options);
  }
}

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
  const path = join(folder, 'keys.json');
  const existing = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (existing !== undefined) return unwrap(existing, store, allowUnprotected);

  if (await isAnythingSealed()) throw new KeysUnavailable('keys-missing');
  const isProtected = store.isEncryptionAvailable();
  if (!isProtected && !allowUnprotected) throw new KeysUnavailable('no-key-store');
  const dataKey = randomBytes(32);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secrets = JSON.stringify({
    dataKey: dataKey.toString('base64'),
    deviceKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
  } satisfies z.infer<typeof secretsSchema>);
  const file: z.infer<typeof fileSchema> = {
    version: 1,
    wrapping: isProtected ? 'system' : 'none',
    secrets: (isProtected ? store.encryptString(secrets) : Buffer.from(secrets, 'utf8')).toString('base64'),
  };
  await writeDurably(path, Buffer.from(JSON.stringify(file)));
  return { dataKey, deviceKey: privateKey, isUnprotected: !isProtected };
}

function unwrap(text: string, store: KeyStore, allowUnprotected: boolean): DeviceKeys {
  try {
    const file = fileSchema.parse(JSON.parse(text));
    if (file.wrapping === 'none' && !allowUnprotected) throw new KeysUnavailable('no-key-store');
    const sealed = Buffer.from(file.secrets, 'base64');
    const secrets = secretsSchema.parse(JSON.parse(file.wrapping === 'system' ? store.decryptString(sealed) : sealed.toString('utf8')));
    return {
      dataKey: Buffer.from(secrets.dataKey, 'base64'),
      deviceKey: createPrivateKey({ key: Buffer.from(secrets.deviceKey, 'base64'), type: 'pkcs8', format: 'der' }),
      isUnprotected: file.wrapping === 'none',
    };
  } catch (cause) {
    if (cause instanceof KeysUnavailable) throw cause;
    throw new KeysUnavailable('keys-damaged', { cause });
  }
}
