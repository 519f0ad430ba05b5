/** Which scans a dossier stands on. */
import type { Dossier } from './dossier.ts';

/** Digests of all its pages, each once. */
export const scansOf = ({ papers }: Pick<Dossier, 'papers'>): string[] => [...new Set(papers.flatMap((paper) => paper.pages.map((page) => page.sha256)))];
