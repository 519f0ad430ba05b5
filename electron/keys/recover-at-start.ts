/** A start that only recovers the keys, with the passphrase on the first line of a file (on a stick of the supervisor's). */
import { readFile } from 'node:fs/promises';
import { fail, type Failure, type Result } from '../../shared/lib/result.ts';
import { recoverDeviceKeys, type KeyStore } from './device-keys.ts';

const MAX_BYTES = 4096;

export async function recoverFrom(file: string, keysFolder: string, store: KeyStore): Promise<Result<null, Failure>> {
  const text = await readFile(file).catch(() => undefined);
  if (text === undefined || text.byteLength > MAX_BYTES) return fail('recovery-file', { path: file });
  const [passphrase = ''] = text
    .toString('utf8')
    .replace(/^\uFEFF/u, '')
    .split(/\r?\n/u);
  return recoverDeviceKeys(keysFolder, store, passphrase);
}
