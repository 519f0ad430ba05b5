/**
 * The civil registry (hộ tịch): a signed request for an entry. It knows no idempotency key, so one looks before one writes.
 *
 * GET  {url}/registry/v2/entries?source=<dossierId> · `x-api-key: <secret>` → 200 {entries}, empty when it has none.
 * POST {url}/registry/v2/entries · `content-type: application/jose`: a compact JWS (ES256, the province's key) of the entry.
 * 201 the entry. 409: it has one from this source, look it up. 422 refused.
 */
import { z } from 'zod';

export const registryRequestSchema = z.object({
  source: z.uuid(),
  dossierCode: z.string(),
  kind: z.string(),
  registrar: z.object({ agency: z.string(), officer: z.string() }),
  declarant: z.object({ name: z.string(), idNumber: z.string().optional() }),
  acceptedAt: z.iso.datetime(),
  declaration: z.record(z.string(), z.json()),
});
export type RegistryRequest = z.infer<typeof registryRequestSchema>;

export const registryEntrySchema = z.object({ entryNumber: z.string().min(1).max(100), source: z.uuid() });
export const registryLookupSchema = z.object({ entries: z.array(registryEntrySchema) });
