import { expect, it } from 'vitest';
import { normalisePassphrase, passphraseFault } from './passphrase.ts';

it('takes words and refuses what is no more than a PIN', () => {
  expect(passphraseFault('con trâu đi trước cái cày')).toBeUndefined();
  expect(passphraseFault('123456')).toBe('passphrase-digits');
  expect(passphraseFault('001090012345 0912345678 01-01-1990')).toBe('passphrase-digits');
  expect(passphraseFault('con trâu')).toBe('passphrase-short');
  expect(passphraseFault('aaaaaaaaaaaaaaaaaaaaaaa')).toBe('passphrase-repeats');
  expect(passphraseFault('')).toBe('passphrase-digits');
});

it('is the same however it was typed', () => {
  expect(normalisePassphrase('  con   trâu\tđi trước ')).toBe(normalisePassphrase('con trâu đi trước'.normalize('NFD')));
});
