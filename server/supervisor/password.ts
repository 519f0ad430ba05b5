/** Owns the passwords of supervisors: made here, shown once, kept as Argon2id. */
import { randomBytes, randomInt } from 'node:crypto';
import { argon2id, argon2Verify } from 'hash-wasm';

/** OWASP's smallest recommendation. It runs on the server's one thread (some 50 ms), and the passwords are ours: 100 random bits. */
const ARGON2ID = { iterations: 2, parallelism: 1, memorySize: 19 * 1024 } as const;

/** Without letters that are taken for one another. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
const GROUPS = 4;
const GROUP_LETTERS = 5;

export const newPassword = (): string =>
  Array.from({ length: GROUPS }, () => Array.from({ length: GROUP_LETTERS }, () => LETTERS[randomInt(LETTERS.length)]).join('')).join('-');

export const hashPassword = (password: string): Promise<string> =>
  argon2id({ password: password.normalize('NFC'), salt: randomBytes(16), ...ARGON2ID, hashLength: 32, outputType: 'encoded' });

/** Hashed when there is no such account, so that the answer takes as long. */
const nobody = hashPassword(newPassword());

export const isPassword = async (password: string, hash: string | undefined): Promise<boolean> => {
  const isRight = await argon2Verify({ password: password.normalize('NFC'), hash: hash ?? (await nobody) });
  return isRight && hash !== undefined;
};
