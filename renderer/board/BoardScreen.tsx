/** The board of this device: what its shell says of the queue, shown and spoken. */
import { useCallback, useMemo, useState } from 'react';
import { reportError } from '../app/ErrorBoundary.tsx';
import { useBoard, useNow, useQueue, useShell } from '../app/shell-context.tsx';
import { Board } from './Board.tsx';
import { readBoard } from './board-view.ts';
import { Unpaired } from './Unpaired.tsx';
import { bundledClip } from './voice/bundled-clips.ts';
import type { ClipSource } from './voice/clips.ts';
import { useVoice } from './voice/useVoice.ts';

export function BoardScreen() {
  const { bridge, clock, info } = useShell();
  const { settings } = info;
  const board = useBoard();
  const link = useQueue()?.link;
  const nowMs = useNow(1000);
  const view = useMemo(() => (board === null ? null : readBoard(board)), [board]);
  const [sources] = useState<ClipSource[]>(() => {
    const recorded: ClipSource = async (clip) => (await bridge.invoke('voice:recording', { clip }))?.buffer ?? null;
    return settings.voice.recordings === undefined ? [bundledClip] : [recorded, bundledClip];
  });
  const onError = useCallback((error: unknown) => reportError(bridge, error), [bridge]);
  useVoice({ called: view?.called ?? null, settings: settings.voice, sources, clock, onError });
  if (link?.standing === 'unpaired') return <Unpaired />;
  return (
    <Board view={view} nowMs={nowMs} notice={settings.board.notice ?? null} lostSinceMs={view?.isLost === true && link !== undefined ? link.sinceMs : null} />
  );
}
