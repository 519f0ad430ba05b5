/** What a counter tells the province of itself, so that someone far away sees what it needs; never anything of a citizen. */
import { z } from 'zod';
import { refusalSchema } from '../publications/publication.ts';
import { sha256Schema } from '../scanning/scan.ts';

const count = z
  .int()
  .nonnegative()
  .max(2 ** 40);

/** POST /v1/devices/report, with a sync pass. A province of another version leaves out what it does not know. */
export const deviceReportSchema = z.object({
  appVersion: z.string().max(40),
  /** The device's own clock, ms since the epoch: the province tells by it how wrong that clock is. */
  atMs: z.int().nonnegative(),
  /** Null: the file system does not say. */
  freeBytes: count.nullable(),
  waitingEntries: count,
  waitingScans: count,
  /** Entries the province refused and nobody has mended. */
  needsFix: count,
  /** Null: not leased any yet. */
  numbers: z.object({ left: count, daysLeft: count, emergency: z.boolean() }).nullable(),
  /** Today's tickets that nobody has called. */
  queueWaiting: count,
  /** Its journal has ended and waits for a new code. Reasons as of `SyncMemory`, open to those only a newer counter knows. */
  quarantine: z.object({ reason: z.string().max(40), sinceMs: z.int().nonnegative() }).optional(),
  /** What the province published and is in use here, by digest. */
  documents: z
    .array(z.object({ kind: z.string().max(40), sha256: sha256Schema }))
    .max(10)
    .optional(),
  /** What the province published and this device does not use, with the reason. */
  refusedDocuments: z.array(refusalSchema).max(10).optional(),
  /** Status as of `PrinterState`; free text here, because a newer counter may know more. */
  printers: z.array(z.object({ name: z.string().max(100), status: z.string().max(40), waiting: count })).max(20),
});
export type DeviceReport = z.infer<typeof deviceReportSchema>;

/** `nextInS`: the province wants no other report before. */
export const deviceReportAnswerSchema = z.object({ nextInS: z.int().min(1).max(86_400) });
