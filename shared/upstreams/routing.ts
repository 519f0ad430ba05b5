/** Which dossier goes to which specialised system: rules are data, a province may set its own. */
import { z } from 'zod';
import type { Dossier } from '../dossiers/dossier.ts';
import { upstreamNameSchema, upstreamNames, type UpstreamName } from './upstream.ts';
import shipped from './data/routes.json';

/** Every condition given must hold; a rule without any takes every dossier. */
export const routeSchema = z.strictObject({
  to: upstreamNameSchema,
  /** Fields of the catalogue (lĩnh vực), e.g. `ho-tich`. */
  fields: z.array(z.string().max(80)).min(1).optional(),
  procedures: z.array(z.string().max(40)).min(1).optional(),
  /** Agency codes; one ending in `*` takes all that begin so. */
  agencies: z.array(z.string().max(60)).min(1).optional(),
  /** Only where the applicant is a person whose identity number is known. */
  identified: z.literal(true).optional(),
});
export type Route = z.infer<typeof routeSchema>;

/** What a province uses unless its settings say otherwise. */
export const shippedRoutes: readonly Route[] = z.array(routeSchema).parse(shipped);

export type Routed = Pick<Dossier, 'procedureCode' | 'agencyCode' | 'applicant'>;

const isAgencyIn = (patterns: readonly string[], agencyCode: string): boolean =>
  patterns.some((pattern) => (pattern.endsWith('*') ? agencyCode.startsWith(pattern.slice(0, -1)) : agencyCode === pattern));

const takes = (route: Route, dossier: Routed, field: string | undefined): boolean =>
  (route.fields === undefined || (field !== undefined && route.fields.includes(field))) &&
  (route.procedures === undefined || route.procedures.includes(dossier.procedureCode)) &&
  (route.agencies === undefined || isAgencyIn(route.agencies, dossier.agencyCode)) &&
  (route.identified === undefined || (dossier.applicant.kind === 'person' && dossier.applicant.idNumber !== undefined));

/**
 * The systems a dossier is delivered to, each once. `field`: that of its procedure, undefined where the catalogue does
 * not know the procedure (then only rules without `fields` take it). `connected`: what the province has at all.
 */
export function upstreamsOf(dossier: Routed, field: string | undefined, routes: readonly Route[], connected: ReadonlySet<UpstreamName>): UpstreamName[] {
  const wanted = new Set(routes.filter((route) => takes(route, dossier, field)).map((route) => route.to));
  return upstreamNames.filter((name) => wanted.has(name) && connected.has(name));
}
