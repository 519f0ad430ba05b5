/** Where the officer is. Kept in sessionStorage, so a reload after a crash comes back to the same place. */
import { z } from 'zod';
import { createStore, type StoreApi } from 'zustand/vanilla';

const routeSchema = z.discriminatedUnion('name', [
  z.object({ name: z.literal('home') }),
  z.object({ name: z.literal('intake'), draftId: z.uuid() }),
  z.object({ name: z.literal('dossiers'), dossierId: z.uuid().optional() }),
  z.object({ name: z.literal('outbox') }),
  z.object({ name: z.literal('today') }),
  z.object({ name: z.literal('reconciliation') }),
  z.object({ name: z.literal('catalogue') }),
  z.object({ name: z.literal('settings') }),
]);
export type Route = z.infer<typeof routeSchema>;

export type RouteState = {
  route: Route;
  past: Route[];
  go(route: Route): void;
  /** One step back; home when there is none. */
  back(): void;
};

const KEY = 'route';
const HOME: Route = { name: 'home' };
const MAX_PAST = 20;

const stored = (storage: Pick<Storage, 'getItem'>): Route => {
  try {
    return routeSchema.parse(JSON.parse(storage.getItem(KEY) ?? 'null'));
  } catch {
    return HOME;
  }
};

export function createRouteStore(storage: Pick<Storage, 'getItem' | 'setItem'>): StoreApi<RouteState> {
  return createStore<RouteState>()((set, get) => {
    const move = (route: Route, past: Route[]) => {
      storage.setItem(KEY, JSON.stringify(route));
      set({ route, past: past.slice(-MAX_PAST) });
    };
    return {
      route: stored(storage),
      past: [],
      go(route) {
        const { route: from, past } = get();
        if (JSON.stringify(route) === JSON.stringify(from)) return;
        // A dossier opened from the list replaces the one before: back leaves the list in one step.
        move(route, from.name === route.name ? past : [...past, from]);
      },
      back() {
        const { past } = get();
        move(past.at(-1) ?? HOME, past.slice(0, -1));
      },
    };
  });
}
