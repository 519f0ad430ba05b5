/**
 * The page's keys: AES-256-GCM for what is stored, HMAC-SHA-256 for what is looked up. The first is WebCrypto's and nothing can
 * read it back. The second is in the memory of a WebAssembly instance, because WebCrypto takes seven times as long for a token
 * and a row has fifteen new ones: it tells whoever reads that memory how to recognise a word, but opens nothing.
 */
import { createHMAC, createSHA256 } from 'hash-wasm';
import { BUCKETS } from '../../shared/search/segments.ts';

const IV_BYTES = 12;
/** Bumped whenever sealed bytes change their meaning; part of what is authenticated. */
const FORMAT = 2;
const KEPT_TOKENS = 50_000;

/** What a term is filed under: without the key neither the term nor which tokens are alike in two databases can be told. */
export type Token = { bucket: number; id: number };

export type Sealer = {
  /** iv (12) ‖ ciphertext ‖ tag (16). `name` is authenticated, not stored: a record moved to another place does not open. */
  seal(name: string, plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** Rejects when bytes or name are not those that were sealed. */
  open(name: string, sealed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  sealJson(name: string, value: unknown): Promise<Uint8Array<ArrayBuffer>>;
  openJson(name: string, sealed: Uint8Array<ArrayBuffer>): Promise<unknown>;
};

export type Keys = Sealer & { token(term: string): Token };

/** `secret`: 32 bytes from the shell, overwritten with zeros here. */
export async function createKeys(secret: Uint8Array<ArrayBuffer>): Promise<Keys> {
  const text = new TextEncoder();
  const root = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey', 'deriveBits']);
  secret.fill(0);
  const hkdf = (purpose: string): HkdfParams => ({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: text.encode(purpose) });
  const sealKey = await crypto.subtle.deriveKey(hkdf('seal'), root, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const blindKey = new Uint8Array(await crypto.subtle.deriveBits(hkdf('blind'), root, 256));
  const hmac = await createHMAC(createSHA256(), blindKey);
  blindKey.fill(0);
  const tokens = new Map<string, Token>();
  const decoder = new TextDecoder();

  const context = (name: string): Uint8Array<ArrayBuffer> => text.encode(`${FORMAT}/${name}`);

  // Asked for many at once: a call costs as much for one as for all of them.
  const random = new Uint8Array(IV_BYTES * 256);
  let spent = random.length;
  function freshIv(): Uint8Array<ArrayBuffer> {
    if (spent === random.length) {
      crypto.getRandomValues(random);
      spent = 0;
    }
    return random.slice(spent, (spent += IV_BYTES));
  }

  async function seal(name: string, plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const iv = freshIv();
    const box = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: context(name) }, sealKey, plain);
    const sealed = new Uint8Array(IV_BYTES + box.byteLength);
    sealed.set(iv);
    sealed.set(new Uint8Array(box), IV_BYTES);
    return sealed;
  }

  async function open(name: string, sealed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const iv = sealed.subarray(0, IV_BYTES);
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: context(name) }, sealKey, sealed.subarray(IV_BYTES)));
  }

  const term = new Uint8Array(256);
  function sign(word: string): Token {
    // Into the same bytes each time: an allocation costs as much as the HMAC.
    const { read, written } = text.encodeInto(word, term);
    const message = read === word.length ? term.subarray(0, written) : text.encode(word);
    const mac = new DataView(hmac.init().update(message).digest('binary').buffer);
    return { bucket: mac.getUint16(0) % BUCKETS, id: mac.getUint8(2) * 2 ** 32 + mac.getUint32(3) };
  }

  return {
    seal,
    open,
    sealJson: (name, value) => seal(name, text.encode(JSON.stringify(value))),
    openJson: async (name, sealed) => JSON.parse(decoder.decode(await open(name, sealed))) as unknown,
    token(term) {
      const known = tokens.get(term);
      if (known !== undefined) return known;
      // Names and the beginnings of numbers come again and again; a million whole numbers do not and must not stay.
      if (tokens.size >= KEPT_TOKENS) tokens.clear();
      const token = sign(term);
      tokens.set(term, token);
      return token;
    },
  };
}
