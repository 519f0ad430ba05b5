/**
 * Proves to two devices that a person typed on one the six digits the other shows, and gives nobody between them more than one
 * guess: SPEKE (IEEE P1363.2) over the 2048-bit group of RFC 3526. The generator is made of the code and of both certificates as
 * each side sees them, so whoever stands between with certificates of its own computes in another group, and the code cannot be
 * tried out afterwards on what was overheard: each guess needs a run of its own, and the hub allows a handful.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const PRIME = BigInt(
  `0x${[
    'ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd',
    'ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed',
    'ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f',
    '83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b',
    'e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510',
    '15728e5a8aacaa68ffffffffffffffff',
  ].join('')}`,
);
/** The group's order, of the squares modulo the prime. */
const ORDER = (PRIME - 1n) / 2n;
const ELEMENT_HEX = 512;

export type PairingNames = { /** SHA-256 of each side's certificate, hex. */ hub: string; device: string; officeId: string };
export type PairingSide = 'hub' | 'device';
export type Proof = {
  /** What is sent: hex of a group element. */
  element: string;
  /** Undefined: what came is no element anyone honest would send. */
  agree(otherElement: string): { /** What this side says, and what it must hear. */ say: string; hear: string } | undefined;
};

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % PRIME;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % PRIME;
    square = (square * square) % PRIME;
  }
  return result;
}

const hexOf = (element: bigint): string => element.toString(16).padStart(ELEMENT_HEX, '0');

/** Far more bits than the prime has, so that no remainder is likelier than another; squared, so that it lies in the large subgroup. */
function generatorOf(code: string, { hub, device, officeId }: PairingNames): bigint {
  const blocks = Array.from({ length: 5 }, (_, nth) => createHash('sha512').update(`qmc-pairing/1|${nth}|${officeId}|${hub}|${device}|${code}`).digest('hex'));
  return power(BigInt(`0x${blocks.join('')}`) % PRIME, 2n);
}

export function beginProof(side: PairingSide, code: string, names: PairingNames): Proof {
  const secret = (BigInt(`0x${randomBytes(40).toString('hex')}`) % (ORDER - 1n)) + 1n;
  const element = hexOf(power(generatorOf(code, names), secret));
  return {
    element,
    agree(otherElement) {
      if (!/^[0-9a-f]{512}$/u.test(otherElement) || otherElement === element) return undefined;
      const other = BigInt(`0x${otherElement}`);
      if (other < 2n || other > PRIME - 2n) return undefined;
      const [ofHub, ofDevice] = side === 'hub' ? [element, otherElement] : [otherElement, element];
      const key = createHash('sha256')
        .update(`qmc-pairing-key/1|${names.officeId}|${names.hub}|${names.device}|${ofHub}|${ofDevice}|${hexOf(power(other, secret))}`)
        .digest();
      const word = (of: PairingSide): string => createHmac('sha256', key).update(`qmc-pairing-word/1|${of}`).digest('hex');
      return { say: word(side), hear: word(side === 'hub' ? 'device' : 'hub') };
    },
  };
}

export const isSameWord = (said: string, expected: string): boolean =>
  said.length === expected.length && timingSafeEqual(Buffer.from(said, 'utf8'), Buffer.from(expected, 'utf8'));
