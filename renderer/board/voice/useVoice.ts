/** Gives a board its voice for as long as it is on the screen. */
import { useEffect, useState } from 'react';
import type { HeardCall } from '../../../shared/voice/announcements.ts';
import { loudnessAt, type VoiceSettings } from '../../../shared/voice/settings.ts';
import type { Clock } from '../../../shared/lib/time.ts';
import { clipsOf } from '../../../shared/voice/clips.ts';
import { createAnnouncer, type Announcer } from './announcer.ts';
import { createClips, type ClipSource } from './clips.ts';
import { createPlayer } from './player.ts';

type Options = {
  /** Null: not known yet. */
  called: readonly HeardCall[] | null;
  settings: Pick<VoiceSettings, 'languages' | 'volumePercent' | 'hours'> | null;
  /** The first that has a clip is heard. */
  sources: readonly ClipSource[];
  clock: Clock;
  onError: (error: unknown) => void;
};

type Voice = { context: AudioContext; announcer: Announcer };

/** `unblock`: where a browser wants a touch before it lets a page be heard; null where nothing is in the way. The options but `called` must be stable. */
export function useVoice({ called, settings, sources, clock, onError }: Options): { unblock: (() => void) | null } {
  const [voice, setVoice] = useState<Voice | null>(null);
  const [isBlocked, setIsBlocked] = useState(false);
  useEffect(() => {
    if (settings === null || settings.languages.length === 0) return;
    const context = contextOf(onError);
    if (context === null) return;
    const clips = createClips(context, sources, (clip, error) => onError(new Error(`clip ${clip} cannot be played: ${String(error)}`)));
    const player = createPlayer({ context, clips, loudness: () => loudnessAt(settings, clock()) });
    const showState = () => setIsBlocked(context.state === 'suspended');
    context.addEventListener('statechange', showState);
    showState();
    let isOn = true;
    // Ahead of the first call, which must not wait, and of the day the hub is gone.
    void (async () => {
      for (const clip of clipsOf(settings.languages)) if (isOn) await clips(clip);
    })();
    setVoice({ context, announcer: createAnnouncer(player, settings.languages, onError) });
    return () => {
      isOn = false;
      context.removeEventListener('statechange', showState);
      void context.close();
      setVoice(null);
    };
  }, [settings, sources, clock, onError]);
  useEffect(() => {
    if (voice !== null && called !== null) voice.announcer.hear(called);
  }, [voice, called]);
  return { unblock: voice !== null && isBlocked ? () => void voice.context.resume() : null };
}

/** Null where there is nothing to sound on: the board goes on without a voice. */
function contextOf(onError: (error: unknown) => void): AudioContext | null {
  try {
    return new AudioContext({ latencyHint: 'playback' });
  } catch (error) {
    onError(error);
    return null;
  }
}
