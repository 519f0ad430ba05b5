/** Seals and opens the frames of a take-away file (see `file-format.ts`) with WebCrypto, which both sides have. */
import type { z } from 'zod';
import type { publicJwkSchema } from './file-format.ts';

type PublicJwk = z.infer<typeof publicJwkSchema>;

const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const;
const INFO = new TextEncoder().encode('qmc-takeaway-1');
const NONCE_BYTES = 12;

const importPublic = ({ kty, crv, x, y }: PublicJwk): Promise<CryptoKey> => crypto.subtle.importKey('jwk', { kty, crv, x, y }, CURVE, false, []);

async function frameKey(own: CryptoKey, other: CryptoKey, header: Uint8Array<ArrayBuffer>, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  const secret = await crypto.subtle.deriveBits({ name: 'ECDH', public: other }, own, 256);
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const salt = await crypto.subtle.digest('SHA-256', header);
  return crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt, info: INFO }, material, { name: 'AES-GCM', length: 256 }, false, [usage]);
}

/** The key serves one file only, so a number never comes twice. */
function nonceOf(frameNumber: number, isLast: boolean): Uint8Array<ArrayBuffer> {
  const nonce = new Uint8Array(NONCE_BYTES);
  new DataView(nonce.buffer).setUint32(NONCE_BYTES - 5, frameNumber);
  nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
  return nonce;
}

type Turn = (frame: Uint8Array<ArrayBuffer>, isLast: boolean) => Promise<Uint8Array<ArrayBuffer>>;

/** `headerWith` makes the header's bytes once the file's own public key is known. Frames are sealed in the order of the calls. */
export async function createFrameSealer(
  recipient: PublicJwk,
  headerWith: (ephemeralKey: PublicJwk) => Uint8Array<ArrayBuffer>,
): Promise<{ header: Uint8Array<ArrayBuffer>; seal: Turn }> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ['deriveBits']);
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const header = headerWith({ kty: 'EC', crv: 'P-256', x, y });
  const key = await frameKey(pair.privateKey, await importPublic(recipient), header, 'encrypt');
  let count = 0;
  return {
    header,
    async seal(frame, isLast) {
      const iv = nonceOf(count++, isLast);
      return new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, frame));
    },
  };
}

/** Opens frames in the order they were sealed; rejects for one that is changed, out of its place or not for this key. */
export async function createFrameOpener(own: PublicJwk & { d: string }, ephemeralKey: PublicJwk, header: Uint8Array<ArrayBuffer>): Promise<Turn> {
  const privateKey = await crypto.subtle.importKey('jwk', { kty: own.kty, crv: own.crv, x: own.x, y: own.y, d: own.d }, CURVE, false, ['deriveBits']);
  const key = await frameKey(privateKey, await importPublic(ephemeralKey), header, 'decrypt');
  let count = 0;
  return async (frame, isLast) => {
    const iv = nonceOf(count++, isLast);
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, frame));
  };
}
