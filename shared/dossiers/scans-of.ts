/** Which scans a dossier stands on. */

type Attached = { papers: ReadonlyArray<{ pages: ReadonlyArray<{ sha256: string }> }> };

/** Digests of all its pages, each once. */
export const scansOf = ({ papers }: Attached): string[] => [...new Set(papers.flatMap((paper) => paper.pages.map((page) => page.sha256)))];
