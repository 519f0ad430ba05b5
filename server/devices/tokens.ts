/** Owns who a caller is: device-signed assertions in, short-lived tokens out, both ES256. */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { decodeJwt, errors, importJWK, jwtVerify, SignJWT } from 'jose';
import type { PrivateJwk, PublicJwk } from '../db/database.ts';
import { Problem } from '../problem.ts';
import { publicPart } from '../db/province-store.ts';

const PROVINCE = 'qmc-province';
const DEVICE = 'qmc-device';
const TOKEN_LIFE_S = 900;
/** An assertion that lives longer than this is refused, however it is signed (seconds). */
const ASSERTION_LIFE_S = 300;
/** Allowed difference of the clocks; a counter with a wrong clock takes the time from the signed hello (seconds). */
const CLOCK_TOLERANCE_S = 60;

const refused = (kind: string, message: string): Problem => new Problem(401, kind, message);

const asProblem = (error: unknown, what: 'assertion' | 'token'): Problem => {
  if (error instanceof Problem) return error;
  if (error instanceof errors.JWTExpired) return refused(`${what}-expired`, `the ${what} has expired`);
  if (error instanceof errors.JOSEError) return refused(`${what}-refused`, `the ${what} is not valid`);
  throw error;
};

const importPublic = (jwk: PublicJwk) => importJWK({ ...publicPart(jwk) }, 'ES256');

/** The device an assertion claims to come from; nothing about it is trusted yet. */
export function claimedDevice(assertion: string): string {
  try {
    const { iss } = decodeJwt(assertion);
    if (typeof iss === 'string') return iss;
  } catch {
    // Not a JWT at all: the same refusal.
  }
  throw refused('assertion-refused', 'the assertion is not valid');
}

/** Checks an assertion (RFC 7523 in spirit) against the device's key. Throws a Problem (401). */
export async function verifyAssertion(assertion: string, key: PublicJwk, deviceId: string, nowMs: number): Promise<{ jti: string; expiresAt: Date }> {
  try {
    const { payload } = await jwtVerify(assertion, await importPublic(key), {
      algorithms: ['ES256'],
      issuer: deviceId,
      audience: PROVINCE,
      requiredClaims: ['exp', 'jti'],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(nowMs),
    });
    const { jti, exp } = payload;
    if (typeof jti !== 'string' || jti.length < 8 || jti.length > 200 || jti.includes('\0'))
      throw refused('assertion-refused', 'the assertion needs a jti of 8 to 200 characters');
    const lifeLeftS = (exp as number) - nowMs / 1000;
    if (lifeLeftS > ASSERTION_LIFE_S + CLOCK_TOLERANCE_S) throw refused('assertion-too-long', 'the assertion lives longer than five minutes');
    return { jti, expiresAt: new Date(((exp as number) + CLOCK_TOLERANCE_S) * 1000) };
  } catch (error) {
    throw asProblem(error, 'assertion');
  }
}

export type TokenIssuer = {
  issue(deviceId: string, nowMs: number): Promise<{ token: string; expiresInS: number }>;
  /** The device a token was issued to. Throws a Problem (401). */
  verify(token: string, nowMs: number): Promise<string>;
  /** base64url ECDSA P-256/SHA-256 (IEEE P1363) over the text. */
  signText(text: string): string;
  /** Whether `signText` made this signature. */
  isSigned(text: string, signature: string): boolean;
};

export async function createTokenIssuer(signingKey: PrivateJwk): Promise<TokenIssuer> {
  const privateKey = await importJWK({ ...signingKey }, 'ES256');
  const publicKey = await importPublic(signingKey);
  const nodeKey = createPrivateKey({ key: { ...signingKey }, format: 'jwk' });
  const nodePublicKey = createPublicKey(nodeKey);
  return {
    async issue(deviceId, nowMs) {
      const nowS = Math.floor(nowMs / 1000);
      const token = await new SignJWT()
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(PROVINCE)
        .setAudience(DEVICE)
        .setSubject(deviceId)
        .setIssuedAt(nowS)
        .setExpirationTime(nowS + TOKEN_LIFE_S)
        .sign(privateKey);
      return { token, expiresInS: TOKEN_LIFE_S };
    },
    async verify(token, nowMs) {
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          algorithms: ['ES256'],
          issuer: PROVINCE,
          audience: DEVICE,
          requiredClaims: ['exp', 'sub'],
          currentDate: new Date(nowMs),
        });
        return payload.sub as string;
      } catch (error) {
        throw asProblem(error, 'token');
      }
    },
    isSigned: (text, signature) => verify('sha256', Buffer.from(text), { key: nodePublicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')),
    signText: (text) => sign('sha256', Buffer.from(text), { key: nodeKey, dsaEncoding: 'ieee-p1363' }).toString('base64url'),
  };
}
