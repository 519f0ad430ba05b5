/** Seals and opens what lies on disk: AES-256-GCM under the device's data keys, bound to the name of the thing sealed. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { sha256 } from '../digest.ts';

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
  /**
   * Sealed under the SHA-256 of `plain` behind `place`, in pieces that follow each other: to put many bytes together costs as much
   * as the cipher. Takes `plain` over: it may be empty afterwards, in the hands of another thread.
   */
  sealByDigest(plain: Uint8Array, place: string): Promise<Digested>;
  /** Throws when the bytes or the context are not those that were sealed, or their key is unknown. */
  open(sealed: Uint8Array, context: string): Buffer;
};

/** `sha256`: hex. */
export type Digested = { sha256: string; sealed: Buffer[] };

/** Does what `digestAndSeal` does, elsewhere; undefined when that cannot be now, and then `plain` is as it was. */
export type SealElsewhere = (key: Uint8Array, plain: Uint8Array, place: string) => Promise<Digested> | undefined;

/** `use`: seals with this key from now on; what older ones sealed still opens. */
export type KeyedVault = Vault & { use(key: LaterKey): void };

export function createVault(firstKey: Uint8Array, laterKeys: readonly LaterKey[] = [], sealElsewhere: SealElsewhere = () => undefined): KeyedVault {
  const later = new Map(laterKeys.map(({ id, key }) => [id, key]));
  let newest = laterKeys.at(-1);
  const named = (key: LaterKey | undefined, sealed: Buffer[]): Buffer[] =>
    key === undefined ? sealed : [Buffer.from([KEYED]), Buffer.from(key.id, 'hex'), ...sealed];
  return {
    use(key) {
      later.set(key.id, key.key);
      newest = key;
    },
    seal: (plain, context) => Buffer.concat(named(newest, partsWith(newest?.key ?? firstKey, plain, context))),
    async sealByDigest(plain, place) {
      const key = newest;
      const bytes = key?.key ?? firstKey;
      const { sha256, sealed } = (await sealElsewhere(bytes, plain, place)) ?? digestAndSeal(bytes, plain, place);
      return { sha256, sealed: named(key, sealed) };
    },
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

export function digestAndSeal(key: Uint8Array, plain: Uint8Array, place: string): Digested {
  const digest = sha256(plain);
  return { sha256: digest, sealed: partsWith(key, plain, `${place}${digest}`) };
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
