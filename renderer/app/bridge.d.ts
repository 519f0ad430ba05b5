import type { Preloaded } from '../../shared/ipc/contract.ts';

declare global {
  interface Window {
    /** Put there by the preload. */
    readonly counter: Preloaded;
  }
}
