/** How each of our contracts says that a dossier is refused: HTTP 422 with this body. */
import { z } from 'zod';

export const refusalSchema = z.object({
  reason: z.string().min(1).max(200),
  /** JSON pointer into the dossier as the counter knows it, e.g. `/applicant/idNumber`. */
  field: z.string().max(300).optional(),
});
