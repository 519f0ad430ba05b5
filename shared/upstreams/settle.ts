/** Decides what becomes of a dossier after one try to deliver it. */
import { unreachable } from '../lib/result.ts';

export type Outcome =
  | { kind: 'delivered'; reference: string }
  /** Taken; the result is to be asked for after `afterMs`. */
  | { kind: 'accepted'; afterMs: number }
  /** The system did not answer as agreed. `afterMs`: it said when to come again. */
  | { kind: 'retry'; reason: string; afterMs?: number }
  /** The system will not have it as it is. `field`: JSON pointer into the dossier. */
  | { kind: 'refused'; reason: string; field?: string };

export type Settlement =
  | { state: 'delivered'; reference: string }
  /** With a reason when asking for its result failed. */
  | { state: 'accepted'; tries: number; againInMs: number; reason?: string }
  | { state: 'queued'; tries: number; againInMs: number; reason: string }
  | { state: 'refused'; reason: string; field?: string }
  | { state: 'failed'; tries: number; reason: string };

/** Tries that a dossier gets while its system works; those while it is down are not held against the dossier. */
export const MAX_TRIES = 12;
const FIRST_MS = 2_000;
const LONGEST_MS = 5 * 60_000;
const LONGEST_ASKED_MS = 6 * 3_600_000;

const afterTries = (tries: number, random: () => number): number => {
  const wholeMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 20));
  return Math.floor(wholeMs * (0.5 + random() / 2));
};

type Before = {
  /** Failed ones in a row before this. */
  tries: number;
  /** The system was known to be down. */
  isProbe: boolean;
  /** The system had taken it already. */
  isAccepted: boolean;
};

/** `random` in [0, 1). */
export function settle(outcome: Outcome, { tries, isProbe, isAccepted }: Before, random: () => number): Settlement {
  switch (outcome.kind) {
    case 'delivered':
      return { state: 'delivered', reference: outcome.reference };
    case 'accepted':
      return { state: 'accepted', tries: 0, againInMs: outcome.afterMs };
    case 'refused':
      return { state: 'refused', reason: outcome.reason, ...(outcome.field === undefined ? {} : { field: outcome.field }) };
    case 'retry': {
      const { reason, afterMs } = outcome;
      // A system that asks to be left alone has not failed on this dossier.
      const counted = isProbe || afterMs !== undefined ? tries : tries + 1;
      if (counted >= MAX_TRIES) return { state: 'failed', tries: counted, reason };
      const againInMs = afterMs === undefined ? afterTries(counted + 1, random) : Math.min(afterMs, LONGEST_ASKED_MS);
      return { state: isAccepted ? 'accepted' : 'queued', tries: counted, reason, againInMs };
    }
    default:
      return unreachable(outcome);
  }
}
