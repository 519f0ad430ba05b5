/** What the province publishes for its counters, and how a counter hears of it: named by kind, version and digest. */
import { z } from 'zod';
import { sha256Schema } from '../scanning/scan.ts';

export const publicationKinds = ['catalogue', 'calendar', 'users'] as const;
export type PublicationKind = (typeof publicationKinds)[number];

/** Plain and packed; a province's 2,300 procedures are under a quarter of it. */
export const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;
/** Of a packed document in one answer: at 64 kbit/s it takes half a minute. */
export const MAX_SLICE_BYTES = 256 * 1024;

const version = z.string().trim().min(1).max(100);

/** A kind only a newer app knows is passed over. */
export const publishedDocumentSchema = z.object({
  kind: z.string().max(40),
  version,
  /** Of the plain document, UTF-8. */
  sha256: sha256Schema,
  bytes: z.int().min(1).max(MAX_DOCUMENT_BYTES),
  /** As it is sent: gzip (RFC 1952). */
  packedBytes: z.int().min(1).max(MAX_DOCUMENT_BYTES),
  publishedAtMs: z.int().nonnegative(),
});
export type PublishedDocument = z.infer<typeof publishedDocumentSchema>;

/**
 * GET /v1/changes?after=cursor: the newest document of each kind that concerns the caller's office and was published after the
 * cursor, in order of publication. Without a cursor, with one of another life of the province, or with one nobody can read:
 * all of them.
 */
export const changesAnswerSchema = z.object({ cursor: z.string().max(60), more: z.boolean(), documents: z.array(publishedDocumentSchema).max(100) });

const user = z.object({
  /** As `operator.id` of a device's settings. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/u),
  name: z.string().trim().min(1).max(200),
  title: z.string().trim().max(100).optional(),
});

/** What the province's administrator writes: everybody, each with the office they work in. */
export const usersFileSchema = z.object({
  version,
  users: z
    .array(user.extend({ roles: z.array(z.enum(['officer', 'postal', 'supervisor'])).min(1), office: z.string().min(1).max(60) }))
    .max(100_000)
    .superRefine((users, context) => {
      const seen = new Set<string>();
      users.forEach(({ id }, index) => {
        if (seen.has(id)) context.addIssue({ code: 'custom', path: [index, 'id'], message: 'duplicate' });
        seen.add(id);
      });
    }),
});

/** What an office's devices get of it. Roles of a newer province are kept as words. */
export const officeUsersSchema = z.object({ version, users: z.array(user.extend({ roles: z.array(z.string().max(40)).max(20) })).max(10_000) });
export type OfficeUsers = z.infer<typeof officeUsersSchema>;

/** A document that came down and is not used; `place` is a path in it. */
export const refusalSchema = z.object({ kind: z.string().max(40), version, reason: z.string().max(40), place: z.string().max(300).optional() });
export type Refusal = z.infer<typeof refusalSchema>;

export type CatalogueOrigin = 'bundled' | 'imported' | 'province';

/** What the screens show of it. */
export type PublicationsState = {
  /** `sinceMs`: since when it is in use here; null where nobody noted it. */
  catalogue: { version: string; origin: CatalogueOrigin; sinceMs: number | null };
  /** When the province was last asked for news, since this start. */
  askedAtMs: number | null;
  refused: Refusal[];
  /** Whether this device's operator is among its office's users; null while no list has come down. */
  isOperatorListed: boolean | null;
};
