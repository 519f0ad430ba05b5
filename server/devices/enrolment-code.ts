/** Owns the form of one-time enrolment codes: easy to read out over the phone, hard to guess. */
import { createHash, randomInt } from 'node:crypto';

/** No I, L, O, U: what is misread is mapped back by `normaliseCode`. 32^10 possibilities. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export const newEnrolmentCode = (): string => {
  const letters = Array.from({ length: 10 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
};

const normaliseCode = (code: string): string =>
  code
    .toUpperCase()
    .replace(/[\s-]+/gu, '')
    .replace(/O/gu, '0')
    .replace(/[IL]/gu, '1');

/** Only this digest is stored: a copy of the database enrols nobody. */
export const codeHash = (code: string): string =>
  createHash('sha256')
    .update(`qmc-enrolment:${normaliseCode(code)}`)
    .digest('hex');
