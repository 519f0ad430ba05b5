/** Owns which device a request comes from, and that it reads what belongs to its own office only. */
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../shared/lib/time.ts';
import type { Database } from '../db/database.ts';
import { Problem } from '../problem.ts';
import { type Device, findDevice } from './device-store.ts';
import { refuseRevoked } from './revocation.ts';
import type { TokenIssuer } from './tokens.ts';

export type Callers = {
  /** The device whose valid token the request carries; undefined when it carries none. Whether it may still send is `authorise`'s to say. */
  claimed(request: FastifyRequest): Promise<string | undefined>;
  /** A `preParsing` hook: nobody unknown makes the server read a body. Throws a Problem (401, 403). */
  authorise(request: FastifyRequest): Promise<void>;
  of(request: FastifyRequest): Device;
  /** The office that was asked for. Throws a Problem (403) when it is not the caller's. */
  ownOffice(request: FastifyRequest, officeId: string): string;
};

export function createCallers(db: Database, tokens: TokenIssuer, clock: Clock): Callers {
  const devices = new WeakMap<FastifyRequest, Device>();
  const of = (request: FastifyRequest): Device => {
    const device = devices.get(request);
    if (device === undefined) throw new Error('a route without authorisation asked for its caller');
    return device;
  };
  const claims = new WeakMap<FastifyRequest, Promise<string>>();
  /** Verified once a request, however often it is asked. */
  function verified(request: FastifyRequest): Promise<string> {
    const known = claims.get(request);
    if (known !== undefined) return known;
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    const claim =
      scheme?.toLowerCase() === 'bearer' && token !== undefined
        ? tokens.verify(token, clock())
        : Promise.reject(new Problem(401, 'not-authorised', 'a device token is needed'));
    claims.set(request, claim);
    return claim;
  }
  return {
    of,
    claimed: (request) => verified(request).catch(() => undefined),
    async authorise(request) {
      const device = await findDevice(db, await verified(request));
      if (device === undefined) throw new Problem(401, 'device-unknown', 'no such device');
      refuseRevoked(tokens, device);
      devices.set(request, device);
    },
    ownOffice(request, officeId) {
      if (officeId !== of(request).office_id) throw new Problem(403, 'foreign-office', 'a device reads what belongs to its own office only');
      return officeId;
    },
  };
}
