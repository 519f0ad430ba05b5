/** The papers a camera or a scanner takes pages for: one after the other, at one key each. */
import type { About } from './page-work/bind.ts';

export type PaperToTake = { requirementId: string; name: string; pages: number };

export type CaptureTarget = {
  papers: readonly PaperToTake[];
  current: PaperToTake;
  choose(requirementId: string): void;
  /** Of the paper at hand. */
  about: About;
  /** False when the page was refused, with words at its paper; `device` as its maker calls it. */
  take(file: File, device: string): Promise<boolean>;
};

/** The paper so many places further in the list; at its ends it stays. */
export function neighbour({ papers, current }: Pick<CaptureTarget, 'papers' | 'current'>, by: 1 | -1): PaperToTake {
  const at = papers.findIndex(({ requirementId }) => requirementId === current.requirementId);
  return papers[Math.min(papers.length - 1, Math.max(0, at + by))] ?? current;
}
