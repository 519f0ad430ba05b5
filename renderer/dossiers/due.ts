/** How near a due date is, by the counter's calendar day. */
import { dateAt } from '../../shared/lib/time.ts';

export type DueState = 'none' | 'late' | 'today' | 'later';

export function dueState(dueAtMs: number | null, nowMs: number): DueState {
  if (dueAtMs === null) return 'none';
  if (dueAtMs < nowMs) return 'late';
  return dateAt(dueAtMs) === dateAt(nowMs) ? 'today' : 'later';
}
