/** Long work on the main process in slices, so that screens and printers are answered in between. */
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as rest } from 'node:timers/promises';

/** Far below the 50 ms an officer would feel. */
const SLICE_MS = 10;

/** To be awaited after each small step; returns at once until a slice is used up, then gives others a turn, rests `restMs` and resolves with true. */
export function createPace(restMs = 0): () => Promise<boolean> {
  let fromMs = performance.now();
  return async () => {
    if (performance.now() - fromMs < SLICE_MS) return false;
    await (restMs > 0 ? rest(restMs) : nextTurn());
    fromMs = performance.now();
    return true;
  };
}
