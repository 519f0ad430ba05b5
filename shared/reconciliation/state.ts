/** What the counter's screen shows of its days. */
import type { PlainDate } from '../lib/time.ts';
import type { Difference } from './compare.ts';
import type { FeeTotals } from './statement.ts';

/**
 * - `open`: something of the day is not in any statement yet.
 * - `unsent`: closed, and the province has not answered; `refused` says why when it will not have it.
 * - `waiting`: the province has the statement and waits for entries of the day.
 */
export type DayStatus = 'open' | 'unsent' | 'waiting' | 'agrees' | 'differs';

export type ReconciledDay = {
  date: PlainDate;
  status: DayStatus;
  dossiers: number;
  tickets: number;
  fees: FeeTotals;
  /** When it was last closed; null before. */
  closedAtMs: number | null;
  /** Dossiers taken in after that. */
  sinceClosing: number;
  /** Of those taken in before it, how many were corrected after. */
  correctedSince: number;
  answeredAtMs: number | null;
  refused: string | null;
  differences: Difference[];
};

export type ReconciliationState = {
  today: PlainDate;
  /** Today first, then back. */
  days: ReconciledDay[];
};
