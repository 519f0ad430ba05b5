/** Prints the hash of a supervisor's PIN for `lobby.supervisorPin` of a kiosk's settings: `npm run -s pin`, the PIN on standard input. */
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { argon2id } from 'hash-wasm';

/** RFC 9106 section 4, second recommended option, on one lane: a PIN is short, so each guess must cost. */
const COST = { iterations: 3, parallelism: 1, memorySize: 2 ** 16, hashLength: 32 };

const lines = createInterface({ input: process.stdin, output: process.stdin.isTTY ? process.stderr : undefined });
const pin = (await lines.question(process.stdin.isTTY ? 'PIN (6–12 digits): ' : '')).trim();
lines.close();
if (/^\d{6,12}$/u.test(pin)) console.log(await argon2id({ password: pin, salt: randomBytes(16), ...COST, outputType: 'encoded' }));
else {
  console.error('pin: 6 to 12 digits');
  process.exitCode = 1;
}
