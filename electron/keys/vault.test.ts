import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { sha256 } from '../digest.ts';
import { createVault, digestAndSeal } from './vault.ts';

const first = randomBytes(32);
const second = { id: '0a0b0c0d', key: randomBytes(32) };
const third = { id: 'ffffffff', key: randomBytes(32) };

it('opens what every key sealed, and seals with the newest', () => {
  const old = createVault(first);
  const before = old.seal(Buffer.from('before'), 'a');
  old.use(second);
  const after = old.seal(Buffer.from('after'), 'a');
  const today = createVault(first, [second, third]);
  expect(today.open(before, 'a').toString()).toBe('before');
  expect(today.open(after, 'a').toString()).toBe('after');
  expect(today.seal(Buffer.from('now'), 'a').subarray(0, 5).toString('hex')).toBe('02ffffffff');
  expect(() => createVault(first).open(after, 'a')).toThrow();
  expect(() => createVault(second.key).open(after, 'a')).toThrow();
  expect(() => today.open(after, 'b')).toThrow();
});

it('opens bytes of the first key even when they begin like those of a later one', () => {
  const vault = createVault(first, [second]);
  const plain = createVault(first);
  let sealed: Buffer;
  // The first byte of a random nonce is 0x02 once in 256; the id is made to fit what follows.
  do sealed = plain.seal(Buffer.from('text'), 'a');
  while (sealed[0] !== 2);
  const alike = createVault(first, [{ id: sealed.subarray(1, 5).toString('hex'), key: second.key }]);
  expect(alike.open(sealed, 'a').toString()).toBe('text');
  expect(vault.open(sealed, 'a').toString()).toBe('text');
});

it('seals under the digest, here or elsewhere, so that it opens by its name', async () => {
  const plain = Buffer.from('a scan');
  const name = `scan/${sha256(plain)}`;
  const asked: Uint8Array[] = [];
  for (const vault of [
    createVault(first, [second]),
    createVault(first, [second], (key, bytes, place) => {
      asked.push(key);
      return Promise.resolve(digestAndSeal(key, bytes, place));
    }),
  ]) {
    const digested = await vault.sealByDigest(plain, 'scan/');
    expect(digested.sha256).toBe(sha256(plain));
    expect(createVault(first, [second]).open(Buffer.concat(digested.sealed), name)).toEqual(plain);
    expect(() => vault.open(Buffer.concat(digested.sealed), 'scan/')).toThrow();
  }
  expect(asked).toEqual([second.key]);
});
