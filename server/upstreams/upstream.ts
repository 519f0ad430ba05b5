/** The port of a specialised system: one dossier in, what became of it out. */
import type { Readable } from 'node:stream';
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import type { Outcome } from '../../shared/upstreams/settle.ts';
import type { PrivateJwk } from '../db/database.ts';
import type { UpstreamHttp } from './http.ts';

/** A verified scan of the dossier, as the province keeps it. */
export type ScanFile = { sha256: string; bytes: number; mediaType: string; paper: string; open(): Promise<Readable> };

export type Delivery = {
  dossier: Dossier;
  /** Each scan once; empty for a system that takes none. */
  scans: readonly ScanFile[];
  /** The system took it before; its result is to be asked for. */
  isAccepted: boolean;
};

export type Upstream = {
  /**
   * Delivers, or goes on where an earlier try ended: the same dossier any number of times has one effect there.
   * Throws only TransportFailure and WrongAnswer (http.ts); both mean "try again".
   */
  deliver(delivery: Delivery): Promise<Outcome>;
};

export type UpstreamSecrets = { secret: string; /** Signs what a system wants signed. */ signingKey: PrivateJwk };
export type Adapter = (http: UpstreamHttp, secrets: UpstreamSecrets) => Upstream;
