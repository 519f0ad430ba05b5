/** Seals and opens what lies on disk: AES-256-GCM under the device's data key, bound to the name of the thing sealed. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

export type Vault = {
  /** iv (12) ‖ ciphertext ‖ tag (16). `context` is authenticated, not stored: a blob moved to another name does not open. */
  seal(plain: Uint8Array, context: string): Buffer;
  /** Throws when the bytes or the context are not those that were sealed. */
  open(sealed: Uint8Array, context: string): Buffer;
};

export function createVault(dataKey: Uint8Array): Vault {
  return {
    seal(plain, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', dataKey, iv);
      cipher.setAAD(Buffer.from(context, 'utf8'));
      return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed, context) {
      if (sealed.byteLength < IV_BYTES + TAG_BYTES) throw new Error('sealed bytes too short');
      const decipher = createDecipheriv('aes-256-gcm', dataKey, sealed.subarray(0, IV_BYTES));
      decipher.setAAD(Buffer.from(context, 'utf8'));
      decipher.setAuthTag(sealed.subarray(sealed.byteLength - TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, sealed.byteLength - TAG_BYTES)), decipher.final()]);
    },
  };
}
