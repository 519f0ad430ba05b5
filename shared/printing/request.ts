/** What an officer asks to have printed: what only a person knows; everything else the shell adds from journal, catalogue and settings. */
import { z } from 'zod';
import { dossierIdSchema, plainDateSchema } from '../dossiers/dossier.ts';

const dossierId = dossierIdSchema;
const written = z.string().trim().min(1).max(2000);
const count = z.int().min(0).max(999);

export const paperRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('receipt'), dossierId }),
  z.strictObject({ kind: z.literal('fee-receipt'), dossierId, payment: z.enum(['cash', 'transfer']) }),
  z.strictObject({ kind: z.literal('owed-list'), dossierId }),
  z.strictObject({
    kind: z.literal('supplement'),
    dossierId,
    stage: z.enum(['intake', 'examination', 'resolution']),
    papers: z.array(z.strictObject({ name: z.string().trim().min(1).max(500), originals: count, certifiedCopies: count, photocopies: count })).max(50),
    reason: written,
    ground: written,
    approvedBy: z.string().trim().min(1).max(200).optional(),
  }),
  z.strictObject({ kind: z.literal('refusal'), dossierId, reason: written, ground: written }),
  z.strictObject({ kind: z.literal('apology'), dossierId, reason: written, newDueAtMs: z.int().positive(), times: z.int().min(1).max(9) }),
  z.strictObject({ kind: z.literal('stop'), dossierId, reason: written, ground: written }),
  z.strictObject({ kind: z.literal('control-slip'), dossierId }),
  z.strictObject({ kind: z.literal('custom'), dossierId, templateId: z.string().max(60) }),
  z.strictObject({ kind: z.literal('hand-over'), dossierIds: z.array(z.uuid()).min(1).max(1000) }),
  z.strictObject({ kind: z.literal('day-statement'), date: plainDateSchema }),
  z
    .strictObject({ kind: z.literal('register'), from: plainDateSchema, to: plainDateSchema })
    .refine(({ from, to }) => from <= to && Date.parse(to) - Date.parse(from) <= 31 * 86_400_000, {
      path: ['to'],
      message: 'at most a month, from first to last',
    }),
]);
export type PaperRequest = z.infer<typeof paperRequestSchema>;

/** `roll`: the thermal printer, through the spool. `printer`: the office's document printer. `pdf`: a file the officer names. */
export const paperDestinations = ['roll', 'printer', 'pdf'] as const;
export type PaperDestination = (typeof paperDestinations)[number];
