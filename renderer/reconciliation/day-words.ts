/** How a day and a difference are said; the words are in the locale file, the choice of them here. */
import type { Difference } from '../../shared/reconciliation/compare.ts';
import type { ReconciledDay } from '../../shared/reconciliation/state.ts';
import type { ChipTone } from '../ui/Chip.tsx';
import type { IconName } from '../ui/Icon.tsx';

export type Standing = { key: string; tone: ChipTone; icon: IconName };

export function standingOf(day: ReconciledDay, today: string): Standing {
  switch (day.status) {
    case 'agrees':
      return { key: 'agrees', tone: 'ok', icon: 'check' };
    case 'differs':
      return { key: 'differs', tone: 'danger', icon: 'warning' };
    case 'waiting':
      return { key: 'waiting', tone: 'neutral', icon: 'clock' };
    case 'unsent':
      return day.refused === null ? { key: 'unsent', tone: 'offline', icon: 'send' } : { key: 'refused', tone: 'warning', icon: 'warning' };
    case 'open':
      return { key: day.date === today ? 'open' : 'openEarlier', tone: 'neutral', icon: 'clock' };
  }
}

/** What the two sides hold is said only where an officer knows the words for it. */
export const isToldBothWays = ({ kind }: Difference): boolean => kind === 'other-code' || kind === 'other-procedure' || kind === 'other-channel';
