/** Who gives out a paper: what stands at its top, at its seal and at its foot. */
import { z } from 'zod';

export const officeHeadingSchema = z.object({
  /** Lines above the agency. */
  header: z.array(z.string()).max(3).optional(),
  agencyName: z.string(),
  officeName: z.string(),
  address: z.string().optional(),
  phone: z.string().optional(),
  sealText: z.string().optional(),
  footer: z.string().optional(),
});
export type OfficeHeading = z.infer<typeof officeHeadingSchema>;
