/** What a scan is: bytes named by their own digest, and where they came from. */
import { z } from 'zod';

export const MAX_SCAN_BYTES = 50 * 1024 * 1024;
/** Decoding is refused above this many pixels (a 256-megapixel PNG may be only 250 KB). */
export const MAX_SCAN_PIXELS = 100_000_000;

/** A paper of more is taken in as several files. */
export const MAX_PDF_PAGES = 500;

export const scanMediaTypes = ['application/pdf', 'image/jpeg', 'image/png'] as const;
export type ScanMediaType = (typeof scanMediaTypes)[number];

/** Lower-case hex SHA-256 of the scan's bytes; it is the scan's name everywhere. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/u);

export const scanRefSchema = z.object({
  sha256: sha256Schema,
  bytes: z.int().positive().max(MAX_SCAN_BYTES),
  mediaType: z.enum(scanMediaTypes),
});
export type ScanRef = z.infer<typeof scanRefSchema>;

/** One page (image) or one file (PDF) of a paper, in the order the officer set. */
export const paperPageSchema = scanRefSchema.extend({
  /** Unique among the pages of a dossier; the same bytes may be attached twice. */
  pageId: z.string().min(1).max(64),
  /** Clockwise, applied on view and at the province; the scan's bytes are never re-encoded for it. */
  rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  source: z.enum(['file', 'drop', 'camera', 'scanner']),
  capturedAtMs: z.int().nonnegative(),
  capturedBy: z.string().max(100),
  /** Which scanner or camera, as its maker or the office calls it; absent for a file and from earlier versions. */
  device: z.string().max(200).optional(),
});
export type PaperPage = z.infer<typeof paperPageSchema>;
