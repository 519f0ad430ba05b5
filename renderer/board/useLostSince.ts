/** Since when nobody calls, as far as this board has seen. */
import { useState } from 'react';
import type { Clock } from '../../shared/lib/time.ts';

export function useLostSince(isLost: boolean, clock: Clock): number | null {
  const [sinceMs, setSinceMs] = useState<number | null>(null);
  if (isLost !== (sinceMs !== null)) setSinceMs(isLost ? clock() : null);
  return sinceMs;
}
