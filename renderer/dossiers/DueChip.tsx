import { useTranslation } from 'react-i18next';
import { formatDateTime } from '../../shared/lib/time.ts';
import { useNow } from '../app/shell-context.tsx';
import { Chip, type ChipTone } from '../ui/Chip.tsx';
import { dueState, type DueState } from './due.ts';

const tones: Record<DueState, ChipTone> = { none: 'neutral', late: 'danger', today: 'warning', later: 'neutral' };

/** `isShort` where the heading already says late or today. */
export function DueChip({ dueAtMs, isShort = false }: { dueAtMs: number | null; isShort?: boolean }) {
  const { t } = useTranslation('dossiers');
  const state = dueState(dueAtMs, useNow(60_000));
  const time = dueAtMs === null ? '' : formatDateTime(dueAtMs);
  const shortTime = state === 'today' ? time.slice(11) : time;
  return (
    <Chip tone={tones[state]} icon={state === 'late' ? 'warning' : 'clock'}>
      {isShort && dueAtMs !== null ? shortTime : t(`due.${state}`, { time: state === 'today' ? shortTime : time })}
    </Chip>
  );
}
