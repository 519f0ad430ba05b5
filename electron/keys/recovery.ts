/**
 * The second way to the keys, for the day the operating system's store is lost: passphrase → Argon2id → opens a random
 * recovery key, which opens the secrets. The device knows the recovery key, so it seals new secrets without the passphrase.
 */
import { randomBytes } from 'node:crypto';
import { argon2id } from 'hash-wasm';
import { z } from 'zod';
import { normalisePassphrase } from '../../shared/keys/passphrase.ts';
import { openWith, sealWith } from './vault.ts';

/** RFC 9106 section 4, second recommended option: t = 3, p = 4, m = 2^16 KiB, salt of 128 bits, tag of 256. Some 0.3 s here. */
const ARGON2ID = { iterations: 3, parallelism: 4, memorySize: 2 ** 16 } as const;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const CONTEXT = { key: 'recovery/key', secrets: 'recovery/secrets' };

export const recoverySchema = z.object({
  /** Kept with the file, so that it still opens after the recommendation has changed; bounded, for the file may be forged. */
  kdf: z.object({
    name: z.literal('argon2id'),
    iterations: z.int().min(1).max(20),
    parallelism: z.int().min(1).max(16),
    memorySize: z
      .int()
      .min(8)
      .max(2 ** 20),
  }),
  salt: z.string(),
  wrappedKey: z.string(),
  secrets: z.string(),
});
export type Recovery = z.infer<typeof recoverySchema>;

const derive = async (passphrase: string, salt: Uint8Array, { iterations, parallelism, memorySize }: Omit<Recovery['kdf'], 'name'>): Promise<Uint8Array> =>
  argon2id({ password: normalisePassphrase(passphrase), salt, iterations, parallelism, memorySize, hashLength: KEY_BYTES, outputType: 'binary' });

export const newRecoveryKey = (): Buffer => randomBytes(KEY_BYTES);

export async function createRecovery(passphrase: string, recoveryKey: Uint8Array, secrets: string): Promise<Recovery> {
  const salt = randomBytes(SALT_BYTES);
  const wrapping = await derive(passphrase, salt, ARGON2ID);
  return {
    kdf: { name: 'argon2id', ...ARGON2ID },
    salt: salt.toString('base64'),
    wrappedKey: sealWith(wrapping, recoveryKey, CONTEXT.key).toString('base64'),
    secrets: sealSecrets(recoveryKey, secrets),
  };
}

/** Seals changed secrets for the passphrase that was set before. */
export const resealRecovery = (recovery: Recovery, recoveryKey: Uint8Array, secrets: string): Recovery => ({
  ...recovery,
  secrets: sealSecrets(recoveryKey, secrets),
});

/** Throws when the passphrase is wrong or the file damaged; nobody can tell which. */
export async function openRecovery(recovery: Recovery, passphrase: string): Promise<string> {
  const wrapping = await derive(passphrase, Buffer.from(recovery.salt, 'base64'), recovery.kdf);
  const recoveryKey = openWith(wrapping, Buffer.from(recovery.wrappedKey, 'base64'), CONTEXT.key);
  return openWith(recoveryKey, Buffer.from(recovery.secrets, 'base64'), CONTEXT.secrets).toString('utf8');
}

const sealSecrets = (recoveryKey: Uint8Array, secrets: string): string =>
  sealWith(recoveryKey, Buffer.from(secrets, 'utf8'), CONTEXT.secrets).toString('base64');
