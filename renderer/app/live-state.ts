/** What the shell tells us of the world (queue, printers, the way to the province): asked once, then kept by its events. */
import { createStore, type StoreApi } from 'zustand/vanilla';

/** `value` is null until the first answer. */
export type Live<T> = StoreApi<{ value: T | null }>;

export function createLiveState<T>(ask: () => Promise<T>, subscribe: (listener: (value: T) => void) => unknown): Live<T> {
  const store = createStore<{ value: T | null }>()(() => ({ value: null }));
  let isTold = false;
  subscribe((value) => {
    isTold = true;
    store.setState({ value });
  });
  void ask().then((value) => {
    // An event that overtook the first answer is newer than it.
    if (!isTold) store.setState({ value });
  });
  return store;
}
