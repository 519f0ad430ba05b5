/** Owns who is at the supervisors' page: sign-in with back-off, the cookie, and that a request comes from the page itself. */
import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../shared/lib/time.ts';
import { supervisorNameSchema, supervisorPaths } from '../../shared/supervisor/contract.ts';
import type { Database } from '../db/database.ts';
import { sha256 } from '../digest.ts';
import { Problem } from '../problem.ts';
import { audit, countFailure, deleteSession, forgetFailures, insertSession, lockedUntil, passwordHashOf, supervisorOfSession } from './account-store.ts';
import { isPassword } from './password.ts';

const COOKIE = 'qmc_giam_sat';
/** A working day; the page signs out sooner when nobody is there. */
const SESSION_MS = 10 * 3_600_000;

export type Sessions = {
  /** The name of the account. Throws a Problem: 401 `wrong-credentials`, 429 `locked` (its Retry-After is set on `reply`). */
  signIn(request: FastifyRequest, reply: FastifyReply, given: { name: string; password: string }): Promise<string>;
  signOut(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** A `preParsing` hook. Throws a Problem (401; 403 `foreign-page` for a change that another site asks for). */
  authorise(request: FastifyRequest): Promise<void>;
  /** A `preParsing` hook: what changes something must come from our own page (Origin, RFC 6454), which no other site can pretend in a browser. */
  fromOwnPage(request: FastifyRequest): Promise<void>;
  of(request: FastifyRequest): string;
};

const hashOf = (token: string): string => sha256(`qmc-supervisor:${token}`);

const tokenOf = (request: FastifyRequest): string | undefined =>
  (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim().split('='))
    .find(([name]) => name === COOKIE)?.[1];

const cookie = (request: FastifyRequest, token: string, lifeS: number): string =>
  [
    `${COOKIE}=${token}`,
    `Path=${supervisorPaths.page}`,
    `Max-Age=${lifeS}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(request.protocol === 'https' ? ['Secure'] : []),
  ].join('; ');

const isOwn = ({ headers: { origin, host } }: FastifyRequest): boolean => {
  try {
    return origin !== undefined && new URL(origin).host === host;
  } catch {
    return false;
  }
};

export function createSessions(db: Database, clock: Clock): Sessions {
  const names = new WeakMap<FastifyRequest, string>();
  const expired = (nowMs: number): Date => new Date(nowMs - SESSION_MS);

  const fromOwnPage = async (request: FastifyRequest): Promise<void> => {
    if (request.method !== 'GET' && !isOwn(request)) throw new Problem(403, 'foreign-page', 'another page may not ask for this');
  };

  return {
    fromOwnPage,
    of(request) {
      const name = names.get(request);
      if (name === undefined) throw new Error('a route without authorisation asked for its supervisor');
      return name;
    },
    async authorise(request) {
      await fromOwnPage(request);
      const token = tokenOf(request);
      const name = token === undefined ? undefined : await supervisorOfSession(db, hashOf(token), expired(clock()));
      if (name === undefined) throw new Problem(401, 'not-signed-in', 'sign in first');
      names.set(request, name);
    },
    async signIn(request, reply, given) {
      const at = new Date(clock());
      const wrong = new Problem(401, 'wrong-credentials', 'no such name and password');
      const name = supervisorNameSchema.safeParse(given.name).data;
      if (name === undefined) throw wrong;
      const until = await lockedUntil(db, name);
      if (until !== undefined && until > at) {
        void reply.header('retry-after', String(Math.ceil((until.getTime() - at.getTime()) / 1000)));
        throw new Problem(429, 'locked', 'too many wrong passwords; wait');
      }
      if (!(await isPassword(given.password, await passwordHashOf(db, name)))) {
        await countFailure(db, name, at);
        throw wrong;
      }
      const token = randomBytes(32).toString('base64url');
      await db.transaction().execute(async (trx) => {
        await forgetFailures(trx, name);
        await insertSession(trx, hashOf(token), name, at, expired(at.getTime()));
        await audit(trx, { at, supervisor: name, action: 'sign-in', facts: { subject: '' } });
      });
      void reply.header('set-cookie', cookie(request, token, SESSION_MS / 1000));
      return name;
    },
    async signOut(request, reply) {
      const token = tokenOf(request);
      const at = new Date(clock());
      const name = token === undefined ? undefined : await supervisorOfSession(db, hashOf(token), expired(at.getTime()));
      if (token !== undefined) await deleteSession(db, hashOf(token));
      if (name !== undefined) await audit(db, { at, supervisor: name, action: 'sign-out', facts: { subject: '' } });
      void reply.header('set-cookie', cookie(request, '', 0));
    },
  };
}
