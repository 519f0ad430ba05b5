import { describe, expect, it } from 'vitest';
import { createRouteStore } from './route.ts';

const memory = (start: Record<string, string> = {}) => {
  const values = new Map(Object.entries(start));
  return { getItem: (key: string) => values.get(key) ?? null, setItem: (key: string, value: string) => void values.set(key, value) };
};
const draftId = '0190a1b2-0000-7000-8000-000000000001';

describe('route store', () => {
  it('comes back to the same place after a reload', () => {
    const storage = memory();
    createRouteStore(storage).getState().go({ name: 'intake', draftId });
    expect(createRouteStore(storage).getState().route).toEqual({ name: 'intake', draftId });
  });

  it('opens home when what was stored is not a route', () => {
    expect(createRouteStore(memory({ route: '{"name":"intake","draftId":"../../etc"}' })).getState().route).toEqual({ name: 'home' });
    expect(createRouteStore(memory({ route: 'not json' })).getState().route).toEqual({ name: 'home' });
  });

  it('goes back step by step and ends at home', () => {
    const store = createRouteStore(memory());
    const { go, back } = store.getState();
    go({ name: 'today' });
    go({ name: 'dossiers' });
    go({ name: 'dossiers', dossierId: draftId });
    back();
    expect(store.getState().route).toEqual({ name: 'today' });
    back();
    back();
    expect(store.getState().route).toEqual({ name: 'home' });
  });
});
