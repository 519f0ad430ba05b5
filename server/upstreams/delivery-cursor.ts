/** Owns the cursor of changed deliveries: opaque to counters; to us the life of the province and the last delivery seen in it. */
import { upstreamNames, type UpstreamName } from '../../shared/upstreams/upstream.ts';

/** A change is told by more than its moment: one statement may change any number of deliveries at once. */
export type Change = { /** Microseconds since 1970, by the database's clock. */ atUs: number; dossierId: string; upstream: UpstreamName };

const form = /^d(?<life>\d{1,15})\.(?<atUs>\d{1,16})\.(?<dossierId>[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.(?<upstream>[a-z-]{1,40})$/u;

export const cursorOf = (epoch: number, { atUs, dossierId, upstream }: Change): string =>
  Buffer.from(`d${epoch}.${atUs}.${dossierId}.${upstream}`).toString('base64url');

/** Undefined is the beginning: without a cursor, with one that is not ours, and with one of another life of the province. */
export function changeIn(epoch: number, cursor: string | undefined): Change | undefined {
  const { life, atUs, dossierId = '', upstream } = form.exec(Buffer.from(cursor ?? '', 'base64url').toString('latin1'))?.groups ?? {};
  const name = upstreamNames.find((known) => known === upstream);
  return life !== undefined && Number(life) === epoch && name !== undefined ? { atUs: Number(atUs), dossierId, upstream: name } : undefined;
}
