import { describe, expect, it } from 'vitest';
import { createListFilter, faultsOf, isFiltered, queryOf, unfiltered } from './list-filter.ts';

const filter = { text: 'an', ...unfiltered };

describe('the filter of the list', () => {
  it('takes both days as a whole, in the time of the counter', () => {
    const query = queryOf({ ...filter, from: '2026-11-20', to: '21/11/2026', status: 'owing' });
    expect(query).toEqual({ text: 'an', fromMs: Date.parse('2026-11-19T17:00:00Z'), toMs: Date.parse('2026-11-21T17:00:00Z'), status: 'owing' });
  });

  it('is not narrowed by a date that is still being typed, which is a fault all the same', () => {
    const typing = { ...filter, from: '31/2/2026', to: '2' };
    expect(queryOf(typing)).toEqual({ text: 'an', fromMs: undefined, toMs: undefined, status: undefined });
    expect(faultsOf(typing)).toEqual({ from: 'no-date', to: 'no-date' });
  });

  it('says when the days are the wrong way round', () => {
    expect(faultsOf({ from: '2026-11-21', to: '2026-11-20' })).toEqual({ to: 'before-from' });
    expect(faultsOf({ from: '2026-11-21', to: '2026-11-21' })).toEqual({});
  });

  it('is dropped without the words that were typed', () => {
    const store = createListFilter();
    store.getState().choose({ text: 'an', from: '2026-11-20', status: 'owing' });
    expect(isFiltered(store.getState().filter)).toBe(true);
    store.getState().choose(unfiltered);
    expect(isFiltered(store.getState().filter)).toBe(false);
    expect(store.getState().filter.text).toBe('an');
  });
});
