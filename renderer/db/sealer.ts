/** The page's keys: AES-256-GCM for what is stored, HMAC-SHA-256 for what is looked up; no script can read them back. */

const IV_BYTES = 12;
/** Bumped whenever sealed bytes change their meaning; part of what is authenticated. */
const FORMAT = 2;
const KEPT_TOKENS = 50_000;

/** 256 × 2: enough that a look-up reads little of the index, few enough that a segment is few records. */
export const BUCKETS = 512;

/** What a term is filed under: without the key neither the term nor which tokens are alike in two databases can be told. */
export type Token = { bucket: number; id: number };

export type Sealer = {
  /** iv (12) ‖ ciphertext ‖ tag (16). `name` is authenticated, not stored: a record moved to another place does not open. */
  seal(name: string, plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  /** Rejects when bytes or name are not those that were sealed. */
  open(name: string, sealed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  sealJson(name: string, value: unknown): Promise<Uint8Array<ArrayBuffer>>;
  openJson(name: string, sealed: Uint8Array<ArrayBuffer>): Promise<unknown>;
  token(term: string): Promise<Token>;
};

/** `secret`: 32 bytes from the shell, overwritten with zeros here. */
export async function createSealer(secret: Uint8Array<ArrayBuffer>): Promise<Sealer> {
  const text = new TextEncoder();
  const root = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  secret.fill(0);
  const derive = (purpose: string, algorithm: AesKeyGenParams | HmacKeyGenParams, usages: KeyUsage[]): Promise<CryptoKey> =>
    crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: text.encode(purpose) }, root, algorithm, false, usages);
  const sealKey = await derive('seal', { name: 'AES-GCM', length: 256 }, ['encrypt', 'decrypt']);
  const blindKey = await derive('blind', { name: 'HMAC', hash: 'SHA-256', length: 256 }, ['sign']);
  const tokens = new Map<string, Promise<Token>>();
  const decoder = new TextDecoder();

  const context = (name: string): Uint8Array<ArrayBuffer> => text.encode(`${FORMAT}/${name}`);

  async function seal(name: string, plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
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

  async function sign(term: string): Promise<Token> {
    const mac = new DataView(await crypto.subtle.sign('HMAC', blindKey, text.encode(term)));
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
