/** The specialised systems a province delivers dossiers to, and what a counter is told of them. */
import { z } from 'zod';

export const upstreamNames = ['igate', 'civil-registry', 'land', 'business-registry', 'vneid'] as const;
export const upstreamNameSchema = z.enum(upstreamNames);
export type UpstreamName = (typeof upstreamNames)[number];

/** Systems that take a dossier only with its scans: it waits at the province until every one is verified. */
const upstreamsWithScans: ReadonlySet<UpstreamName> = new Set(['land']);
export const needsScans = (upstream: UpstreamName): boolean => upstreamsWithScans.has(upstream);

/**
 * `awaiting-scans`: not all scans are at the province yet. `queued`: to be delivered. `accepted`: taken, its result comes
 * later. `refused`: the system will not have it as it is. `failed`: given up after many tries while the system worked.
 */
export const deliveryStates = ['awaiting-scans', 'queued', 'accepted', 'delivered', 'refused', 'failed'] as const;
export type UpstreamDeliveryState = (typeof deliveryStates)[number];

export const healthStatuses = ['working', 'slow', 'down'] as const;
export type HealthStatus = (typeof healthStatuses)[number];

/** GET /v1/upstreams (ETag, 304). Systems that the province has not connected are left out. */
export const upstreamsAnswerSchema = z.object({
  upstreams: z.array(
    z.object({
      // A name that only a newer province knows is shown as it is.
      name: z.string().max(40),
      status: z.enum(healthStatuses),
      sinceMs: z.int().nonnegative(),
      /** Dossiers of the asking office on their way to it. */
      waiting: z.int().nonnegative(),
      /** Dossiers of the asking office that it refused or that were given up. */
      stopped: z.int().nonnegative(),
    }),
  ),
});
export type UpstreamsAnswer = z.infer<typeof upstreamsAnswerSchema>;
export type UpstreamHealth = UpstreamsAnswer['upstreams'][number];

export const deliverySchema = z.object({
  upstream: z.string().max(40),
  state: z.enum(deliveryStates),
  sinceMs: z.int().nonnegative(),
  /** What the system calls the dossier, once it has it. */
  reference: z.string().max(200).optional(),
  reason: z.string().max(300).optional(),
  /** JSON pointer into the dossier, when the system named what to mend. */
  field: z.string().max(300).optional(),
});

/** GET /v1/offices/:officeId/dossiers/:dossierId/upstreams */
export const dossierUpstreamsAnswerSchema = z.object({ deliveries: z.array(deliverySchema) });
export type DossierUpstreams = z.infer<typeof dossierUpstreamsAnswerSchema>['deliveries'];

export const MAX_CHANGED_DELIVERIES = 500;
/**
 * GET /v1/offices/:officeId/deliveries?after=cursor (ETag, 304): where the office's dossiers stand at the systems, as far as it
 * changed after the cursor, in order of the change. What changed in the last minute comes again. Without a cursor, or with one
 * of another life of the province: all of it.
 */
export const changedDeliveriesAnswerSchema = z.object({
  /** Empty: nothing has changed yet. */
  cursor: z.string().max(200),
  more: z.boolean(),
  deliveries: z.array(deliverySchema.extend({ dossierId: z.uuid() })).max(MAX_CHANGED_DELIVERIES),
});

/** What a counter knows of the systems; `asOfMs` null: the province has not been asked yet. */
export type UpstreamsState = { upstreams: UpstreamHealth[]; asOfMs: number | null };
