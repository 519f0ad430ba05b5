/** Owns which device a request comes from, and that it reads what belongs to its own office only. */
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../shared/lib/time.ts';
import type { Database } from '../db/database.ts';
import { Problem } from '../problem.ts';
import { type Device, findDevice } from './device-store.ts';
import { refuseRevoked } from './revocation.ts';
import type { TokenIssuer } from './tokens.ts';

export type Callers = {
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
  return {
    of,
    async authorise(request) {
      const [scheme, token] = (request.headers.authorization ?? '').split(' ');
      if (scheme?.toLowerCase() !== 'bearer' || token === undefined) throw new Problem(401, 'not-authorised', 'a device token is needed');
      const device = await findDevice(db, await tokens.verify(token, clock()));
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
