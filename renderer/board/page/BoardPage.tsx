/** The board as a web page: what the hub says, with a voice where the browser lets it be heard. */
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Board } from '../Board.tsx';
import { useLostSince } from '../useLostSince.ts';
import { readBoard } from '../board-view.ts';
import styles from '../board.module.css';
import { bundledClip } from '../voice/bundled-clips.ts';
import { useVoice } from '../voice/useVoice.ts';
import { recordedClips, type BoardSettings, type Feed, type Hub } from './hub-feed.ts';

/** Nobody reads the log of a television, and what could not be said is on it. */
const ignore = () => undefined;

export function BoardPage({ hub, settings }: { hub: Hub; settings: BoardSettings }) {
  const { t } = useTranslation('board');
  const [feed, setFeed] = useState<Feed>({ board: null, lostSinceMs: null });
  const [nowMs, setNowMs] = useState(hub.clock);
  useEffect(() => hub.follow(setFeed), [hub]);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(hub.clock()), 1000);
    return () => clearInterval(timer);
  }, [hub]);
  const view = useMemo(() => (feed.board === null ? null : readBoard(feed.board)), [feed.board]);
  const sources = useMemo(() => [recordedClips(settings), bundledClip], [settings]);
  const lostSinceMs = useLostSince(view?.isLost ?? false, hub.clock);
  const { unblock } = useVoice({
    called: view?.called ?? null,
    settings: settings.voice,
    sources,
    clock: hub.clock,
    onError: ignore,
  });
  useEffect(() => {
    if (unblock === null) return;
    // The middle button of a remote control is a key, and there may be no pointer at all.
    window.addEventListener('keydown', unblock);
    return () => window.removeEventListener('keydown', unblock);
  }, [unblock]);
  return (
    <Board
      view={view}
      nowMs={nowMs}
      notice={settings.notice}
      lostSinceMs={feed.lostSinceMs ?? lostSinceMs}
      corner={
        unblock !== null && (
          <button type="button" className={styles.sound} onClick={unblock}>
            {t('sound.blocked')}
          </button>
        )
      }
    />
  );
}
