/** What a province says of its specialised systems: where each is, its secret, how much it is asked at once. */
import { z } from 'zod';
import { usualTerms } from '../../shared/upstreams/health.ts';
import { routeSchema, shippedRoutes } from '../../shared/upstreams/routing.ts';
import { needsScans, upstreamNameSchema, type UpstreamName } from '../../shared/upstreams/upstream.ts';

const systemSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/u }),
  secret: z.string().min(1).max(500),
  /** Deliveries at once, by each server. */
  concurrency: z.int().min(1).max(64).default(4),
  /** For one request; a scan adds its size at `fileBytesPerS`. */
  timeoutMs: z.int().min(100).max(600_000).default(15_000),
  fileBytesPerS: z.int().min(1_000).default(50_000),
  /** For a whole delivery; unless said, 60 s, and 10 min for a system that takes scans. */
  deadlineMs: z.int().min(500).max(3_600_000).optional(),
  breaker: z
    .strictObject({
      openAfter: z.int().min(1).max(11).default(usualTerms.openAfter),
      restMs: z.int().min(50).default(usualTerms.restMs),
      longestRestMs: z.int().min(50).default(usualTerms.longestRestMs),
      slowMs: z.int().min(10).default(usualTerms.slowMs),
    })
    .prefault({}),
});
export type SystemSettings = z.infer<typeof systemSchema>;

export const upstreamSettingsSchema = z.strictObject({
  /** Unless given, those that the software ships. */
  routes: z
    .array(routeSchema)
    .max(1_000)
    .default([...shippedRoutes]),
  /** Systems that are left out are not connected: nothing is delivered there. */
  systems: z.partialRecord(upstreamNameSchema, systemSchema).default({}),
  /** How often each queue is looked into. */
  pollMs: z.int().min(10).max(60_000).default(1_000),
  /** How often dossiers are looked for whose last scan has come, and jobs whose server is gone. */
  sweepEveryS: z.int().min(1).max(600).default(10),
});
export type UpstreamSettings = z.infer<typeof upstreamSettingsSchema>;

export const deadlineOf = (upstream: UpstreamName, { deadlineMs }: SystemSettings): number => deadlineMs ?? (needsScans(upstream) ? 600_000 : 60_000);

/** Half as long again as the longest delivery: whoever has not ended by then never will. */
export const expiryOf = (upstream: UpstreamName, system: SystemSettings): number => Math.ceil((deadlineOf(upstream, system) * 1.5) / 1000);
