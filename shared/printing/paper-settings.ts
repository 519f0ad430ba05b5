/** What a province or an office decides about its papers in the settings: the words around them, its bank account, papers of its own. */
import { z } from 'zod';
import { bankAccountSchema } from '../fees/viet-qr.ts';
import { paperTemplateSchema } from './template.ts';

export const paperSettingsSchema = z.strictObject({
  /** Lines above the agency's name, e.g. `["UBND TỈNH CAO BẰNG"]`. */
  header: z.array(z.string().trim().min(1).max(120)).max(3).default([]),
  /** Where a seal or a digital signature stands, e.g. `(Ký số, đóng dấu của cơ quan)`. */
  sealText: z.string().trim().min(1).max(120).optional(),
  /** Under every paper, e.g. a hot line. */
  footer: z.string().trim().min(1).max(300).optional(),
  /** For the VietQR of fee receipts; without it there is none. */
  bank: bankAccountSchema.optional(),
  templates: z
    .array(paperTemplateSchema)
    .max(30)
    .refine((templates) => new Set(templates.map(({ id }) => id)).size === templates.length, 'two templates have the same id')
    .default([]),
});
