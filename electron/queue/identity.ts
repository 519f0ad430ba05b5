/** This device's certificate in its office: made once, kept sealed; the others know the device by its fingerprint alone. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isMissing, preparePrivateFolder, writeDurably } from '../files.ts';
import type { Vault } from '../keys/vault.ts';

export type OfficeIdentity = { cert: string; key: string; /** SHA-256 of the certificate, 64 hex digits. */ memberId: string };

const CONTEXT = 'queue-identity';
/** Trust is in the pinned fingerprint, not in a date; nobody renews a kiosk's certificate. */
const YEARS_MS = 30 * 365.25 * 86_400_000;
const schema = z.object({ cert: z.string(), key: z.string() });

export const memberIdOf = (fingerprint256: string): string => fingerprint256.replaceAll(':', '').toLowerCase();

export async function openOfficeIdentity(folder: string, vault: Vault, nowMs: number): Promise<OfficeIdentity> {
  await preparePrivateFolder(folder);
  const path = join(folder, 'identity.sealed');
  const sealed = await readFile(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  // One that does not open is not replaced in silence: the office knows this device by it.
  const pair = sealed === undefined ? await newPair(nowMs) : schema.parse(JSON.parse(vault.open(sealed, CONTEXT).toString('utf8')));
  if (sealed === undefined) await writeDurably(path, vault.seal(Buffer.from(JSON.stringify(pair)), CONTEXT));
  return { ...pair, memberId: memberIdOf(new X509Certificate(pair.cert).fingerprint256) };
}

async function newPair(nowMs: number): Promise<z.infer<typeof schema>> {
  // Once in a device's life: no other start waits for its code.
  const { generate } = await import('selfsigned');
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'quay-mot-cua' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // A day back: the clocks of an office differ.
    notBeforeDate: new Date(nowMs - 86_400_000),
    notAfterDate: new Date(nowMs + YEARS_MS),
    extensions: [{ name: 'basicConstraints', cA: false, critical: true }],
  });
  return { cert, key };
}
