import { describe, expect, it } from 'vitest';
import { paperRequirementSchema } from '../../shared/catalogue/catalogue.ts';
import { draftSchema } from '../../shared/dossiers/draft.ts';
import { changePaper, movedTo, turned, withoutPage, withPage, withPageAt, withReplaced, type DraftPaper } from './pages.ts';

const page = (pageId: string) => ({
  sha256: pageId.repeat(64).slice(0, 64),
  bytes: 1,
  mediaType: 'image/png' as const,
  pageId,
  rotation: 0 as const,
  source: 'file' as const,
  capturedAtMs: 1,
  capturedBy: 'op',
});
const paper = (...ids: string[]): DraftPaper => ({
  requirementId: 'a',
  name: 'A',
  required: true,
  originals: 1,
  certifiedCopies: 0,
  photocopies: 0,
  state: 'missing',
  pages: ids.map(page),
});
const order = (changed: DraftPaper) => changed.pages.map(({ pageId }) => pageId).join('');

describe('pages of a paper', () => {
  it('are received as soon as one is there', () => {
    expect(withPage(paper(), page('x'))).toMatchObject({ state: 'received', pages: [{ pageId: 'x' }] });
  });

  it.each([
    ['a', 2, 'bca'],
    ['c', 0, 'cab'],
    ['b', -1, 'bac'],
    ['b', 9, 'acb'],
    ['z', 0, 'abc'],
  ])('moves %s to %i', (pageId, index, expected) => {
    expect(order(movedTo(paper('a', 'b', 'c'), pageId, index))).toBe(expected);
  });

  it('turn all the way round', () => {
    let turning = paper('a');
    const seen = [0, 1, 2, 3].map(() => {
      turning = turned(turning, 'a');
      return turning.pages[0]?.rotation;
    });
    expect(seen).toEqual([90, 180, 270, 0]);
  });

  it('come back where they were when a removal is undone', () => {
    const whole = paper('a', 'b', 'c');
    const gone = withoutPage(whole, 'b');
    expect(order(gone)).toBe('ac');
    expect(order(withPageAt(gone, page('b'), 1))).toBe('abc');
  });
});

describe('a page in the place of others', () => {
  it.each([
    [['b'], 'axc'],
    [['a', 'b', 'c'], 'x'],
    [['c', 'a'], 'xb'],
    [['gone'], 'abcx'],
  ])('%s', (pageIds, expected) => {
    expect(order(withReplaced(paper('a', 'b', 'c'), pageIds, page('x')))).toBe(expected);
  });
});

describe('changePaper', () => {
  const draft = draftSchema.parse({ draftId: '0199c1a0-0000-7000-8000-000000000001', startedAtMs: 1, updatedAtMs: 1 });
  const requirement = paperRequirementSchema.parse({ id: 'notice', name: 'Giấy chứng sinh', need: 'required', originals: 2 });

  it('lets a paper enter the draft as it is required', () => {
    const changed = changePaper(draft, [requirement], 'notice', (known) => ({ ...known, state: 'received' }));
    expect(changed.papers).toEqual([
      { requirementId: 'notice', name: 'Giấy chứng sinh', required: true, originals: 2, certifiedCopies: 0, photocopies: 0, state: 'received', pages: [] },
    ]);
    expect(changePaper(changed, [requirement], 'notice', (known) => ({ ...known, originals: 1 })).papers).toHaveLength(1);
  });

  it('leaves the draft alone when nobody knows the paper', () => {
    expect(changePaper(draft, [], 'ghost', (known) => known)).toBe(draft);
  });
});
