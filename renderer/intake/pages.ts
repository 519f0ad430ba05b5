/** Changes to the papers of a draft, as pure steps. */
import type { PaperRequirement } from '../../shared/catalogue/catalogue.ts';
import type { Draft } from '../../shared/dossiers/draft.ts';
import { draftPaperOf } from '../../shared/dossiers/intake-from-draft.ts';
import type { PaperPage } from '../../shared/scanning/scan.ts';

export type DraftPaper = Draft['papers'][number];

/** Changes one paper; a paper not in the draft yet enters it as its requirement describes it. */
export function changePaper(draft: Draft, requirements: readonly PaperRequirement[], requirementId: string, change: (paper: DraftPaper) => DraftPaper): Draft {
  const known = draft.papers.find((paper) => paper.requirementId === requirementId);
  if (known !== undefined) return { ...draft, papers: draft.papers.map((paper) => (paper === known ? change(paper) : paper)) };
  const requirement = requirements.find(({ id }) => id === requirementId);
  if (requirement === undefined) return draft;
  return { ...draft, papers: [...draft.papers, change(draftPaperOf(requirement, draft.papers))] };
}

/** A paper with a scan was handed in. */
export const withPage = (paper: DraftPaper, page: PaperPage): DraftPaper => ({ ...paper, state: 'received', pages: [...paper.pages, page] });

export const withoutPage = (paper: DraftPaper, pageId: string): DraftPaper => ({ ...paper, pages: paper.pages.filter((page) => page.pageId !== pageId) });

export const withPageAt = (paper: DraftPaper, page: PaperPage, index: number): DraftPaper => ({
  ...paper,
  state: 'received',
  pages: [...paper.pages.slice(0, index), page, ...paper.pages.slice(index)],
});

/** In the place of the first of them. */
export function withReplaced(paper: DraftPaper, pageIds: readonly string[], page: PaperPage): DraftPaper {
  const at = paper.pages.findIndex(({ pageId }) => pageIds.includes(pageId));
  const rest = paper.pages.filter(({ pageId }) => !pageIds.includes(pageId));
  return withPageAt({ ...paper, pages: rest }, page, at < 0 ? rest.length : at);
}

/** Clockwise, a quarter turn. */
export const turned = (paper: DraftPaper, pageId: string): DraftPaper => ({
  ...paper,
  pages: paper.pages.map((page) => (page.pageId === pageId ? { ...page, rotation: ((page.rotation + 90) % 360) as PaperPage['rotation'] } : page)),
});

/** Moves a page to a place in the order; beyond the ends it stays at the end. */
export function movedTo(paper: DraftPaper, pageId: string, index: number): DraftPaper {
  const page = paper.pages.find((candidate) => candidate.pageId === pageId);
  if (page === undefined) return paper;
  const rest = paper.pages.filter((candidate) => candidate !== page);
  const place = Math.max(0, Math.min(index, rest.length));
  return { ...paper, pages: [...rest.slice(0, place), page, ...rest.slice(place)] };
}
