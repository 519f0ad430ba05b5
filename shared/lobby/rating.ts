/** A citizen's opinion of the service: faces and ready-made reasons, no words of their own, nobody's name. */
import { z } from 'zod';

export const scores = [1, 2, 3, 4, 5];
export const ratingReasons = ['polite', 'quick', 'clear', 'slow', 'unclear', 'impolite', 'many-papers', 'came-again'] as const;

export const ratingSchema = z.strictObject({
  score: z.int().min(1).max(5),
  reasons: z
    .array(z.enum(ratingReasons))
    .max(ratingReasons.length)
    .refine((reasons) => new Set(reasons).size === reasons.length, 'twice'),
});
export type Rating = z.infer<typeof ratingSchema>;

/** What is asked after this many faces: praise is asked for praise only. */
export const reasonsAfter = (score: number): (typeof ratingReasons)[number][] =>
  score >= 4 ? ['polite', 'quick', 'clear'] : ['slow', 'unclear', 'impolite', 'many-papers', 'came-again'];
