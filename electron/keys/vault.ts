/** Seals and opens what lies on disk: AES-256-GCM under the device's data keys, bound to the name of the thing sealed. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Opens bytes sealed with any key but the first: this byte, then the key's id. */
const KEYED = 0x02;
export const KEY_ID_BYTES = 4;

/** A data key that took the place of the one before; `id` is hex. */
export type LaterKey = { id: string; key: Uint8Array };

export type Vault = {
  /**
   * With the newest key. Under the first key: iv (12) ‖ ciphertext ‖ tag (16); under a later one the same behind 0x02 ‖ key id (4).
   * `context` is authenticated, not stored: a blob moved to another name does not open.
   */
  seal(plain: Uint8Array, context: string): Buffer;
  /** The same in pieces that follow each other: to put many bytes together costs as much as the cipher. */
  sealInParts(plain: Uint8Array, context: string): Buffer[];
  /** Throws when the bytes or the context are not those that were sealed, or their key is unknown. */
  open(sealed: Uint8Array, context: string): Buffer;
};

/** `use`: seals with this key from now on; what older ones sealed still opens. */
export type KeyedVault = Vault & { use(key: LaterKey): void };

export function createVault(firstKey: Uint8Array, laterKeys: readonly LaterKey[] = []): KeyedVault {
  const later = new Map(laterKeys.map(({ id, key }) => [id, key]));
  let newest = laterKeys.at(-1);
  const sealInParts: Vault['sealInParts'] = (plain, context) => {
    const sealed = partsWith(newest?.key ?? firstKey, plain, context);
    return newest === undefined ? sealed : [Buffer.from([KEYED]), Buffer.from(newest.id, 'hex'), ...sealed];
  };
  return {
    use(key) {
      later.set(key.id, key.key);
      newest = key;
    },
    seal: (plain, context) => Buffer.concat(sealInParts(plain, context)),
    sealInParts,
    open(sealed, context) {
      const body = 1 + KEY_ID_BYTES;
      const key = sealed[0] === KEYED ? later.get(Buffer.from(sealed.subarray(1, body)).toString('hex')) : undefined;
      if (key !== undefined) {
        try {
          return openWith(key, sealed.subarray(body), context);
        } catch {
          // Random bytes of the first key's form may look like an id; which of the two it is, only the tag can tell.
        }
      }
      return openWith(firstKey, sealed, context);
    },
  };
}

function partsWith(key: Uint8Array, plain: Uint8Array, context: string): Buffer[] {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(context, 'utf8'));
  return [iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()];
}

export const sealWith = (key: Uint8Array, plain: Uint8Array, context: string): Buffer => Buffer.concat(partsWith(key, plain, context));

export function openWith(key: Uint8Array, sealed: Uint8Array, context: string): Buffer {
  if (sealed.byteLength < IV_BYTES + TAG_BYTES) throw new Error('sealed bytes too short');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES));
  decipher.setAAD(Buffer.from(context, 'utf8'));
  decipher.setAuthTag(sealed.subarray(sealed.byteLength - TAG_BYTES));
  const plain = decipher.update(sealed.subarray(IV_BYTES, sealed.byteLength - TAG_BYTES));
  // GCM has nothing left to give here: it only throws when the tag does not fit.
  decipher.final();
  return plain;
}
